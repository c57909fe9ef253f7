"""Syncs from the loopback server of materials_project_server.py through the real client."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.phase_tables.document_rows import THEORETICAL
from jobs.phase_tables.errors import DataError, ServiceError, UnreachableError
from jobs.phase_tables.fetched import files
from jobs.phase_tables.materials_project import Answer, MaterialsProject
from jobs.phase_tables.plan import palette_plan, system_plan
from jobs.phase_tables.snapshot import (
    Description,
    all_snapshots,
    make_snapshot,
    snapshot_rows,
    verify,
)
from jobs.phase_tables.sync import first_wait, sync
from stability.tables.phase_table import load_phase_table
from tests.jobs.phase_tables.materials_project_server import (
    KEY,
    Faults,
    Service,
    document,
    many,
    running,
)

ROOT = Path(__file__).parents[3]
ELEMENTS = ("Li", "P", "S", "Cl", "O", "Fe", "Co", "Mn", "Na", "Ti")
STORM = {
    "unavailable": 0.15, "busy": 0.10, "broken": 0.05, "empty": 0.08, "truncated": 0.05,
    "doubled": 0.05, "slow": 0.05,
}  # fmt: skip
"""The faults that a sync must survive, as shares of all requests."""


def source(service):
    pytest.importorskip("mp_api", reason="the client of the Materials Project; catholyte[mp]")
    return MaterialsProject(KEY, endpoint=service.url, wait=0.002)


def identifiers(found):
    return {row.phase.source.split()[0] for row in snapshot_rows(found)}


def in_a_process(service, fault, *arguments):
    """Run a sync as a user does, in a process that may be killed."""
    pytest.importorskip("mp_api", reason="the client of the Materials Project; catholyte[mp]")
    code = (
        "import sys; from jobs.commands.data import data;"
        "from jobs.errors import REFUSALS\n"
        "try: data(['sync', '--name', 'mp', *sys.argv[1:]])\n"
        "except REFUSALS as e: sys.exit(f'error: {e}')"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ, "CATHOLYTE_FAULT": fault, "MP_API_KEY": KEY,
            "MP_API_ENDPOINT": service.url, "CATHOLYTE_SYNC_WAIT": "0.002",
            "PYTHONPATH": str(ROOT),
        },
    )  # fmt: skip


def test_what_the_service_holds_is_what_the_snapshot_holds():
    """Formula, energy, flag, properties per atom, licence, version, and moduli if there are any."""
    held = [
        document(1, "Li", "Li", 0.0),
        document(2, "O2", "O", 0.0, builder_meta={"license": "BY-NC"}),
        document(3, "Li2O", "Li-O", -2.0, volume=24.0, nsites=3, band_gap=5.0, density=2.0),
        document(4, "Li2O2", "Li-O", -1.6, theoretical=True, nsites=4, volume=30.0),
        document(5, "LiO8", "Li-O", None),
        document(6, "Li3O", "Li-O", -1.0, thermo_type="R2SCAN"),
    ]
    with running(Service(held)) as service:
        made = sync(system_plan(["Li-O"]), source(service), name="mp").snapshot

    rows = {row.phase.formula: row for row in snapshot_rows(made)}
    assert set(rows) == {"Li", "O2", "Li2O", "Li2O2"}
    oxide = rows["Li2O"]
    assert oxide.phase[:5] == ("Li2O", -2.0, True, "", "mp-3 GGA_GGA+U")
    assert (oxide.phase.band_gap, oxide.phase.density, oxide.phase.volume) == (5.0, 2.0, 8.0)
    assert (oxide.bulk_modulus, oxide.shear_modulus != oxide.shear_modulus) == (40.0, True)
    assert oxide.origin == "Materials Project 2026.04.13"
    assert rows["Li2O2"].phase[2:4] == (False, THEORETICAL)
    manifest = made.manifest
    assert manifest.licences == {"BY-C": 3, "BY-NC": 1}
    assert (manifest.functional, manifest.database_version) == ("GGA_GGA+U", "2026.04.13")
    assert manifest.notes == ("1 documents without a formation energy left out",)
    assert manifest.complete
    assert manifest.client.startswith("mp-api ")
    assert "CC BY 4.0" in manifest.attribution
    assert load_phase_table("mp").known.tolist() == [True, True, True, False]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_document_arrives_once_through_all_faults(seed):
    """A thousand documents of 175 systems; half of all requests go wrong in some way."""
    held = many(ELEMENTS, 6)
    with running(Service(held, Faults(seed=seed, **STORM))) as service:
        done = sync(palette_plan(ELEMENTS, 3), source(service), name="mp")
        first = len(service.requests)
        again = sync(palette_plan(ELEMENTS, 3), source(service), name="mp")

    assert len(held) >= 1000
    assert service.injected > 0
    assert identifiers(done.snapshot) == {one["material_id"] for one in held}
    assert done.snapshot.manifest.rows == len(held)
    assert done.chunks_fetched == 4
    assert (again.chunks_fetched, len(service.requests)) == (0, first)
    assert again.snapshot.manifest.id == done.snapshot.manifest.id
    assert files() == []
    verify(done.snapshot)


@pytest.mark.slow
def test_pages_of_one_question_are_put_together_under_faults():
    """2,400 documents of seven systems: three pages for each question."""
    held = many(("Li", "P", "S"), 600)
    with running(Service(held, Faults(seed=3, **STORM))) as service:
        done = sync(palette_plan(("Li", "P", "S"), 3), source(service), name="mp")

    assert len(held) == 2403
    assert identifiers(done.snapshot) == {one["material_id"] for one in held}
    assert any(asked.get("_skip") == "2000" for _, asked in service.requests)


def kill_at(point, service, held, *, most):
    """Kill a sync at each pass over a point until one comes through; it must then be complete."""
    options = "--elements", ",".join(ELEMENTS), "--max-elements", "3"
    kills = 0
    for _ in range(most):
        run = in_a_process(service, f"{point}:1", *options)
        if run.returncode == 0:
            break
        assert run.returncode == -9, run.stderr
        kills += 1
    found = all_snapshots()
    if not found:  # Killed every time: the last one goes through without a fault.
        run = in_a_process(service, "", *options)
        assert run.returncode == 0, run.stderr
        found = all_snapshots()
    (made,) = found
    assert identifiers(made) == {one["material_id"] for one in held}
    assert made.manifest.rows == len(held)
    verify(made)
    return kills


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "kills"),
    [("sync-committed", 4), ("snapshot-draft", 3), ("snapshot-written", 1)],
)
def test_killed_at_every_boundary_it_goes_on(point, kills):
    """Each run commits one more of four chunks and is killed; the last finds nothing to fetch.

    While its snapshot is drafted, it is killed each time that it tries.
    """
    held = many(ELEMENTS, 6)
    with running(Service(held)) as service:
        assert kill_at(point, service, held, most=6 if point != "snapshot-draft" else 3) == kills

    if point == "sync-committed":  # No chunk was asked for twice.
        asked = [one["chemsys"] for path, one in service.requests if "thermo" in path]
        assert len(asked) == len(set(asked)) == 4


@pytest.mark.slow
@pytest.mark.parametrize("point", ["sync-fetched", "sync-written"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_killed_between_fetch_and_commit_nothing_is_lost_or_doubled(point, number):
    """At each of four chunks: it is fetched again, and only it."""
    held = many(ELEMENTS, 6)
    options = "--elements", ",".join(ELEMENTS), "--max-elements", "3"
    with running(Service(held)) as service:
        assert in_a_process(service, f"{point}:{number}", *options).returncode == -9
        done = sync(palette_plan(ELEMENTS, 3), source(service), name="mp")

    assert done.chunks_fetched == 4 - (number - 1)
    assert identifiers(done.snapshot) == {one["material_id"] for one in held}


def test_killed_once_between_fetch_and_commit_it_goes_on():
    """A sample of the above: one chunk is there, the second was lost on the way."""
    held = many(("Li", "P", "S", "O", "Cl", "Fe", "Na"), 2)
    plan = palette_plan(("Li", "P", "S", "O", "Cl", "Fe", "Na"), 3)
    with running(Service(held)) as service:
        run = in_a_process(
            service, "sync-fetched:2", "--elements", "Li,P,S,O,Cl,Fe,Na", "--max-elements", "3"
        )
        assert run.returncode == -9
        assert all_snapshots() == []
        done = sync(plan, source(service), name="mp")

    assert (len(plan.chunks), done.chunks_fetched) == (2, 1)
    assert identifiers(done.snapshot) == {one["material_id"] for one in held}


def test_a_database_that_changes_meanwhile_leaves_a_partial_snapshot():
    """Both versions are named; the next sync starts again and is complete."""
    held = many(("Li", "O"), 2)
    with running(Service(held, versions=["1", "2"])) as service:
        first = sync(palette_plan(("Li", "O"), 2), source(service), name="mp").snapshot
        second = sync(palette_plan(("Li", "O"), 2), source(service), name="mp")

    assert not first.manifest.complete
    assert "from version 1 to 2" in first.manifest.partial_because
    assert second.snapshot.manifest.complete
    assert second.chunks_fetched == 1
    assert second.snapshot.manifest.database_version == "2"
    assert load_phase_table("mp").id == load_phase_table(second.snapshot.manifest.id).id


def test_the_same_under_another_name_fetches_nothing():
    """It is a copy with a name of its own."""
    held = many(("Li", "O"), 2)
    with running(Service(held)) as service:
        sync(palette_plan(("Li", "O"), 2), source(service), name="mp")
        again = sync(palette_plan(("Li", "O"), 2), source(service), name="other")

    assert again.chunks_fetched == 0
    assert load_phase_table("other").id.removeprefix("other") == load_phase_table(
        "mp"
    ).id.removeprefix("mp")


class Stub:
    """A database that answers as a test says."""

    endpoint = "https://stub/"
    client = "stub"

    def __init__(self, thermo):
        self.answer = thermo

    def database_version(self):
        """Return the only version."""
        return "1"

    def thermo(self, *_):
        """Return what the test says."""
        return self.answer

    def summary(self, *_):
        """Return the same."""
        return self.answer


GOOD = document(1, "Li2O", "Li-O", -2.0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer([GOOD], 2), "counts 2 documents and sent 1, 1 different"),
        (Answer([GOOD, GOOD], 2), "sent 2, 1 different"),
        (Answer([GOOD], None), "counts None documents"),
        (Answer([], 1), "counts 1 documents and sent 0"),
        (Answer([GOOD | {"chemsys": "Fe-O"}], 1), "sent Fe-O, which was not asked for"),
        (Answer([GOOD | {"thermo_type": "R2SCAN"}], 1), "mp-1: the service sent R2SCAN"),
        (Answer([GOOD | {"formation_energy_per_atom": 50.0}], 1), "is 50.0, which no compound has"),
        (Answer([GOOD | {"formation_energy_per_atom": float("nan")}], 1), "is nan"),
        (Answer([GOOD | {"formula_pretty": None}], 1), "mp-1: the service sent no formula_pretty"),
    ],
)
def test_an_answer_that_stays_wrong_is_refused_and_nothing_is_kept(monkeypatch, answer, says):
    """Short, doubled, uncounted, of other systems or kinds, absurd."""
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "0")

    with pytest.raises(DataError, match=says):
        sync(system_plan(["Li-O"]), Stub(answer), name="mp")
    assert all_snapshots() == []


def test_an_answer_that_takes_too_long_is_asked_for_again(monkeypatch):
    """Half of all answers, the first among them, take longer than anybody waits."""
    monkeypatch.setattr("jobs.phase_tables.materials_project._TIMEOUT", 0.2)
    held = many(("Li", "O", "S"), 3)
    with running(Service(held, Faults(seed=1, stalled=0.5))) as service:
        made = sync(palette_plan(("Li", "O", "S"), 3), source(service), name="mp").snapshot

    assert service.injected > 0
    assert identifiers(made) == {one["material_id"] for one in held}


def test_a_service_that_never_answers_is_given_up(monkeypatch):
    """Every request is answered with 503."""
    monkeypatch.setattr("jobs.phase_tables.sync._TRIES", 2)
    service = Service(many(("Li", "O"), 2), Faults(unavailable=1.0))
    with running(service), pytest.raises(ServiceError, match=r"answers badly \(status 503\)"):
        sync(palette_plan(("Li", "O"), 2), source(service), name="mp")
    assert all_snapshots() == []


def test_pages_that_never_fit_are_asked_for_in_smaller_parts(monkeypatch):
    """More than a page of documents of two systems comes doubled; each system alone does not."""
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "0")
    held = {
        "Li-O": [document(n, f"Li{n}O", "Li-O", -2.0) for n in range(1, 601)],
        "Li-S": [document(1000 + n, f"Li{n}S", "Li-S", -1.5) for n in range(1, 601)],
    }

    def answer(systems, *_):
        found = [one for system in systems for one in held.get(system, [])]
        return Answer(found[:-1] + found[:1] if len(found) > 1000 else found, len(found))

    stub = Stub(None)
    monkeypatch.setattr(stub, "thermo", answer)
    monkeypatch.setattr(stub, "summary", answer)

    made = sync(system_plan(["Li-O", "Li-S"]), stub, name="mp").snapshot

    assert made.manifest.rows == 1200


def test_documents_without_a_summary_take_the_curated_list(monkeypatch):
    """They are counted; LiS4 is computed-only by the list."""
    rows = [GOOD, document(2, "LiS4", "Li-S", -0.5), document(3, "Li2S", "Li-S", -1.5)]
    stub = Stub(Answer(rows, 3))
    monkeypatch.setattr(stub, "summary", lambda _: Answer([GOOD], 1))

    made = sync(system_plan(["Li-O", "Li-S"]), stub, name="mp").snapshot

    assert "2 documents have no summary" in made.manifest.notes[0]
    table = load_phase_table("mp")
    assert dict(zip(table.formulas, table.known.tolist(), strict=True))["LiS4"] is False


@pytest.mark.parametrize(("kind", "known"), [("GGA_GGA+U", False), ("R2SCAN", True)])
def test_a_wrong_energy_does_not_compete_although_the_substance_is_known(kind, known):
    """P2S7 and P4S14 are one composition: too low in GGA; r2SCAN is another method."""
    rows = [
        document(1, "P2S7", "P-S", -0.5, thermo_type=kind),
        document(2, "P4S14", "P-S", -0.4, thermo_type=kind),
        document(3, "P2S5", "P-S", -0.6, thermo_type=kind),
    ]

    sync(system_plan(["P-S"], thermo_type=kind), Stub(Answer(rows, 3)), name="mp")

    table = load_phase_table("mp")
    assert dict(zip(table.formulas, table.known.tolist(), strict=True)) == {
        "P": True, "S": True, "P2S7": known, "P2S5": True,
    }  # fmt: skip
    assert ("unphysical" in table.reasons[table.formulas.index("P2S7")]) is not known


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "1e9"])
def test_a_wait_that_is_none_is_refused(monkeypatch, text):
    """The variable holds seconds."""
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", text)

    with pytest.raises(DataError, match="CATHOLYTE_SYNC_WAIT"):
        first_wait()


def test_the_key_is_written_nowhere(tmp_path, monkeypatch, own_data):
    """Not into files, output or errors: of a sync that works, and of one that is refused."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with running(Service(many(("Li", "O"), 2))) as service:
        good = in_a_process(service, "", "--chemsys", "Li-O")
        monkeypatch.setattr("tests.jobs.phase_tables.materials_project_server.KEY", "another")
        with pytest.raises(DataError, match="refuses the key") as refused:
            sync(system_plan(["Li-O-Fe"]), source(service), name="mp")

    assert good.returncode == 0, good.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert own_data / "snapshots" in {path.parent.parent for path in written}
    assert KEY not in good.stdout + good.stderr + str(refused.value)
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    assert json.loads((all_snapshots()[0].folder / "manifest.json").read_text())["name"] == "mp"


