import pytest

from screening.catalogue.layered_oxides import any_cathode
from screening.catalogue.materials import cathodes
from screening.errors import UnknownNameError


def test_the_catalogue_goes_first():
    """By name, and by composition however it is written."""
    assert any_cathode("LiCoO2") is cathodes()["LiCoO2"]
    assert any_cathode("Li2Co2O4".replace("2", "", 1).replace("Co2O4", "CoO2")).name == "LiCoO2"


def test_a_nickel_rich_oxide_lies_between_its_neighbours():
    """Its charged state holds less lithium, and its figures are estimates that say so."""
    oxide = any_cathode("LiNi0.85Mn0.1Co0.05O2")

    assert oxide.charged != oxide.discharged
    assert 0.0 < oxide.utilisation.low < oxide.utilisation.value < oxide.utilisation.high <= 1.0
    assert oxide.density.source


@pytest.mark.parametrize("formula", ["LiAlO2", "Li6PS5Cl"])
def test_what_is_no_layered_oxide_is_refused(formula):
    """Nothing is made up for a material without an open-circuit curve."""
    with pytest.raises(UnknownNameError, match="cathode"):
        any_cathode(formula)
