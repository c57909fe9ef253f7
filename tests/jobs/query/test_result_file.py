import csv
import json
import os
from pathlib import Path
from shutil import copytree

import duckdb
import pyarrow as pa
import pytest
from openpyxl import load_workbook
from pyarrow import ipc, parquet

from jobs.errors import OutputError, QueryError, StoreError
from jobs.query import result_file as module
from jobs.query.result_file import Format, export
from jobs.schema import store_schema as schema


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return a store with two batches of one pair each; the name of one is a formula."""
    folder = tmp_path_factory.mktemp("two") / "store"
    folder.mkdir()
    with duckdb.connect(folder / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES) + schema.comments(schema.TABLES):
            connection.execute(statement)
        for batch, name, score in (("a", "=cmd()", 0.25), ("b", "-1+2", 0.5)):
            connection.execute(
                "INSERT INTO batches SELECT ?, ?, '{}', 't', 'known', 'c', '0', 1, 1, 0, "
                "TIMESTAMP '2026-01-01'",
                [batch, name],
            )
            connection.execute(
                "INSERT INTO pairs (batch_id, status, sse, cathode, recipe, score_0_to_1) "
                "VALUES (?, 'ok', 'Li2S', 'S', 'r', ?)",
                [batch, score],
            )
    return folder


@pytest.fixture
def store(filled, tmp_path):
    """Return the same in the folder of the test."""
    return Path(copytree(filled, tmp_path / "store"))


def test_parquet_holds_rows_units_and_comments(store, tmp_path):
    """Each column explains itself to whoever opens the file."""
    output = tmp_path / "out.parquet"

    written = export(store, output)

    table = parquet.read_table(output)
    assert (written.rows, written.columns) == (table.num_rows, table.num_columns)
    assert table["score_0_to_1"].to_pylist() == [0.25]
    field = table.schema.field("oxidation_limit_v")
    assert field.metadata[b"unit"] == b"V vs. Li/Li+"
    assert field.metadata[b"comment"]
    notes = json.loads(table.schema.metadata[b"catholyte.columns"])
    assert notes["rank"] == {"comment": schema.RANKED_PAIRS.field("rank").comment}
    assert set(notes) == set(table.column_names)


def test_parquet_is_read_by_other_programs(store, tmp_path):
    """DuckDB, for one."""
    output = tmp_path / "out.parquet"
    export(store, output, table="batches")

    assert duckdb.read_parquet(str(output)).project("name").order("name").fetchall() == [
        ("-1+2",),
        ("=cmd()",),
    ]


def test_a_workbook_holds_the_rows_and_explains_the_columns(store, tmp_path):
    """Numbers as numbers; the name of a batch that looks like a formula is a text."""
    output = tmp_path / "out.xlsx"

    written = export(store, output)
    export(store, tmp_path / "batches.xlsx", table="batches")

    book = load_workbook(output)
    names, row = ([cell.value for cell in line] for line in book["ranked_pairs"].iter_rows())
    assert (written.rows, written.columns) == (1, len(names))
    assert row[names.index("score_0_to_1")] == 0.25
    assert ["oxidation_limit_v", "V vs. Li/Li+"] in [
        [cell.value for cell in line][:2] for line in book["columns"].iter_rows()
    ]
    sheet = load_workbook(tmp_path / "batches.xlsx")["batches"]
    named = [cell for line in sheet.iter_rows() for cell in line if cell.value == "=cmd()"]
    assert [cell.data_type for cell in named] == ["s"]


def test_arrow_holds_the_same(store, tmp_path):
    """Text that is no CSV is left as it is."""
    output = tmp_path / "out.arrow"

    export(store, output, table="batches")

    with pa.memory_map(str(output)) as source:
        table = ipc.open_file(source).read_all()
    assert sorted(table["name"].to_pylist()) == ["-1+2", "=cmd()"]
    assert table.schema.field("name").metadata[b"comment"] == b"what people call it"


def test_csv_holds_no_cell_that_a_spreadsheet_runs(store, tmp_path):
    """Text gets an apostrophe in front; numbers are untouched."""
    output = tmp_path / "out.csv"

    export(store, output, table="batches")

    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["name"] for row in rows) == ["'-1+2", "'=cmd()"]
    assert {row["pairs_total"] for row in rows} == {"1"}


@pytest.mark.parametrize("form", Format)
def test_a_table_without_rows_is_a_file_with_columns(form, store, tmp_path):
    """Whatever the format, and whatever the ending."""
    output = tmp_path / "out.data"

    written = export(store, output, table="kinks", form=form)

    assert written == (None, 0, len(schema.KINKS.fields))
    assert output.stat().st_size > 0


def test_one_batch_can_be_written(store, tmp_path):
    """Its rows alone; `ranked_pairs` holds the current one, and says which."""
    output = tmp_path / "out.parquet"

    for table, batch, wanted in (
        ("pairs", "b", ["b"]),
        ("ranked_pairs", "b", ["b"]),
        ("ranked_pairs", "-1", ["b"]),
        ("ranked_pairs", None, ["a"]),
        ("all_ranked_pairs", None, ["a", "b"]),
        ("pairs", None, ["a", "b"]),
    ):
        written = export(store, output, table=table, batch=batch)
        assert sorted(parquet.read_table(output)["batch_id"].to_pylist()) == wanted
        assert (written.batch.id if written.batch else None) == (
            wanted[0] if len(wanted) == 1 else None
        )


def test_many_rows_come_in_pieces(store, tmp_path, monkeypatch):
    """No more than these are in memory at once; the file has all of them."""
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)
    with duckdb.connect(store / "results.duckdb") as connection:
        connection.execute(
            "INSERT INTO batches (batch_id, name) SELECT 'n' || range, 'x' FROM range(501)"
        )

    for form in Format:
        assert export(store, tmp_path / f"out.{form}", table="batches").rows == 503


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"table": "secrets"}, "no table is named 'secrets'; there are batches, "),
        ({"table": "pairs; DROP TABLE pairs"}, "no table is named"),
        ({"batch": "c"}, "no batch 'c' in the results of"),
        (
            {"output": "out.ods"},
            "the ending is none of .parquet, .csv, .arrow, .xlsx; give --format",
        ),
        ({"output": "absent/out.csv"}, "there is no folder"),
        ({"output": "store/out.csv"}, "is inside the store"),
        ({"output": "store/results.duckdb", "form": Format.CSV}, "is inside the store"),
        ({"output": "pipe.csv"}, "is no ordinary file"),
        ({"output": "store", "form": Format.CSV}, "is no ordinary file"),
        ({"output": "link.csv"}, "is a link to "),
    ],
)
def test_what_cannot_be_written_is_refused(keys, said, store, tmp_path):
    """In one line, and nothing is left behind."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("elsewhere.csv")
    before = {path.name for path in tmp_path.iterdir()}
    output = tmp_path / keys.pop("output", "out.csv")

    with pytest.raises((QueryError, OutputError)) as error:
        export(store, output, **keys)

    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_what_stood_there_stays_until_the_new_file_is_whole(store, tmp_path, monkeypatch):
    """As when the disk is full in the middle."""
    output = tmp_path / "out.csv"
    output.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_written", full)
        with pytest.raises(OutputError, match="No space left on device; choose another place"):
            export(store, output)
    assert output.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "store"]

    export(store, output)
    assert output.read_text(encoding="utf-8").startswith('"rank"')


