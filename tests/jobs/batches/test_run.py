import re

import pytest

from jobs.batches.run import run
from jobs.errors import StoreError
from jobs.process.version import code_version
from jobs.schema import store_schema as schema
from jobs.store.published import rows
from jobs.store.spec import batch_spec
from screening.batch.candidates import CandidateFilter
from screening.batch.model import Batch
from screening.catalogue.gates import HOST_SHARE
from screening.catalogue.materials import cathodes, electrolytes
from screening.errors import BatchError, UnknownNameError
from stability.errors import TableError

TABLES = [table.name for table in schema.RESULTS]
WITH_GAPS = Batch(name="gaps", sses=("Li3Bi", "LPSCl", "Li2Se"), cathodes=("S", "Li2S"))


def contents(store):
    """Return all rows of all tables and views, but for the time of the run."""
    time = {"batches": "EXCLUDE (run_at)"}
    return {
        table: rows(store, f"SELECT * {time.get(table, '')} FROM {table} ORDER BY ALL")  # noqa: S608  # Names from our own schema.
        for table in TABLES
    }


def test_the_reference_batch_is_stored_whole(reference):
    """15 SSEs with 9 cathodes, none without an answer; a window for each SSE."""
    store, outcome = reference
    n = len(electrolytes()) * len(cathodes())

    assert (outcome.pairs, outcome.failed) == (n, 0)
    assert len(rows(store, "SELECT * FROM pairs WHERE status = 'ok'")) == n
    assert len(rows(store, "SELECT * FROM ranked_pairs")) == n
    assert {row["sse"] for row in rows(store, "SELECT sse FROM windows")} == set(electrolytes())


def test_what_must_come_out_stands_in_the_store(stored):
    """LiFePO4: Li2ZrCl6 above every sulfide. S and Li2S: Li6PS5Cl above Li2ZrCl6."""
    place = {
        (row["cathode"], row["sse"]): row["rank_in_cathode"]
        for row in rows(stored, "SELECT cathode, sse, rank_in_cathode FROM ranked_pairs")
    }

    sulfides = [name for name, row in electrolytes().items() if row.chemistry == "sulfide"]
    assert len(sulfides) == 5
    assert all(place["LiFePO4", "Li2ZrCl6"] < place["LiFePO4", sse] for sse in sulfides)
    assert place["S", "Li6PS5Cl"] < place["S", "Li2ZrCl6"]
    assert place["Li2S", "Li6PS5Cl"] < place["Li2S", "Li2ZrCl6"]


def test_what_gates_refuse_is_kept_with_its_reason(tmp_path):
    """Of all chlorides of the table: with pairs, or with gate, value and limit, each once."""
    batch = Batch(
        name="Cl", filter=CandidateFilter(contains=("Li", "Cl")), cathodes=("S",), draws=0
    )
    run(batch, tmp_path)

    found = rows(tmp_path, "SELECT * FROM candidates")

    passed = {row["formula"] for row in found if row["passed"]}
    assert passed == {row["sse"] for row in rows(tmp_path, "SELECT DISTINCT sse FROM pairs")}
    out = {row["formula"]: row for row in found if not row["passed"]}
    assert (out["LiClO4"]["gate"], out["Li2CoCl4"]["gate"]) == ("reactive", "host")
    assert out["Li2CoCl4"]["value"] > out["Li2CoCl4"]["threshold"] == HOST_SHARE
    assert all(row["reason"] for row in out.values())
    assert len(found) == len(passed) + len(out)


def test_a_batch_of_named_sses_asks_no_gate(reference):
    """Nothing was searched, so nothing stands among the candidates."""
    assert rows(reference[0], "SELECT * FROM candidates") == []


def test_running_again_changes_nothing_but_the_time(tmp_path):
    """Every table and view is the same, failed pairs included, and the batch is no second one."""
    first = run(WITH_GAPS, tmp_path)
    before = contents(tmp_path)
    (time,) = rows(tmp_path, "SELECT run_at FROM batches")

    second = run(WITH_GAPS, tmp_path)

    assert second == first
    assert contents(tmp_path) == before
    (later,) = rows(tmp_path, "SELECT run_at FROM batches")
    assert later["run_at"] > time["run_at"]
    empty = [name for name, found in before.items() if not found]
    assert empty == ["candidates"]  # The others had rows, or equality would mean little.


