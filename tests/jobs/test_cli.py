import csv
import io
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from jobs import cli
from jobs.store import rows

ROOT = Path(__file__).parents[2]
COMMANDS = ["screen", "rank", "query", "window", "pair"]
WINDOW_FIELDS = [
    "formula", "phase_table", "policy", "energy_source", "energy_above_hull_ev_per_atom",
    "reduction_limit_v", "oxidation_limit_v", "steps",
]  # fmt: skip
STEP_FIELDS = ["voltage_low_v", "voltage_high_v", "li_change", "capacity_mah_per_g", "products"]
PAIR_FIELDS = ["sse", "cathode", "phase_table", "chemical", "electrochemical"]
CHEMICAL_FIELDS = ["energy_ev_per_atom", "sse_fraction", "products", "kinks"]
KINK_FIELDS = ["sse_fraction", "energy_ev_per_atom", "products"]
OPEN_FIELDS = [
    "voltage_v", "total_ev_per_non_li_atom", "self_ev_per_non_li_atom",
    "mutual_ev_per_non_li_atom", "sse_fraction", "products",
]  # fmt: skip
TWO_COLUMNS = "formula,formation_energy_ev_per_atom\n"


def fields(record, names):
    """Return those of the names that a record has, in its order."""
    return [name for name in record if name in names]


