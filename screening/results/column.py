"""A column of the table of pairs: all that anybody knows of it, in one place.

The store's tables and their comments, docs/schema.md, exports with units, rankings and their draws
derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from screening.pairs.features import Drawn
    from screening.results.evaluation import Block
    from screening.results.prediction import Prediction

UNITS = {
    "0_to_1": "1",
    "c": "C",
    "ev": "eV",
    "ev_per_atom": "eV/atom",
    "ev_per_non_li_atom": "eV per non-Li atom",
    "fraction": "1",
    "g_per_cm3": "g/cm3",
    "hhi": "1",
    "k": "K",
    "m2_per_g": "m2/g",
    "mah_per_cm2": "mAh/cm2",
    "mah_per_g": "mAh/g",
    "mg_per_cm2": "mg/cm2",
    "mpa": "MPa",
    "ohm_cm2": "ohm cm2",
    "percent": "%",
    "probability": "1",
    "s_per_cm": "S/cm",
    "usd_per_kg": "USD/kg",
    "v": "V vs. Li/Li+",
    "wh_per_kg": "Wh/kg",
    "wh_per_l": "Wh/L",
}
"""How names write units, and what they stand for: docs/conventions.md."""

Values = Iterable[Any]
"""One value for each pair: None or nan where there is none."""


class Column(NamedTuple):
    """A column of the table of pairs."""

    name: str
    """Name, with the unit."""
    type: str
    """SQL type."""
    description: str
    """One line for people."""
    values: Callable[[Block], Values]
    """Its values for a block."""
    unit: str = ""
    """Unit of a number, ``1`` if it has none; empty for texts, flags and counts."""
    ends: tuple[str, str] | None = None
    """Columns of the ends of its 90 % interval."""
    drawn: Callable[[Prediction], Drawn] | None = None
    """Its values with draws, where they follow from the features of a pair."""
    predicted: bool = False
    """Whether a calibration has a say in it."""


def number(
    name: str,
    unit: str,
    description: str,
    values: Callable[[Block], Values],
    *,
    drawn: Callable[[Prediction], Drawn] | None = None,
    predicted: bool = False,
) -> Column:
    """Return a column of numbers; the unit, as names write it, ends the name.

    Parameters
    ----------
    name : str
        Name without the unit.
    unit : str
        One of :data:`UNITS`.
    description, values, drawn, predicted
        As in :class:`Column`.
    """
    return Column(
        f"{name}_{unit}",
        "DOUBLE",
        description,
        values,
        UNITS[unit],
        drawn=drawn,
        predicted=predicted,
    )


def with_ends(
    name: str,
    unit: str,
    column: Column,
    low: Callable[[Block], Values],
    high: Callable[[Block], Values],
) -> tuple[Column, Column, Column]:
    """Return a column of numbers with those of the ends of its interval.

    Parameters
    ----------
    name, unit : str
        As for :func:`number`, which has made the column.
    column : Column
        The column.
    low, high : callable
        Values of the ends for a block.
    """
    ends = (
        number(f"{name}_low", unit, f"5 % of {column.name}", low),
        number(f"{name}_high", unit, f"95 % of {column.name}", high),
    )
    return column._replace(ends=(ends[0].name, ends[1].name)), *ends
