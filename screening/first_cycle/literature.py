"""First cycles of cells of other laboratories, as published: ``data/other_cells.csv``."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from descriptors.composite.carbon import carbons
from screening.first_cycle.measured_cells import Measurement, known_recipe, thesis_cells
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stability.phases import CompetingPhases

PRESSURE = 375.0
"""Fabrication pressure where a paper gives none. [MPa]"""
_FIGURES = {
    "charge": ("charge_mah_per_g", "mAh/g"),
    "discharge": ("discharge_mah_per_g", "mAh/g"),
    "efficiency": ("efficiency_percent", "%"),
}
_CAPACITY_SPREAD = 0.04  # Of a capacity: weights and readings.
_EFFICIENCY_SPREAD = 2.0  # [%]
_DOUBT = 2.0  # Factor on both where the composite is assumed.
_COVERAGE = {"yes": 1.0, "no": 0.0, "unknown": 0.5}


@cache
def literature_cells() -> tuple[Measurement, ...]:
    """Return the figures of other laboratories' cells: of each cell the two that decide it.

    Notes
    -----
    Two of charge, discharge and efficiency make the third; where all are given, discharge and
    efficiency stand.

    Examples
    --------
    >>> next(f"{one.pair}: {one.value:g} %" for one in literature_cells() if one.unit == "%")
    'Li6PS5Cl / LiNi0.85Mn0.1Co0.05O2: 60 %'
    """
    text = files("screening").joinpath("data/other_cells.csv").read_text(encoding="utf-8")
    return tuple(one for row in csv.DictReader(text.splitlines()) for one in _measurements(row))


class Usable(NamedTuple):
    """Figures of cells that can be computed, and why the others cannot."""

    measurements: tuple[Measurement, ...]
    """Those that can."""
    left_out: Mapping[str, str]
    """Reason for each other cell, by its name."""


def reference_cells(phases: CompetingPhases) -> Usable:
    """Return the cells of the thesis and of the literature that a phase table can compute.

    Parameters
    ----------
    phases : CompetingPhases
        What the SSEs may become.
    """
    known, blacks = phases.table.element_index.keys(), carbons()
    kept, left_out = [], {}
    for one in (*thesis_cells(), *literature_cells()):
        if missing := composition(one.sse).amounts.keys() - known:
            left_out[one.cell] = f"the phase table holds no {', '.join(sorted(missing))}"
        elif one.recipe.carbon is not None and one.recipe.carbon not in blacks:
            left_out[one.cell] = f"no surface of {one.recipe.carbon} is on record"
        else:
            kept.append(one)
    return Usable(tuple(kept), left_out)


def _measurements(row: Mapping[str, str]) -> Iterator[Measurement]:
    parts = [float(part) for part in row["parts"].split(":")]
    doubt = _DOUBT if "parts" in row["assumed"].split() else 1.0
    given = {name: float(row[column]) for name, (column, _) in _FIGURES.items() if row[column]}
    if "discharge" in given:
        given.pop("charge", None)
    for name, value in given.items():
        spread = _EFFICIENCY_SPREAD if name == "efficiency" else _CAPACITY_SPREAD * value
        yield Measurement(
            id=f"{row['cell']} {name}",
            cell=row["cell"],
            sse=row["sse"],
            cathode=row["cathode"],
            recipe=known_recipe(
                row["cathode"], parts, row["carbon"] or None, row["mixing"], PRESSURE
            ),
            cutoff_low=float(row["cutoff_low_v"]),
            cutoff_high=float(row["cutoff_high_v"]),
            quantity=name,
            value=value,
            unit=_FIGURES[name][1],
            spread=doubt * spread,
            place=row["source"],
            used_for=row["used_for"],
            laboratory=row["laboratory"],
            coverage=_COVERAGE[row["coated"]],
        )
