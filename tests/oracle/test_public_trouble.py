"""Trouble that people report in public about such work, tried here: what is right stays right.

Each row names the thread that it comes from, or says `own`.
"""

import json

import pytest

from jobs.cli import main
from stability.errors import FormulaError, TableError
from stability.formula import composition
from stability.tables.phase_table import PhaseTable

HEADER = "formula,formation_energy_ev_per_atom"


@pytest.fixture
def catholyte(capsys, monkeypatch, tmp_path):
    """Return a function that runs the command in an empty folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("source", "text", "amounts"),
    [
        ("materialsproject/pymatgen#1870", "Fe0.00009Ni0.99991", {"Fe": 9e-5, "Ni": 0.99991}),
        ("materialsproject/pymatgen#772", "Li1Fe1P1O4", {"Li": 1, "Fe": 1, "P": 1, "O": 4}),
        ("own", "Li6PS5Cl0.5Br0.5", {"Li": 6, "P": 1, "S": 5, "Cl": 0.5, "Br": 0.5}),
        ("own", "NaN", {"Na": 1, "N": 1}),
        (
            "materialsproject/pymatgen#3559",
            (
                "(Bi2(Mg0.667Nb1.333)O7)((Bi2(Mg0.667Nb1.333)O7)0.9(SrCO3)0.1)"
                "((Bi2(Mg0.667Nb1.333)O7)0.7(SrCO3)0.3)"
            ),
            {"Bi": 5.2, "Mg": 1.7342, "Nb": 3.4658, "O": 19.4, "Sr": 0.4, "C": 0.4},
        ),
    ],
)
def test_formulas_are_read_as_chemists_mean_them(source, text, amounts):
    """Amounts by hand."""
    assert composition(text).amounts == pytest.approx(amounts), source


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("materialsproject/pymatgen#1268", "Dy3N@C80", "'@' at position 5"),
        ("kenany/chemical-formula#296", "CuSO4.5H2O", r"CuSO4\(H2O\)5"),
        ("xnx/pyvalem#1", "CuSO4\u00b75H2O", r"CuSO4\(H2O\)5"),
        ("materialsproject/emmet#957", "D2O", "deuterium"),
        ("hackingmaterials/automatminer#38", "Ni0,8Co0,1Mn0,1", r"Ni0\.8Co0\.1Mn0\.1"),
        ("CederGroupHub/MaterialParser#1", "Li6-xPS5-xCl1+x", "'-'"),
        ("own", "6LiF", "follows no element"),
        ("own", "75Li2S\u00b725P2S5", "follows no element"),
        ("own", "lifepo4", "did you mean LiFePO4"),
    ],
)
def test_what_is_no_formula_or_two_is_refused(source, text, said):
    """With the remedy where there is one."""
    with pytest.raises(FormulaError, match=said):
        composition(text)
    assert source


@pytest.mark.parametrize(
    ("source", "content", "reduction", "oxidation"),
    [
        ("own, on a tie line", "Li2S,-1.5\n", 0.0, 2.25),
        ("asafdav/ng-csv#28: byte-order mark, CRLF", "\ufeffLi2S,-1.5\r\n", 0.0, 2.25),
        ("own: quotes, blank lines, exponents", '"Li2S",-15e-1\n\n', 0.0, 2.25),
        ("own: more columns", "Li2S,-1.5\n", 0.0, 2.25),
    ],
)
def test_tables_as_spreadsheets_write_them(
    source, content, reduction, oxidation, catholyte, tmp_path
):
    """Li2S at -4.5 eV oxidises at 4.5 / 2 V; endings may be in capitals (own)."""
    header = f"{HEADER},note" if "more columns" in source else HEADER
    rows = content.replace("-1.5\n", "-1.5,x\n") if "more columns" in source else content
    mark = "\ufeff" if rows.startswith("\ufeff") else ""
    text = f"{mark}{header}\n{rows.removeprefix(mark)}"
    (tmp_path / "OWN.CSV").write_text(text, encoding="utf-8", newline="")

    code, output, _ = catholyte(
        "window", "Li2S", "--table", "OWN.CSV", "--temperature", 0, "--json"
    )

    record = json.loads(output)
    assert code == 0, source
    assert (record["reduction_limit_v"], record["oxidation_limit_v"]) == pytest.approx(
        (reduction, oxidation)
    )


@pytest.mark.parametrize(
    ("source", "content", "said"),
    [
        ("own", f"{HEADER}\nLi2S,-0_5.1\n", "'-0_5.1' is no number"),
        ("asafdav/ng-csv#28", f"{HEADER.replace(',', ';')}\nLi2S;-1,5\n", "semicolons separate"),
        ("own", f"{HEADER.replace(',', chr(9))}\nLi2S\t-1.5\n", "tabs separate"),
        ("own", f"{HEADER},known\nLi2S,-1.5,1\n", "'1' is no true/false"),
        ("own", f"{HEADER}\nLi2S,-1.5\nLi4S2,-1.4\n", "Li4S2"),
        ("pandas-dev/pandas#24681", f"{HEADER}\n,-1.5\n", "row 1"),
        ("own", f"{HEADER}\nLi2S,\u0661\n", "is no number"),
        ("own", f"{HEADER}\nLi2S,-144.7\n", "looks like kJ/mol; write -1.49"),
        ("materialsproject/api#963", "material_id,formula_pretty\nmp-1,Li2S\n", "it has"),
        ("own", "formula,energy\nLi2S,-1.5\n", "formation_energy_ev_per_atom"),
    ],
)
def test_tables_that_could_be_misread_are_refused(source, content, said, catholyte, tmp_path):
    """One line, exit code 2, nothing on the output."""
    (tmp_path / "own.csv").write_text(content, encoding="utf-8")

    code, output, errors = catholyte("window", "Li2S", "--table", "own.csv")

    assert (code, output) == (2, ""), source
    assert said in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"formula": [b"Li2S"], "formation_energy_ev_per_atom": [-1.5]}, "b'Li2S'"),
        ({"formula": ["Li2S"], "formation_energy_ev_per_atom": [True]}, "'True' is no number"),
        ({"formula": ["Li2S"], "formation_energy_ev_per_atom": [1 - 2j]}, "is no number"),
        ({"formula": ["Li2S"], "formation_energy_ev_per_atom": [None]}, "no number is there"),
        ({"formula": ["Li2S"]}, "no rows with column formation_energy_ev_per_atom"),
    ],
)
def test_columns_of_other_types_are_refused(columns, said):
    """Bytes, truth, complex numbers and nothing are no energies."""
    with pytest.raises(TableError, match=said):
        PhaseTable.from_columns(columns, name="t")


def test_a_frame_with_a_doubled_column_is_refused():
    """It is what a careless join in pandas leaves."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([["Li2S", -1.5, -1.4]], columns=[*HEADER.split(","), "x"])
    frame.columns = [*HEADER.split(","), HEADER.split(",")[1]]

    with pytest.raises(TableError, match="formation_energy_ev_per_atom stands twice"):
        PhaseTable.from_columns(frame, name="t")


