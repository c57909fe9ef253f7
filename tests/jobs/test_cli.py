import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import cli
from jobs.store.published import rows

ROOT = Path(__file__).parents[2]
COMMANDS = ["screen", "rank", "query", "window", "pair"]
TWO_COLUMNS = "formula,formation_energy_ev_per_atom\n"


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


# --- usage ---


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["windo", "LPSCl"], r"No such command 'windo'.*window.* see `\S+.* --help`"),
        (["rank", "--tops", "3"], r"No such option: --tops .*; see `.* rank --help`"),
        (["window"], r"Missing argument .*; see `.* window --help`"),
        (["experiment", "ad"], r"No such command 'ad'.* see `.* experiment --help`"),
        (["rank", "--top"], r"Option .--top. requires an argument; see `.*--help`"),
    ],
)
def test_wrong_use_is_refused_in_one_line(command, arguments, said):
    """As everything that is refused; the remedy is the help of that very command."""
    code, output, errors = command(*arguments)

    assert (code, output) == (2, "")
    assert re.fullmatch(f"error: {said}\n", errors), errors


# --- screen, rank, query ---


def test_a_screen_prints_its_ranking_and_keeps_it(command, tmp_path):
    """The rows printed are those of the store, best first."""
    (tmp_path / "mine.toml").write_text(
        "sses = ['LZC', 'LPSCl']\ncathodes = ['LiFePO4', 'S']\n", encoding="utf-8"
    )

    code, output, errors = command("screen", "mine.toml", "--store", "kept", "--json")

    found = json.loads(output)
    assert code == 0
    # A slow machine may say how far it is.
    assert all(re.match(r"\d+ of \d+ pairs", line) for line in errors.splitlines())
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


@pytest.mark.parametrize("sses", ["['Li3Bi', 'LPSCl']", "['Li3Bi']"])
def test_failed_pairs_end_with_3(sses, command, tmp_path):
    """Some or all: the rest is ranked, and standard error says how many and why."""
    (tmp_path / "mine.toml").write_text(f"sses = {sses}\ncathodes = ['S']\n", encoding="utf-8")

    code, _, errors = command("screen", "mine.toml")

    assert code == 3
    assert re.search(
        r"^1 of \d pairs failed:\n +1 .*holds no phase with Bi.* \(Li3Bi\)\n", errors, re.MULTILINE
    )
    (row,) = rows(tmp_path / "catholyte-store", "FROM pairs WHERE status = 'failed'")
    assert "holds no phase with Bi" in row["reason"]


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
    "lithium": ["window", "Li"],
    "element beyond the table": ["window", "Li3Bi"],
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
    "unknown cathode of a pair": ["pair", "LPSCl", "nosuch"],
    "unknown cathode of a batch": ["screen", "cathode.toml"],
    "unknown cathode of a ranking": ["rank", "--cathode", "nosuch", "--store", "STORE"],
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
    "cathode.toml": "cathodes = ['nosuch']\n",
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
    assert "error: " in errors.lower()
    assert errors.count("\n") <= 5
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_ends_with_1_and_asks_for_a_report(command, monkeypatch):
    """One line, not blamed on the input; the traceback is there for whoever wants it."""

    def broken(*_, **__):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("jobs.work.material_records.windows", broken)

    code, output, errors = command("window", "Li2S")

    assert (code, output) == (1, "")
    assert errors.startswith("internal error: ZeroDivisionError: oh; please report it")
    assert errors.count("\n") == 1
    monkeypatch.setenv("CATHOLYTE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["window", "Li2S"])


def test_an_interruption_says_what_was_kept(command, monkeypatch):
    """Ctrl-C: one line and the usual 130."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("jobs.work.material_records.windows", interrupted)

    code, _, errors = command("window", "Li2S")

    assert code == 130
    assert errors == "interrupted; what was committed is kept\n"


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
heavy = {
    "numpy", "numba", "duckdb", "pyarrow", "scipy", "pymatgen", "stability.tables",
    "stability.formula", "screening.catalogue",
}
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

    assert screened.returncode == 0
    # Its progress, if the machine is slow.
    assert all(re.match(r"\d+ of \d+ pairs", line) for line in screened.stderr.splitlines())
    assert "S, 1 to 3 V, recipe sulfur-ab-milled" in screened.stdout
    assert "\x1b" not in screened.stdout
    assert (asked.returncode, asked.stdout) == (0, '[{"sse": "Li2ZrCl6"}]\n')
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: Lx7PS6: Lx is no element; did you mean Lu or Lr or Li?\n"


def test_a_reader_that_leaves_early_is_no_error(stored):
    """`catholyte rank | head -1` ends quietly."""
    with subprocess.Popen(
        [sys.executable, "-m", "jobs.cli", "query", "FROM pairs, range(20)", "--csv"],
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
