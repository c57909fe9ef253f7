import pytest

from stability.errors import TableError
from stability.training.measurements import (
    AGREEMENT,
    Measured,
    Value,
    hydrate,
    measured_compounds,
    merged,
)


def test_water_behind_a_dot_is_counted():
    """CaSO4 with two waters: 4 + 2 oxygen, 4 hydrogen; a blank text is no compound."""
    assert dict(hydrate("CaSO4·2H2O").amounts) == {"Ca": 1, "S": 1, "O": 6, "H": 4}
    assert hydrate("no formula") is None


def test_sources_that_agree_are_one_value():
    """The median of two, with half their difference or the least spread, whatever is larger."""
    found = merged(Measured("LiCl", {"CRC": Value(-2.11, -1.99), "JANAF": Value(-2.12, None)}), 0.0)

    assert found.enthalpy == pytest.approx(-2.115)
    assert found.spread == pytest.approx(0.005)
    assert found.gibbs == pytest.approx(-1.99)
    assert found.sources == ("CRC", "JANAF")


def test_sources_that_differ_are_told_apart_by_what_is_expected():
    """The one nearer to the correction stands, with the difference as its spread."""
    apart = Measured("ZrCl3", {"NBS": Value(-1.94, None), "JANAF": Value(-1.86, None)})

    assert AGREEMENT < 1.94 - 1.86
    assert merged(apart, -1.95).enthalpy == pytest.approx(-1.94)
    assert merged(apart, -1.80).enthalpy == pytest.approx(-1.86)
    assert merged(apart, -1.80).spread == pytest.approx(0.04)


def test_a_file_without_enthalpies_is_refused(tmp_path):
    """The message names the columns that would do."""
    path = tmp_path / "nothing.csv"
    path.write_text("formula,price\nLiCl,3\n", encoding="utf-8")

    with pytest.raises(TableError, match="no column of measured enthalpies"):
        measured_compounds([path])
