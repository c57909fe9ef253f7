"""How sure the numbers are: redraw the energies of all phases under a stated error model.

The error of a formation energy has two parts. One is independent from phase to phase. The other is
common to phases that are alike: it cancels in reactions among them, and moves those that form
elements, such as the oxidation of chlorides to chlorine.

Where energies are corrected, both parts are those that the fit leaves open: what is shared belongs
to cation-anion pairs, as far as measured compounds do not pin them down, and measured phases err by
their measurement alone. Energies as they were computed err by :class:`ErrorModel`, in which the
anion is what phases share; one with several takes of each what its anions are made of.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from stability.arrays import check_voltages, refuse_faults, refuse_lithium
from stability.energies.correction import correction, term_draws
from stability.kernels.chemical_system import frozen
from stability.kernels.outputs import PairDraws, WindowDraws
from stability.kernels.redraw_kernels import (
    Errors,
    draw_pairs,
    draw_windows,
    standard_normals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MARGIN = 0.1
"""Phases this far above the hull still compete in redraws: five independent errors. [eV/atom]"""
CLASSES = ("F", "O", "N", "Cl", "Br", "S", "I", "Se")
"""Anions that make a chemistry class; phases without any of them are a class of their own."""


class ErrorModel(NamedTuple):
    """Standard errors of energies that are not corrected, and the series of draws."""

    independent: float = 0.020
    """Of each phase by itself: a reaction among a few similar compounds then errs by about
    0.024 eV/atom, as found between oxides [1]_. [eV/atom]"""
    shared: float = 0.050
    """Of a chemistry class against the elements: together 0.054, between the 0.045 and the
    0.096 eV/atom found for corrected formation energies against experiment [2]_ [3]_. [eV/atom]"""
    seed: int = 2024
    """Which series of draws; the same seed gives the same draws everywhere."""


ErrorModel.__doc__ = f"""{ErrorModel.__doc__}

    References
    ----------
    .. [1] G. Hautier et al., Phys. Rev. B 85, 155208 (2012), doi:10.1103/PhysRevB.85.155208.
    .. [2] A. Jain et al., Phys. Rev. B 84, 045115 (2011), doi:10.1103/PhysRevB.84.045115.
    .. [3] S. Kirklin et al., npj Comput. Mater. 1, 15010 (2015), doi:10.1038/npjcompumats.2015.10.
    """


class Interval(NamedTuple):
    """A 90 % interval, or one per row."""

    low: Floats
    """5 % of the draws are below."""
    high: Floats
    """5 % of the draws are above."""


def redrawn_reactions(
    phases: CompetingPhases,
    fractions: Floats,
    first: Ints,
    second: Ints,
    voltages: Sequence[float] = (),
    *,
    draws: int,
    above_hull: Floats | None = None,
    model: ErrorModel = ErrorModel(),  # noqa: B008  # A tuple of numbers.
) -> PairDraws:
    """Return the reaction energies of pairs under redrawn phase energies.

    Parameters
    ----------
    phases : CompetingPhases
        From :func:`stability.phases.competing_phases`, with ``margin=MARGIN``: phases near the
        hull may come onto it.
    fractions : ndarray, shape (n_compositions, n_elements)
        Atom fractions of all reactants.
    first, second : ndarray, shape (n_pairs,)
        Which two compositions make each pair.
    voltages : sequence of float, optional
        Voltages for reactions open to lithium. [V]
    draws : int
        How many.
    above_hull : ndarray, shape (n_compositions,), optional
        How far above its hull, in every draw, each reactant enters; not at all by default.
        [eV/atom]
    model : ErrorModel, optional
        Standard errors and seed.

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V.
    LithiumReactantError
        If voltages are given and a reactant is lithium metal.
    SolverError
        If a linear program finds no answer.
    """
    volts = np.asarray(list(voltages), float)
    check_voltages(volts)
    if volts.size:
        refuse_lithium(phases, fractions[np.unique(np.concatenate([first, second]))])
    shape = (len(first), len(volts), draws)
    out = PairDraws(
        np.zeros((len(first), draws)),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(len(first), np.int64),
    )
    draw_pairs(
        phases.columns,
        errors(phases, model, draws),
        frozen(fractions),
        frozen(np.zeros(len(fractions)) if above_hull is None else above_hull),
        frozen(first),
        frozen(second),
        frozen(volts),
        out,
    )
    refuse_faults(out.outcome)
    return out


def redrawn_windows(
    phases: CompetingPhases,
    fractions: Floats,
    voltages: Sequence[float] = (),
    *,
    draws: int,
    model: ErrorModel = ErrorModel(),  # noqa: B008  # A tuple of numbers.
) -> WindowDraws:
    """Return the windows of compositions under redrawn phase energies.

    Parameters
    ----------
    phases : CompetingPhases
        As for :func:`redrawn_reactions`.
    fractions : ndarray, shape (n, n_elements)
        Atom fractions.
    voltages : sequence of float, optional
        Voltages at which the lithium content is wanted. [V]
    draws, model
        As for :func:`redrawn_reactions`.

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V.
    LithiumReactantError
        If a composition is lithium metal.
    SolverError
        If a linear program finds no answer.
    """
    volts = np.asarray(list(voltages), float)
    check_voltages(volts)
    refuse_lithium(phases, fractions)
    n = len(fractions)
    out = WindowDraws(
        np.zeros((n, draws)),
        np.zeros((n, draws)),
        np.zeros((n, len(volts), draws)),
        np.zeros(n, np.int64),
    )
    draw_windows(
        phases.columns, errors(phases, model, draws), frozen(fractions), frozen(volts), out
    )
    refuse_faults(out.outcome)
    return out


def interval(draws: Floats) -> Interval:
    """Return the 90 % interval of draws along their last axis; ends may be inf.

    Examples
    --------
    >>> [float(end) for end in interval(np.arange(101.0))]
    [5.0, 95.0]
    """
    # Not interpolated: between a number and inf there is no number.
    low, high = np.quantile(draws, [0.05, 0.95], axis=-1, method="nearest")
    return Interval(low, high)


class DrawnLimits(Protocol):
    """Limits in each draw, the draws along the last axis."""

    @property
    def reduction(self) -> Floats:
        """Reduction limits, shape (n, n_draws). [V]."""

    @property
    def oxidation(self) -> Floats:
        """Oxidation limits, shape (n, n_draws). [V]."""


def probability_covers(draws: DrawnLimits, low: float | Floats, high: float | Floats) -> Floats:
    """Return the probability that each window covers a range of voltage, shape (n,).

    Parameters
    ----------
    draws : DrawnLimits
        Of n windows.
    low, high : float or ndarray, shape (n,)
        The range, one for all or one each. [V]
    """
    low, high = np.expand_dims(low, -1), np.expand_dims(high, -1)
    return np.asarray(((draws.reduction <= low) & (draws.oxidation >= high)).mean(axis=-1))


def errors(phases: CompetingPhases, model: ErrorModel, draws: int) -> Errors:
    """Return how the competing phases may err.

    Parameters
    ----------
    phases : CompetingPhases
        Of a table whose energies are corrected, or as they were computed.
    model : ErrorModel
        Seed; and the standard errors of energies that are not corrected.
    draws : int
        How many.
    """
    seeds = _per_phase(phases)
    applied = phases.table.correction
    if applied is None:
        shared = model.shared * standard_normals(
            np.arange(1, len(CLASSES) + 2, dtype=np.uint64), model.seed, draws
        )
        own = np.full(len(seeds), float(model.independent))
        return Errors(seeds, frozen(own), *_anions(phases), frozen(shared.T), int(model.seed))
    own = frozen(applied.own_errors[phases.rows])
    name = applied.id.rpartition("-")[0]
    return Errors(seeds, own, *_pair_errors(phases, name, int(model.seed), draws), int(model.seed))


@lru_cache(maxsize=4)
def _pair_errors(
    phases: CompetingPhases, name: str, seed: int, draws: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the pairs of each column, as :class:`Errors` takes them, and draws of their errors.

    Kept, because the draws of all terms are far more than those of a few compositions cost.
    """
    starts, numbers, shares = _pairs(phases)
    used, numbers = np.unique(numbers, return_inverse=True)
    found = term_draws(correction(name), seed=seed, draws=draws)
    return starts, frozen(numbers), shares, frozen(found[used].T)


