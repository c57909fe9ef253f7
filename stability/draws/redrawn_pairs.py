"""Pairs under redrawn phase energies, thousands at a time: limits, lithium, worst reactions.

For a few pairs, :mod:`stability.uncertainty` finds all of it by a walk along every line in every
draw. Here only the worst is wanted, and bases are kept (:mod:`stability.kernels.pooled_kernels`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.arrays import check_voltages, refuse_lithium, same_without_lithium
from stability.kernels.chemical_system import element_masks, frozen
from stability.kernels.pooled_kernels import DrawnErrors, Ends, redraw_ends, redraw_interfaces
from stability.kernels.simplex import OK
from stability.uncertainty import ErrorModel, errors, redrawn_reactions, redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_KEPT = 2  # Tables and numbers of draws whose errors are kept in memory.


class RedrawnPairs(NamedTuple):
    """What each draw makes of each pair; the draws are the last axis."""

    reduction: Floats
    """Reduction limit of the first, 0 for none, shape (n_pairs, n_draws). [V]"""
    oxidation: Floats
    """Oxidation limit of the first, inf for none, shape (n_pairs, n_draws). [V]"""
    li_change: Floats
    """Lithium that the first takes up, (n_pairs, n_contents, n_draws). [per non-Li atom]"""
    chemical: Floats
    """Most negative chemical reaction with either state, shape (n_pairs, n_draws). [eV/atom]"""
    mutual: Floats
    """Most negative mutual reaction with either state at a voltage, 0 without voltages, shape
    (n_pairs, n_draws). [eV per non-Li atom]"""


def redrawn_pairs(
    phases: CompetingPhases,
    fractions: Floats,
    pairs: Ints,
    contents: Floats,
    voltages: Sequence[Sequence[float]],
    *,
    draws: int,
    model: ErrorModel = ErrorModel(),  # noqa: B008  # A tuple of numbers.
) -> RedrawnPairs:
    """Return pairs of a material with two states of another under redrawn phase energies.

    Parameters
    ----------
    phases : CompetingPhases
        With a margin above the hull (:data:`stability.uncertainty.MARGIN`).
    fractions : ndarray, shape (n_materials, n_elements)
        Atom fractions of all of them.
    pairs : ndarray, shape (n_pairs, 3)
        Rows of the material and of both states of the other.
    contents : ndarray, shape (n_pairs, n_contents)
        Voltages at which the lithium of the material is wanted. [V]
    voltages : sequence of sequence of float
        Voltages of the reactions open to lithium, for each pair. [V]
    draws : int
        How many.
    model : ErrorModel, optional
        Standard errors and seed.

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V.
    LithiumReactantError
        If a material is lithium metal.
    SolverError
        If a linear program finds no answer.
    """
    check_voltages(np.concatenate([contents.ravel(), *map(np.asarray, voltages)]))
    refuse_lithium(phases, fractions)
    found = errors(phases, model, draws)
    drawn = _drawn_errors(phases, model, draws)
    wanted = _wanted(pairs, contents, voltages, len(fractions))
    limited = np.zeros(len(fractions), bool)
    limited[pairs[:, 0]] = True
    ends = _no_ends(len(fractions), len(wanted.voltages), draws)
    given = phases.columns, found, drawn, frozen(fractions)
    redraw_ends(*given, frozen(limited), frozen(wanted.starts), frozen(wanted.voltages), ends)
    chemical, mutual = np.zeros((2, len(pairs), draws))
    outcome = np.zeros(len(pairs), np.int64)
    redraw_interfaces(
        *given,
        frozen(pairs),
        frozen(_by_system(fractions, pairs)),
        frozen(_lines(phases, fractions, pairs)),
        frozen(np.cumsum([0, *map(len, voltages)])),
        frozen(np.array([v for asked in voltages for v in asked], float)),
        frozen(wanted.opened),
        ends,
        chemical,
        mutual,
        outcome,
    )
    pristine = _lithium(phases, fractions[pairs[:, 0]])
    made = RedrawnPairs(
        ends.limits[pairs[:, 0], 0, 1:],
        ends.limits[pairs[:, 0], 1, 1:],
        ends.lithium[wanted.at_content][:, :, 1:] - pristine[:, None, None],
        chemical,
        mutual,
    )
    failed = (outcome != OK) | (ends.outcome[pairs] != OK).any(axis=1)
    for row in np.flatnonzero(failed).tolist():
        walked = _walked(phases, fractions[pairs[row]], contents[row], voltages[row], draws, model)
        for many, one in zip(made, walked, strict=True):
            many[row] = one
    return made


class _Wanted(NamedTuple):
    """Materials at voltages, each once, in order."""

    starts: Ints
    """Where each material starts, shape (n_materials + 1,)."""
    voltages: Floats
    """Voltages of each. [V]"""
    at_content: Ints
    """Place of the material of each pair at the voltages of its contents, as they are shaped."""
    opened: Ints
    """Places of the three materials of a pair at each voltage of its reactions, shape (n, 3)."""


def _wanted(
    pairs: Ints, contents: Floats, voltages: Sequence[Sequence[float]], n_materials: int
) -> _Wanted:
    """Return which materials are wanted at which voltages."""
    numbers: dict[tuple[int, float], int] = {}

    def number(material: int, voltage: float) -> int:
        return numbers.setdefault((material, voltage), len(numbers))

    rows = pairs.tolist()
    at_content = [
        [number(row[0], v) for v in asked]
        for row, asked in zip(rows, contents.tolist(), strict=True)
    ]
    opened = [
        [number(material, v) for material in row]
        for row, asked in zip(rows, voltages, strict=True)
        for v in asked
    ]
    material = np.array([one for one, _ in numbers], np.int64)
    voltage = np.array([one for _, one in numbers], float)
    order = np.lexsort((voltage, material))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return _Wanted(
        np.searchsorted(material[order], np.arange(n_materials + 1)),
        voltage[order],
        place[np.array(at_content, np.int64).reshape(contents.shape)],
        place[np.array(opened, np.int64).reshape(-1, 3)],
    )


def _no_ends(n_materials: int, n_voltages: int, draws: int) -> Ends:
    """Return room for what the kernels find, without errors and in each draw."""
    return Ends(
        np.zeros((n_materials, draws + 1)),
        np.zeros((n_voltages, draws + 1)),
        np.zeros((n_voltages, draws + 1)),
        np.zeros((n_materials, 2, draws + 1)),
        np.zeros(n_materials, np.int64),
    )


def _lithium(phases: CompetingPhases, fractions: Floats) -> Floats:
    """Return lithium per non-Li atom."""
    share = fractions[:, phases.columns.li]
    return np.asarray(share / (1.0 - share))


def _lines(phases: CompetingPhases, fractions: Floats, pairs: Ints) -> Ints:
    """Return how many of the two states of each pair differ without lithium: 1 or 2."""
    same = same_without_lithium(phases, fractions, pairs[:, 1], pairs[:, 2])
    return np.where(same, 1, 2)


def _by_system(fractions: Floats, pairs: Ints) -> Ints:
    """Return the pairs in an order in which those of one chemical system follow each other."""
    masks = np.bitwise_or.reduce(element_masks(fractions)[pairs], axis=1)
    return np.lexsort(masks.T)


def _walked(
    phases: CompetingPhases, fractions: Floats, contents: Floats, voltages: Sequence[float],
    draws: int, model: ErrorModel,
) -> tuple[Floats, ...]:  # fmt: skip
    """Return one pair by the walk, for programs that find no answer here."""
    window = redrawn_windows(phases, fractions[:1], contents.tolist(), draws=draws, model=model)
    both = np.zeros(2, np.int64), np.array([1, 2])
    found = redrawn_reactions(phases, fractions, *both, voltages, draws=draws, model=model)
    limits = window.reduction[0], window.oxidation[0]
    mutual = found.mutual.min(axis=(0, 1)) if len(voltages) else np.zeros(draws)
    return *limits, window.li_change[0], found.chemical.min(axis=0), mutual


@lru_cache(maxsize=_KEPT)
def _drawn_errors(
    phases: CompetingPhases,
    model: ErrorModel,  # noqa: ARG001  # Errors of another model are others.
    draws: int,
) -> DrawnErrors:
    """Return room for the errors of all phases; memory is used by those that are filled in."""
    n_phases = len(phases.columns.energies)
    return DrawnErrors(np.empty((n_phases, draws)), np.zeros(n_phases, np.bool_))
