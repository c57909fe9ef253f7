import json
from pathlib import Path
from typing import get_args

import pytest

from screening.batch import resolved as resolved_batch
from screening.batch.model import Batch, GateName, json_schema
from screening.batch.resolved import resolved
from screening.catalogue.gates import Gate
from screening.catalogue.materials import cathode, cathodes, electrolytes
from screening.errors import BatchError, CatalogueError, UnknownNameError
from stability.errors import FormulaError

ROOT = Path(__file__).parents[3]


def test_the_reference_batch_is_all_of_the_catalogue():
    """Every SSE with every cathode once, each cathode in its own recipe."""
    pairs = list(resolved(Batch()))

    assert {(sse, one.name) for sse, one, *_ in pairs} == {
        (sse, name) for sse in electrolytes() for name in cathodes()
    }
    assert len(pairs) == len(electrolytes()) * len(cathodes())
    assert all(made.name == one.recipe for _, one, made, *_ in pairs)


def test_without_settings_a_cathode_is_that_of_the_catalogue():
    """Window, source and recipe."""
    (one,) = Batch(cathodes=("S",)).composites()

    assert one.cathode == cathode("S")
    assert one.recipe.name == cathode("S").recipe


@pytest.mark.parametrize(
    ("keys", "error", "said"),
    [
        ({"cathodes": ("LFX",)}, UnknownNameError, "no cathode is named 'LFX'"),
        ({"sses": ("LPSCI2",)}, FormulaError, "no element"),
        ({"recipe": "mortar"}, UnknownNameError, "no recipe is named 'mortar'"),
        ({"sses": ("LPSCl", "Li6PS5Cl")}, BatchError, "sses: Li6PS5Cl stands twice"),
        ({"sses": ("Li3N", "Li₃N")}, BatchError, "sses: Li3N stands twice"),
        ({"cathodes": ("S", "S", "Li2S")}, BatchError, "cathodes: S stands twice"),
        ({"recipes": ("tis2-hand", "tis2-hand")}, BatchError, "recipes: tis2-hand stands twice"),
        (
            {"cathodes": ("LiFePO4",), "voltage_window": (3.6, 4.0)},
            BatchError,
            "3.6 to 4 V does not hold 3.4",
        ),
        (
            {"cathodes": ("LiCoO2",), "voltage_window": (2.4, 3.68), "anode": "Li-In"},
            BatchError,
            "2.4 to 3.68 V does not hold 3.9 V, .* if they are against Li-In, say so in",
        ),
        ({"sses": ("Na3PS4",)}, CatalogueError, "Na3PS4 holds no lithium"),
        ({"cathodes": ("S",), "separator": "Na3PS4"}, CatalogueError, "holds no lithium"),
        ({"cathodes": ("Li2S", "S"), "anode": "Ag-C"}, BatchError, "anode: no lithium to cycle"),
    ],
)
def test_unknown_names_and_duplicates_are_refused(keys, error, said):
    """A material by its label and by its formula is the same material."""
    with pytest.raises(error, match=said):
        list(resolved(Batch(**keys)))


def test_windows_against_li_in_are_the_cells_of_windows_against_lithium():
    """2.38 to 3.68 V against Li-In (0.62 V) are 3.0 to 4.3 V, of batch or cathode."""
    own = ({"name": "LiCoO2", "voltage_window": (2.38, 3.68)},)
    against = [
        Batch(cathodes=("LiCoO2",), voltage_window=(2.38, 3.68), voltage_reference="LiIn"),
        Batch(cathodes=own, voltage_reference="Li-In"),
        Batch(cathodes=("LiCoO2",), voltage_window=(3.0, 4.3)),
    ]
    windows = [batch.composites()[0].cathode for batch in against]

    assert {(one.voltage_low, one.voltage_high) for one in windows} == {(3.0, 4.3)}
    assert "given against Li-In" in windows[1].voltage_source


def test_what_a_batch_leaves_open_about_its_anode_is_said():
    """Against what windows are, and that silicon brings lithium where the cathode does not."""
    batch = Batch(cathodes=("S", "LiCoO2"), anode="Si", voltage_window=(1.0, 4.3))

    assert batch.assumed(["S", "LiCoO2"]) == ("cutoffs against Li/Li+, not Si", "Si prelithiated")
    assert batch.assumed(["LiCoO2"]) == ("cutoffs against Li/Li+, not Si",)
    assert Batch(anode="Li-In").assumed(["S"]) == ()


def test_too_many_pairs_are_refused(monkeypatch):
    """15 electrolytes with 9 cathodes are 135 pairs, one more than is allowed here."""
    monkeypatch.setattr(resolved_batch, "MOST_PAIRS", 134)

    with pytest.raises(BatchError, match=r"135 pairs .* are more than 134"):
        list(resolved(Batch()))


def test_a_batch_comes_back_from_its_record():
    """As a job keeps it."""
    batch = Batch(sses=("LPSCl",), recipes=("tis2-hand",), voltage_window=(1.0, 3.0))

    assert Batch.model_validate_json(json.dumps(batch.model_dump(mode="json"))) == batch
    assert Batch.model_validate_json(json.dumps(Batch().model_dump(mode="json"))) == Batch()


@pytest.mark.parametrize(
    ("details", "n_pairs", "kept"),
    [(None, 20_000, True), (None, 20_001, False), (True, 10**6, True), (False, 1, False)],
)
def test_details_are_kept_of_small_batches(details, n_pairs, kept):
    """Unless the file decides."""
    assert Batch(details=details).keeps_details(n_pairs) is kept


def test_the_schema_in_the_documentation_is_that_of_the_program():
    """docs/batch.schema.json is printed, not written: `catholyte schema`."""
    assert (ROOT / "docs" / "batch.schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_key_has_a_description_in_the_schema():
    """An editor shows it while one writes."""
    schema = json.loads(json_schema())

    tables = [schema, *schema["$defs"].values()]
    assert len(tables) == 8
    for table in tables:
        assert table["additionalProperties"] is False
        for name, key in table["properties"].items():
            assert key.get("description"), name


def test_the_page_explains_every_key():
    """docs/batch-files.md names each in backticks, docs/materials.md those of materials."""
    pages = (ROOT / "docs" / name for name in ("batch-files.md", "materials.md"))
    page = "".join(one.read_text(encoding="utf-8") for one in pages)
    schema = json.loads(json_schema())

    for table in [schema, *schema["$defs"].values()]:
        for name in table["properties"]:
            assert f"`{name}`" in page, name


def test_the_gates_of_a_batch_file_are_the_gates():
    """Every gate can be named, and nothing else."""
    assert list(get_args(GateName)) == [gate.value for gate in Gate]
