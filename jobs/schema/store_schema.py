"""The tables and views that people query, each column with its meaning and unit.

The one source of ``results.duckdb`` and of docs/schema.md.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jobs.schema.current_batch import CURRENT
from jobs.schema.lab_tables import LAB_TABLES
from jobs.schema.table import Field, Table
from screening.results.column import UNITS
from screening.results.columns import BY_NAME, PAIR_COLUMNS, REDRAWN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

VERSION = 1
"""Version of the schema; a store of another one is refused."""

_BATCH = Field("batch_id", "VARCHAR", "batch it belongs to")
_VOLT, _PER_ATOM, _PER_NON_LI = UNITS["v"], UNITS["ev_per_atom"], UNITS["ev_per_non_li_atom"]
_PHASES = (
    Field("phase_table", "VARCHAR", "phase table with its content hash"),
    Field("policy", "VARCHAR", "which phases may compete: known or all"),
)

BATCHES = Table(
    "batches",
    "One screening batch.",
    (
        Field("batch_id", "VARCHAR", "hash of the batch, its phase table and the program"),
        Field("name", "VARCHAR", "what people call it"),
        Field("spec", "VARCHAR", "the batch file as JSON, defaults filled in"),
        *_PHASES,
        Field("calibration", "VARCHAR", "calibration behind its predictions"),
        Field("version", "VARCHAR", "program that computed it, with a hash of code and data"),
        Field("pairs_total", "BIGINT", "pairs asked for"),
        Field("pairs_done", "BIGINT", "pairs with a row here; fewer while the batch is computed"),
        Field("pairs_failed", "BIGINT", "pairs without an answer; their rows say why"),
        Field("run_at", "TIMESTAMP", "when it was last run (UTC)"),
    ),
    ("batch_id",),
)
COMPOSITES = Table(
    "composites",
    "One cathode of a batch in one recipe, as settled when the batch was submitted.",
    (
        _BATCH,
        Field("cathode", "VARCHAR", "cathode as assembled, by formula"),
        Field("recipe", "VARCHAR", "composite recipe"),
        Field("voltage_low_v", "DOUBLE", "lower end of the window", _VOLT),
        Field("voltage_high_v", "DOUBLE", "upper end of the window", _VOLT),
        Field("voltage_source", "VARCHAR", "source of the window"),
        Field("cathode_mass_fraction", "DOUBLE", "cathode, its coating included, by mass", "1"),
        Field("sse_mass_fraction", "DOUBLE", "solid electrolyte, by mass", "1"),
        Field("carbon_mass_fraction", "DOUBLE", "added carbon, by mass", "1"),
        Field("carbon", "VARCHAR", "kind of carbon; null without"),
        Field("mixing", "VARCHAR", "hand or milled"),
        Field("pressure_mpa", "DOUBLE", "uniaxial fabrication pressure", "MPa"),
        Field("recipe_source", "VARCHAR", "who made or assumed the recipe"),
        Field("own_materials", "VARCHAR", "cathode, carbon and coating of one's own, as JSON"),
        Field("coating", "VARCHAR", "coating of the cathode, by formula; null without"),
        Field("coating_thickness_nm", "DOUBLE", "thickness of the coating", "nm"),
        Field("coating_coverage_percent", "DOUBLE", "share of the cathode under it", "%"),
        Field("separator", "VARCHAR", "SSE between composite and anode; null if not stated"),
        Field("anode", "VARCHAR", "anode; null if not stated"),
        Field("rate_c", "DOUBLE", "rate at which capacities are predicted", "C"),
        Field("areal_capacity_mah_per_cm2", "DOUBLE", "loading at which they are", "mAh/cm2"),
    ),
    ("batch_id", "cathode", "recipe"),
)
CANDIDATES = Table(
    "candidates",
    "One compound that gates were asked about when a batch was submitted.",
    (
        _BATCH,
        Field("formula", "VARCHAR", "the compound"),
        Field(
            "passed", "BOOLEAN", "whether it has pairs: all gates let it through, or it was named"
        ),
        Field("gate", "VARCHAR", "first gate that refused it; null if none did"),
        Field("value", "DOUBLE", "what that gate compared; a band gap in eV", "eV or 1"),
        Field("threshold", "DOUBLE", "with which limit", "eV or 1"),
        Field("reason", "VARCHAR", "why it was refused"),
    ),
    ("batch_id", "formula"),
)
STANDING = (
    Field(
        "best_in_cathode_probability",
        "DOUBLE",
        "probability that it is the best pair of its cathode in this batch; null for those far "
        "down in a large one",
        "1",
    ),
    Field(
        "top_3_in_cathode_probability",
        "DOUBLE",
        "probability that it is among the best three of its cathode; null likewise",
        "1",
    ),
)
"""What a pair is worth among all pairs of its batch, computed when the results are published."""
PAIRS = Table(
    "pairs",
    "One SSE in one cathode composite.",
    (
        _BATCH,
        Field("status", "VARCHAR", "ok; failed, or unanswered so far, with the reason in `reason`"),
        *(Field(one.name, one.type, one.description, one.unit) for one in PAIR_COLUMNS),
        *STANDING,
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
            "energy_above_hull_ev_per_atom",
            "DOUBLE",
            "its entry above the hull; null without one",
            _PER_ATOM,
        ),
        Field("reduction_limit_v", "DOUBLE", "highest voltage with Li uptake; 0 for none", _VOLT),
        Field("oxidation_limit_v", "DOUBLE", "lowest voltage with Li loss; null for none", _VOLT),
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
        Field("voltage_low_v", "DOUBLE", "lower end", _VOLT),
        Field("voltage_high_v", "DOUBLE", "upper end; null for the last", _VOLT),
        Field("li_change", "DOUBLE", "Li taken up (> 0) or given off (< 0) per formula unit", "1"),
        Field("capacity_mah_per_g", "DOUBLE", "charge that this passes, per gram of SSE", "mAh/g"),
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
            "voltage_v",
            "DOUBLE",
            "voltage, open to Li; -1 for the chemical reaction on contact",
            _VOLT,
        ),
        Field("kink", "BIGINT", "number, from the pure cathode (0) to the pure SSE"),
        Field("sse_fraction", "DOUBLE", "fraction of all atoms that belong to the SSE", "1"),
        Field(
            "energy_ev_per_atom", "DOUBLE", "chemical reaction energy; null at a voltage", _PER_ATOM
        ),
        Field(
            "total_ev_per_non_li_atom", "DOUBLE", "against the reactants as they are", _PER_NON_LI
        ),
        Field("mutual_ev_per_non_li_atom", "DOUBLE", "against decomposed reactants", _PER_NON_LI),
        Field(
            "products", "VARCHAR", "what forms, per atom (chemical) or non-Li atom (at a voltage)"
        ),
    ),
    ("batch_id", "sse", "cathode_state", "voltage_v", "kink"),
)
REDRAWS = Table(
    "redraws",
    "One SSE in contact with one cathode under redrawn phase energies: an entry for each draw.",
    (
        _BATCH,
        *(PAIRS.field(name) for name in ("sse", "cathode")),
        *(
            Field(name, "FLOAT[]", f"draws of {name}", BY_NAME[name].unit)
            for name in REDRAWN.values()
        ),
    ),
    ("batch_id", "sse", "cathode"),
)
_PLACES = (
    Field("rank", "BIGINT", "place in the batch, from 1"),
    Field("rank_in_cathode", "BIGINT", "place among the pairs of the same cathode"),
)


def _ranked(name: str, comment: str, where: str = "") -> Table:
    """Return a view of pairs with their places, found on few columns and joined to the others."""
    query = f"""
        SELECT place.rank, place.rank_in_cathode, pairs.*
        FROM (
            SELECT rowid AS row,
                   rank() OVER (PARTITION BY batch_id ORDER BY score_0_to_1 DESC) AS rank,
                   rank() OVER (PARTITION BY batch_id, cathode ORDER BY score_0_to_1 DESC)
                       AS rank_in_cathode
            FROM pairs WHERE status = 'ok' {where}
        ) AS place JOIN pairs ON pairs.rowid = place.row
    """
    return Table(
        name, comment, (*_PLACES, *PAIRS.fields), ("batch_id", "rank", *PAIRS.key[1:]), query
    )


RANKED_PAIRS = _ranked(
    "ranked_pairs",
    "Pairs of the current batch that have an answer, with their places.",
    f"""AND batch_id = coalesce(
            getvariable('{CURRENT}'),
            (SELECT batch_id FROM batches ORDER BY run_at DESC, batch_id LIMIT 1)
        )""",
)
ALL_RANKED_PAIRS = _ranked(
    "all_ranked_pairs", "The same of all batches; places are those in the batch of the pair."
)

_OF_MATERIAL = ("reduction_limit", "oxidation_limit", "sse_energy", "ionic_cond", "true_density")
_MATERIAL = [field for field in PAIRS.fields if field.name.startswith(_OF_MATERIAL)]
MATERIALS = Table(
    "materials",
    "One SSE of a batch with what is known of the material itself, whatever the cathode.",
    (_BATCH, PAIRS.field("sse"), *_MATERIAL),
    ("batch_id", "sse"),
    f"""
        SELECT batch_id, sse, {", ".join(f"any_value({f.name}) AS {f.name}" for f in _MATERIAL)}
        FROM pairs WHERE status = 'ok' GROUP BY batch_id, sse
    """,
)

RESULTS = (
    BATCHES, COMPOSITES, CANDIDATES, PAIRS, WINDOWS, STEPS, KINKS, REDRAWS, RANKED_PAIRS,
    ALL_RANKED_PAIRS, MATERIALS,
)  # fmt: skip
"""What batches fill, in order of creation."""
TABLES = (*RESULTS, *LAB_TABLES)
"""Everything that people query."""

CHUNKS = Table(
    "chunks",
    "One chunk of a batch whose rows are all here: written in the same transaction as they are.",
    (
        _BATCH,
        Field("chunk", "BIGINT", "number, from 0"),
        Field("n_rows", "BIGINT", "its pairs"),
        Field("digest", "VARCHAR", "digest of its rows"),
        Field("code_version", "VARCHAR", "version of catholyte that computed it"),
        Field("committed_at", "TIMESTAMP", "when it was written (UTC)"),
    ),
    ("batch_id", "chunk"),
    private=True,
)
WORKING_TABLES = (*RESULTS, CHUNKS)
"""Everything in the working file of the driver."""


def statements(tables: Sequence[Table] = WORKING_TABLES) -> list[str]:
    """Return the SQL that makes an empty store.

    Parameters
    ----------
    tables : sequence of Table, optional
        What it holds.
    """
    sql = ["CREATE TABLE schema_version (version BIGINT NOT NULL)"]
    sql.append(f"INSERT INTO schema_version VALUES ({VERSION})")
    return sql + [_create(table) for table in tables]


def comments(tables: Sequence[Table]) -> list[str]:
    """Return the SQL that says in a store what its tables and columns mean.

    Parameters
    ----------
    tables : sequence of Table
        Which.
    """
    sql = []
    for table in tables:
        kind = "VIEW" if table.query else "TABLE"
        sql.append(f"COMMENT ON {kind} {table.name} IS {_text(table.comment)}")
        sql += [
            f"COMMENT ON COLUMN {table.name}.{field.name} IS {_text(field.comment)}"
            for field in table.fields
        ]
    return sql


def missing(names: Collection[str]) -> list[str]:
    """Return the SQL that makes the working tables which a store of an older program lacks.

    Parameters
    ----------
    names : collection of str
        Tables and views that it has.
    """
    return [_create(one) for one in WORKING_TABLES if one.name not in names]


def table(name: str) -> Table:
    """Return one of the tables that people query."""
    return next(one for one in TABLES if one.name == name)


def plain_json(batch: Mapping[str, object]) -> str:
    """Return a batch file's content as the table of batches keeps it."""
    return json.dumps(batch, ensure_ascii=False)


