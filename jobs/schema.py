"""The tables and views that people query, each column with its meaning and unit.

The one source of ``results.duckdb`` and of docs/schema.md.
"""

from __future__ import annotations

from typing import NamedTuple

from screening.record import PAIR_COLUMNS

VERSION = 2
"""Version of the schema; a store of another version is refused."""


class Field(NamedTuple):
    """A column of a table or view."""

    name: str
    """Name, with the unit."""
    type: str
    """SQL type."""
    comment: str
    """What it holds."""


class Table(NamedTuple):
    """A table, or a view if it has a query."""

    name: str
    """Name."""
    comment: str
    """What one row is."""
    fields: tuple[Field, ...]
    """Columns in order."""
    key: tuple[str, ...] = ()
    """Primary key: the same row computed again changes nothing."""
    query: str = ""
    """What a view selects."""


_BATCH = Field("batch_id", "VARCHAR", "batch it belongs to")
_PHASES = (
    Field("phase_table", "VARCHAR", "phase table with its content hash"),
    Field("policy", "VARCHAR", "which phases may compete: known or all"),
)

BATCHES = Table(
    "batches",
    "One screening batch.",
    (
        Field(
            "batch_id",
            "VARCHAR",
            "content hash of the batch, its phase table and the version of the code",
        ),
        Field("name", "VARCHAR", "what people call it"),
        Field("spec", "VARCHAR", "the batch file as JSON, defaults filled in"),
        *_PHASES,
        Field(
            "version",
            "VARCHAR",
            "version of catholyte that computed it, with a hash of its code and data",
        ),
        Field("pairs_total", "BIGINT", "pairs asked for"),
        Field("pairs_failed", "BIGINT", "pairs without an answer; their rows say why"),
        Field("run_at", "TIMESTAMP", "when it was last run (UTC)"),
    ),
    ("batch_id",),
)
PAIRS = Table(
    "pairs",
    "One SSE in one cathode composite.",
    (
        _BATCH,
        Field("status", "VARCHAR", "ok, or failed with the reason in `reason`"),
        *(Field(column.name, column.type, column.description) for column in PAIR_COLUMNS),
        Field(
            "best_in_cathode_probability",
            "DOUBLE",
            "probability that it is the best pair of its cathode in this batch",
        ),
    ),
    ("batch_id", "sse", "cathode", "recipe"),
)
WINDOWS = Table(
    "windows",
    "The stability window of one SSE.",
    (
        _BATCH,
        Field("sse", "VARCHAR", "solid electrolyte, by formula"),
        Field("energy_source", "VARCHAR", "where its energy comes from: entry, hull or user"),
        Field(
            "energy_above_hull_ev_per_atom", "DOUBLE", "its entry above the hull; null without one"
        ),
        Field("reduction_limit_v", "DOUBLE", "highest voltage with Li uptake; 0 for none"),
        Field("oxidation_limit_v", "DOUBLE", "lowest voltage with Li loss; null for none"),
    ),
    ("batch_id", "sse"),
)
STEPS = Table(
    "steps",
    "One step of an SSE's redox staircase.",
    (
        _BATCH,
        Field("sse", "VARCHAR", "solid electrolyte, by formula"),
        Field("step", "BIGINT", "number, from 0 V upwards"),
        Field("voltage_low_v", "DOUBLE", "lower end"),
        Field("voltage_high_v", "DOUBLE", "upper end; null for the last"),
        Field("li_change", "DOUBLE", "Li taken up (> 0) or given off (< 0) per formula unit"),
        Field("capacity_mah_per_g", "DOUBLE", "charge that this passes, per gram of SSE"),
        Field("products", "VARCHAR", "what the SSE has become, per formula unit"),
    ),
    ("batch_id", "sse", "step"),
)
KINKS = Table(
    "kinks",
    "One kink of the reaction of an SSE with one state of a cathode.",
    (
        _BATCH,
        Field("sse", "VARCHAR", "solid electrolyte, by formula"),
        Field("cathode_state", "VARCHAR", "cathode in this state, by formula"),
        Field(
            "voltage_v", "DOUBLE", "voltage, open to Li; -1 for the chemical reaction on contact"
        ),
        Field("kink", "BIGINT", "number, from the pure cathode (0) to the pure SSE"),
        Field("sse_fraction", "DOUBLE", "fraction of all atoms that belong to the SSE"),
        Field("energy_ev_per_atom", "DOUBLE", "chemical reaction energy; null at a voltage"),
        Field("total_ev_per_non_li_atom", "DOUBLE", "against the reactants as they are"),
        Field("mutual_ev_per_non_li_atom", "DOUBLE", "against decomposed reactants"),
        Field(
            "products", "VARCHAR", "what forms, per atom (chemical) or non-Li atom (at a voltage)"
        ),
    ),
    ("batch_id", "sse", "cathode_state", "voltage_v", "kink"),
)
RANKED_PAIRS = Table(
    "ranked_pairs",
    "Pairs that have an answer, with their places; the same columns as pairs.",
    (
        Field("rank", "BIGINT", "place in the batch, from 1"),
        Field("rank_in_cathode", "BIGINT", "place among the pairs of the same cathode"),
        *PAIRS.fields,
    ),
    query="""
        SELECT rank() OVER (PARTITION BY batch_id ORDER BY score_0_to_1 DESC) AS rank,
               rank() OVER (PARTITION BY batch_id, cathode ORDER BY score_0_to_1 DESC)
                   AS rank_in_cathode,
               *
        FROM pairs WHERE status = 'ok'
    """,
)

