"""A CSV file of experiments: its header, and its rows with the line on which each stands."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from jobs.errors import ExperimentError
from jobs.lab.experiment_row import INPUTS
from screening.text.documents import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST = 20_000_000
"""Bytes of a CSV file of experiments: a hundred thousand cells need less."""
MOST_FAULTS = 20
"""Faults that a message names; it counts the rest."""


def experiment_rows(path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield line and texts of each row of a CSV file, or what is wrong with it.

    Parameters
    ----------
    path : Path
        The file.

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
                    f"{len(cells)} cells, the header has {len(header)}; write as many",
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
    if len(header) == 1 and ";" in header[0]:
        raise ExperimentError(f"{place}: semicolons; separate columns with commas")
    if unknown := [name for name in header if name not in INPUTS]:
        raise ExperimentError(
            f"{place}: no column {', '.join(map(repr, unknown[:5]))}; known: {', '.join(INPUTS)}"
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise ExperimentError(f"{place}: the column {twice[0]} stands twice; keep one")


def fault_summary(path: Path, faults: Sequence[str]) -> str:
    """Return what is wrong with a file, the first rows by line.

    Parameters
    ----------
    path : Path
        The file.
    faults : sequence of str
        One line for each.
    """
    shown = "\n".join(faults[:MOST_FAULTS])
    rest = len(faults) - MOST_FAULTS
    more = f"\n... and {rest} more" if rest > 0 else ""
    return (
        f"experiments {path}: {len(faults)} faults, so nothing was kept; correct them, or use "
        f"--skip-bad-rows\n{shown}{more}"
    )
