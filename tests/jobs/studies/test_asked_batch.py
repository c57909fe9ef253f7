import sys

import pytest

from jobs.errors import REFUSALS
from jobs.studies.asked_batch import asked_batch, asked_values, lab_batch
from screening.batch.model import TABLES, Batch

CSV = "formula,formation_energy_ev_per_atom\nLiCl,-2\n"


@pytest.mark.parametrize(
    ("body", "media_type", "said"),
    [
        (b"sses = [", "text/plain", "the batch, at its end: no valid TOML"),
        (b"\xff", "text/plain", "the batch cannot be read"),
        (b"[1]", "application/json", "the batch is no table"),
        (b"sses = 3", "text/plain", "sses: write an array"),
        (b"sses = 3\ndraws = 5", "text/plain", "sses: write an array (and 1 more)"),
        (b"colour = 3", "text/plain", "unknown key colour; known: name, sses"),
        (b'candidates = "/etc/passwd"', "text/plain", "candidates: names a file of the server"),
        (b'{"materials": "/etc/passwd"}', "application/json", "materials: names a file of the"),
        (b"[" * 100_000, "application/json", "the batch cannot be read"),
        (b"[" * 900 + b"]" * 900, "application/json", "the batch "),
        (b"a." * 50_000 + b"a = 1", "text/plain", "nested too deeply"),
        (b"draws = " + b"9" * 5000, "text/plain", "a number of 5000 digits"),
        (b"#" * 4_000_001, "text/plain", "4000001 characters are more than 4000000"),
    ],
)
def test_what_is_no_batch(body, media_type, said, tmp_path):
    """One line says what is wrong."""
    with pytest.raises(REFUSALS) as error:
        lab_batch(body, media_type, tmp_path)

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_nothing_asked_is_the_reference_batch(tmp_path):
    """As `catholyte screen` without a file."""
    assert lab_batch(b"", "text/plain", tmp_path) == Batch()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("sses = ['LZC', 'Lx', 'Ly']", [("sses", 1), ("sses", 2)]),
        ("draws = 5\ntemperature = 25", [("temperature",), ("draws",)]),
        ("cathodes = ['S', 'LFX']", [("cathodes", 1)]),
        ("cathodes = ['S', 'S']", [("cathodes",)]),
        ("recipe = 'tis2-hand'\nrecipes = ['tis2-hand']", [("recipes",)]),
        ("exclude = [{formula='S', reason='a'}, {formula='S8', reason='b'}]", [("exclude",)]),
        (
            "cathodes = [{name = 'S'}, {name = 'LiFePO4', voltage_window = [3.6, 4]}]",
            [("cathodes", 1, "voltage_window")],
        ),
        ("cathodes = ['LiFePO4']\nvoltage_window = [3.6, 4]", [("voltage_window",)]),
        ("[filter]\ncontains = ['Lx']", [("filter", "contains", 0)]),
    ],
)
def test_all_that_is_wrong_has_its_place(text, places, tmp_path):
    """As the model names it, so that a form can tell it beside a field."""
    found = asked_batch(asked_values(text), tmp_path)

    assert found.batch is None
    assert [one.place for one in found.faults] == places
    assert all("\n" not in one.said for one in found.faults)


def leaves(schema, whole, depth=0):
    """Yield a value for each key of the schema in which one text stands, with `{}` in its place."""
    schema = whole["$defs"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    for one in schema.get("anyOf", []) + schema.get("oneOf", []):
        yield from leaves(one, whole, depth)
    if schema.get("type") == "string":
        yield "{}"
    if schema.get("type") == "array" and depth < 4:
        items = schema.get("items", {})
        yield from ((one,) for one in leaves(items, whole, depth + 1))
    if schema.get("type") == "object" and depth < 4:
        for name, key in schema["properties"].items():
            yield from ({name: one} for one in leaves(key, whole, depth + 1))


def written(value, text):
    """Return a value of `leaves` with a text in its place."""
    if isinstance(value, dict):
        return {key: written(one, text) for key, one in value.items()}
    return tuple(written(one, text) for one in value) if isinstance(value, tuple) else text


SCHEMA = Batch.model_json_schema()
KEYS = list(leaves(SCHEMA, SCHEMA))
OPENED: set[str] = set()


def watch(event, given):
    """Note which files are opened; a hook of the interpreter is never taken out again."""
    if event == "open":
        OPENED.add(str(given[0]))


@pytest.mark.parametrize("value", KEYS, ids=str)
def test_no_key_of_a_batch_opens_a_file(value, tmp_path, monkeypatch):
    """Whatever stands in it: an absolute path, one of the folder, one with steps upwards."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.csv").write_text(CSV)
    if not OPENED:
        sys.addaudithook(watch)
    OPENED.clear()
    OPENED.add("watched")
    for path in (str(tmp_path / "secret.csv"), "secret.csv", "inside/../secret.csv"):
        asked_batch(written(value, path), tmp_path / "store")

    assert not [one for one in OPENED if "secret" in one]


def test_all_texts_of_a_batch_are_tried():
    """Those of tables in it too."""
    assert {"{}"} == {one["table"] for one in KEYS if "table" in one}
    assert {key for one in KEYS for key in one} >= {"table", "candidates", "materials", *TABLES}


@pytest.mark.parametrize("name", ["secret.csv", "../secret.csv", "/etc/passwd", "", "x+by-nc"])
def test_a_table_is_one_that_the_data_folder_knows(name, tmp_path, monkeypatch):
    """A path is none, even of a good table; the line says which there are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text(CSV)
    found = asked_batch({"table": name}, tmp_path)

    assert found.faults[0].place == ("table",)
    assert "no phase table is named" in found.faults[0].said
    assert "there are reference" in found.faults[0].said
