"""Measured cells as inputs of the model: what their phases, powders and composites say."""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING

import numpy as np

from descriptors.composite.carbon import carbon_area
from descriptors.quantity import Kind, Quantity
from screening.catalogue.conditions import stated_conditions
from screening.catalogue.layered_oxides import any_cathode
from screening.catalogue.materials import recipes
from screening.catalogue.own_materials import NO_MATERIALS
from screening.catalogue.properties import many_properties
from screening.first_cycle.measured_cells import OWN_LABORATORY
from screening.first_cycle.transport_limits import Transport, transport
from screening.pairs.drawn import N_DRAWS
from screening.pairs.electrode_figures import electrode_figures
from screening.pairs.features import Drawn, Energetics, Pair, Parts, features
from screening.pairs.redraws import redrawn_capacity
from stability.hull import Metastability, reactant
from stability.staircase import redox_capacity, redox_staircase
from stability.uncertainty import redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from descriptors.recipe import Recipe
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.measured_cells import Measurement
    from screening.pairs.features import Features
    from stability.phases import CompetingPhases

_STAND_IN = "S"
"""Cathode that stands where a sample has none: it has no surface, and its part is not read."""


def cell_features(
    cells: Sequence[Measurement], phases: CompetingPhases, own: OwnMaterials = NO_MATERIALS
) -> Features:
    """Return measured cells as inputs of the model, one row each.

    Parameters
    ----------
    cells : sequence of Measurement
        From :func:`cells_of`.
    phases : CompetingPhases
        What the SSEs may become, with a margin above the hull.
    own : OwnMaterials, optional
        Materials of one's own, which only cells of one's own laboratory are made of.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If an SSE cannot be read, or cannot be computed from this phase table.
    UnknownNameError, UnknownCarbonError
        If a cathode or a carbon is not on record.

    Notes
    -----
    Reactions between the SSE and the cathode are not in the model: those columns are zero. Where
    rate or loading are stated, transport leaves its share, which is judged
    (:mod:`screening.first_cycle.transport_limits`); cells that state neither were slow and thin. A
    sample without a cathode counts per gram of SSE.
    """
    used = [own if one.laboratory == OWN_LABORATORY else NO_MATERIALS for one in cells]
    pairs = [_pair(*each) for each in zip(cells, used, strict=True)]
    figures = [
        many_properties([(one.sse, one.recipe.pressure)], materials)[0]
        for one, materials in zip(cells, used, strict=True)
    ]
    nothing = Quantity(0.0, 0.0, 0.0, "1", Kind.ASSUMED, "not in the model")
    parts = Parts(
        relative_density=[one.relative_density for one in figures],
        true_density=[one.true_density for one in figures],
        area=[carbon_area(pair.recipe, cathode_area=pair.cathode.specific_area) for pair in pairs],
        ionic_conductivity=[one.ionic_conductivity for one in figures],
        conducting=[nothing] * len(pairs),
    )
    windows = [
        (one.sse, one.cathode.voltage_low, one.cathode.voltage_high, materials.above_hull(one.sse))
        for one, materials in zip(pairs, used, strict=True)
    ]
    each = {window: _allowed(*window, phases) for window in dict.fromkeys(windows)}
    allowed = [each[window] for window in windows]
    found = features(pairs, parts, _stacked(allowed), coverage=[one.coverage for one in cells])
    stated = np.array([(one.rate or one.areal_capacity) is not None for one in cells])
    if not stated.any():
        return found
    left = _transport(pairs, found, stated)
    return replace(found, reached=left.reached, connected=left.connected)


def _transport(pairs: Sequence[Pair], found: Features, stated: NDArray[np.bool_]) -> Transport:
    """Return what transport left of cells that state rate or loading; all of the others."""
    rows = np.flatnonzero(stated)
    some, inputs = [pairs[row] for row in rows.tolist()], found.take(rows)
    pressed = electrode_figures([one.cathode for one in some], [one.recipe for one in some], inputs)

    def spread(left: Drawn) -> Drawn:
        value, many = np.ones(len(pairs)), np.ones((len(pairs), N_DRAWS))
        value[rows], many[rows] = left.value, left.draws
        return Drawn(value, many)

    return Transport(*map(spread, transport(some, inputs, pressed)))


def _pair(one: Measurement, own: OwnMaterials) -> Pair:
    """Return what was put together, between the cutoffs of the cell.

    Where there is no cathode, as much sulfur as SSE stands in: it has no surface, and what it
    does is not read.
    """
    if one.cathode is not None:
        of_cell = own.cathodes.get(one.cathode) or any_cathode(one.cathode)
        recipe = own.with_carbon(one.recipe)
    else:
        of_cell = any_cathode(_STAND_IN)
        recipe = own.with_carbon(_filled(one.recipe))
    limits = replace(of_cell, voltage_low=one.cutoff_low, voltage_high=one.cutoff_high)
    run = stated_conditions(one.rate, one.areal_capacity)
    return Pair(one.sse, limits, recipe, conditions=run)


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


def _allowed(
    sse: str, low: float, high: float, above_hull: float | None, phases: CompetingPhases
) -> Energetics:
    """Return what phases allow an SSE between the cutoffs of a cell."""
    stated = None if above_hull is None else Metastability(above_hull=above_hull)
    staircase = redox_staircase(reactant(sse, phases, stated), phases)
    redox = redox_capacity(staircase, low, high)
    fractions = staircase.reactant.fractions[None, :]
    window = redrawn_windows(phases, fractions, (low, high), draws=N_DRAWS)
    redrawn = redrawn_capacity(staircase, low, window.oxidation[0], *window.li_change[0])
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