def test_two_stores_get_the_same_rows(tmp_path):
    """No number depends on where or when it was computed."""
    run(WITH_GAPS, tmp_path / "one")
    run(WITH_GAPS, tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_pair_without_an_answer_is_a_row_with_its_reason(tmp_path):
    """The reference table holds neither nitrogen nor iodine: four of six pairs fail, two do not."""
    outcome = run(WITH_GAPS, tmp_path)

    failed = rows(tmp_path, "SELECT * FROM pairs WHERE status = 'failed' ORDER BY sse, cathode")
    assert (outcome.pairs, outcome.failed) == (6, 4)
    assert [(row["sse"], row["cathode"]) for row in failed] == [
        ("Li2Se", "Li2S"), ("Li2Se", "S"), ("Li3Bi", "Li2S"), ("Li3Bi", "S")
    ]  # fmt: skip
    for row in failed:
        element = "Bi" if row["sse"] == "Li3Bi" else "Se"
        assert f"holds no phase with {element}" in row["reason"]
        assert row["recipe"] == "sulfur-ab-milled"
        assert row["phase_table"].startswith("reference-")
        assert row["score_0_to_1"] is None
    (batch,) = rows(tmp_path, "FROM batches")
    assert (batch["pairs_total"], batch["pairs_failed"]) == (6, 4)
    assert len(rows(tmp_path, "FROM ranked_pairs")) == 2


def test_a_batch_is_known_by_its_content(tmp_path, small):
    """Another name, policy or choice is another batch; the order in time does not matter."""
    changes = [{}, {"name": "x"}, {"temperature": 0.0}, {"cathodes": ("Li2S",)}]
    batches = [small.model_copy(update=change) for change in changes]

    ids = [batch_spec(one).batch_id for one in batches]
    ran = [run(one, tmp_path).batch_id for one in (batches[0], batches[2], batches[0])]

    assert len(set(ids)) == 4
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert ran == [ids[0], ids[2], ids[0]]
    assert len(rows(tmp_path, "FROM batches")) == 2


def test_a_row_says_which_table_policy_and_code_made_it(tmp_path, small):
    """Nothing can be traced otherwise; the policy in words counts what is left out."""
    run(small, tmp_path)

    (batch,) = rows(tmp_path, "FROM batches")
    assert batch["version"] == code_version()
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", code_version())
    for row in rows(tmp_path, "FROM pairs"):
        assert row["phase_table"] == batch["phase_table"]
        assert row["policy"] == "known"
        assert re.search(r"\d+ left out as computed-only", row["policy_statement"])


def test_the_policy_changes_the_window(tmp_path):
    """With computed-only phases Li6PS5Cl oxidises at 2.14 V, without at 2.34 V (PHYSICS.md 1.1)."""
    one = Batch(sses=("LPSCl",), cathodes=("S",), temperature=0.0, energies="dft")
    for policy in ("known", "all"):
        run(one.model_copy(update={"policy": policy}), tmp_path)

    limits = {
        row["policy"]: row["oxidation_limit_v"]
        for row in rows(
            tmp_path, "SELECT policy, oxidation_limit_v FROM windows JOIN batches USING (batch_id)"
        )
    }
    assert limits["known"] == pytest.approx(2.341, abs=0.003)
    assert limits["all"] == pytest.approx(2.14, abs=0.01)


def test_another_table_is_used_and_named(tmp_path):
    """Li2S and LiCl alone: Li6PS5Cl oxidises where Li2S does, at E/2 = 2.2 V, as given."""
    table = tmp_path / "own.csv"
    table.write_text(
        # Energies per atom of -4.4 / 3 and -4.2 / 2 eV, so E(Li2S) = -4.4 eV for two Li.
        f"formula,formation_energy_ev_per_atom\nLi2S,{-4.4 / 3!r}\nLiCl,-2.1\nLi3P,-0.5\n",
        encoding="utf-8",
    )

    run(
        Batch(sses=("LPSCl",), cathodes=("S",), table=str(table), temperature=0.0),
        tmp_path / "store",
    )

    (row,) = rows(tmp_path / "store", "FROM windows JOIN batches USING (batch_id)")
    assert row["phase_table"].startswith("own-")
    assert row["oxidation_limit_v"] == pytest.approx(2.2)


def test_other_energies_under_the_same_name_are_another_batch(tmp_path):
    """The table counts by its content: results of an edited file do not hide behind old ones."""
    table = tmp_path / "own.csv"
    batch = Batch(sses=("Li2S",), cathodes=("S",), table=str(table), temperature=0.0)
    ids = []
    for energy in (-1.5, -1.4):
        table.write_text(f"formula,formation_energy_ev_per_atom\nLi2S,{energy}\n", encoding="utf-8")
        ids.append(run(batch, tmp_path / "store").batch_id)

    limits = rows(tmp_path / "store", "SELECT oxidation_limit_v AS v FROM pairs ORDER BY v")
    assert len(set(ids)) == 2
    # Three atoms give up two Li: 1.5 x energy.
    assert [row["v"] for row in limits] == pytest.approx([2.1, 2.25])


@pytest.mark.parametrize(
    ("batch", "error"),
    [
        (Batch(cathodes=("Na3PS4X",)), UnknownNameError),
        (Batch(sses=("LPSCl", "Li6PS5Cl")), BatchError),
        (Batch(table="absent.csv"), TableError),
    ],
)
def test_a_batch_that_cannot_run_writes_nothing(batch, error, tmp_path):
    """Not even the folder."""
    with pytest.raises(error):
        run(batch, tmp_path / "store")

    assert not (tmp_path / "store").exists()


def test_an_unusable_store_is_refused_before_the_work(tmp_path, small):
    """Nobody waits for a batch that has no place to go."""
    (tmp_path / "store").write_text("a file", encoding="utf-8")
    seen = []

    with pytest.raises(StoreError):
        run(small, tmp_path / "store", progress=lambda *numbers: seen.append(numbers))

    assert seen == []


def test_progress_counts_the_pairs_done(tmp_path, small):
    """At the start and after each chunk: how many are done, of how many."""
    seen = []

    run(small, tmp_path, progress=lambda *numbers: seen.append(numbers))

    assert seen == [(0, 2), (2, 2)]


def test_an_interrupted_run_leaves_the_last_state(tmp_path, small):
    """An error in the driver loses nothing of the batch before, and the batch can go on."""
    run(small, tmp_path)

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(WITH_GAPS, tmp_path, progress=interrupt)

    assert [row["name"] for row in rows(tmp_path, "FROM batches")] == ["small"]
    assert run(WITH_GAPS, tmp_path).failed == 4
