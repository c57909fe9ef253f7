import io
import json
import re

import pytest

from jobs.phase_tables.snapshot import all_snapshots
from stability.tables.phase_table import load_phase_table, reference_table
from tests.jobs.phase_tables.materials_project_server import KEY, Service, many, running

OWN = "formula,formation_energy_ev_per_atom\nLi2O,-2.1\nLi2S,-1.3\nLi3PS4,-1.0\n"
SYNC = ("data", "sync", "--name", "mp")


@pytest.fixture
def run(command, monkeypatch, tmp_path):
    """Return a function that runs a command in an empty folder: exit code, output, errors."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "0.001")
    for name in ("MP_API_KEY", "MP_API_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    return command


@pytest.fixture
def own(tmp_path):
    """Return a file of three phases."""
    (tmp_path / "own.csv").write_text(OWN)
    return tmp_path / "own.csv"


def test_a_file_is_imported_listed_shown_verified_and_used(run, own):
    """The name is good wherever a phase table is asked for."""
    code, output, _ = run("data", "import", own, "--name", "mine", "--licence", "CC0")
    assert code == 0
    assert re.fullmatch(r"snapshot mine \([0-9a-f]{16}\): 3 rows, 3 compositions\n", output)

    (listed,) = json.loads(run("data", "list", "--json")[1])
    shown = json.loads(run("data", "show", "mine", "--json")[1])
    assert (listed["name"], listed["rows"], listed["complete"]) == ("mine", 3, True)
    assert shown["id"] == listed["id"]
    assert shown["licences"] == {"CC0": 3}
    assert "licences: 3 CC0" in run("data", "show", listed["id"][:6])[1]
    assert run("data", "verify")[1] == f"mine ({listed['id']}): 3 rows, as written\n"
    as_it_is = ("--energies", "dft", "--temperature", 0)
    code, output, _ = run("window", "Li2S", "--table", "mine", *as_it_is, "--json")
    assert code == 0
    assert json.loads(output)["phase_table"] == load_phase_table("mine").id


def test_an_empty_folder_says_so(run):
    """Nothing on standard output, and how to go on."""
    code, output, errors = run("data", "list")

    assert (code, output) == (0, "")
    assert "the table reference is built in" in errors
    assert json.loads(run("data", "list", "--json")[1]) == []


def test_a_damaged_snapshot_is_named_after_the_others(run, own):
    """The list is printed, and then what cannot be read, with the remedy; exit code 2."""
    run("data", "import", own, "--name", "mine")
    run("data", "import", own, "--name", "other")
    broken = next(one for one in all_snapshots() if one.manifest.name == "other")
    (broken.folder / "manifest.json").write_text("{}")

    code, output, errors = run("data", "list", "--json")

    assert code == 2
    assert [one["name"] for one in json.loads(output)] == ["mine"]
    assert "damaged: " in errors
    assert f"snapshot {broken.manifest.id}: its manifest.json cannot be read" in errors
    code, output, errors = run("data", "verify")
    assert code == 2
    assert output.startswith("mine (")
    assert errors.startswith(f"damaged: {broken.manifest.id}: ")
    assert run("window", "Li2S", "--table", "mine")[0] == 0


def test_a_changed_manifest_is_damaged_and_does_not_load(run, own):
    """Not even with +partial; the sound one before and after it is verified and used."""
    for name in ("a", "b", "c"):
        run("data", "import", own, "--name", name)
    broken = next(one for one in all_snapshots() if one.manifest.name == "b")
    path = broken.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"functional": "R2SCAN"}))

    code, output, errors = run("data", "verify")

    assert code == 2
    assert [line.split()[0] for line in output.splitlines()] == ["a", "c"]
    assert re.fullmatch(rf"damaged: {broken.manifest.id}: .*has been changed.*\n", errors)
    for table in ("b", "b+partial", broken.folder):
        code, _, errors = run("window", "Li2S", "--table", table)
        assert code == 2
        assert "has been changed" in errors
    assert run("window", "Li2S", "--table", "c")[0] == 0
    assert (
        run("data", "import", own, "--name", "d", "--onto", "b", "--functional", "R2SCAN")[0] == 2
    )


def test_disagreements_are_listed(run, own):
    """Li2S is 0.26 eV/atom above the built-in energy, Li3PS4 0.27; Li2O only 0.03 below."""
    arguments = ("data", "import", own, "--name", "mine", "--onto", "reference")

    assert run(*arguments)[0] == 2
    code, output, errors = run(*arguments, "--functional", "GGA", "--differs-by", 0.05)

    assert code == 0
    assert "3 rows of reference gave way to own.csv" in output
    first, *others = errors.splitlines()
    assert first == "2 compounds differ by more than 0.05 eV/atom:"
    assert [line.split(":")[0].strip() for line in others] == ["Li3PS4", "Li2S"]
    table = load_phase_table("mine")
    assert len(table.formulas) == len(reference_table().formulas)
    assert table.energies[table.formulas.index("Li2S")] == -1.3


def test_a_difference_is_printed_and_counted(run, own):
    """Against the built-in table, three compounds have moved and all others have gone."""
    run("data", "import", own, "--name", "mine")

    changes = json.loads(run("data", "diff", "reference", "mine", "--json")[1])
    _, output, errors = run("data", "diff", "mine", "mine")

    moved = {one["formula"]: one for one in changes if one["what"] == "shifted"}
    assert set(moved) == {"Li2O", "Li2S", "Li3PS4"}
    assert moved["Li2S"]["after_ev_per_atom"] == -1.3
    assert (output, errors.split()[0]) == ("", "0")


def test_what_nobody_needs_is_removed(run, own, tmp_path):
    """The first of two of the same name; --dry-run only says so. Without a store it stays."""
    run("data", "import", own, "--name", "mine")
    own.write_text(OWN + "LiCl,-2.1\n")
    run("data", "import", own, "--name", "mine")

    assert run("data", "gc")[1] == ""
    (tmp_path / "catholyte-store").mkdir()
    assert run("data", "gc", "--dry-run")[1].startswith("would remove: snapshot mine")
    assert len(all_snapshots()) == 2
    assert run("data", "gc")[1].startswith("removed: snapshot mine")
    assert [one.manifest.rows for one in all_snapshots()] == [4]
    assert run("data", "gc", "--store", tmp_path / "none")[0] == 2


def test_results_of_the_built_in_table_are_the_same_through_a_snapshot(run, tmp_path):
    """Windows and reactions, byte by byte; but for the name of the table, which is another."""
    columns = reference_table().to_columns()
    names = list(columns)
    lines = [",".join(names)]
    for row in zip(*columns.values(), strict=True):
        cells = [f'"{cell}"' if isinstance(cell, str) else repr(cell) for cell in row]
        lines.append(",".join(cells))
    (tmp_path / "r.csv").write_text("\n".join(lines))
    run("data", "import", tmp_path / "r.csv", "--name", "copy")

    for question in (
        ("window", "Li3PS4", "LPSCl", "Li2ZrCl6"),
        ("pair", "LPSCl", "LiFePO4", "--voltage", 3.5, "--voltage-range", 2.0, 4.0),
        ("window", "LPSCl", "--temperature", 0, "--policy", "all"),
    ):
        built_in = run(*question, "--json")
        copied = run(*question, "--json", "--table", "copy")
        assert built_in[0] == 0
        assert copied[1].replace("copy-", "reference-") == built_in[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("--elements", "Li,O", "--chemsys", "Li-O"),
            "give one of --elements, --chemsys and --for",
        ),
        ((), "give one of"),
        (("--elements", "Li,Lx"), "'Lx' is no element"),
        (("--chemsys", "Li-O", "--thermo-type", "SCAN"), "thermo type .*: choose GGA"),
        (("--for", "missing.toml"), "missing.toml"),
        (("--chemsys", "Li-O", "--name", "a/b"), "name 'a/b'"),
    ],
)
def test_what_cannot_be_synced_is_refused_in_one_line(run, arguments, says):
    """Exit code 2, nothing written."""
    code, output, errors = run(*SYNC, *arguments)

    assert (code, output) == (2, "")
    assert re.search(says, errors)
    assert len(errors.splitlines()) == 1
    assert all_snapshots() == []


def test_no_key_is_one_line(run, monkeypatch, tmp_path):
    """Where nobody can be asked for it; nothing is written."""
    monkeypatch.setattr("sys.stdin", io.StringIO())

    code, _, errors = run(*SYNC, "--chemsys", "Li-O")

    assert code == 2
    assert errors.startswith("error: no key of the Materials Project; set MP_API_KEY")
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_dry_run_needs_no_key_and_counts(run, tmp_path):
    """Li-P-S has seven parts; a batch of Li3PS4 with LiFePO4 thirty-one."""
    batch = tmp_path / "b.toml"
    batch.write_text('sses = ["Li3PS4"]\ncathodes = ["LiFePO4"]\n')

    code, output, _ = run(*SYNC, "--chemsys", "Li-P-S", "--dry-run")
    planned = json.loads(run(*SYNC, "--for", batch, "--dry-run", "--json")[1])

    assert code == 0
    assert output.startswith("7 chemical systems of 3 elements (Li, P, S), up to 3 at once")
    assert (planned["systems"], planned["requests"]) == (31, 2)


def test_a_sync_is_run_and_run_again(run, monkeypatch):
    """The second one says that nothing had to be fetched; progress is on standard error."""
    pytest.importorskip("mp_api", reason="the client of the Materials Project; catholyte[mp]")
    monkeypatch.setenv("MP_API_KEY", KEY)
    with running(Service(many(("Li", "O"), 3), versions=["1", "1", "1", "2", "3"])) as service:
        monkeypatch.setenv("MP_API_ENDPOINT", service.url)
        first = run(*SYNC, "--chemsys", "Li-O", "--json")
        second = run(*SYNC, "--chemsys", "Li-O", "--json")
        third = run(*SYNC, "--chemsys", "Li-O")

    assert first[0] == second[0] == 0
    assert json.loads(first[1])["id"] == json.loads(second[1])["id"]
    assert json.loads(first[1])["rows"] == 5
    assert "nothing had to be fetched" in second[2]
    assert third[0] == 3
    assert "the snapshot is partial: the database went from version 2 to 3" in third[2]


def test_no_network_is_announced_and_ends_with_exit_code_2(run, monkeypatch):
    """Nobody listens there: a line for the one wait, and a last one with the remedy."""
    pytest.importorskip("mp_api", reason="the client of the Materials Project; catholyte[mp]")
    monkeypatch.setenv("MP_API_KEY", KEY)
    monkeypatch.setattr("jobs.phase_tables.sync._TRIES", 2)
    with running(Service([])) as service:
        pass
    monkeypatch.setenv("MP_API_ENDPOINT", service.url)

    code, _, errors = run(*SYNC, "--chemsys", "Li-O")

    assert code == 2
    waiting, last = errors.splitlines()
    assert re.search(r"cannot be reached .*; trying again in 0\.0 s$", waiting)
    assert "cannot be reached" in last
    assert "check the network" in last
    assert KEY not in errors
