"""Rows as Arrow columns, with the types of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jobs.schema.table import Table

_TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "FLOAT[]": pa.list_(pa.float32()),
}


def arrow_table(table: Table, records: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as columns.

    Parameters
    ----------
    table : Table
        Which table they belong to.
    records : sequence of mapping
        Rows; every column of the table must be there.
    """
    names = [field.name for field in table.fields]
    return arrow_columns(table, {name: [record[name] for record in records] for name in names})


def arrow_columns(table: Table, columns: Mapping[str, Iterable[object]]) -> pa.Table:
    """Return columns as Arrow takes them; what is no finite number in an array is null.

    Parameters
    ----------
    table : Table
        Which table they belong to.
    columns : mapping of str to array or sequence
        Values by name; every column of the table must be there.
    """
    return pa.table(
        {field.name: _array(columns[field.name], _TYPES[field.type]) for field in table.fields}
    )


def _array(values: Iterable[object], kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return pa.array(values, kind, mask=~np.isfinite(values))
    return pa.array(values, kind)
