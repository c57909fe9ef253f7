import json
from dataclasses import replace

import pytest

from jobs.errors import StoreError
from jobs.store.spec import batch_spec, parsed_spec, read_spec, spec_path, store_spec
from screening.batch.model import Batch
from screening.first_cycle.calibration import default_calibration


@pytest.fixture(scope="module")
def spec():
    """Return a batch of 3 SSEs in 2 composites, in chunks of 4 pairs."""
    batch = Batch(name="six", sses=("LZC", "LPSCl", "LYC"), cathodes=("S", "Li2S"))
    return batch_spec(batch, chunk_size=4)


def test_chunks_cover_all_pairs_once(spec):
    """Six pairs make a chunk of four and one of two."""
    spans = [spec.chunk(number) for number in range(spec.n_chunks)]
    pairs = {spec.pair(number) for span in spans for number in range(*span)}

    assert (spec.n_pairs, spec.n_chunks) == (6, 2)
    assert [span.n_pairs for span in spans] == [4, 2]
    assert {(pair.sse, pair.cathode) for pair in pairs} == {
        (sse, cathode) for sse in ("Li2ZrCl6", "Li6PS5Cl", "Li3YCl6") for cathode in ("S", "Li2S")
    }


def test_the_order_of_the_file_does_not_matter():
    """The same pairs in the same chunks: SSEs of one chemical system stand together."""
    names = ("LPSCl", "LZC", "LYC")
    specs = [
        batch_spec(Batch(sses=order, cathodes=("S",))) for order in (names, tuple(reversed(names)))
    ]

    assert specs[0].sses == specs[1].sses


def test_a_stored_spec_is_read_back(spec, tmp_path):
    """And storing it again changes nothing."""
    store_spec(tmp_path, spec)
    before = spec_path(tmp_path, spec.batch_id).read_bytes()
    store_spec(tmp_path, spec)

    assert read_spec(tmp_path, spec.batch_id) == spec
    assert spec_path(tmp_path, spec.batch_id).read_bytes() == before


@pytest.mark.parametrize(
    ("key", "value"), [("chunk_size", 5), ("sses", ["Li2S"]), ("code_version", "0"), ("more", 1)]
)
def test_a_changed_spec_is_refused(key, value, spec, tmp_path):
    """Its hash is its name; a chunk would mean other pairs."""
    store_spec(tmp_path, spec)
    path = spec_path(tmp_path, spec.batch_id)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))

    with pytest.raises(StoreError, match="submit the batch again"):
        read_spec(tmp_path, spec.batch_id)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
def test_a_broken_spec_is_refused_in_one_line(content, spec, tmp_path):
    """The message names the file."""
    store_spec(tmp_path, spec)
    spec_path(tmp_path, spec.batch_id).write_bytes(content)

    with pytest.raises(StoreError, match=r"spec\.json") as error:
        read_spec(tmp_path, spec.batch_id)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("batch_id", ["../../etc", "", "a/b", "absent"])
def test_an_id_that_is_none_is_refused(batch_id, tmp_path):
    """No file outside the store is ever looked at."""
    with pytest.raises(StoreError, match="catholyte status"):
        read_spec(tmp_path, batch_id)


def test_where_the_table_is_does_not_change_the_batch(tmp_path, monkeypatch):
    """The content of a table counts; its place is kept, so that any folder will do to go on."""
    ids = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        (tmp_path / folder / "own.csv").write_text(
            "formula,formation_energy_ev_per_atom\nLi2S,-1.5\n", encoding="utf-8"
        )
        spec = batch_spec(Batch(sses=("Li2S",), cathodes=("S",), table="own.csv", temperature=0.0))
        assert spec.table == str(tmp_path / folder / "own.csv")
        ids.add(spec.batch_id)

    assert len(ids) == 1


_FOUR = ["sulfur-ab-milled", "lfp-vgcf-hand", "tis2-hand", "oxide-vgcf-hand"]


@pytest.mark.parametrize(
    ("draws", "recipes", "expected"),
    [
        (200, ["sulfur-ab-milled"], 32),  # Two pairs.
        (0, ["sulfur-ab-milled"], 2000),  # 50 SSEs in two composites would be 100.
        (0, [*_FOUR, "oxide-c65-hand"], 2250),
    ],
)
def test_chunks_are_as_large_as_their_work(draws, recipes, expected):
    """Without draws 50 SSEs, here in 9 x 5 composites; the machine has no say in it."""
    cathodes = ("S", "Li2S") if len(recipes) == 1 else None
    batch = Batch(sses=("LPSCl",), cathodes=cathodes, recipes=tuple(recipes), draws=draws)

    assert batch_spec(batch).chunk_size == expected


@pytest.mark.parametrize(("sses", "expected"), [(None, 34), (112, 250)])
def test_a_small_batch_is_done_in_parts(sses, expected):
    """135 pairs in four, so that a stop loses no more than one; 1008 as any large one."""
    names = None if sses is None else tuple(f"Li{n}PS5Cl{n - 5}" for n in range(6, 6 + sses))

    spec = batch_spec(Batch(sses=names))

    assert (spec.chunk_size, spec.n_pairs > 1000) == (expected, sses is not None)


def test_another_calibration_is_another_batch(small):
    """It counts by its id; the shipped one needs no copy, any other goes along and comes back."""
    shipped = default_calibration()
    other = replace(shipped, phase_table="another")

    plain, again, changed = (
        batch_spec(small),
        batch_spec(small, calibration=shipped),
        batch_spec(small, calibration=other),
    )

    assert plain.batch_id == again.batch_id != changed.batch_id
    assert plain.calibration_json is None
    assert parsed_spec(changed.text, changed.batch_id).used_calibration.id == other.id


def test_a_spec_of_an_older_program_keeps_its_id(spec):
    """It says nothing of what gates refused; where none was asked, neither do we."""
    text = json.loads(spec.text)
    del text["refused"]

    assert parsed_spec(json.dumps(text), spec.batch_id) == spec
    assert replace(spec, refused=({"formula": "Li"},)).batch_id != spec.batch_id
