import pyarrow as pa

from jobs.work.packed_tables import digest, joined, packed, unpacked

TABLES = {
    "pairs": pa.table({"sse": ["a", None], "score": [0.5, float("inf")]}),
    "steps": pa.table({"n": pa.array([], pa.int64())}),
    "draws": pa.table({"scores": pa.array([[0.1, 0.2]], pa.list_(pa.float64()))}),
}


def test_what_is_packed_is_unpacked():
    """Names, types, nulls, infinities and empty tables survive."""
    assert unpacked(packed(TABLES)) == TABLES


def test_parcels_are_joined_in_order():
    """Each below the one before, whatever the pieces were."""
    whole = packed(TABLES)
    half = {name: table.slice(0, len(table) // 2) for name, table in TABLES.items()}
    rest = {name: table.slice(len(table) // 2) for name, table in TABLES.items()}

    tables = joined([packed(half), packed(rest)])

    assert tables == TABLES
    assert digest(packed(tables)) == digest(whole)


def test_a_digest_tells_rows_apart():
    """One digit of one number is enough."""
    other = TABLES | {"pairs": pa.table({"sse": ["a", None], "score": [0.5000000000000001, 2.0]})}

    assert digest(packed(TABLES)) == digest(packed(dict(TABLES)))
    assert digest(packed(TABLES)) != digest(packed(other))
