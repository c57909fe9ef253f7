"""How columns of pairs look on pages: headings with units, and which can be chosen."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from jobs.ranking.measured_values import CELLS, MEASURED
from screening.results.column import UNITS
from screening.results.columns import BY_NAME, PAIR_COLUMNS

USUAL = (
    "score_0_to_1", "efficiency_percent", "first_discharge_mah_per_g", "oxidation_limit_v",
    "ionic_conductivity_s_per_cm",
)  # fmt: skip
"""Columns of the ranking that nobody has chosen."""
_OF_RANKING = {
    "objective_value": "what the ranking is by",
    "best_probability": "probability of the first place in its cathode",
    "top_probability": "probability of being among the best of its cathode",
    "gap_to_next": "what the value is above that of the next in its cathode",
    "order_holds_probability": "probability that it is above the next",
    **dict.fromkeys(MEASURED.values(), "what cells of the pair have shown, on average"),
    CELLS: "cells of the pair that were measured",
}
_ELSEWHERE = {"sse", "cathode", "recipe", "reason"}
_OBJECTIVE_ENDS = ("objective_low", "objective_high")
_DIGITS = {
    "score_0_to_1": 2, "efficiency_percent": 0, "first_discharge_mah_per_g": 0,
    "first_charge_mah_per_g": 0, "oxidation_limit_v": 2, "reduction_limit_v": 2,
    "ionic_conductivity_s_per_cm": -1,
}  # fmt: skip
"""Digits behind the point of the usual ones; -1 for powers of ten. Others have three in all."""


class ShownColumn(NamedTuple):
    """A column, as a page shows it."""

    name: str
    """Name of the column."""
    heading: str
    """Name in words, with the unit."""
    said: str
    """What it holds."""
    digits: int
    """How its numbers are written: :func:`jobs.pages.frame.figure`."""
    ends: tuple[str, str] | None
    """Columns of its 90 % interval, None without."""


@cache
def choices() -> tuple[ShownColumn, ...]:
    """Return all columns that can be chosen; ends of intervals come with their columns."""
    ends = {end for column in PAIR_COLUMNS for end in column.ends or ()}
    own = [one.name for one in PAIR_COLUMNS if one.name not in ends | _ELSEWHERE]
    return tuple(shown_column(name) for name in (*own, *_OF_RANKING))


def shown_column(name: str) -> ShownColumn:
    """Return how a column is shown.

    Parameters
    ----------
    name : str
        Name of a column of the ranking.

    Examples
    --------
    >>> shown_column("oxidation_limit_v").heading
    'oxidation limit, V vs. Li/Li+'
    """
    known = BY_NAME.get(name)
    ends = _OBJECTIVE_ENDS if name == "objective_value" else known.ends if known else None
    said = known.description if known else _OF_RANKING.get(name, "")
    return ShownColumn(name, _heading(name), said, _DIGITS.get(name, -2), ends)


def _heading(name: str) -> str:
    found = [unit for unit in UNITS if name.endswith(f"_{unit}")]
    suffix = max(found, key=len, default="")
    unit = UNITS.get(suffix, "1")
    stem = name if unit == "1" and suffix != "0_to_1" else name.removesuffix(f"_{suffix}")
    words = stem.replace("_", " ")
    return words if unit == "1" else f"{words}, {unit}"
