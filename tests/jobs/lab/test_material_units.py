import pytest

from jobs.lab.material_units import UNITS, unit_end, unit_written, units_of
from screening.batch.material_file import FIELDS

SIGMA, DENSITY = "ionic_conductivity_s_per_cm", "true_density_g_per_cm3"


def test_every_unit_is_of_some_field():
    """The first unit of each is the field's own; all fields of numbers have some."""
    of_numbers = [name for name in FIELDS if units_of(name)]

    assert {end for end in UNITS if any(name.endswith(end) for name in of_numbers)} == set(UNITS)
    assert all((units[0].factor, units[0].offset) == (1.0, 0.0) for units in UNITS.values())


def test_every_unit_is_found_by_its_own_name():
    """And no two units of a field are spelled alike."""
    for field in FIELDS:
        for unit in units_of(field):
            assert unit_written(unit.name, field) is unit


@pytest.mark.parametrize(
    ("text", "field", "factor"),
    [
        ("S cm-1", SIGMA, 1.0),
        ("S·cm⁻¹", SIGMA, 1.0),
        ("Ω⁻¹ cm⁻¹", SIGMA, 1.0),
        ("mS cm-1", SIGMA, 1e-3),
        ("mS * cm^-1", SIGMA, 1e-3),
        ("mS cm**-1", SIGMA, 1e-3),
        ("mS per cm", SIGMA, 1e-3),
        ("uS/cm", SIGMA, 1e-6),
        ("\N{MICRO SIGN}S/cm", SIGMA, 1e-6),
        ("\N{GREEK SMALL LETTER MU}S cm\N{MINUS SIGN}1", SIGMA, 1e-6),
        ("S m-1", SIGMA, 1e-2),  # 1 S/m is 1 S over 100 cm.
        ("kg/m^3", DENSITY, 1e-3),  # 1000 g in 1e6 cm3.
        ("kg m⁻³", DENSITY, 1e-3),
        ("g/cc", DENSITY, 1.0),
        ("g mL-1", DENSITY, 1.0),
        ("m² g⁻¹", "specific_area_m2_per_g", 1.0),
        ("V vs Li+/Li", "voltage_low_v", 1.0),
    ],
)
def test_units_are_known_as_people_spell_them(text, field, factor):
    """Powers, dots, bars and both letters mu."""
    assert unit_written(text, field).factor == pytest.approx(factor)


@pytest.mark.parametrize(
    "text", ["", "mS", "S cm", "S/cm2", "MS/cm", "10-4 S/cm", "S/cm at 25 C", "log S/cm", "kg/m3"]
)
def test_what_is_another_unit_is_none(text):
    """Nothing is taken for what it nearly is."""
    assert unit_written(text, SIGMA) is None


def test_units_are_those_of_the_end_of_a_name():
    """The longest that fits; a text has none."""
    assert unit_end(SIGMA) == "s_per_cm"
    assert unit_end("source") == ""
    assert units_of("source") == ()