TABLES = (BATCHES, PAIRS, WINDOWS, STEPS, KINKS, RANKED_PAIRS)
"""Everything in a store, in order of creation."""


def statements() -> list[str]:
    """Return the SQL that makes an empty store."""
    sql = ["CREATE TABLE schema_version (version BIGINT NOT NULL)"]
    sql.append(f"INSERT INTO schema_version VALUES ({VERSION})")
    for table in TABLES:
        sql.append(_create(table))
        kind = "VIEW" if table.query else "TABLE"
        sql.append(f"COMMENT ON {kind} {table.name} IS {_text(table.comment)}")
        sql += [
            f"COMMENT ON COLUMN {table.name}.{field.name} IS {_text(field.comment)}"
            for field in table.fields
        ]
    return sql


def _create(table: Table) -> str:
    if table.query:
        return f"CREATE VIEW {table.name} AS {table.query}"
    fields = ", ".join(f"{field.name} {field.type}" for field in table.fields)
    return f"CREATE TABLE {table.name} ({fields}, PRIMARY KEY ({', '.join(table.key)}))"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def markdown() -> str:
    """Return docs/schema.md: every table, every column, and how to open the file."""
    parts = [_PREFACE]
    for table in TABLES:
        kind = "View" if table.query else "Table"
        parts.append(f"## {table.name}\n\n{kind}. {table.comment}")
        if table.key:
            parts[-1] += f" Key: {', '.join(f'`{name}`' for name in table.key)}."
        lines = [f"| `{field.name}` | {field.type} | {field.comment} |" for field in table.fields]
        parts.append("\n".join(["| column | type | what it holds |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


_PREFACE = f"""# What a store holds

`python -m jobs.schema` prints this page from the program's own schema (version {VERSION}); the same
comments stand on the columns in the database: `FROM duckdb_columns()`.

The results are in `results.duckdb` of the store folder (`catholyte-store` by default). The file is
replaced as a whole when a batch is done; open it read-only, with DuckDB 1.5 or newer:

```python
import duckdb

results = duckdb.connect("catholyte-store/results.duckdb", read_only=True)
results.sql("SELECT sse, cathode, score_0_to_1, reason FROM ranked_pairs WHERE rank <= 10")
```

On the command line, `catholyte query "SELECT ..."` does the same without being able to change or
read anything else, and `duckdb -readonly catholyte-store/results.duckdb` opens DuckDB's own shell.

Units are in the names: `_v` volts against Li/Li+, `_ev_per_atom` and `_ev_per_non_li_atom`,
`_mah_per_g` (of the cathode as assembled for the first cycle, of the SSE for its own redox),
`_percent`, `_s_per_cm`, `_m2_per_g`, `_g_per_cm3`. `_low` and `_high` are the ends of a 90 %
interval. Words and signs: [conventions.md](conventions.md)."""


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201  # The page itself.
