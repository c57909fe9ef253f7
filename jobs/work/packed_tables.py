"""Tables as bytes: what a worker sends, what a digest is taken of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = b"table"


def packed(tables: Mapping[str, pa.Table]) -> bytes:
    """Return tables as one Arrow stream after the other.

    Parameters
    ----------
    tables : mapping of str to Table
        By name.

    Examples
    --------
    >>> unpacked(packed({"pairs": pa.table({"score": [0.5]})}))["pairs"]["score"][0].as_py()
    0.5
    """
    sink = pa.BufferOutputStream()
    for name, table in tables.items():
        whole = table.combine_chunks().replace_schema_metadata({_NAME: name.encode()})
        with pa.ipc.new_stream(sink, whole.schema) as stream:
            stream.write_table(whole)
    return bytes(sink.getvalue().to_pybytes())


def unpacked(parcel: bytes) -> dict[str, pa.Table]:
    """Return the tables of :func:`packed`."""
    source = pa.BufferReader(parcel)
    tables = {}
    while source.tell() < source.size():
        with pa.ipc.open_stream(source) as stream:
            table = stream.read_all()
        tables[table.schema.metadata[_NAME].decode()] = table.replace_schema_metadata()
    return tables


def joined(parcels: Iterable[bytes]) -> dict[str, pa.Table]:
    """Return the tables of several parcels, each below that of the parcel before."""
    parts = [unpacked(parcel) for parcel in parcels]
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}


def digest(parcel: bytes) -> str:
    """Return what two equal parcels, and no others, have in common."""
    return hashlib.blake2b(parcel, digest_size=16).hexdigest()
