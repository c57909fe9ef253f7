"""Options that several commands share, with their help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from stability.quantities import SCALES, written

DEFAULT_STORE = Path("catholyte-store")
"""Folder that keeps results when no other is named."""


def amount(scale: str, text: str, metavar: str, *names: str) -> Any:
    """Return an option for a number: read, and held to the limits of its quantity, in one place.

    Parameters
    ----------
    scale : str
        Name of its quantity in :data:`stability.quantities.SCALES`.
    text : str
        Its help.
    metavar : str
        How the help calls the number.
    *names : str
        Its names; that of the parameter without.
    """

    def within_limits(param: typer.CallbackParam, value: Any) -> Any:
        # Here and not in a parser, whose refusal would be told without the name of the option.
        if isinstance(value, list | tuple):
            return type(value)(within_limits(param, one) for one in value)
        if value is None:
            return None
        found = written(value, scale, called=max(param.opts, key=len))
        return int(found) if SCALES[scale].whole else found

    return typer.Option(*names, help=text, metavar=metavar, parser=str, callback=within_limits)


class EnergiesName(StrEnum):
    """Which energies of a phase table are used."""

    CORRECTED = "corrected"
    DFT = "dft"


class PolicyName(StrEnum):
    """Which phases may compete."""

    KNOWN = "known"
    ALL = "all"


def _picture_file(path: Path | None) -> Path | None:
    """Return the file of a picture; another ending is refused before anything is computed."""
    if path:
        from jobs.figures.style import checked_ending

        checked_ending(path)
    return path


Table = Annotated[
    str,
    typer.Option(
        help="Phase table: reference, a snapshot, or a .csv or .parquet file.", metavar="NAME"
    ),
]
EnergiesOption = Annotated[
    EnergiesName | None,
    typer.Option(
        "--energies",
        help="Energies of the table: corrected towards measured enthalpies, or as DFT gave them; "
        "by default corrected, where a correction fits.",
    ),
]
PolicyOption = Annotated[
    PolicyName, typer.Option(help="Competing phases: those experiment knows, or all.")
]
Store = Annotated[Path, typer.Option(help="Folder that keeps results.", envvar="CATHOLYTE_STORE")]
BatchChoice = Annotated[
    str | None,
    typer.Option(
        "--batch",
        help="Batch: id, name, or unique beginning of one; the one run last without.",
        metavar="BATCH",
    ),
]
CalibrationChoice = Annotated[
    str | None,
    typer.Option(
        "--calibration",
        help="Predict with this one, or `shipped`; the current one of the store without.",
        metavar="ID",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(help="Leave a phase out; may be repeated.", metavar="FORMULA[=REASON]"),
]
Temperature = Annotated[
    float, amount("temperature_k", "0, or 273.15 to 400 K for free energies.", "KELVIN")
]
Draws = Annotated[int, amount("draws", "Redraw all phase energies N times: intervals.", "N")]
Rate = Annotated[
    float | None,
    amount("rate_c", "Rate at which capacities are predicted: 0.05, or C/20.", "C", "--rate"),
]
VoltageReference = Annotated[
    str | None,
    typer.Option(
        "--voltage-reference",
        help="Anode that voltages are given against, as Li-In; lithium without.",
        metavar="ANODE",
    ),
]
ArealCapacity = Annotated[
    float | None,
    amount("areal_capacity_mah_per_cm2", "Loading at which they are.", "MAH_PER_CM2"),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        help="Write a picture: .svg, .png, .pdf or .html.", metavar="FILE", callback=_picture_file
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


def style(*, as_json: bool, as_csv: bool) -> str:
    """Return how rows are to be printed: json, csv or table."""
    return "json" if as_json else "csv" if as_csv else "table"