def test_a_store_without_results_is_refused(tmp_path):
    """Or with a file that is none."""
    with pytest.raises(StoreError, match="run `catholyte screen` first"):
        export(tmp_path / "none", tmp_path / "out.csv")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "results.duckdb").write_bytes(b"garbage" * 1000)
    with pytest.raises(StoreError, match="not a valid DuckDB"):
        export(tmp_path / "none", tmp_path / "out.csv")


def test_rows_come_in_the_order_of_their_places(tmp_path):
    """A list of pairs begins with the best one, however the file holds them."""
    store = tmp_path / "store"
    store.mkdir()
    with duckdb.connect(store / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO batches VALUES "
            "('b', 'b', '{}', 't', 'known', 'c', '0', 9, 9, 0, TIMESTAMP '2026-01-01')"
        )
        connection.execute(
            "INSERT INTO pairs (batch_id, status, sse, cathode, recipe, score_0_to_1) "
            "SELECT 'b', 'ok', 'Li' || (n + 1), 'S', 'r', (n * 4) % 9 / 10 FROM range(9) t(n)"
        )

    export(store, tmp_path / "pairs.csv")
    export(store, tmp_path / "materials.csv", table="materials")

    with (tmp_path / "pairs.csv").open() as pairs, (tmp_path / "materials.csv").open() as materials:
        assert [row["rank"] for row in csv.DictReader(pairs)] == list("123456789")
        found = [row["sse"] for row in csv.DictReader(materials)]
        assert found == [f"Li{n}" for n in range(1, 10)]
