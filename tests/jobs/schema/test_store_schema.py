import re

import duckdb
import pytest

from jobs.schema import store_schema as schema
from jobs.schema.current_batch import CURRENT
from screening.results.columns import PAIR_COLUMNS


@pytest.fixture
def empty():
    """Return an empty store in memory."""
    with duckdb.connect(":memory:") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        yield connection


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_the_database_has_the_declared_columns_in_order(table, empty):
    """What the page documents is what SQL sees, names and types, views included."""
    found = empty.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
        "ORDER BY column_index",
        [table.name],
    ).fetchall()

    assert found == [(field.name, field.type) for field in table.fields]


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_every_table_and_column_is_commented(table):
    """No column without a meaning; the names are unique and need no quotes."""
    names = [field.name for field in table.fields]

    assert table.comment.endswith(".")
    assert all(field.comment for field in table.fields)
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name == name.lower() for name in names)
    assert table.key
    assert set(table.key) <= set(names)


def test_pairs_hold_every_column_of_a_record():
    """The record is the one list; the store adds what only a batch can say."""
    names = [field.name for field in schema.PAIRS.fields]

    record = [column.name for column in PAIR_COLUMNS]
    standing = [field.name for field in schema.STANDING]
    assert names == ["batch_id", "status", *record, *standing]


def test_the_version_is_written_down(empty):
    """One row, the version of this program."""
    assert empty.execute("FROM schema_version").fetchall() == [(schema.VERSION,)]


def test_ranked_pairs_order_by_score_and_share_places(empty):
    """Scores 0.9, 0.5, 0.5, 0.1 take places 1, 2, 2, 4; failed pairs and other batches none.

    The current batch is the one run last, or the one that the variable names.
    """
    empty.execute(
        "INSERT INTO batches (batch_id, run_at) VALUES ('b', TIMESTAMP '2026-01-02'), "
        "('other', TIMESTAMP '2026-01-01')"
    )
    rows = [
        ("b", "ok", "A", "S", 0.5),
        ("b", "ok", "B", "S", 0.9),
        ("b", "ok", "C", "Li2S", 0.5),
        ("b", "ok", "D", "S", 0.1),
        ("b", "failed", "E", "S", None),
        ("other", "ok", "F", "S", 1.0),
    ]
    empty.executemany(
        "INSERT INTO pairs (batch_id, status, sse, cathode, score_0_to_1, recipe) "
        "VALUES (?, ?, ?, ?, ?, 'r')",
        rows,
    )

    found = empty.execute(
        "SELECT sse, rank, rank_in_cathode FROM ranked_pairs ORDER BY sse"
    ).fetchall()

    assert found == [("A", 2, 2), ("B", 1, 1), ("C", 2, 1), ("D", 4, 3)]
    everything = empty.execute("SELECT sse, rank FROM all_ranked_pairs ORDER BY sse").fetchall()
    assert everything == [("A", 2), ("B", 1), ("C", 2), ("D", 4), ("F", 1)]
    empty.execute(f"SET VARIABLE {CURRENT} = 'other'")
    assert empty.execute("SELECT sse, rank FROM ranked_pairs").fetchall() == [("F", 1)]


def test_a_key_stands_once(empty):
    """The same pair of the same batch cannot stand twice."""
    insert = "INSERT INTO pairs (batch_id, sse, cathode, recipe) VALUES ('b', 'A', 'S', 'r')"
    empty.execute(insert)

    with pytest.raises(duckdb.ConstraintException):
        empty.execute(insert)


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_the_page_lists_every_table_and_column(table):
    """One heading for each table, one line for each column: here, or in the table it names."""
    sections = {
        one.name: schema.markdown().split(f"\n## {one.name}\n")[1].split("\n## ")[0]
        for one in schema.TABLES
    }
    section = sections[table.name]
    while other := re.search(r"All columns of `(\w+)`", section):
        section = sections[other[1]] + section.replace(other[0], "")

    assert table.comment in section
    told = re.compile(r"9?5 % of |how \w+ came about|source of \w+$|batch it belongs to$")
    comments = [field.comment for field in table.fields]
    for field in table.fields:
        interval = ", 90 %" * (f"5 % of {field.name}" in comments)
        stems = [text.split()[1] for text in comments if " came about: " in text]
        sourced = ", sourced" * any(field.name.startswith(f"{stem}_") for stem in stems)
        row = f"| `{field.name}` | {field.type}{interval}{sourced} | {field.unit} |"
        assert section.count(f"{row} {field.comment} |") == (not told.match(field.comment))


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_the_ends_of_an_interval_are_named_after_it(table):
    """So that the page need not list them: _low and _high before the unit."""
    names = {field.name for field in table.fields}
    for field in table.fields:
        for end, share in (("low", "5 % of "), ("high", "95 % of ")):
            if field.comment.startswith(share):
                of = field.comment.removeprefix(share).partition(";")[0]
                assert of in names
                assert field.name.replace(f"_{end}", "") == of


def test_the_page_is_well_formed():
    """No comment breaks the table it stands in."""
    page = schema.markdown()

    assert all("|" not in field.comment for table in schema.TABLES for field in table.fields)
    assert page.endswith("|\n")
    assert not page.endswith("\n\n")


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_every_number_has_a_unit(table):
    """1 where it has none; counts, texts and flags need none."""
    for field in table.fields:
        assert bool(field.unit) is (field.type in {"DOUBLE", "FLOAT[]"}), field.name


def test_a_table_is_found_by_its_name():
    """As people write it."""
    assert schema.table("pairs") is schema.PAIRS
