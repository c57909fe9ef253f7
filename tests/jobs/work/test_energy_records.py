import pytest

from jobs.work.energy_records import energy_records, listed_formulas
from screening.errors import BatchError


def test_a_formula_without_an_answer_does_not_stop_the_others():
    """Its record says why; the others have enthalpy, interval, kind and source."""
    known, unknown = energy_records(["LiCl", "LiXe2"], "reference", None)

    assert known["kind"] == "measured"
    assert known["low_ev_per_atom"] < known["enthalpy_ev_per_atom"] < known["high_ev_per_atom"]
    assert known["source"]
    assert unknown["enthalpy_ev_per_atom"] is None
    assert "Xe" in unknown["reason"]


def test_uncorrected_energies_are_the_table_s_own():
    """With dft the enthalpy is the computed one, and it says so."""
    (found,) = energy_records(["LiCl"], "reference", "dft")

    assert found["kind"] == "dft"
    assert found["enthalpy_ev_per_atom"] == pytest.approx(found["dft_ev_per_atom"])


def test_a_list_names_its_column(tmp_path):
    """The formulas in order; a file without the column is refused."""
    path = tmp_path / "list.csv"
    path.write_text("formula\nLiCl\nLi2S\n", encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name\nLiCl\n", encoding="utf-8")

    assert listed_formulas(path) == ["LiCl", "Li2S"]
    with pytest.raises(BatchError, match="formula is missing"):
        listed_formulas(wrong)