def _create(table: Table) -> str:
    if table.query:
        return f"CREATE VIEW {table.name} AS {table.query}"
    fields = ", ".join(f"{field.name} {field.type}" for field in table.fields)
    return f"CREATE TABLE {table.name} ({fields}, PRIMARY KEY ({', '.join(table.key)}))"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def markdown() -> str:
    """Return docs/schema.md: every table, every column once, and how to open the file."""
    parts = [_PREFACE]
    for place, table in enumerate(TABLES):
        kind = "View" if table.query else "Table"
        parts.append(f"## {table.name}\n\n{kind}. {table.comment}")
        if table.key:
            parts[-1] += f" Key: {', '.join(f'`{name}`' for name in table.key)}."
        own = table.fields
        within = [one for one in TABLES[:place] if set(one.fields) <= set(own)]
        if within:
            widest = max(within, key=lambda one: len(one.fields))
            own = tuple(field for field in own if field not in widest.fields)
            parts[-1] += f" All columns of `{widest.name}`" + (", and:" if own else ".")
        rows = [_row(one, own) for one in own if one != _BATCH and not _TOLD.match(one.comment)]
        head = ["| column | type | unit | what it holds |", "|---|---|---|---|"]
        if rows:
            parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


_TOLD = re.compile(r"9?5 % of |how \w+ came about: |source of \w+$")
"""Comments of ends, kind and source of a value, whose row stands for theirs."""