def test_a_full_disk_ends_a_sync_with_one_line(monkeypatch):
    """What was fetched before stays; there is no snapshot, and the next sync goes on."""
    held = many(("Li", "O"), 2)
    plan = palette_plan(("Li", "O"), 2)
    with running(Service(held)) as service:
        monkeypatch.setenv("CATHOLYTE_FAULT", "sync-written:0:enospc")
        with pytest.raises(DataError, match="No space left on device; make room"):
            sync(plan, source(service), name="mp")
        assert all_snapshots() == []
        monkeypatch.setenv("CATHOLYTE_FAULT", "snapshot-draft:0:enospc")
        with pytest.raises(DataError, match="No space left on device; make room"):
            sync(plan, source(service), name="mp")
        assert all_snapshots() == []
        monkeypatch.delenv("CATHOLYTE_FAULT")
        done = sync(plan, source(service), name="mp")

    assert done.chunks_fetched == 0
    assert identifiers(done.snapshot) == {one["material_id"] for one in held}


def test_snapshots_of_the_same_documents_have_the_same_id():
    """Whatever went wrong on the way, and in whichever order they came."""
    held = many(("Li", "O", "S"), 3)
    plan = palette_plan(("Li", "O", "S"), 3)
    with running(Service(held)) as service:
        one = sync(plan, source(service), name="mp").snapshot
    rows = snapshot_rows(one)

    assert make_snapshot(rows, _described(one.manifest)).manifest.id == one.manifest.id


