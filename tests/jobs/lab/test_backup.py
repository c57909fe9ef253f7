import pytest

from jobs.errors import OutputError, StoreError
from jobs.lab import experiments
from jobs.lab.backup import export_laboratory, import_laboratory
from jobs.lab.calibrations import keep, kept
from jobs.lab.experiment_row import experiment
from jobs.lab.laboratory import LABORATORY, Kind, laboratory
from jobs.store.published import rows
from jobs.store.writer import writing
from jobs.suggest.lab_rows import lab_rows
from screening.first_cycle.calibration import default_calibration

CELL = {
    "id": "A1", "date": "2024-05-01", "sse": "LZC", "cathode": "S", "source": "me",
    "efficiency_percent": "90.1",
}  # fmt: skip


@pytest.fixture
def lost(tmp_path):
    """Return a store with a corrected cell and a calibration, and its backup."""
    store, backup = tmp_path / "store", tmp_path / "lab.jsonl"
    experiments.add(store, experiment(CELL))
    experiments.correct(store, "A1", {"efficiency_percent": "91"}, reason="again")
    keep(store, default_calibration())
    assert export_laboratory(store, backup) == 3
    return store, backup


def publish(store):
    with writing(store) as writer:
        writer.publish(lab=lab_rows(store))


def everything(store):
    with laboratory(store) as lab:
        return list(lab.everything())


def test_a_backup_restores_all_versions(lost, tmp_path):
    """Equal to the last time stamp, in another store; a second time nothing is doubled."""
    store, backup = lost

    first = import_laboratory(tmp_path / "other", backup)
    again = import_laboratory(tmp_path / "other", backup)

    assert (first.added, first.known, again.added, again.known) == (3, 0, 0, 3)
    assert everything(tmp_path / "other") == everything(store)
    assert [one.id for one in kept(tmp_path / "other")] == [default_calibration().id]


def test_a_backup_keeps_ends_of_lines_in_texts(tmp_path):
    """Pasted notes hold U+2028 and others, which JSON leaves as they are."""
    note = "\r\n".join("one\u2028two\u2029three\x85four\x0bfive\x1csix\u00a0\tseven")
    with laboratory(tmp_path / "store", write=True) as lab:
        lab.add(Kind.EXPERIMENT, "A1", {"note": note})
    export_laboratory(tmp_path / "store", tmp_path / "backup.jsonl")

    assert import_laboratory(tmp_path / "new", tmp_path / "backup.jsonl").added == 1
    assert everything(tmp_path / "new") == everything(tmp_path / "store")


def test_a_backup_that_contradicts_the_store_is_refused_whole(lost, tmp_path):
    """The same version with other content: nothing of the file is taken."""
    _, backup = lost
    other = tmp_path / "other"
    experiments.add(other, experiment(CELL | {"note": "another"}))
    before = everything(other)

    with pytest.raises(StoreError, match="experiment A1, version 1, is there with other content"):
        import_laboratory(other, backup)
    assert everything(other) == before


@pytest.mark.parametrize("damage", ["", "id,date\n", "half"])
def test_a_file_that_is_no_backup_is_refused(lost, damage):
    """Empty, a CSV, or cut off: the line is named, and nothing is taken."""
    store, backup = lost
    (store / LABORATORY).unlink()
    text = backup.read_text()
    backup.write_text(damage if damage != "half" else text[: len(text) // 2])

    with pytest.raises(StoreError, match=r"backup .*, line \d: not as `catholyte export --lab`"):
        import_laboratory(store, backup)
    assert everything(store) == []


def test_a_backup_is_not_written_where_it_would_be_lost(lost, tmp_path):
    """Into the store itself, over a folder, or of nothing."""
    store, _ = lost

    with pytest.raises(OutputError, match="inside the store"):
        export_laboratory(store, store / "lab.jsonl")
    with pytest.raises(OutputError, match="no ordinary file"):
        export_laboratory(store, tmp_path)
    with pytest.raises(StoreError, match="nothing was entered there"):
        export_laboratory(tmp_path / "none", tmp_path / "x")


def test_what_is_lost_stays_published_until_it_is_restored(tmp_path):
    """A publication never empties what it cannot make again; and the copy is a way back."""
    experiments.add(tmp_path, experiment(CELL))
    publish(tmp_path)
    (tmp_path / LABORATORY).unlink()

    publish(tmp_path)

    assert [row["id"] for row in rows(tmp_path, "FROM experiments")] == ["A1"]
    import_laboratory(tmp_path, tmp_path / "results.duckdb")
    assert [one.efficiency_percent for one in experiments.experiments(tmp_path)] == [90.1]
