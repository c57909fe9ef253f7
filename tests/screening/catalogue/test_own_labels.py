import pytest

from screening.catalogue.own_labels import label_fault
from screening.catalogue.own_material import Material


def _made(label, kind, formula=None, **figures):
    return Material(label=label, kind=kind, formula=formula, source="me", **figures)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (_made("LPSCl", "sse", "Li3YCl6"), "LPSCl, of the catalogue, is Li6PS5Cl, and this sse is"),
        (_made("lps-cl", "sse", "Li3YCl6"), "of the catalogue, is Li6PS5Cl"),
        (_made("li3ycl6", "sse", "Li3YBr6"), "of the catalogue, is Li3YCl6"),
        (_made("Li3YbCl6", "sse", "Li3YBr6"), "Li3YbCl6 is a formula, and this sse is Li3YBr6"),
        (_made("LFP", "sse", "Li3YBr6"), "of the catalogue, is LiFePO4"),
        (_made("LiNbO3", "coating", "Li3PO4"), "LiNbO3 is a formula, and this coating is Li3PO4"),
        (_made("LFP", "cathode", similar_to="LCO"), "is LiFePO4, and this cathode is LiCoO2"),
        (_made("Li2S", "cathode", similar_to="S"), "this cathode is S"),
    ],
)
def test_a_label_of_another_composition_is_refused(one, said):
    """One line with what it stands for, what was given, and what to do."""
    fault = label_fault(one)

    assert said in fault
    assert fault.endswith(f"such as 'our {one.label}', or correct the formula")
    assert fault.isprintable()


@pytest.mark.parametrize(
    "one",
    [
        _made("LPSCl", "sse", "Li6PS5Cl"),
        _made("Li6PS5Cl", "sse", "Li12P2S10Cl2"),
        _made("our LPSCl", "sse", "Li5.5PS4.5Cl1.5"),
        _made("S1", "sse", "Li3PS4"),
        _made("LNO", "coating", "LiNbO3"),
        _made("NCM-811", "cathode", similar_to="NMC811"),
        _made("SPAN", "cathode", similar_to="SPAN"),
        _made("CuS", "carbon", specific_area_m2_per_g=10.0),
    ],
)
def test_a_label_of_the_same_composition_or_of_none_is_free(one):
    """Own figures of a material of the catalogue may have its name."""
    assert label_fault(one) == ""
