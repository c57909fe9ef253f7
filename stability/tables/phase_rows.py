"""Rows of a phase table, as they are typed, as text, and in CSV and Parquet files."""

from __future__ import annotations

import csv
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from stability.errors import TableError
from stability.quantities import written
from stability.tables.csv_text import separator_fault, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

COLUMNS = (
    "formula",
    "formation_energy_ev_per_atom",
    "known",
    "reason",
    "source",
    "band_gap_ev",
    "density_g_per_cm3",
    "volume_a3_per_atom",
    "licence",
)
"""Columns of a phase table wherever it is written down; only the first two are needed."""
MOST_FAULTS_SHOWN = 5
"""Faulty rows that an error names."""
CURATED = "curated list"
"""Where it comes from what is known, if the rows do not say."""
_MISSING = {"nan", "<NA>", "None"}
_TRUTH = {"true": True, "false": False, "": None}


class Phase(NamedTuple):
    """One row of a phase table."""

    formula: str
    """Formula as the table writes it."""
    energy: float
    """Formation energy against the elements. [eV/atom]"""
    known: bool | None = None
    """Whether it may compete as a real phase; None where the table does not say."""
    reason: str = ""
    """Why not, where it may not."""
    source: str = ""
    """Where the energy comes from."""
    band_gap: float = nan
    """Band gap; nan where the table does not say, here and below. [eV]"""
    density: float = nan
    """True density. [g/cm3]"""
    volume: float = nan
    """Volume of an atom. [Angstrom^3]"""
    licence: str = ""
    """Terms under which the row may be used, such as BY-C; empty where the table does not say."""


def known_from(given: str, unflagged: int, *, of: int) -> str:
    """Return where it comes from which phases of a table are known.

    Parameters
    ----------
    given : str
        Where the flags of its rows come from.
    unflagged : int
        Rows without a flag, which the curated list judges.
    of : int
        Rows in all.

    Examples
    --------
    >>> known_from("table", 2, of=2770)
    'table; curated list for 2 rows'
    >>> known_from("table", 3, of=3)
    'curated list'
    """
    if not unflagged:
        return given
    rows = "row" if unflagged == 1 else "rows"
    return CURATED if unflagged == of else f"{given}; {CURATED} for {unflagged} {rows}"


def phases_of_rows(
    rows: Sequence[Mapping[str, object]], *, name: str, energy: str = "energy_ev_per_atom"
) -> list[Phase]:
    """Return typed phases from rows of text or values.

    Parameters
    ----------
    rows : sequence of mappings
        Values by column; see ``COLUMNS``.
    name : str
        What an error calls the table.
    energy : str, optional
        Quantity of the energies, in :data:`stability.quantities.SCALES`.

    Raises
    ------
    TableError
        If a column is missing or a value is no number; the first few faulty rows are named.
    """
    missing = [column for column in COLUMNS[:2] if not rows or column not in rows[0]]
    if missing:
        found = ", ".join(map(shown, rows[0])) if rows else "no rows"
        raise TableError(
            f"phase table {name}: no rows with column {' and '.join(missing)}; a table needs "
            f"formula and formation_energy_ev_per_atom, and of these and others it has {found}"
        )
    phases: list[Phase] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            phases.append(_phase(row, energy))
        except (ValueError, KeyError) as error:
            faults.append(f"row {number} ({shown(row['formula'])}): {error}")
    if faults:
        raise TableError(f"phase table {name}: {'; '.join(faults[:MOST_FAULTS_SHOWN])}")
    return phases


def phases_of_columns(columns: Any, *, name: str) -> list[Phase]:
    """Return typed phases from columns.

    Parameters
    ----------
    columns : mapping, pandas.DataFrame or pyarrow.Table
        Values by column; see ``COLUMNS``.
    name : str
        What an error calls the table.

    Raises
    ------
    TableError
        If a column is missing or a row is faulty.
    """
    there = getattr(columns, "column_names", None) or list(columns)
    if twice := [key for key in COLUMNS if list(there).count(key) > 1]:
        raise TableError(f"phase table {name}: column {twice[0]} stands twice; keep one")
    taken = {key: _values(columns[key]) for key in COLUMNS if key in there}
    rows = [dict(zip(taken, values, strict=True)) for values in zip(*taken.values(), strict=True)]
    return phases_of_rows(rows, name=name)