def _described(manifest):
    return Description(
        name=manifest.name, source=manifest.source, functional=manifest.functional,
        database_version=manifest.database_version, scope=dict(manifest.scope),
        flags=manifest.flags,
    )  # fmt: skip


class Nowhere:
    """A service that is not there."""

    endpoint = "http://127.0.0.1:1/"
    client = "none"

    def __init__(self):
        self.asked = 0

    def database_version(self):
        """Fail to connect.

        Raises
        ------
        UnreachableError
            Always.
        """
        self.asked += 1
        raise UnreachableError("it cannot be reached (connection refused)")


def test_a_host_that_is_not_there_is_given_up_soon(monkeypatch, capsys):
    """Six tries, five waits with a line each; that is 20 s at most, whatever the first wait."""
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "0.001")
    nowhere = Nowhere()
    with pytest.raises(DataError, match="check the network") as refused:
        sync(system_plan(["Li-O"]), nowhere, name="mp")

    assert not isinstance(refused.value, ServiceError)
    assert nowhere.asked == 6
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    assert all("refused); trying again in 0.0 s" in line for line in lines)

    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "60")
    with pytest.raises(DataError, match="nothing was fetched"):
        sync(system_plan(["Li-O"]), nowhere, name="mp")
    assert nowhere.asked == 7


def test_a_thermo_type_without_energies_is_named():
    """The service holds r2SCAN only."""
    held = [document(1, "Li2O", "Li-O", -2.0, thermo_type="R2SCAN")]
    with running(Service(held)) as service, pytest.raises(DataError, match=r"type GGA_GGA\+U for"):
        sync(system_plan(["Li-O"]), source(service), name="mp")
