import json

import numpy as np
import pytest

from jobs.phase_tables.row_table import Row
from jobs.phase_tables.snapshot import Description, make_snapshot
from stability.errors import TableError
from stability.tables.phase_table import Phase, load_phase_table, table_location
from stability.tables.snapshots import (
    MANIFEST,
    PHASES,
    data_folder,
    find_snapshot,
    read_manifest,
    selection,
    snapshots,
)

KNOWN, COMPUTED = True, False
ROWS = (
    Phase("Li", 0.0),
    Phase("Li", 0.2),
    Phase("S8", 0.0),
    Phase("Li2S", -1.4, KNOWN, "", "mp-1", 3.0, 1.6, 15.0, "BY-C"),
    Phase("Li4S2", -1.5, COMPUTED, "never made", "mp-2", 3.5, 1.7, 14.0, "BY-NC"),
    Phase("LiS4", -0.5, COMPUTED, "never made", "mp-3"),
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Keep snapshots in a folder of this test."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))


def made(name="mine", rows=ROWS, **described):
    return make_snapshot(
        [Row(one, "a file") for one in rows], Description(name, "test", **described)
    )


def test_the_folder_is_chosen_by_environment(monkeypatch, tmp_path):
    """CATHOLYTE_DATA, else XDG_DATA_HOME, else the user's own folder of data."""
    assert data_folder() == tmp_path / "data"
    monkeypatch.delenv("CATHOLYTE_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder() == tmp_path / "xdg" / "catholyte"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder() == tmp_path / ".local" / "share" / "catholyte"


def test_the_lowest_row_that_may_be_used_counts():
    """Li4S2 is lower and under BY-NC: without it, Li2S counts; with it, its energy does.

    The compound is known in both cases, because one of its forms is.
    """
    made()

    table, wider = load_phase_table("mine"), load_phase_table("mine+by-nc")

    assert table.formulas == ("Li", "S", "Li2S", "LiS4")
    assert table.energies.tolist() == [0.0, 0.0, -1.4, -0.5]
    assert wider.formulas == ("Li", "S", "Li4S2", "LiS4")
    assert wider.energies.tolist() == [0.0, 0.0, -1.5, -0.5]
    assert table.known.tolist() == wider.known.tolist() == [True, True, True, False]
    assert wider.reasons == ("", "", "", "never made")
    assert "1 rows under BY-NC left out" in table.flags
    assert "BY-NC" not in wider.flags
    assert (table.name, wider.name) == ("mine", "mine+by-nc")


def test_columns_of_a_snapshot_are_those_of_the_row_that_counts():
    """Fractions, atoms and properties are those of Li4S2, of six atoms."""
    made()

    table = load_phase_table("mine+by-nc")

    np.testing.assert_allclose(table.fractions[2], [2 / 3, 1 / 3])
    assert table.atoms[2] == 6
    assert (table.band_gap[2], table.density[2], table.volume[2]) == (3.5, 1.7, 14.0)
    assert table.licences[2] == "BY-NC"
    assert table.sources[2] == "mp-2"
    assert table.origins[2] == "a file"


def test_a_snapshot_is_found_by_name_id_and_path():
    """All of these are the same table, with the same id."""
    found = made()
    identity = load_phase_table("mine").id

    for name in (
        found.manifest.id, found.manifest.id[:4], str(found.folder), str(found.folder / PHASES),
        table_location("mine"),
    ):  # fmt: skip
        assert load_phase_table(name).id == identity


def test_a_location_keeps_what_was_asked_for():
    """The path of a batch says that rows under BY-NC are used."""
    made()

    assert load_phase_table(table_location("mine+by-nc")).name == "mine+by-nc"


def test_too_little_of_an_id_is_no_name():
    """Three characters are not enough."""
    assert find_snapshot(made().manifest.id[:3]) is None


def test_an_id_that_could_be_two_is_refused(monkeypatch):
    """Both are named."""
    first, second = made("a"), made("b")
    monkeypatch.setattr("stability.tables.snapshots._SHORTEST_PREFIX", 0)

    with pytest.raises(TableError, match="could be") as refused:
        find_snapshot("")

    assert first.manifest.id in str(refused.value)
    assert second.manifest.id in str(refused.value)


def test_the_newest_complete_snapshot_of_a_name_counts():
    """A newer partial one does not take its place; a newer complete one does."""
    made()
    made(rows=(*ROWS, Phase("Li2S2", -1.0)), partial_because="the database has changed")
    assert "Li2S2" not in load_phase_table("mine").formulas
    made(rows=(*ROWS, Phase("Li3S", -0.2)))

    assert "Li3S" in load_phase_table("mine").formulas
    assert len(snapshots()) == 3


def test_a_partial_snapshot_is_refused_unless_asked_for():
    """The reason is said, and what to write."""
    made(partial_because="the database has changed")

    with pytest.raises(TableError, match=r"partial: the database has changed.*mine\+partial"):
        load_phase_table("mine")
    assert load_phase_table("mine+partial").name == "mine+partial"


def test_what_is_asked_for_may_come_in_any_order():
    """Both endings, in both orders."""
    assert selection("a+by-nc+partial") == selection("a+partial+by-nc") == ("a", True, True)


@pytest.mark.parametrize(
    "damage", [lambda old: old[:-1], lambda old: b"x" + old[1:], lambda _: b""]
)
def test_a_damaged_file_is_refused(damage):
    """One byte less, one byte changed, nothing left."""
    path = made().folder / PHASES
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(TableError, match="not what was written"):
        load_phase_table("mine")


def test_a_missing_file_is_refused():
    """The manifest alone is no table."""
    (made().folder / PHASES).unlink()

    with pytest.raises(TableError, match=r"phases\.parquet cannot be read"):
        load_phase_table("mine")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 1, "format": 1}', "null"])
def test_a_damaged_manifest_is_refused_and_harms_no_other(text):
    """It cannot be read; another snapshot, and files, can."""
    (made().folder / MANIFEST).write_text(text)
    made("other")

    with pytest.raises(TableError, match=r"manifest\.json cannot be read"):
        read_manifest(find_damaged())
    assert load_phase_table("other").name == "other"


def find_damaged():
    other = find_snapshot("other").folder
    return next(path for path in other.parent.iterdir() if path != other)


def test_a_manifest_of_a_newer_program_is_refused():
    """Its form may have changed its meaning."""
    path = made().folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))

    with pytest.raises(TableError, match="newer program; update catholyte"):
        read_manifest(path.parent)
