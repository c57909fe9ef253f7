from datetime import datetime

import pyarrow as pa
import pytest

from jobs.schema.arrow import arrow_columns, arrow_table
from jobs.schema.table import Field, Table

THINGS = Table(
    "things",
    "One thing.",
    (
        Field("name", "VARCHAR", "its name"),
        Field("mass", "DOUBLE", "its mass"),
        Field("count", "BIGINT", "how many"),
        Field("good", "BOOLEAN", "whether"),
        Field("seen", "TIMESTAMP", "when"),
        Field("draws", "FLOAT[]", "draws of it"),
    ),
    ("name",),
)
ROW = {
    "name": "a",
    "mass": 1.5,
    "count": 2,
    "good": True,
    "seen": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001  # As the store keeps it: UTC, plain.
    "draws": [0.25, 0.5],
}


def test_rows_become_columns_and_come_back():
    """Each type of the store, and a row of nulls."""
    none = dict.fromkeys(ROW)

    assert arrow_table(THINGS, [ROW, none]).to_pylist() == [ROW, none]


def test_columns_have_the_types_of_the_store_even_when_empty():
    """A chunk without rows joins one with rows."""
    empty, full = arrow_table(THINGS, []), arrow_table(THINGS, [ROW])

    assert empty.schema == full.schema
    assert pa.concat_tables([empty, full]).num_rows == 1


def test_columns_and_rows_are_the_same():
    """One is the other turned over; columns that the table lacks are left out."""
    columns = {name: [value] for name, value in ROW.items()} | {"other": [1]}

    assert arrow_columns(THINGS, columns).equals(arrow_table(THINGS, [ROW]))


def test_a_missing_column_is_noticed():
    """A null is written as one, not left out."""
    with pytest.raises(KeyError, match="mass"):
        arrow_table(THINGS, [{name: value for name, value in ROW.items() if name != "mass"}])
