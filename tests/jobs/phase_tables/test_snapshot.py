import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.row_table import Row
from jobs.phase_tables.snapshot import (
    Description,
    all_snapshots,
    check_name,
    make_snapshot,
    snapshot,
    snapshot_rows,
    verify,
)
from stability.errors import TableError
from stability.tables.phase_rows import Phase
from stability.tables.phase_table import load_phase_table
from stability.tables.reference_rows import reference_phases
from stability.tables.snapshots import MANIFEST, PHASES, Snapshot, read_manifest

ROWS = [Row(Phase("Li2S", -1.5, known=True, licence="BY-C"), "a"), Row(Phase("Li2O", -2.0), "a")]
DESCRIBED = Description("mine", "test", functional="GGA_GGA+U")


def test_the_id_is_that_of_the_content():
    """Made again, it is the same snapshot; one energy or one flag makes another."""
    first = make_snapshot(ROWS, DESCRIBED)
    shifted = [ROWS[0], Row(Phase("Li2O", -2.0000001), "a")]
    flagged = [ROWS[0], Row(Phase("Li2O", -2.0, known=False), "a")]

    assert make_snapshot(ROWS, DESCRIBED) == first
    ids = {make_snapshot(rows, DESCRIBED).manifest.id for rows in (ROWS, shifted, flagged)}
    assert len(ids) == 3


def test_the_manifest_says_what_it_is():
    """Rows, compositions, licences and where flags come from."""
    manifest = make_snapshot([*ROWS, ROWS[0]], DESCRIBED).manifest

    assert (manifest.rows, manifest.compositions) == (3, 2)
    assert manifest.licences == {"": 1, "BY-C": 2}
    assert manifest.flags == "table; curated list for 1 row"
    assert manifest.complete
    assert manifest.made.endswith("+00:00")


def test_a_snapshot_that_was_read_has_the_rows_that_were_written():
    """All of the reference table, in its order; the table of it has the same hash."""
    rows = [Row(one, "a") for one in reference_phases()]

    found = make_snapshot(rows, Description("copy", "test"))

    assert repr(snapshot_rows(found)) == repr(rows)
    copy, reference = load_phase_table("copy"), load_phase_table("reference")
    assert copy.id.removeprefix("copy") == reference.id.removeprefix("reference")


@pytest.mark.parametrize(
    "name", ["", "reference", "a b", "../a", "a/b", "a+partial", "x" * 65, "a.csv", "a.json", "é"]
)
def test_a_name_that_could_be_something_else_is_refused(name):
    """A path, a file, the built-in table, or what follows a name."""
    with pytest.raises(DataError, match="name"):
        check_name(name)


def test_a_snapshot_that_is_not_there_is_refused():
    """The message says how to see what is."""
    with pytest.raises(DataError, match="no snapshot nothing; `catholyte data list`"):
        snapshot("nothing")


def test_what_is_as_written_is_verified():
    """Nothing is raised."""
    verify(make_snapshot(ROWS, DESCRIBED))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "yours"),
        ("functional", ""),
        ("complete", False),
        ("database_version", "2027"),
        ("flags", "table"),
        ("flags", False),
        ("rows", 3),
    ],
)
def test_a_changed_manifest_is_found(key, value):
    """Whoever calls a snapshot complete, or of another method, is found out."""
    found = make_snapshot(ROWS, DESCRIBED)
    path = found.folder / MANIFEST
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {key: value}))

    with pytest.raises(TableError, match=r"changed|field flags|holds 2 rows, not 3"):
        verify(Snapshot(found.folder, read_manifest(found.folder)))


def test_rows_that_were_changed_with_their_hash_are_found():
    """The id is a hash of the rows: a new hash of the file does not help."""
    found = make_snapshot(ROWS, DESCRIBED)
    table = parquet.read_table(found.folder / PHASES)
    place = table.schema.get_field_index("formation_energy_ev_per_atom")
    parquet.write_table(
        table.set_column(place, table.schema.field(place), pa.array([-1.6, -2.0])),
        found.folder / PHASES,
    )
    path = found.folder / MANIFEST
    digest = hashlib.sha256((found.folder / PHASES).read_bytes()).hexdigest()
    path.write_text(json.dumps(json.loads(path.read_text()) | {"phases_sha256": digest}))

    with pytest.raises(TableError, match="changed"):
        verify(snapshot(found.manifest.id))


def run(fault, **more):
    """Make a snapshot in a process of its own that fails at a point."""
    code = (
        "from jobs.phase_tables.snapshot import *; from jobs.phase_tables.row_table import Row;"
        "from stability.tables.phase_rows import Phase;"
        "make_snapshot([Row(Phase('Li2O', -2.0), 'a')], Description('mine', 'test'))"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "CATHOLYTE_FAULT": fault, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
        **more,
    )


def test_killed_while_writing_there_is_no_snapshot():
    """A draft is left, and nobody sees it; made again, all is well."""
    assert run("snapshot-draft:1").returncode == -9
    assert all_snapshots() == []

    assert run("").returncode == 0
    verify(snapshot("mine"))


def test_killed_after_writing_it_is_all_there():
    """The rename is the last step."""
    assert run("snapshot-written:1").returncode == -9

    verify(snapshot("mine"))


def test_a_full_disk_leaves_nothing(own_data, monkeypatch):
    """One line that names the folder; no draft, no snapshot."""
    monkeypatch.setenv("CATHOLYTE_FAULT", "snapshot-draft:0:enospc")

    with pytest.raises(DataError, match=r"data: No space left on device; make room"):
        make_snapshot(ROWS, DESCRIBED)

    assert all_snapshots() == []
    assert list((own_data / "drafts").iterdir()) == []
