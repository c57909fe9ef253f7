"""Which part of a reaction counts."""

import numpy as np
import pytest

from screening.pairs.reaction_share import growing_share, part_that_counts


def test_insulating_products_leave_a_fifth_and_conducting_ones_all():
    """0.2 + 0.8 x 0 and 0.2 + 0.8 x 1; at the threshold 0.16 x 1.16 / 0.32 = 0.58."""
    assert part_that_counts(np.array([0.0, 1.0])) == pytest.approx([0.2, 1.0])
    assert growing_share(np.array(0.16)) == pytest.approx(0.58)
