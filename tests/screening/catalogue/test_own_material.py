import pytest
from pydantic import ValidationError

from descriptors.quantity import Kind
from screening.catalogue.materials import cathode
from screening.catalogue.own_material import Material

SSE = {"label": "ours", "kind": "sse", "source": "notebook", "formula": "Li3YBr6"}
CATHODE = {
    "label": "LVP", "kind": "cathode", "source": "notebook", "charged": "V2(PO4)3",
    "discharged": "Li3V2(PO4)3", "assembled": "discharged", "voltage_low_v": 3.0,
    "voltage_high_v": 4.3, "mean_voltage_v": 3.8, "first_capacity_mah_per_g": 130.0,
    "first_return_percent": 96.0, "true_density_g_per_cm3": 3.1, "specific_area_m2_per_g": 2.0,
    "recipe": "lfp-vgcf-hand",
}  # fmt: skip


def test_a_figure_is_measured_and_says_whose_it_is():
    """With the interval that is given."""
    one = Material(
        **SSE,
        ionic_conductivity_s_per_cm=2e-3,
        ionic_conductivity_low_s_per_cm=1e-3,
        ionic_conductivity_high_s_per_cm=3e-3,
    )

    found = one.quantity("ionic_conductivity", "s_per_cm")

    assert found[:4] == (2e-3, 1e-3, 3e-3, "S/cm")
    assert (found.kind, found.source) == (Kind.MEASURED, "ours: notebook")


def test_a_figure_without_an_interval_gets_one_that_is_named():
    """A factor for a conductivity, points for a relative density, which ends at 100 %."""
    one = Material(
        **SSE, ionic_conductivity_s_per_cm=3e-3, relative_density_percent=99.0, pressed_at_mpa=375.0
    )

    conductivity = one.quantity("ionic_conductivity", "s_per_cm")
    density = one.quantity("relative_density", "percent")

    assert conductivity[1:3] == pytest.approx((2e-3, 4.5e-3))
    assert density[1:3] == (96.0, 100.0)
    assert "no spread given" in conductivity.source


def test_a_cathode_of_its_own_needs_all_or_something_similar():
    """131.5 mAh/g for two of the three lithium of Li3V2(PO4)3 would be 0.67 of 197.2."""
    full = Material(**CATHODE).as_cathode()
    nmc = Material(
        label="ours", kind="cathode", source="me", similar_to="NCM-811", specific_area_m2_per_g=0.35
    ).as_cathode()

    assert full.theoretical_capacity == pytest.approx(197.2, abs=0.3)
    assert full.utilisation.value == pytest.approx(130 / full.theoretical_capacity)
    assert (nmc.name, nmc.charged) == ("ours", "Ni0.8Mn0.1Co0.1O2")
    assert nmc.specific_area.value == 0.35
    assert nmc.density == cathode("NMC811").density


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SSE | {"formula": None}, "formula is missing"),
        (SSE | {"formula": "Xx"}, "no element"),
        (SSE | {"formula": "Na3PS4"}, "formula: Na3PS4 holds no lithium, .* is a coating"),
        (SSE | {"mean_voltage_v": 3.0}, "mean_voltage_v: not used for a sse"),
        (SSE | {"ionic_conductivity_s_per_cm": 2.0}, "looks like mS/cm; write 0.002"),
        (SSE | {"true_density_g_per_cm3": 1870.0}, "looks like kg/m3; write 1.87"),
        (SSE | {"relative_density_percent": 88.0}, "go together"),
        (SSE | {"relative_density_percent": 0.88, "pressed_at_mpa": 375.0}, "write 88"),
        (SSE | {"ionic_conductivity_low_s_per_cm": 1e-3}, "is missing, and ends"),
        (
            SSE | {"ionic_conductivity_s_per_cm": 1e-3, "ionic_conductivity_low_s_per_cm": 2e-3},
            "not between its ends",
        ),
        (SSE | {"above_hull_ev_per_atom": 30.0}, "looks like meV; write 0.03"),
        (SSE | {"label": " x"}, "blanks around it"),
        (SSE | {"colour": "white"}, "colour"),
        (CATHODE | {"charged": None}, "lacks charged"),
        (CATHODE | {"charged": "V2(PO4)4"}, "with more lithium"),
        (CATHODE | {"mean_voltage_v": 4.5}, "not inside its window"),
        (CATHODE | {"first_capacity_mah_per_g": 300.0}, "more than the lithium"),
        (CATHODE | {"similar_to": "LiXx"}, "no cathode is named"),
        (CATHODE | {"recipe": "mortar"}, "no recipe is named"),
        ({"label": "c", "kind": "carbon", "source": "me"}, "needs its surface"),
    ],
)
def test_what_could_not_be_used_is_refused(given, said):
    """With the value and the remedy."""
    with pytest.raises(ValidationError, match=said):
        Material(**given)