def process(*arguments, **keywords):
    """Run the command in a process of its own, with the kernels that are compiled already."""
    return subprocess.run(
        [sys.executable, "-m", "jobs.cli", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CATHOLYTE_CACHE": ""},
        **keywords,
    )


# --- window ---


def test_a_window_as_json(command):
    """One object a line with the fields of ARCHITECTURE.md; limits of PHYSICS.md 1.2."""
    code, output, errors = command("window", "Li6PS5Cl", "LZC", "S", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert (code, errors) == (0, "")
    assert [record["formula"] for record in found] == ["Li6PS5Cl", "Li2ZrCl6", "S"]
    for record in found:
        assert fields(record, WINDOW_FIELDS) == WINDOW_FIELDS
        for step in record["steps"]:
            assert list(step) == STEP_FIELDS
            assert all(product.keys() == {"formula", "amount"} for product in step["products"])
    limits = [(record["reduction_limit_v"], record["oxidation_limit_v"]) for record in found]
    assert limits[0] == pytest.approx((1.721, 2.341), abs=0.003)
    assert limits[1] == pytest.approx((1.723, 4.255), abs=0.003)
    assert limits[2][1] is None  # sulfur has no lithium to lose


def test_steps_go_up_touch_and_end_open(command):
    """Uptake is positive at the bottom, loss negative at the top, the open end null."""
    _, output, _ = command("window", "Li6PS5Cl", "--json")

    steps = json.loads(output)["steps"]
    assert steps[0]["voltage_low_v"] == 0.0
    assert all(one["voltage_high_v"] == two["voltage_low_v"] for one, two in pairwise(steps))
    assert all(one["li_change"] > two["li_change"] for one, two in pairwise(steps))
    assert steps[-1]["voltage_high_v"] is None
    assert steps[0]["li_change"] == pytest.approx(8.0)  # 5 Li2S + Li3P + LiCl hold 14 of 6 + 8
    assert 0.0 in [step["li_change"] for step in steps]


@pytest.mark.parametrize("name", ["Li₆PS₅Cl", "LPSCl", " Li6 PS5 Cl ", "Li6P(S5)Cl"])
def test_the_same_material_has_the_same_window(name, command):
    """Unicode subscripts, labels, blanks and brackets are read."""
    _, plain, _ = command("window", "Li6PS5Cl", "--json")

    code, output, _ = command("window", name, "--json")

    assert code == 0
    one, other = json.loads(plain), json.loads(output)
    assert {**other, "formula": ""} == {**one, "formula": ""}


def test_the_policy_is_an_option(command):
    """LiS4 and its like take 0.2 V off the window (PHYSICS.md 1.1), and the record says so."""
    _, output, _ = command("window", "Li6PS5Cl", "--json", "--policy", "all")

    record = json.loads(output)
    assert record["policy"] == "all"
    assert record["oxidation_limit_v"] == pytest.approx(2.14, abs=0.01)


def test_another_table_is_an_option(command, tmp_path):
    """Li2S at -4.5 eV oxidises at 4.5 / 2 = 2.25 V."""
    (tmp_path / "own.csv").write_text(TWO_COLUMNS + "Li2S,-1.5\n", encoding="utf-8")

    _, output, _ = command("window", "Li2S", "--json", "--table", "own.csv")

    record = json.loads(output)
    assert record["oxidation_limit_v"] == pytest.approx(2.25)
    assert record["phase_table"].startswith("own-")
    assert record["energy_source"] == "entry"


# --- pair ---


def test_a_pair_as_json(command):
    """The fields of ARCHITECTURE.md and the numbers of PHYSICS.md 1.4."""
    code, output, errors = command(
        "pair", "LPSCl", "LiFePO4", "--voltage", 3.5, "--voltage", 2.5, "--json"
    )

    record = json.loads(output)
    assert (code, errors) == (0, "")
    assert fields(record, PAIR_FIELDS) == PAIR_FIELDS
    assert (record["sse"], record["cathode"]) == ("Li6PS5Cl", "LiFePO4")
    assert list(record["chemical"]) == CHEMICAL_FIELDS
    assert all(list(kink) == KINK_FIELDS for kink in record["chemical"]["kinks"])
    assert all(fields(one, OPEN_FIELDS) == OPEN_FIELDS for one in record["electrochemical"])
    assert "worst_over_range" not in record
    assert record["chemical"]["energy_ev_per_atom"] == pytest.approx(-0.1067, abs=1e-3)
    high, low = record["electrochemical"]
    assert (high["voltage_v"], low["voltage_v"]) == (3.5, 2.5)
    assert high["total_ev_per_non_li_atom"] == pytest.approx(-0.747, abs=1e-3)
    assert high["self_ev_per_non_li_atom"] == pytest.approx(-0.747, abs=1e-3)
    assert high["mutual_ev_per_non_li_atom"] == pytest.approx(-0.121, abs=1e-3)
    assert low["total_ev_per_non_li_atom"] == pytest.approx(-0.178, abs=1e-3)


def test_a_pair_over_a_range(command):
    """The worst from 2.5 to 4 V is no milder than at any voltage between, and lies inside."""
    _, output, _ = command(
        "pair", "LPSCl", "LiFePO4", "--json", "--voltage-range", 2.5, 4.0,
        *(word for tenth in range(25, 41) for word in ("--voltage", tenth / 10)),
    )  # fmt: skip

    record = json.loads(output)
    worst = record["worst_over_range"]
    for name in ("total_ev_per_non_li_atom", "mutual_ev_per_non_li_atom"):
        assert worst[name] <= min(one[name] for one in record["electrochemical"]) + 1e-9
    assert 2.5 <= worst["mutual_voltage_v"] <= 4.0


def test_a_pair_that_does_not_react_has_no_mixture(command):
    """Li6PS5Cl and Li2S: 0, no fraction, no products."""
    _, output, _ = command("pair", "LPSCl", "Li2S", "--json")

    chemical = json.loads(output)["chemical"]
    assert chemical["energy_ev_per_atom"] == 0.0
    assert chemical["sse_fraction"] is None
    assert chemical["products"] == []


def test_pairs_from_a_file(command, tmp_path):
    """One object for each line, in order; names of the catalogue or formulas."""
    (tmp_path / "pairs.csv").write_text(
        "sse,cathode\nLPSCl,LiFePO4\nLi3YBr6,LiVO2\nLPSCl,FePO4\n".replace("LiVO2", "TiS2"),
        encoding="utf-8",
    )

    code, output, _ = command("pair", "--from", "pairs.csv", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert [(one["sse"], one["cathode"]) for one in found] == [
        ("Li6PS5Cl", "LiFePO4"), ("Li3YBr6", "TiS2"), ("Li6PS5Cl", "FePO4")
    ]  # fmt: skip
    assert found[2]["chemical"]["energy_ev_per_atom"] == pytest.approx(-0.1962, abs=1e-3)
    assert all(one["electrochemical"] == [] for one in found)


def test_the_fraction_counts_all_atoms_of_the_electrolyte(command):
    """At the kink of x, products hold x atoms per atom from the SSE: S comes from it alone."""
    _, output, _ = command("pair", "Li2S", "LiCl", "--json")
    _, other, _ = command("pair", "LPSCl", "LiFePO4", "--json")

    assert json.loads(output)["chemical"]["energy_ev_per_atom"] == 0.0
    chemical = json.loads(other)["chemical"]
    sulfur = {"FeS2": 2, "FePS": 1, "Li2S": 1, "S": 1, "FeS": 1, "Li3PS4": 4}
    atoms_of_s = sum(p["amount"] * sulfur.get(p["formula"], 0) for p in chemical["products"])
    assert atoms_of_s == pytest.approx(chemical["sse_fraction"] * 5 / 13)  # S5 of 13 atoms


# --- screen, rank, query ---


def test_a_screen_prints_its_ranking_and_keeps_it(command, tmp_path):
    """The rows printed are those of the store, best first."""
    (tmp_path / "mine.toml").write_text(
        "sses = ['LZC', 'LPSCl']\ncathodes = ['LiFePO4', 'S']\n", encoding="utf-8"
    )

    code, output, errors = command("screen", "mine.toml", "--store", "kept", "--json")

    found = json.loads(output)
    assert (code, errors) == (0, "")
    assert [row["rank"] for row in found] == [1, 2, 3, 4]
    assert found == sorted(found, key=lambda row: -row["score_0_to_1"])
    assert {"rank", "sse", "cathode", "recipe", "score_0_to_1", "reason"} <= found[0].keys()
    assert len(rows(tmp_path / "kept", "FROM ranked_pairs")) == 4
    assert json.loads(command("rank", "--store", "kept", "--json")[1]) == found


def test_a_rank_has_the_score_and_the_reason(command, stored):
    """The best three of one cathode."""
    code, output, _ = command("rank", "--cathode", "S", "--top", 3, "--store", stored, "--json")

    found = json.loads(output)
    assert code == 0
    assert [row["cathode"] for row in found] == ["S"] * len(found)
    assert [row["rank_in_cathode"] for row in found][:1] == [1]
    assert max(row["rank_in_cathode"] for row in found) <= 3
    assert all(row["reason"] for row in found)


@pytest.mark.parametrize("arguments", [["rank"], ["query", "FROM ranked_pairs ORDER BY rank"]])
def test_csv_reads_back(arguments, command, stored):
    """The same rows and columns as JSON."""
    _, text, _ = command(*arguments, "--store", stored, "--csv")
    _, output, _ = command(*arguments, "--store", stored, "--json")

    found = list(csv.DictReader(io.StringIO(text)))
    records = json.loads(output)
    assert len(found) == len(records) == 135
    assert list(found[0]) == list(records[0])
    assert [float(row["score_0_to_1"]) for row in found] == pytest.approx(
        [row["score_0_to_1"] for row in records]
    )


def test_a_query_as_a_table(command, stored):
    """A header and a line."""
    code, output, _ = command("query", "SELECT count(*) AS n FROM pairs", "--store", stored)

    assert code == 0
    assert output.split() == ["n", "135"]


def test_the_store_may_come_from_the_environment(command, stored, monkeypatch):
    """CATHOLYTE_STORE stands for --store."""
    monkeypatch.setenv("CATHOLYTE_STORE", str(stored))

    assert command("query", "SELECT 1 AS x", "--json") == (0, '[{"x": 1}]\n', "")


def test_options_of_screen_replace_those_of_the_file(command, tmp_path):
    """Table and policy can be tried without editing the batch."""
    (tmp_path / "mine.toml").write_text(
        "sses = ['LPSCl']\ncathodes = ['S']\npolicy = 'known'\n", encoding="utf-8"
    )

    command("screen", "mine.toml", "--policy", "all")

    (row,) = rows(tmp_path / "catholyte-store", "SELECT policy FROM pairs")
    assert row == {"policy": "all"}


@pytest.mark.parametrize("sses", ["['Li3N', 'LPSCl']", "['Li3N']"])
def test_failed_pairs_end_with_3(sses, command, tmp_path):
    """Some or all: the rest is ranked, and standard error says how many and where to look."""
    (tmp_path / "mine.toml").write_text(f"sses = {sses}\ncathodes = ['S']\n", encoding="utf-8")

    code, _, errors = command("screen", "mine.toml")

    assert code == 3
    assert re.fullmatch(r"1 of \d pairs failed; their rows in `pairs` say why\n", errors)
    (row,) = rows(tmp_path / "catholyte-store", "FROM pairs WHERE status = 'failed'")
    assert "holds no phase with N" in row["reason"]


def test_a_store_in_use_ends_with_75(command, holder):
    """Try again later: the line names the process."""
    store, process_ = holder

    code, output, errors = command("screen", "--store", store)

    assert (code, output) == (75, "")
    assert errors.count("\n") == 1
    assert f"process {process_.pid}" in errors


# --- what is refused ---

BAD = {
    "Lx7PS6": ["window", "Lx7PS6"],
    "lower case": ["window", "li6ps5cl"],
    "charges": ["window", "Li6PS5-Cl-"],
    "charge of the SSE": ["pair", "Li6PS5-", "LiFePO4"],
    "charge of the cathode": ["pair", "Li6PS5Cl", "Cl-"],
    "open bracket": ["window", "LiTi2(PO4"],
    "closed bracket": ["window", "LiTi2PO4)3"],
    "other bracket": ["window", "LiTi2(PO4]3"],
    "empty": ["window", ""],
    "blank": ["window", "  "],
    "one of several": ["window", "Li6PS5Cl", "Xx"],
    "lithium": ["window", "Li"],
    "element beyond the table": ["window", "Li3N"],
    "NaN energies": ["window", "Li2S", "--table", "nan.csv"],
    "energies that are words": ["window", "Li2S", "--table", "words.csv"],
    "table without Li": ["window", "NaCl", "--table", "no-li.csv"],
    "duplicated formula": ["window", "Li2S", "--table", "twice.csv"],
    "table without columns": ["window", "Li2S", "--table", "columns.csv"],
    "table that is none": ["window", "Li2S", "--table", "absent.parquet"],
    "table of another kind": ["window", "Li2S", "--table", "mal.toml"],
    "screen with NaN energies": ["screen", "--table", "nan.csv"],
    "V below 0": ["pair", "LPSCl", "LiFePO4", "--voltage", "-1"],
    "V beyond 10": ["pair", "LPSCl", "LiFePO4", "--voltage", "11"],
    "V that is none": ["pair", "LPSCl", "LiFePO4", "--voltage", "nan"],
    "range upside down": ["pair", "LPSCl", "LiFePO4", "--voltage-range", "4", "2.5"],
    "range below 0": ["pair", "LPSCl", "LiFePO4", "--voltage-range", "-1", "2"],
    "unknown cathode of a pair": ["pair", "LPSCl", "lfp"],
    "unknown cathode of a batch": ["screen", "cathode.toml"],
    "unknown cathode of a ranking": ["rank", "--cathode", "LFP", "--store", "STORE"],
    "unknown batch": ["rank", "--batch", "x", "--store", "STORE"],
    "malformed TOML": ["screen", "mal.toml"],
    "unknown key": ["screen", "key.toml"],
    "wrong type": ["screen", "type.toml"],
    "SSE twice": ["screen", "twice.toml"],
    "absent batch file": ["screen", "absent.toml"],
    "folder as batch file": ["screen", "."],
    "half a pair": ["pair", "LPSCl"],
    "no pair": ["pair"],
    "pair and file": ["pair", "LPSCl", "S", "--from", "pairs.csv"],
    "half a pair and file": ["pair", "LPSCl", "--from", "pairs.csv"],
    "absent pairs file": ["pair", "--from", "absent.csv"],
    "faulty pairs file": ["pair", "--from", "nan.csv"],
    "no store to rank": ["rank"],
    "no store to ask": ["query", "SELECT 1"],
    "COPY": ["query", "COPY pairs TO 'x.csv'", "--store", "STORE"],
    "INSERT": ["query", "INSERT INTO batches SELECT * FROM batches", "--store", "STORE"],
    "ATTACH": ["query", "ATTACH 'x.duckdb'", "--store", "STORE"],
    "two statements": ["query", "SELECT 1; SELECT 2", "--store", "STORE"],
    "foreign file": ["query", "SELECT * FROM read_text('/etc/passwd')", "--store", "STORE"],
    "file beside": ["query", "SELECT * FROM 'nan.csv'", "--store", "STORE"],
    "garbage as results": ["query", "SELECT 1", "--store", "garbage"],
    "garbage as results to rank": ["rank", "--store", "garbage"],
    "file as store": ["screen", "--store", "nan.csv"],
}
FILES = {
    "nan.csv": TWO_COLUMNS + "Li2S,nan\n",
    "words.csv": TWO_COLUMNS + "Li2S,low\n",
    "no-li.csv": TWO_COLUMNS + "NaCl,-2.1\n",
    "twice.csv": TWO_COLUMNS + "Li2S,-1.5\nLi4S2,-1.4\n",
    "columns.csv": "formula,energy\nLi2S,-1.5\n",
    "pairs.csv": "sse,cathode\nLPSCl,S\n",
    "mal.toml": "sses = [\n",
    "key.toml": "electrolytes = ['LPSCl']\n",
    "type.toml": "sses = 'LPSCl'\n",
    "cathode.toml": "cathodes = ['LFP']\n",
    "twice.toml": "sses = ['LPSCl', 'Li6PS5Cl']\n",
    "garbage/results.duckdb": "garbage",
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_input_gets_one_line_and_nothing_is_written(arguments, command, tmp_path, stored):
    """Exit code 2, nothing on standard output, no file or folder beside those that were there."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))

    code, output, errors = command(*(stored if word == "STORE" else word for word in arguments))

    assert (code, output) == (2, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert rows(stored, "SELECT count(*) AS n FROM pairs") == [{"n": 135}]


@pytest.mark.parametrize(
    "arguments",
    [
        ["window"],
        ["window", "Li2S", "--bogus"],
        ["pair", "LPSCl", "S", "--voltage", "high"],
        ["pair", "LPSCl", "S", "--voltage-range", "2.5"],
        ["screen", "--policy", "some"],
        ["rank", "--top", "0"],
        ["frobnicate"],
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(arguments, command, tmp_path):
    """An unknown command or option, or a word where a number belongs."""
    code, output, errors = command(*arguments)

    assert (code, output) == (2, "")
    assert "Error: " in errors
    assert errors.count("\n") <= 5
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_ends_with_1_and_asks_for_a_report(command, monkeypatch):
    """One line, not blamed on the input; the traceback is there for whoever wants it."""

    def broken(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("stability.phase_table.load_phase_table", broken)

    code, output, errors = command("window", "Li2S")

    assert (code, output) == (1, "")
    assert errors.startswith("internal error: ZeroDivisionError: oh; please report it")
    assert errors.count("\n") == 1
    monkeypatch.setenv("CATHOLYTE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["window", "Li2S"])


def test_an_interruption_says_that_nothing_was_kept(command, monkeypatch):
    """Ctrl-C: one line and the usual 130."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("stability.phase_table.load_phase_table", interrupted)

    code, _, errors = command("window", "Li2S")

    assert code == 130
    assert errors == "interrupted; nothing of this run was kept\n"


# --- help, and the command as people start it ---


def test_help_names_every_command(command):
    """And says what each is for."""
    code, output, _ = command("--help")

    assert code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", output, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_word_of_help(name, command):
    """No option is left to be guessed."""
    code, output, _ = command(name, "--help")

    assert code == 0
    options = re.findall(r"^  (--[a-z-]+)(.*)$", output, re.MULTILINE)
    assert ("--help", options[-1][1]) == options[-1]
    assert all(text.strip() for _, text in options)


def test_help_loads_nothing_heavy():
    """It answers at once because the numbers, the store and the tables are not even imported."""
    code = """
import sys
from jobs import cli
for arguments in (["--help"], ["screen", "--help"], ["pair", "--help"]):
    try:
        cli.main(arguments)
    except SystemExit as ended:
        assert ended.code == 0
heavy = {"numpy", "numba", "duckdb", "pyarrow", "scipy", "screening", "pymatgen", "stability"}
print("loaded:", sorted(heavy & set(sys.modules)))
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    assert found.stdout.splitlines()[-1] == "loaded: []"


def test_the_program_works_in_a_process_of_its_own(tmp_path):
    """Screen, ask, be refused: exit codes reach the shell, and no colours a file."""
    (tmp_path / "mine.toml").write_text("sses = ['LZC']\ncathodes = ['S']\n", encoding="utf-8")

    screened = process("screen", "mine.toml", cwd=tmp_path)
    asked = process("query", "SELECT sse FROM pairs", "--json", cwd=tmp_path)
    refused = process("window", "Lx7PS6", cwd=tmp_path)

    assert (screened.returncode, screened.stderr) == (0, "")
    assert "S, 1 to 3 V, recipe sulfur-ab-milled" in screened.stdout
    assert "\x1b" not in screened.stdout
    assert (asked.returncode, asked.stdout) == (0, '[{"sse": "Li2ZrCl6"}]\n')
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: Lx7PS6: Lx is no element; did you mean Lu or Lr or Li?\n"


def test_a_reader_that_leaves_early_is_no_error(stored):
    """`catholyte rank | head -1` ends quietly."""
    with subprocess.Popen(
        [sys.executable, "-m", "jobs.cli", "query", "FROM pairs, range(500)", "--csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "CATHOLYTE_STORE": str(stored), "CATHOLYTE_CACHE": ""},
    ) as started:
        started.stdout.readline()
        started.stdout.close()
        errors = started.stderr.read()

    assert errors == b""
    assert started.returncode == 0


def test_the_console_script_is_this_program():
    """The entry point of pyproject.toml leads here."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert 'catholyte = "jobs.cli:main"' in text
    assert callable(cli.main)
