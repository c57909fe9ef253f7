"""What pairs make as electrodes and cells: porosity, conductivity, energy and cost, many at once.

The parts are those of :mod:`descriptors`; here they meet for every pair, with draws, so that each
figure has an interval that knows what pairs have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.cell.cell_energy import cell_energies
from descriptors.cell.supply import PRICE_SPREAD, composite_supplies
from descriptors.cell.volume_change import Anode, volume_change
from descriptors.composite.carbon import carbon_of
from descriptors.composite.porosity import hollow, porosity_of_parts
from descriptors.composite.transport import bruggeman_conductivity
from descriptors.errors import NoMeasurement
from screening.catalogue.materials import State
from screening.pairs.drawn import draws
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from descriptors.cell.stack import Stack
    from descriptors.quantity import Quantity
    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode
    from screening.pairs.features import Features

    Floats = NDArray[np.float64]

AREAL_CAPACITY = 5.0
"""Of a cathode layer in the energies of cells, a projection, where nobody says: thick for an oxide,
half of the thesis' for sulfur. Predicted cycles are those of
:data:`screening.catalogue.conditions.USUAL`. [mAh/cm2]"""
_TRANSMISSION_LINE = 3.0
_PER_KWH = 1e3  # [Wh/kWh]
_PERCENT = 100.0


@dataclass(frozen=True)
class ElectrodeFigures:
    """Composites as pressed; one row for each pair."""

    pore_volume: Drawn
    """Voids per volume of composite: :mod:`descriptors.composite.porosity`. [%]"""
    cathode_volume: Floats
    """Cathode per volume of composite. [%]"""
    sse_volume: Floats
    """SSE per volume of composite. [%]"""
    carbon_volume: Floats
    """Carbon per volume of composite. [%]"""
    density: Drawn
    """Mass of composite per volume, pores included. [g/cm3]"""
    conductivity: Drawn
    """Effective ionic conductivity, after Bruggeman. [S/cm]"""
    growth: Floats
    """Thickness change from assembly to the other state; nan where nobody knows it. [1]"""
    cathode_fraction: Floats
    """Mass of cathode per mass of composite. [1]"""
    brings_lithium: NDArray[np.bool_]
    """Whether the cathode is assembled discharged."""
    cost: Drawn
    """What the elements of the composite cost; nan where one has no price. [USD/kg]"""
    concentration: Floats
    """Herfindahl-Hirschman index of their supply, by mass; 10000 is one country. [1]"""
    flags: tuple[str, ...]
    """Elements to avoid, the largest mass first: ``Co, Ni``; or why that is not known."""


class EnergyFigures(NamedTuple):
    """Energies of composites and of cells with them; one row for each pair."""

    composite: Drawn
    """Per mass of composite. [Wh/kg]"""
    composite_volume: Drawn
    """Per volume of composite as assembled. [Wh/L]"""
    cell: Drawn
    """Per mass of a cell. [Wh/kg]"""
    cell_volume: Drawn
    """Per volume of a cell; nan where the growth is unknown. [Wh/L]"""
    cost: Drawn
    """Elements of the composite per energy; inf where there is none. [USD/kWh]"""


def electrode_figures(
    cathodes: Sequence[Cathode], recipes: Sequence[Recipe], features: Features
) -> ElectrodeFigures:
    """Return what pairs make as pressed composites.

    Parameters
    ----------
    cathodes : sequence of Cathode, length n
        The cathode of each pair.
    recipes : sequence of Recipe, length n
        Its recipe.
    features : Features
        Of the same pairs: density, contact (relative density) and conductivity of the SSE count.

    Raises
    ------
    ImpossibleValueError
        If a density is out of range.
    UnknownCarbonError
        If a recipe names a carbon that is not on record.

    Notes
    -----
    Equations: :func:`descriptors.composite.porosity.porosity_of_parts`, and ``sigma eps^1.5`` with
    eps the SSE's volume, pores counted. The pellet on which sigma was measured had pores of its
    own, which stay in sigma. Blocks of some thousand pairs keep the draws small.
    """
    names, parts = _parts(cathodes, recipes)
    place = {name: row for row, name in enumerate(dict.fromkeys(names))}
    kinds = {one.name: one for one in cathodes}
    rows = np.array([place[name] for name in names])
    dense = np.array([kinds[name].density.value for name in place])[rows, None]
    denses = np.stack([draws(f"{name} density", kinds[name].density) for name in place])[rows]

    centre = _pressed(
        parts, dense, features.density.value[:, None], features.contact.value[:, None],
        np.array(hollow().value), features.conductivity.value[:, None],
    )  # fmt: skip
    drawn = _pressed(
        parts, denses, features.density.draws, features.contact.draws,
        draws("voids held open", hollow()), features.conductivity.draws,
    )  # fmt: skip
    supplies = composite_supplies(
        recipes, sses=features.sse, cathodes=[one.formula for one in cathodes]
    )
    growth = np.array([_change(one) for one in cathodes])
    shares = [_PERCENT * volume[:, 0] for volume in centre.volumes]
    return ElectrodeFigures(
        pore_volume=Drawn(centre.porosity[:, 0], drawn.porosity),
        cathode_volume=shares[0],
        sse_volume=shares[1],
        carbon_volume=shares[2],
        density=Drawn(centre.density[:, 0], drawn.density),
        conductivity=Drawn(centre.conductivity[:, 0], drawn.conductivity),
        growth=growth * shares[0] / _PERCENT,
        cathode_fraction=parts.cathode[:, 0],
        brings_lithium=np.array([one.assembled is State.DISCHARGED for one in cathodes]),
        cost=Drawn(supplies.cost, supplies.cost[:, None] * _price_draws()),
        concentration=supplies.concentration,
        flags=supplies.flags,
    )


def energy_figures(
    figures: ElectrodeFigures,
    discharge: Drawn,
    voltage: Floats,
    *,
    areal_capacity: float = AREAL_CAPACITY,
    anode: Anode = Anode.LITHIUM,
    stack: Stack | None = None,
) -> EnergyFigures:
    """Return the energies of composites, and of cells with them.

    Parameters
    ----------
    figures : ElectrodeFigures
        The composites.
    discharge : Drawn
        First discharge capacity, the SSE's share included. [mAh/g of cathode as assembled]
    voltage : ndarray, shape (n_pairs,)
        Mean discharge voltage. [V vs. Li/Li+]
    areal_capacity : float, optional
        Of a cathode layer. [mAh/cm2]
    anode : Anode, optional
        The anode of all cells; lithium metal.
    stack : Stack, optional
        The other layers; :func:`descriptors.cell.stack.default_stack` with its 20 um separator.

    Raises
    ------
    InvalidStackError
        If the areal capacity is not above 0.

    Notes
    -----
    With w the mass fraction of the cathode, Q its capacity and V its voltage ::

        composite = w Q V [Wh/kg],   composite_volume = composite x density,
        cost = 1000 cost of the composite / composite

    Cells: :func:`descriptors.cell.cell_energy.cell_energies`. All at one areal capacity: a thinner
    separator or a thicker cathode moves every pair.

    Examples
    --------
    See ``docs/cell-energy.md``.
    """
    volts = np.asarray(voltage, dtype=float)

    def energies(capacity: Floats, density: Floats, cost: Floats, axis: tuple[int, ...]) -> _Five:
        share, v = (each.reshape(axis) for each in (figures.cathode_fraction, volts))
        composite = share * np.maximum(capacity, 0.0) * v
        cells = cell_energies(
            anode,
            cathode_fraction=share,
            areal_capacity=areal_capacity,
            capacity=capacity,
            voltage=v,
            composite_density=density,
            brings_lithium=figures.brings_lithium.reshape(axis),
            growth=figures.growth.reshape(axis),
            stack=stack,
        )
        with np.errstate(divide="ignore"):
            price = _PER_KWH * cost / composite
        return composite, composite * density, *cells, price

    density, cost = figures.density, figures.cost
    centre = energies(discharge.value, density.value, cost.value, (-1,))
    drawn = energies(discharge.draws, density.draws, cost.draws, (-1, 1))
    return EnergyFigures(*map(Drawn, centre, drawn))


_Five = tuple["Floats", "Floats", "Floats", "Floats", "Floats"]


class _Recipe(NamedTuple):
    """Columns of the shape (n_pairs, 1)."""

    cathode: Floats
    """Mass per mass of composite. [1]"""
    sse: Floats
    """Mass per mass of composite. [1]"""
    carbon: Floats
    """Volume per mass of composite. [cm3/g]"""


class _Pressed(NamedTuple):
    """Composites; a row for each pair, a column for each draw."""

    porosity: Floats
    """[%]"""
    volumes: tuple[Floats, Floats, Floats]
    """Of cathode, SSE and carbon per volume of composite."""
    density: Floats
    """[g/cm3]"""
    conductivity: Floats
    """[S/cm]"""


def _parts(cathodes: Sequence[Cathode], recipes: Sequence[Recipe]) -> tuple[list[str], _Recipe]:
    """Return the names of the cathodes and what goes into the composites."""

    def column(values: list[float]) -> Floats:
        return np.array(values)[:, None]

    return [one.name for one in cathodes], _Recipe(
        column([one.cathode_fraction for one in recipes]),
        column([one.sse_fraction for one in recipes]),
        column([one.carbon_fraction / _carbon_density(one) for one in recipes]),
    )


def _pressed(
    parts: _Recipe,
    cathode_density: Floats,
    sse_density: Floats,
    relative_density: Floats,
    held_open: Floats,
    conductivity: Floats,
) -> _Pressed:
    """Return composites; columns against draws."""
    cathode, sse, carbon = parts.cathode / cathode_density, parts.sse / sse_density, parts.carbon
    solid = cathode + sse + carbon
    porosity = porosity_of_parts((cathode + carbon) / solid, _PERCENT * relative_density, held_open)
    filled = (1 - porosity / _PERCENT) / solid
    share = sse * filled
    return _Pressed(
        porosity,
        (cathode * filled, share, carbon * filled),
        filled,  # Mass fractions add up to 1, so 1 g of composite has the volume 1 / filled.
        bruggeman_conductivity(conductivity, share),
    )


def area_resistance(
    figures: ElectrodeFigures,
    charge: Floats,
    cathode_fraction: Floats,
    areal_capacity: Floats | float,
) -> Floats:
    """Return the resistance of composites for lithium, per area of electrode [ohm cm2].

    Parameters
    ----------
    figures : ElectrodeFigures
        The composites as pressed.
    charge : ndarray, shape (n,)
        First charge. [mAh/g of cathode]
    cathode_fraction : ndarray, shape (n,)
        Mass of the cathode in the composite. [1]
    areal_capacity : float or ndarray, shape (n,)
        Of the layer. [mAh/cm2]

    Notes
    -----
    ``L / (3 sigma)``, with L the thickness that holds the areal capacity: ions reach the middle of
    a layer whose reaction is spread evenly.
    """
    thickness = areal_capacity / (charge * cathode_fraction * figures.density.value)
    return np.asarray(thickness / (_TRANSMISSION_LINE * figures.conductivity.value))


def _carbon_density(recipe: Recipe) -> float:
    if recipe.carbon is None:
        return 1.0  # There is none; its mass is 0.
    return carbon_of(recipe).density.value


def _price_draws() -> Floats:
    """Return draws of a factor on all prices, which move together."""
    return draws("prices", _factor(PRICE_SPREAD))


def _change(cathode: Cathode) -> float:
    """Return the volume change of a cathode from assembly to its other state, or nan [1]."""
    charged, discharged = cathode.charged, cathode.discharged
    if cathode.assembled is State.CHARGED:
        return _volume_change(charged, discharged)
    return _volume_change(discharged, charged)


@cache
def _volume_change(start: str, end: str) -> float:
    try:
        return volume_change(start, end).value
    except NoMeasurement:
        return np.nan


def _factor(spread: float) -> Quantity:
    """Return 1 within a factor."""
    return hollow()._replace(value=1.0, low=1 / spread, high=spread)
