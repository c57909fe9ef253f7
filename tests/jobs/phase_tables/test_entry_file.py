import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.phase_tables.entry_file import read_entries
from jobs.phase_tables.errors import DataError

LI2O = {"composition": {"Li": 4.0, "O": 2.0}, "energy": -28.6, "correction": -1.4, "entry_id": "a"}


@pytest.fixture
def written(tmp_path):
    """Return a function that writes JSON, packed or not, and returns its path."""

    def write(content, name="mine.json"):
        path = tmp_path / name
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return path

    return write


@pytest.mark.parametrize("name", ["mine.json", "mine.json.gz"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_entries_are_read(written, name, wrapped):
    """A list, or an object that holds one; packed or not."""
    (entry,) = read_entries(written({"entries": [LI2O]} if wrapped else [LI2O], name))

    assert entry.amounts == {"Li": 4, "O": 2}
    assert (entry.energy, entry.correction, entry.entry_id) == (-28.6, -1.4, "a")
    assert entry.formula == "Li2O"
    assert entry.n_atoms == 6


@pytest.mark.parametrize(
    ("composition", "formula"),
    [
        ({"Li": 3, "P": 1, "S": 4}, "Li3PS4"),
        ({"Li+": 6, "O2-": 3}, "Li2O"),
        ({"Fe2+": 1, "Fe3+": 2, "O": 4}, "Fe3O4"),
        ({"Li": 0.5, "Co": 1, "O": 2}, "Li0.5Co1O2"),
        ({"S": 8}, "S"),
        ({"Li": 4, "O": 4}, "Li2O2"),
        ({"Fe": 4, "O": 4}, "FeO"),
        ({"Li": 2, "O": 4}, "LiO2"),
    ],
)
def test_formulas_are_the_smallest_of_whole_numbers(written, composition, formula):
    """Charges are left out, and the same element in two charges is one."""
    (entry,) = read_entries(written([LI2O | {"composition": composition}]))

    assert entry.formula == formula


def test_a_structure_says_the_composition(written):
    """As in a ComputedStructureEntry of old, which holds no composition of its own."""
    structure = {"sites": [{"species": [{"element": one, "occu": 1}]} for one in ("Li", "Li", "O")]}

    (entry,) = read_entries(written([{"structure": structure, "energy": -14.3}]))

    assert entry.formula == "Li2O"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([LI2O, {"composition": {"Li": 1}}], "row 2: field energy: 'None' is no finite number"),
        ([LI2O | {"energy": "low"}], "row 1: field energy: 'low' is no finite number"),
        ([LI2O | {"energy": float("nan")}], "field energy: 'nan' is no finite number"),
        ([LI2O | {"correction": []}, LI2O | {"correction": "x"}], "row 2: field correction: 'x'"),
        ([LI2O | {"composition": {"Lx": 1}}], "field composition: 'Lx' is no element"),
        ([LI2O | {"composition": {"Li": -1}}], "field composition: no atoms, or a negative"),
        ([{"energy": -1.0}], "row 1: field composition: missing"),
        ([LI2O | {"parameters": 3}], "field parameters: '3' is no object"),
        (["Li2O"], "row 1: no object"),
        ([], "no list of entries"),
        ({"a": 1}, "no list of entries"),
        (b"[1, 2", r"mine\.json: not a readable JSON file"),
        (b"\xff\xfe", "not a readable JSON file"),
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"energy": ' + b"9" * 400 + b"}]", "a whole number of 400 digits"),
        (b'[{"energy": ' + b"9" * 5000 + b"}]", "a whole number of 5000 digits"),
        (b'[{"energy": 1e999, "composition": {"Li": 1}}]', "no finite number"),
        (b'[{"energy": -1, "energy": -2, "composition": {"Li": 1}}]', "'energy' stands twice"),
        (b'[{"energy": -1, "composition": {"Li": 1, "Li": 2}}]', "'Li' stands twice"),
        (b'[{"entry_id": "\\ud800", "energy": 1, "composition": {"Li": 1}}]', "surrogate"),
    ],
)
def test_faulty_files_are_refused_in_one_line(written, content, says):
    """The message names file, row and field."""
    with pytest.raises(DataError, match=says) as refused:
        read_entries(written(content))

    assert "\n" not in str(refused.value)


def test_a_damaged_archive_is_refused(tmp_path):
    """Its end is missing."""
    path = tmp_path / "mine.json.gz"
    path.write_bytes(gzip.compress(json.dumps([LI2O]).encode())[:-12])

    with pytest.raises(DataError, match="not a readable JSON file"):
        read_entries(path)


def test_a_file_that_unpacks_to_too_much_is_refused(written, monkeypatch):
    """A small archive may hold a large file."""
    monkeypatch.setattr("jobs.phase_tables.entry_file._LARGEST_FILE", 1000)

    with pytest.raises(DataError, match="split it"):
        read_entries(written(b" " * 2000, "mine.json.gz"))


def test_nothing_in_a_file_chooses_what_is_imported(written):
    """The class that an entry names is not looked at."""
    odd = LI2O | {"@module": "os", "@class": "system", "data": {"@module": "os", "@class": "kill"}}

    (entry,) = read_entries(written([odd]))

    assert entry.formula == "Li2O"


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
fields = st.sampled_from(["composition", "energy", "correction", "data", "structure", "Li", "O"])
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4)
)


@settings(max_examples=60)
@given(documents)
def test_any_document_is_read_or_refused_in_one_line(tmp_path_factory, document):
    """Never another error than ours, whatever stands in which field."""
    path = tmp_path_factory.mktemp("any") / "mine.json"
    path.write_text(json.dumps([document, LI2O]), encoding="utf-8")
    said = ""
    try:
        entries = read_entries(path)
    except DataError as error:
        said = str(error)

    assert "\n" not in said
    assert said or entries[-1].formula == "Li2O"
