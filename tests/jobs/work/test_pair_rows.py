import pytest

from jobs.schema import store_schema as schema
from jobs.store.spec import PairNames, batch_spec
from jobs.work.pair_rows import block_tables, broken_pairs, failed_pairs, joined_rows
from screening.batch.model import Batch
from screening.catalogue.materials import cathode, recipe
from screening.pairs.features import Pair
from screening.results.evaluation import Failure, evaluate_block
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

FILLED = (schema.PAIRS, schema.WINDOWS, schema.STEPS, schema.KINKS, schema.REDRAWS)


@pytest.fixture(scope="module")
def phases():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table(), margin=0.1)


@pytest.fixture(scope="module")
def pairs():
    """Return two SSEs with S and Li2S, which share their states."""
    return [
        Pair(sse, cathode(name), recipe("sulfur-ab-milled"))
        for name in ("S", "Li2S")
        for sse in ("Li6PS5Cl", "Li2ZrCl6")
    ]


@pytest.fixture(scope="module")
def tables(pairs, phases):
    """Return all rows of these pairs."""
    return block_tables("b", evaluate_block(pairs, phases), details=True)


@pytest.mark.parametrize("table", FILLED, ids=lambda table: table.name)
def test_rows_have_the_columns_of_their_table_and_stand_once(table, tables):
    """No column too few or too many, and no key twice or with a null."""
    found = tables[table.name]
    keys = list(zip(*(found[name].to_pylist() for name in table.key), strict=True))

    assert len(found) > 0
    assert found.column_names == [field.name for field in table.fields]
    assert len(set(keys)) == len(keys)
    assert all(value is not None for key in keys for value in key)


def test_what_pairs_share_stands_once(tables):
    """Two SSEs in two cathodes have two windows and four contacts."""
    assert tables["windows"]["sse"].to_pylist() == ["Li6PS5Cl", "Li2ZrCl6"]
    assert len(tables["redraws"]) == 4
    assert {len(draws) for draws in tables["redraws"]["interface_ev"].to_pylist()} == {200}


def test_what_only_a_whole_batch_can_say_is_left_open(tables):
    """The driver fills it in when it publishes."""
    for field in schema.STANDING:
        assert tables["pairs"][field.name].null_count == len(tables["pairs"])


def test_without_details_windows_stay(pairs, phases):
    """A million pairs need no kinks; without draws there are no redraws either."""
    found = block_tables("b", evaluate_block(pairs, phases, draws=0), details=False)

    assert [len(found[table.name]) for table in FILLED] == [4, 2, 0, 0, 0]


def test_a_failed_pair_has_a_reason_and_no_numbers(phases):
    """Who, why, and among which phases; every other column is null."""
    lithium_nitride = Pair("Li3N", cathode("S"), recipe("sulfur-ab-milled"))

    found = failed_pairs("b", [Failure(lithium_nitride, "no nitrogen")], phases)

    (row,) = found["pairs"].to_pylist()
    assert {name: value for name, value in row.items() if value is not None} == {
        "batch_id": "b",
        "status": "failed",
        "sse": "Li3N",
        "cathode": "S",
        "recipe": "sulfur-ab-milled",
        "reason": "no nitrogen",
        "phase_table": phases.table.id,
        "temperature_k": 0.0,
        "energies": "dft",
        "policy": "known",
        "policy_statement": phases.statement,
    }


def test_a_pair_that_broke_its_worker_has_a_row_too():
    """The driver knows its names and the batch, and what happened."""
    spec = batch_spec(Batch(name="small", sses=("LPSCl",), cathodes=("S",)))

    found = broken_pairs(spec, [PairNames("Li6PS5Cl", "S", "sulfur-ab-milled")], "crashed")

    (row,) = found["pairs"].to_pylist()
    assert (row["status"], row["reason"], row["sse"]) == ("failed", "crashed", "Li6PS5Cl")
    assert row["batch_id"] == spec.batch_id
    assert row["phase_table"] == spec.phase_table


def test_parts_of_a_chunk_join(tables, phases):
    """Rows with an answer below those without, table by table."""
    lithium = Pair("Li", cathode("S"), recipe("sulfur-ab-milled"))
    failed = failed_pairs("b", [Failure(lithium, "lithium metal")], phases)

    found = joined_rows([failed, tables])

    assert found["pairs"]["status"].to_pylist() == ["failed", "ok", "ok", "ok", "ok"]
    assert len(found["kinks"]) == len(tables["kinks"])
