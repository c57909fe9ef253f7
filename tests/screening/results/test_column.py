import pytest

from screening.results.column import UNITS, number, with_ends


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_ends_the_name(unit):
    """As people write it in SQL, and as it is printed."""
    column = number("thing", unit, "a thing", list)

    assert (column.name, column.unit, column.type) == (f"thing_{unit}", UNITS[unit], "DOUBLE")


def test_a_column_names_the_ends_of_its_interval():
    """They have its unit and say what they are."""
    value, low, high = with_ends("thing", "v", number("thing", "v", "a thing", list), list, list)

    assert value.ends == (low.name, high.name) == ("thing_low_v", "thing_high_v")
    assert low.description == "5 % of thing_v"
    assert low.ends is None
