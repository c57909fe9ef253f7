"""Measured cells: what was put together, and what came out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from descriptors.recipe import Mixing, Recipe
from screening.catalogue.materials import recipes
from screening.errors import CellError
from screening.first_cycle.equations import SULFUR_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from screening.first_cycle.equations import Cycle, Inputs
    from screening.first_cycle.priors import Numbers, Parameters

    Floats = NDArray[np.float64]

UNITS = {
    "charge": "mAh/g",
    "discharge": "mAh/g",
    "efficiency": "%",
    "sse_share": "%",
    "utilisation": "%",
    "oxidised": "mAh/g",
    "reduced": "mAh/g",
    "oxidised_after_reduction": "mAh/g",
    "reversible_redox": "mAh/g",
    "oxidation_onset": "V",
    "reduction_onset": "V",
}
"""What can be measured of a cell, and its unit; capacities per gram of cathode as assembled, or of
SSE where there is no cathode. Efficiency is the second half-cycle over the first."""
FIT, DERIVED, CHECK = "fit", "derived", "check"
"""Uses of a figure: to fit; following from fitted ones; only to compare with."""
THESIS, OWN_LABORATORY = "Cronk", "own"
"""Names of the laboratories of the thesis, and of whoever uses the program."""
_MADE = (
    "sse", "cathode", "recipe", "cutoff_low", "cutoff_high", "size", "laboratory", "coverage",
    "rate", "areal_capacity",
)  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """One figure of one measured cell.

    Raises
    ------
    CellError
        If the quantity, its unit, its spread, the cutoffs or the use make no sense.
    """

    id: str
    """Number of the figure, unique."""
    cell: str
    """Name of the cell; figures of one cell share what makes it differ from the model."""
    sse: str
    """Formula of the solid electrolyte."""
    cathode: str | None
    """Cathode as assembled; None for SSE with carbon alone."""
    recipe: Recipe
    """The composite; without a cathode its cathode fraction is 0."""
    cutoff_low: float
    """Lower cutoff. [V]"""
    cutoff_high: float
    """Upper cutoff. [V]"""
    quantity: str
    """What was measured: a key of `UNITS`."""
    value: float
    """Its value. [unit]"""
    unit: str
    """Its unit, that of `UNITS`."""
    spread: float
    """Standard deviation of the measurement. [unit]"""
    place: str
    """Where it is printed, or who measured it."""
    size: float = SULFUR_SIZE
    """Diameter of sulfur particles. [um]"""
    used_for: str = FIT
    """Whether it is fitted, follows from fitted ones, or is only compared with."""
    laboratory: str = OWN_LABORATORY
    """Who made the cell: its cells share what makes them differ from those of others."""
    coverage: float = 0.0
    """Share of the cathode's surface that a coating covers. [1]"""
    rate: float | None = None
    """Rate of the first cycle; None, and slow, where nobody says. [1/h]"""
    areal_capacity: float | None = None
    """Theoretical capacity of the cathode per area; None, and thin, where nobody says. [mAh/cm2]"""

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises
        ------
        CellError
            With the first fault.
        """
        if self.quantity not in UNITS:
            raise CellError(
                f"cell {self.cell}, {self.id}: no quantity {self.quantity!r}; "
                f"choose from {', '.join(UNITS)}"
            )
        if self.unit != UNITS[self.quantity]:
            raise CellError(
                f"cell {self.cell}, {self.id}: {self.quantity} in {self.unit}; "
                f"convert it to {UNITS[self.quantity]}"
            )
        if not (isfinite(self.value) and isfinite(self.spread) and self.spread > 0):
            raise CellError(
                f"cell {self.cell}, {self.id}: {self.value:g} +- {self.spread:g}; "
                "give a number and a spread above 0"
            )
        if not self.cutoff_low < self.cutoff_high:
            raise CellError(
                f"cell {self.cell}, {self.id}: cutoffs {self.cutoff_low:g} and "
                f"{self.cutoff_high:g} V do not rise; give the lower one first"
            )
        if self.used_for not in {FIT, DERIVED, CHECK}:
            raise CellError(
                f"cell {self.cell}, {self.id}: used_for {self.used_for!r}; "
                f"choose {FIT}, {DERIVED} or {CHECK}"
            )

    @property
    def pair(self) -> str:
        """SSE and cathode, or SSE with carbon."""
        return f"{self.sse} / {self.cathode or 'carbon'}"


@cache
def thesis_cells() -> tuple[Measurement, ...]:
    """Return the figures of the thesis, as transcribed in ``data/cells.csv``.

    Examples
    --------
    >>> next(f"{one.pair}: {one.value:g} {one.unit}" for one in thesis_cells() if one.id == "T19")
    'Li6PS5Cl / LiFePO4: 114.3 mAh/g'
    """
    text = files("screening").joinpath("data/cells.csv").read_text(encoding="utf-8")
    return tuple(_measurement(row) for row in csv.DictReader(text.splitlines()))


def cells_of(measurements: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """Return the first figure of each cell, in order.

    Raises
    ------
    CellError
        If two figures of one cell disagree on what was put together.
    """
    first: dict[str, Measurement] = {}
    for one in measurements:
        known = first.setdefault(one.cell, one)
        for name in _MADE:
            if getattr(known, name) != getattr(one, name):
                raise CellError(
                    f"cell {one.cell}: {known.id} and {one.id} differ in {name}; "
                    "give them different cells"
                )
    return tuple(first.values())


def predicted(quantity: str, row: int, x: Inputs, p: Parameters, found: Cycle) -> Floats:
    """Return what the model says of one figure of a cell.

    Parameters
    ----------
    quantity : str
        A key of `UNITS`.
    row : int
        Row of the cell in the inputs.
    x, p
        What the model was given.
    found : Cycle
        What it returned.
    """
    made: dict[str, Callable[[], Numbers]] = {
        "utilisation": lambda: 100.0 * found.own[row] / x.theoretical[row],
        "oxidised_after_reduction": lambda: found.oxidised[row] + found.reduced[row],
        "reversible_redox": lambda: found.reversible[row] + found.reduced[row],
        "oxidation_onset": lambda: x.limit[row] + np.where(x.gas[row], p.gas_overpotential, 0.0),
        "reduction_onset": lambda: (
            x.reduction_limit[row]
            - np.where(x.sulfide[row], p.sulfide_overpotential, p.reduction_overpotential)
        ),
    }
    if quantity in made:
        return np.asarray(made[quantity]())
    return np.asarray(getattr(found, quantity)[row])


def _measurement(row: dict[str, str]) -> Measurement:
    parts = [float(part) for part in row["parts"].split(":")]
    name = row["cathode"] or None
    return Measurement(
        id=row["id"],
        cell=row["cell"],
        sse=row["sse"],
        cathode=name,
        recipe=known_recipe(
            name, parts, row["carbon"] or None, row["mixing"], float(row["pressure_mpa"])
        ),
        cutoff_low=float(row["cutoff_low_v"]),
        cutoff_high=float(row["cutoff_high_v"]),
        quantity=row["quantity"],
        value=float(row["value"]),
        unit=row["unit"],
        spread=float(row["spread"]),
        place=row["place"],
        size=float(row["size_um"] or SULFUR_SIZE),
        used_for=row["used_for"],
        laboratory=THESIS,
        rate=float(row["rate_c"]) if row["rate_c"] else None,
        areal_capacity=float(row["areal_mah_per_cm2"]) if row["areal_mah_per_cm2"] else None,
    )


def known_recipe(
    name: str | None, parts: Sequence[float], carbon: str | None, mixing: str, pressure: float
) -> Recipe:
    """Return a composite by its parts, under the catalogue's name if the catalogue has it.

    Parameters
    ----------
    name : str or None
        Cathode as assembled; None for SSE with carbon alone.
    parts : sequence of float, three
        Masses of cathode, SSE and carbon, in any whole.
    carbon : str or None
        The carbon.
    mixing : str
        hand or milled.
    pressure : float
        Fabrication pressure. [MPa]

    Raises
    ------
    InvalidRecipeError
        If nobody could make it.
    CellError
        If there is a cathode without a mass of it, or the other way round.

    Examples
    --------
    >>> known_recipe("LiFePO4", (40, 57, 3), "VGCF", "hand", 375).name
    'lfp-vgcf-hand'
    """
    if (name is None) != (parts[0] == 0):
        raise CellError(
            f"cathode {name or 'none'} with {parts[0]:g} parts of it; name it and weigh it in, "
            "or do neither"
        )
    cathode_part, sse_part, carbon_part = (part / sum(parts) for part in parts)
    made = Recipe(
        name=":".join(f"{part:g}" for part in parts) + f" {carbon} {mixing}",
        cathode_fraction=cathode_part,
        sse_fraction=sse_part,
        carbon_fraction=carbon_part,
        carbon=carbon,
        mixing=Mixing(mixing),
        pressure=pressure,
        source="as measured",
    )
    for known in recipes().values():
        same = replace(made, name=known.name, source=known.source)
        if same == known:
            return known
    return made