def _row(field: Field, fields: Sequence[Field]) -> str:
    interval = any(one.comment == f"5 % of {field.name}" for one in fields)
    kinds = [one.name.removesuffix("kind") for one in fields if " came about: " in one.comment]
    kind = field.type + ", 90 %" * interval + ", sourced" * field.name.startswith(tuple(kinds))
    return f"| `{field.name}` | {kind} | {field.unit} | {field.comment} |"


_PREFACE = f"""# What a store holds

`python -m jobs.schema.store_schema` prints this page from the program's own schema (version
{VERSION}); the same comments stand on the columns in the database: `FROM duckdb_columns()`.

The results are in `results.duckdb` of the store folder (`catholyte-store` by default). The file is
replaced as a whole when a batch is done, and now and then before; `pairs_done` in `batches` says
how much of a batch it holds. Open it read-only, with DuckDB 1.5 or newer:

```python
import duckdb

results = duckdb.connect("catholyte-store/results.duckdb", read_only=True)
results.sql("SELECT sse, cathode, score_0_to_1, reason FROM ranked_pairs ORDER BY rank LIMIT 10")
```

On the command line, `catholyte query "SELECT ..."` does the same without being able to change or
read anything else, and `duckdb -readonly catholyte-store/results.duckdb` opens DuckDB's own shell.

`ranked_pairs` holds the current batch: the one run last, or the one of `--batch`; in DuckDB,
`SET VARIABLE {CURRENT} = 'ID'` chooses it. All other tables and views hold all batches.

Units are in the names too; `_mah_per_g` is per gram of the cathode as assembled for the first
cycle, of the SSE for its own redox. Not listed are the first column of a table of batches,
`batch_id`; where the type says 90 %, the ends of the interval, with `_low` and `_high` before the
unit; where it says sourced, how the value came about (measured, fitted, predicted ...) and from
where, with `_kind` and `_source` in place of the unit. Words: [conventions.md](conventions.md)."""


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201  # The page itself.