@pytest.mark.parametrize(
    ("source", "arguments", "limits"),
    [
        ("facebook/Ax#4834", "Li3PS4", (1.721, 2.633)),
        ("facebook/Ax#4834", "Li3.0001PS4", (1.721, 2.633)),
        ("own", "Li3.000001PS4", (1.721, 2.633)),
        ("OBELiX", "Li1.33333Ti1.66667O4", (1.711, 3.710)),
        ("own", "Li6PS5Cl", (1.721, 2.341)),
        ("emdgroup/baybe#428", "Li2.0001ZrCl6", (1.723, 4.255)),
    ],
)
def test_windows_at_0_k(source, arguments, limits, catholyte):
    """Published values of the 2019 table, in volts."""
    _, output, _ = catholyte("window", arguments, "--temperature", 0, "--energies", "dft", "--json")

    record = json.loads(output)
    found = record["reduction_limit_v"], record["oxidation_limit_v"]
    assert found == pytest.approx(limits, abs=0.0006), source


def test_reactions_that_people_ask_for(catholyte):
    """With oxygen -1685 meV/atom at 0 K; water makes H2S, the smell; MgO is beyond the table."""
    code, output, _ = catholyte(
        "pair", "LPSCl", "O2", "--temperature", 0, "--energies", "dft", "--json"
    )

    assert code == 0
    assert json.loads(output)["chemical"]["energy_ev_per_atom"] == pytest.approx(-1.685, abs=0.001)
    _, output, _ = catholyte("pair", "LPSCl", "H2O", "--json")
    assert "H2S" in {one["formula"] for one in json.loads(output)["chemical"]["products"]}
    assert json.loads(output)["gaps"] == []
    _, output, _ = catholyte("pair", "LPSCl", "MgO", "--json")
    assert "is not complete for Cl-Li-Mg-O-P-S" in json.loads(output)["gaps"][0]


def test_one_material_under_two_names_is_refused(catholyte, tmp_path):
    """A label and a multiple of the formula stand for the same SSE."""
    (tmp_path / "b.toml").write_text('sses = ["LPSCl", "Li12P2S10Cl2"]\n', encoding="utf-8")

    code, output, errors = catholyte("screen", "b.toml", "--dry-run")

    assert (code, output) == (2, "")
    assert "stands twice" in errors
