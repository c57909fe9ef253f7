import numpy as np
import pytest

from descriptors.composite.microstructure import Constituent
from jobs.figures.sections import section_picture


def test_the_section_has_the_area_of_its_voxels(electrode, drawn_rows):
    """The runs of the cathode are as many voxels of 1 μm as the middle layer has."""
    rows = [r for r in drawn_rows(section_picture(electrode)) if r["constituent"] == "cathode"]

    middle = electrode.made.voxels[10]
    lengths = [round(row["x2"] - row["x"]) for row in rows]
    assert sum(lengths) == np.count_nonzero(middle == Constituent.CATHODE)


def test_shares_are_said(electrode):
    """Those of the layer that is shown."""
    middle = electrode.made.voxels[10]
    share = 100 * np.mean(middle == Constituent.SSE)

    assert f"{share:.0f} % SSE" in section_picture(electrode).alt
    assert share == pytest.approx(100 - 100 * np.mean(middle != Constituent.SSE))