@lru_cache(maxsize=8)
def _per_phase(phases: CompetingPhases) -> NDArray[np.uint64]:
    """Return the seed of each column: the same in every draw."""
    return frozen(np.array(_seeds(phases), np.uint64))


@lru_cache(maxsize=8)
def _anions(phases: CompetingPhases) -> tuple[Ints, Ints, Floats]:
    """Return the share of each chemistry class in each column, as :class:`Errors` takes them."""
    fractions = phases.columns.fractions
    anions = [
        fractions[:, phases.table.element_index[element]]
        if element in phases.table.element_index
        else np.zeros(len(fractions))
        for element in CLASSES
    ]
    weights = np.stack([*anions, np.zeros(len(fractions))], axis=1)
    weights[weights.sum(axis=1) == 0.0, -1] = 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    column, number = np.nonzero(weights)
    starts = np.searchsorted(column, np.arange(len(weights) + 1))
    return frozen(starts), frozen(number), frozen(weights[column, number])


@lru_cache(maxsize=8)
def _pairs(phases: CompetingPhases) -> tuple[Ints, Ints, Floats]:
    """Return the shares of cation-anion pairs in each column, as :class:`Errors` takes them."""
    applied = phases.table.correction
    assert applied is not None  # noqa: S101  # The caller has looked.
    counts = np.diff(applied.term_starts)[phases.rows]
    starts = np.concatenate([[0], np.cumsum(counts)])
    first = np.repeat(applied.term_starts[phases.rows] - starts[:-1], counts)
    entries = first + np.arange(starts[-1])
    return (
        frozen(starts), frozen(applied.term_numbers[entries]), frozen(applied.term_shares[entries])
    )  # fmt: skip


def _seeds(phases: CompetingPhases) -> list[int]:
    """Return one number per column, from its composition alone: the same in every table."""
    names = phases.table.elements
    seeds = []
    for row in np.round(phases.columns.fractions * 1e9).astype(np.int64):
        text = ",".join(f"{names[e]}{row[e]}" for e in np.flatnonzero(row))
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        seeds.append(int.from_bytes(digest, "little"))
    return seeds
