import pytest

from stability.energies.anchors import anchors
from stability.formula import composition


def test_every_anchor_says_what_it_is_and_who_says_so():
    """A finite enthalpy with a positive spread and a source, under its own composition."""
    assert len(anchors()) > 1000
    for shares, one in anchors().items():
        assert composition(one.formula).shares == shares
        assert abs(one.enthalpy) < 7.0
        assert one.spread > 0.0
        assert one.source


@pytest.mark.parametrize(
    ("formula", "kilojoules", "atoms"),
    [("LiCl", -408.6, 2), ("Li2O", -597.9, 3), ("ZrCl4", -980.5, 5)],
)
def test_enthalpies_of_the_tables(formula, kilojoules, atoms):
    """CODATA and NBS figures in kJ/mol over 96.485 kJ/mol per eV and the atoms of the formula."""
    known = anchors().get(composition(formula).shares)
    if known is None:
        pytest.skip(f"{formula} is no anchor")

    assert known.enthalpy == pytest.approx(kilojoules / 96.485 / atoms, abs=0.01)
