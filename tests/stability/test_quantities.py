import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stability.errors import QuantityError
from stability.quantities import SCALES, checked, number, written


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.9", 3.9), (" -2 ", -2.0), ("+.5", 0.5), ("4.", 4.0), ("1e-3", 1e-3), ("2.5E3", 2500.0)],
)
def test_plain_decimal_numbers_are_read(text, value):
    """Blanks around them do not matter."""
    assert number(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_of_a_number_is_read_as_the_same_number(value):
    """Any double comes back exactly."""
    assert number(repr(value)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no number is there"),
        ("nan", "is no number"),
        ("-inf", "is no number"),
        ("1e999", "beyond what any quantity is"),
        ("-0_5.1", "is no number"),
        ("0x10", "is no number"),
        ("\u0663\u066b\u0669", "in the digits 0 to 9"),  # 3.9 in Arabic digits.
        ("\uff13", "in the digits 0 to 9"),  # A digit of full width.
        ("\u22123", "is no number"),  # A minus sign that is no hyphen.
        ("3,9", "write 3.9, with a point"),
        ("1,140", "write 1140, or 1.140"),
        ("1,140.5", "write 1140.5, without separators"),
        ("1 140", "write 1140, without separators"),
        ("1'140'000", "write 1140000, without separators"),
        ("1_000", "write 1000, without separators"),
        ("3.9 V", "in the digits 0 to 9"),
        ("9" * 5000, "5000 characters"),
    ],
)
def test_what_is_no_plain_number_is_refused_with_what_to_write(text, said):
    """Each of these is a number to Python, a spreadsheet or a reader, and not the same one."""
    with pytest.raises(QuantityError, match=said):
        number(text)


@pytest.mark.parametrize(
    ("scale", "text", "said"),
    [
        ("voltage_v", "3.9 V", "write 3.9 alone, without a unit"),
        ("porosity_percent", "12%", "write 12 alone, without a unit"),
        ("loading_mg_per_cm2", "2 mg/cm\u00b2", "write 2 alone"),
        ("capacity_mah_per_g", "3.5 mAh/cm2", "give it in mAh/g, the number alone"),
        ("capacity_mah_per_g", "0.16 Ah/g", "write 160, which it is in mAh/g"),
        ("temperature_k", "25 \u00b0C", r"write 298\.15, which it is in K"),
        ("mass_fraction", "60 %", r"write 0\.6$"),
        ("ionic_conductivity_s_per_cm", "3x10-3", "digits 0 to 9, .* in S/cm$"),
        ("pressure_mpa", "1e309 GPa", "give it in MPa"),
        ("draws", "200 draws", "in the digits 0 to 9"),
        ("rate_c", "0.1 mA/cm2", r"no number; write C/20 or 0\.05$"),
        ("rate_c", "10 mA/g", r"no number; write C/20 or 0\.05$"),
        ("rate_c", "1/10", r"no number; write C/20 or 0\.05$"),
        ("rate_c", "C/0", r"outside .* write C/20 or 0\.05$"),
    ],
)
def test_a_number_stands_alone_only_in_its_own_unit(scale, text, said):
    """Of another unit, the number alone would be a value that nobody meant."""
    with pytest.raises(QuantityError, match=said):
        written(text, scale)


@pytest.mark.parametrize(
    ("text", "rate"), [("C/10", 0.1), (" c / 2.5 ", 0.4), (".5C", 0.5), ("2 C", 2.0), ("0.1", 0.1)]
)
def test_a_rate_is_read_as_people_say_it(text, rate):
    """C/10 takes ten hours; only a rate is read so."""
    assert written(text, "rate_c") == pytest.approx(rate)
    if "c" in text.casefold():
        with pytest.raises(QuantityError, match="is no number"):
            written(text, "voltage_v")


@given(st.text())
def test_any_text_is_a_finite_number_or_one_line(text):
    """Never another exception, and a number only where Python reads the same one."""
    value = None
    said = ""
    try:
        value = number(text)
    except QuantityError as error:
        said = str(error)
    assert said.isprintable()
    assert said if value is None else value == float(text)
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize(
    ("scale", "value", "said"),
    [
        ("mean_voltage_v", 3900, "looks like mV; write 3.9"),
        ("capacity_mah_per_g", 0.16, "looks like Ah/g; write 160"),
        ("density_g_per_cm3", 1865, "looks like kg/m3; write 1.865"),
        ("porosity_percent", 0.15, "looks like a fraction; write 15"),
        ("pressure_mpa", 0.375, "looks like GPa; write 375"),
        ("pressure_mpa", 375e6, "looks like Pa; write 375"),
        ("content_percent", 0.5, "looks like a fraction; write 50"),
        ("voltage_v", 2500, "looks like mV; write 2.5"),
        ("above_hull_ev_per_atom", -0.2, "cannot be negative"),
        ("above_hull_ev_per_atom", 50, "looks like meV; write 0.05"),
        ("energy_ev_per_atom", -192.97, "looks like kJ/mol; write -2"),
        ("temperature_k", 25, "looks like degrees Celsius; write 298.15"),
        ("mass_fraction", 60, "looks like per cent; write 0.6"),
        ("thickness_um", 0.03, "looks like mm; write 30"),
        ("ionic_conductivity_s_per_cm", 2, "looks like mS/cm; write 0.002"),
        ("voltage_v", 11, "give it against Li/Li"),
        ("draws", 2.5, "no whole number"),
        ("cells", 2.5, "no whole number"),
        ("port", 80.5, "no whole number"),
        ("rows", 2.5, "no whole number"),
        ("voxels", 2.5, "no whole number"),
        ("draws", math.nan, "no whole number"),
        ("voltage_v", math.nan, "outside"),
    ],
)
def test_a_number_in_another_unit_is_refused_with_the_one_that_was_meant(scale, value, said):
    """The option, the value, the limits and the remedy in one line."""
    with pytest.raises(QuantityError, match=said) as refused:
        checked(value, scale, called="--option")

    assert str(refused.value).startswith("--option ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", SCALES)
def test_the_ends_of_every_scale_are_inside_and_what_is_beyond_is_not(name):
    """Its value of another meaning, such as 0 K, is taken as well."""
    limits = SCALES[name]
    beyond = max(1.0, abs(limits.most)) * 0.5 + 1.0

    assert limits.least < limits.most
    for value in {limits.least, limits.most, limits.also} - {None}:
        assert checked(value, name) == value
    for value in (limits.least - beyond, limits.most + beyond, -math.inf, math.inf):
        with pytest.raises(QuantityError):
            checked(value, name)


@pytest.mark.parametrize("name", SCALES)
def test_what_a_message_proposes_is_taken(name):
    """A remedy that is printed can be followed: the value it names is inside the limits."""
    for slip in SCALES[name].slips:
        middle = (SCALES[name].least + SCALES[name].most) / 2
        mistaken = (middle - slip.offset) / slip.factor
        try:
            checked(mistaken, name)
        except QuantityError as error:
            proposed = str(error).rpartition("write ")[2]
            assert checked(float(proposed), name) == pytest.approx(float(proposed))


def test_a_text_is_told_with_what_it_is_called():
    """Whether it is no number, or one outside the limits."""
    assert written("375", "pressure_mpa") == 375.0
    with pytest.raises(QuantityError, match=r"^pressure_mpa 'x' is no number"):
        written("x", "pressure_mpa", called="pressure_mpa")
    with pytest.raises(QuantityError, match=r"^pressure_mpa 0\.375 MPa is outside 2 to 5000 MPa"):
        written("0.375", "pressure_mpa", called="pressure_mpa")
