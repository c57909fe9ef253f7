"""Measured cells: what was put together, what came out, and the same as inputs of the model."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import isclose, isfinite
from typing import TYPE_CHECKING

import numpy as np

from descriptors.composite.carbon import carbon_area
from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.layered_oxides import any_cathode
from screening.catalogue.materials import recipes
from screening.catalogue.properties import properties
from screening.errors import CellError
from screening.first_cycle.equations import SULFUR_SIZE
from screening.pairs.drawn import N_DRAWS
from screening.pairs.features import Drawn, Energetics, Pair, Parts, features
from screening.pairs.redraws import redrawn_capacity
from stability.hull import reactant
from stability.staircase import LAG, redox_capacity, redox_staircase
from stability.uncertainty import redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from screening.first_cycle.equations import Cycle, Inputs, Numbers, Parameters
    from screening.pairs.features import Features
    from stability.phases import CompetingPhases

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
_STAND_IN = "S"
"""Cathode that stands where a sample has none: it has no surface, and its part is not read."""
_MADE = (
    "sse", "cathode", "recipe", "cutoff_low", "cutoff_high", "size", "laboratory", "coverage",
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


def cell_features(cells: Sequence[Measurement], phases: CompetingPhases) -> Features:
    """Return measured cells as inputs of the model, one row each.

    Parameters
    ----------
    cells : sequence of Measurement
        From :func:`cells_of`.
    phases : CompetingPhases
        What the SSEs may become, with a margin above the hull.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If an SSE cannot be read, or cannot be computed from this phase table.
    UnknownNameError, UnknownCarbonError
        If a cathode or a carbon is not on record.

    Notes
    -----
    Reactions between the SSE and the cathode are not in the model: those columns are zero. A
    sample without a cathode counts per gram of SSE.
    """
    pairs = [_pair(one) for one in cells]
    figures = [properties(one.sse, pressure=one.recipe.pressure) for one in cells]
    nothing = Quantity(0.0, 0.0, 0.0, "1", Kind.ASSUMED, "not in the model")
    parts = Parts(
        relative_density=[one.relative_density for one in figures],
        true_density=[one.true_density for one in figures],
        area=[carbon_area(pair.recipe, cathode_area=pair.cathode.specific_area) for pair in pairs],
        ionic_conductivity=[one.ionic_conductivity for one in figures],
        conducting=[nothing] * len(pairs),
    )
    windows = [(one.sse, one.cathode.voltage_low, one.cathode.voltage_high) for one in pairs]
    each = {window: _allowed(*window, phases) for window in dict.fromkeys(windows)}
    allowed = [each[window] for window in windows]
    return features(pairs, parts, _stacked(allowed), coverage=[one.coverage for one in cells])


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


def _pair(one: Measurement) -> Pair:
    """Return what was put together, between the cutoffs of the cell.

    Where there is no cathode, as much sulfur as SSE stands in: it has no surface, and what it
    does is not read.
    """
    if one.cathode is not None:
        of_cell = any_cathode(one.cathode)
        recipe = one.recipe
    else:
        of_cell = any_cathode(_STAND_IN)
        recipe = _filled(one.recipe)
    limits = replace(of_cell, voltage_low=one.cutoff_low, voltage_high=one.cutoff_high)
    return Pair(one.sse, limits, recipe)


def _filled(bare: Recipe) -> Recipe:
    """Return a recipe without cathode with as much of it as of SSE.

    It is named after a recipe of the catalogue with the same powder of SSE and carbon, if there is
    one, because the name seeds the draws of the surface.
    """
    whole = 1.0 + bare.sse_fraction
    ratio = bare.carbon_fraction / bare.sse_fraction
    same = (
        known.name
        for known in recipes().values()
        if (known.carbon, known.mixing) == (bare.carbon, bare.mixing)
        and isclose(known.carbon_fraction / known.sse_fraction, ratio)
    )
    return replace(
        bare,
        name=next(same, bare.name),
        cathode_fraction=bare.sse_fraction / whole,
        sse_fraction=bare.sse_fraction / whole,
        carbon_fraction=bare.carbon_fraction / whole,
    )


def _allowed(sse: str, low: float, high: float, phases: CompetingPhases) -> Energetics:
    """Return what phases allow an SSE between the cutoffs of a cell."""
    staircase = redox_staircase(reactant(sse, phases), phases)
    redox = redox_capacity(staircase, low, high)
    fractions = staircase.reactant.fractions[None, :]
    voltages = low, min(low + LAG, high), high
    window = redrawn_windows(phases, fractions, voltages, draws=N_DRAWS)
    redrawn = redrawn_capacity(staircase, *window.li_change[0])
    limit, zero = staircase.window.oxidation, np.zeros((1, 1))
    gas = any(s.gives_off_gas for s in staircase.steps if s.voltage_low == limit)
    return Energetics(
        limit=Drawn(np.array([limit]), window.oxidation),
        reduction_limit=Drawn(np.array([staircase.window.reduction]), window.reduction),
        oxidation=Drawn(np.array([redox.oxidation]), redrawn.oxidation[None, :]),
        reduction=Drawn(np.array([redox.reduction]), redrawn.reduction[None, :]),
        reversible=Drawn(np.array([redox.reversible]), redrawn.reversible[None, :]),
        interface=Drawn(zero[0], zero),
        gas=np.array([gas]),
    )


def _stacked(rows: Sequence[Energetics]) -> Energetics:
    """Return several rows as one table."""

    def column(name: str) -> Drawn:
        parts: list[Drawn] = [getattr(row, name) for row in rows]
        return Drawn(
            np.concatenate([one.value for one in parts]),
            np.concatenate([one.draws for one in parts]),
        )

    drawn = (column(name) for name in Energetics._fields if name != "gas")
    limit, reduction_limit, oxidation, reduction, reversible, interface = drawn
    gas = np.concatenate([row.gas for row in rows])
    return Energetics(limit, reduction_limit, oxidation, reduction, reversible, interface, gas)
