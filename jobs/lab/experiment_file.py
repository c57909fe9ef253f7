"""Cells as rows of texts: of a CSV file with the line of each, or as Python has them."""

from __future__ import annotations

import csv
import io
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.errors import ExperimentError
from jobs.lab.experiment_row import INPUTS
from screening.text.counts import counted
from screening.text.documents import plain_text
from stability.tables.csv_text import separator_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Rows = Path | Iterable[Mapping[str, object]]

LARGEST = 20_000_000
"""Bytes of a CSV file of experiments: a hundred thousand cells need less."""
MOST_FAULTS = 20
"""Faults that a message names; it counts the rest."""


def row_of_texts(row: Mapping[str, object]) -> dict[str, str]:
    """Return a row as people would have written it: None and nan are empty.

    Parameters
    ----------
    row : mapping of str to object
        Values by field.

    Examples
    --------
    >>> row_of_texts({"sse": "LPSCl", "rate_c": 0.05, "carbon": None})
    {'sse': 'LPSCl', 'rate_c': '0.05', 'carbon': ''}
    """
    return {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)


def row_name(source: Rows, number: int) -> str:
    """Return what a row without an id is called.

    Parameters
    ----------
    source : Path or iterable of mapping
        What :func:`experiment_rows` was asked for.
    number : int
        The number that it gave.
    """
    return f"{'line' if isinstance(source, Path) else 'row'} {number}"


def experiment_rows(source: Rows) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield number and texts of each row, or what is wrong with it.

    Parameters
    ----------
    source : Path or iterable of mapping
        A CSV file, whose lines are counted; or rows by field, counted from 1.

    Raises
    ------
    ExperimentError
        If there are no rows, or a file has an impossible header.
    """
    if isinstance(source, Path):
        yield from _lines(source)
        return
    number = 0
    for number, row in enumerate(source, start=1):  # How many there were is asked below.
        yield number, row_of_texts(row)
    if not number:
        raise ExperimentError("no cells are given; describe at least one, field by field")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield line and texts of each row of a CSV file.

    Raises
    ------
    ExperimentError
        If the file has no rows, or an impossible header.
    """
    text = plain_text(path, "experiments", most=LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    count = 0
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if len(cells) != len(header):
                yield (
                    reader.line_num,
                    f"{counted(len(cells), 'cell')}, the header has {len(header)}; write as many",
                )
            else:
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise ExperimentError(
            f"experiments {path}, line {reader.line_num}: no CSV: {error}; check its quotes"
        ) from error
    if not count:
        raise ExperimentError(f"experiments {path}: no rows below the header; add some")


def template() -> str:
    """Return a CSV file to fill in: the header, and one cell as an example."""
    example = {
        "id": "A1", "date": "2026-03-31", "sse": "LPSCl", "cathode": "NMC811",
        "cathode_parts": "70", "sse_parts": "27", "carbon_parts": "3", "carbon": "C65",
        "mixing": "hand", "pressure_mpa": "375", "voltage_low_v": "2.08", "voltage_high_v": "3.68",
        "voltage_reference": "Li-In", "rate_c": "C/20", "temperature_k": "298.15",
        "first_charge_mah_per_g": "215", "first_discharge_mah_per_g": "165",
        "source": "notebook 7, page 3", "coating": "LiNbO3", "anode": "Li-In",
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, INPUTS, lineterminator="\n")
    writer.writeheader()
    writer.writerow(example)
    return text.getvalue()


def _check_header(path: Path, header: Sequence[str]) -> None:
    """Refuse a header that cannot be read.

    Raises
    ------
    ExperimentError
        If a column is unknown, missing or stands twice.
    """
    place = f"experiments {path}, line 1"
    if fault := separator_fault(header):
        raise ExperimentError(f"{place}: {fault}")
    if unknown := [name for name in header if name not in INPUTS]:
        raise ExperimentError(
            f"{place}: no column {', '.join(map(repr, unknown[:5]))}; known: {', '.join(INPUTS)}"
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise ExperimentError(f"{place}: the column {twice[0]} stands twice; keep one")


def fault_summary(source: Rows, faults: Sequence[str]) -> str:
    """Return what is wrong with rows, the first ones by number.

    Parameters
    ----------
    source : Path or iterable of mapping
        Where they come from.
    faults : sequence of str
        One line for each.
    """
    shown = "\n".join(faults[:MOST_FAULTS])
    rest = len(faults) - MOST_FAULTS
    more = f"\n... and {rest} more" if rest > 0 else ""
    where = f" {source}" if isinstance(source, Path) else ""
    way_out = ", or use --skip-bad-rows" if where else ""
    return (
        f"experiments{where}: {counted(len(faults), 'fault')}, so nothing was kept; "
        f"correct {'it' if len(faults) == 1 else 'them'}{way_out}\n"
        f"{shown}{more}"
    )
