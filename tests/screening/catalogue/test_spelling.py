import pytest

from screening.catalogue.spelling import folded, named
from screening.errors import UnknownNameError

ROWS = {"LiNi0.8Mn0.1Co0.1O2": 1, "SPAN": 2}
LABELS = {"LiNi0.8Mn0.1Co0.1O2": ("NMC811",), "SPAN": ("S-PAN",)}


@pytest.mark.parametrize("name", ["NMC811", "nmc-811", "NCM 811", "LiNi0.8Co0.1Mn0.1O2"])
def test_a_label_or_another_order_of_elements_means_the_row(name):
    """Blanks, hyphens and capitals do not matter in a label."""
    assert named(name, ROWS, "cathode", labels=LABELS) == 1


def test_capitals_matter_in_a_formula():
    """CO is no cobalt; the message says what was likely meant."""
    with pytest.raises(UnknownNameError, match=r"did you mean LiNi0\.8Mn0\.1Co0\.1O2"):
        named("LiNi0.8Mn0.1CO0.1O2", ROWS, "cathode", labels=LABELS)


def test_a_multiple_of_a_formula_is_another_unit():
    """Capacities are counted by formula unit."""
    with pytest.raises(UnknownNameError):
        named("Li2Ni1.6Mn0.2Co0.2O4", ROWS, "cathode", labels=LABELS)


def test_folding_is_idempotent():
    """A folded name stays as it is."""
    assert folded(folded("NCM-9 0.5_0.5")) == folded("NCM-9 0.5_0.5")