def _values(column: Any) -> list[Any]:
    """Return a column of pandas, Arrow or Python as a list; what is missing is None."""
    for method in ("to_pylist", "tolist"):
        if hasattr(column, method):
            column = getattr(column, method)()
    return [None if value is None or str(value) in _MISSING else value for value in column]


def _phase(row: Mapping[str, object], energy: str) -> Phase:
    """Return one typed phase.

    Raises
    ------
    ValueError
        If a value is no number, or a flag neither true nor false.
    """
    values = {column: _text(row.get(column)) for column in COLUMNS}
    if values["known"].lower() not in _TRUTH:
        raise ValueError(f"column known: {shown(values['known'])!r} is no true/false")
    return Phase(
        values["formula"],
        written(
            values["formation_energy_ev_per_atom"],
            energy,
            called="column formation_energy_ev_per_atom",
        ),
        _TRUTH[values["known"].lower()],
        values["reason"],
        values["source"],
        _number(values, "band_gap_ev"),
        _number(values, "density_g_per_cm3"),
        _number(values, "volume_a3_per_atom"),
        values["licence"],
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(values: Mapping[str, str], column: str) -> float:
    """Return the number in a column, nan where there is none."""
    text = values[column]
    return written(text, column, called=f"column {column}") if text else nan


def phases_of_file(path: Path) -> list[Phase]:
    """Return the rows of a CSV or Parquet file.

    Parameters
    ----------
    path : Path
        File ending in .csv or .parquet.

    Raises
    ------
    TableError
        If it cannot be read, or a row is faulty; the message names the file, row and column.
    """
    rows = READERS[path.suffix.lower()](path, COLUMNS)
    if rows and not set(COLUMNS[:2]) <= set(rows[0]):
        raise TableError(
            f"phase table {path.name}: write columns {COLUMNS[0]} and {COLUMNS[1]}; it has "
            f"{', '.join(map(shown, column_names(path)))}"
        )
    return phases_of_rows(rows, name=path.name)


def read_csv(path: Path, columns: Iterable[str]) -> list[dict[str, object]]:
    """Return the rows of a CSV file.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    columns : iterable of str
        Columns that matter; others are left out.

    Raises
    ------
    TableError
        If it is no such file.
    """
    wanted = set(columns)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            named = [name.strip() for name in next(reader, ())]
            if fault := separator_fault(named):
                raise TableError(f"phase table {path.name}: {fault}")
            if twice := sorted({name for name in wanted if named.count(name) > 1}):
                raise TableError(f"phase table {path.name}: column {twice[0]} stands twice")
            rows: list[dict[str, object]] = []
            for cells in filter(any, reader):
                if len(cells) != len(named):
                    raise TableError(
                        f"phase table {path.name}, line {reader.line_num}: cells: {len(cells)}, "
                        f"names: {len(named)}; write as many, and decimals with a point"
                    )
                pairs = zip(named, cells, strict=True)
                rows.append({key: cell for key, cell in pairs if key in wanted})
            return rows
    except UnicodeDecodeError as error:
        raise TableError(
            f"phase table {path.name}: no UTF-8 text ({error.reason}); save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise TableError(f"phase table {path.name}: no CSV: {error}; check its quotes") from error


def read_parquet(path: Path, columns: Iterable[str]) -> list[dict[str, object]]:
    """Return the rows of a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    columns : iterable of str
        Columns that matter; others are not read.

    Raises
    ------
    TableError
        If it is no such file.
    """
    import pyarrow as pa  # noqa: PLC0415  # Costs 0.1 s that CSV tables need not pay.
    from pyarrow import parquet  # noqa: PLC0415  # Costs 0.1 s that CSV tables need not pay.

    try:
        there = set(parquet.read_schema(path).names)
        wanted = [column for column in columns if column in there]
        rows: list[dict[str, object]] = parquet.read_table(path, columns=wanted).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"phase table {path.name}: not a readable Parquet file") from error
    return rows


def column_names(path: Path) -> list[str]:
    """Return the names of all columns of a CSV or Parquet file that a reader has accepted.

    Parameters
    ----------
    path : Path
        The file.
    """
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    from pyarrow import parquet  # noqa: PLC0415  # Costs 0.1 s that CSV tables need not pay.

    names: list[str] = parquet.read_schema(path).names
    return names


READERS: Mapping[str, Callable[[Path, Iterable[str]], list[dict[str, object]]]] = {
    ".csv": read_csv,
    ".parquet": read_parquet,
}
"""What reads each kind of file, by its ending."""
