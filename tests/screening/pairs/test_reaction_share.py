"""Which part of a reaction counts."""

import numpy as np
import pytest

from screening.pairs.reaction_share import growing_share, holding_share, part_that_counts


def test_insulating_products_leave_a_fifth_and_conducting_ones_all():
    """0.2 + 0.8 x 0 and 0.2 + 0.8 x 1; at the threshold 0.16 x 1.16 / 0.32 = 0.58."""
    assert part_that_counts(np.array([0.0, 1.0])) == pytest.approx([0.2, 1.0])
    assert growing_share(np.array(0.16)) == pytest.approx(0.58)


def test_what_holds_falls_with_what_reacts():
    """exp(-0.3 x 0.2 / 0.3) with insulating products, 1/e with conducting ones, 1 without."""
    found = holding_share(np.array([-0.3, -0.3, 0.1]), np.array([0.0, 1.0, 1.0]))

    assert found == pytest.approx(np.exp([-0.2, -1.0, 0.0]))
