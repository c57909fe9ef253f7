import json

import pytest

FIELDS = {
    "formula", "enthalpy_ev_per_atom", "low_ev_per_atom", "high_ev_per_atom", "kind",
    "dft_ev_per_atom", "source", "phase_table",
}  # fmt: skip


def test_enthalpies_as_json(command):
    """One object a line; -408.6 kJ/mol of LiCl over 96.485 and two atoms is -2.117 eV/atom."""
    code, output, errors = command("energy", "LiCl", "Li2S", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert (code, errors) == (0, "")
    assert [one["formula"] for one in found] == ["LiCl", "Li2S"]
    assert set(found[0]) >= FIELDS
    assert found[0]["enthalpy_ev_per_atom"] == pytest.approx(-408.6 / 96.485 / 2, abs=0.005)


def test_a_list_goes_on(command, tmp_path):
    """One formula that no table has: its line says why, the others are there, exit 3."""
    (tmp_path / "list.csv").write_text("formula\nLiXe2\nLiCl\n", encoding="utf-8")
    code, output, _ = command("energy", "--from", "list.csv")

    assert code == 3
    assert "LiCl" in output
    assert "Xe" in output


@pytest.mark.parametrize("arguments", [[], ["LiCl", "--from", "list.csv"]])
def test_formulas_or_a_list(command, arguments):
    """Neither and both are refused in one line."""
    code, output, errors = command("energy", *arguments)

    assert (code, output) == (2, "")
    assert "give formulas, or --from FILE" in errors
