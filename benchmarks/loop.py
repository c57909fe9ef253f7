"""Whether the loop learns: suggestions against random and greedy choice, on a truth of our making.

The truth has another form than the model: films that saturate otherwise, thicknesses that differ
between classes, a quality of each SSE and a fit of each recipe that the model does not know. Every
seed is another world. After each batch all choosers see what they have measured, with an error,
through the same belief.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.measure import Figure
from screening.order.next_cells import Measured, belief, nothing_measured, suggestions
from screening.pairs.drawn import N_DRAWS
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

SEEDS = 20
BATCHES = 5
CELLS = 4
"""Cells of a batch."""
N_SSES = 150
N_RECIPES = 4
CHOOSERS = ("suggestions", "random", "greedy")
_CLASSES = 6
_MEASURED = 0.5  # Share of the SSEs whose properties somebody has measured.
_ERROR = 0.04  # Standard deviation of a measured value.


class World(NamedTuple):
    """Candidates as the model sees them, and as they are."""

    values: Drawn
    """Objective by the model, with draws of its inputs and parameters."""
    truth: Floats
    """What a perfect cell would show, shape (n_pairs,)."""
    kinship: tuple[tuple[str, ...], tuple[str, ...]]
    """Class and SSE of each candidate."""


class Course(NamedTuple):
    """What one chooser had after each batch, the first entry before any."""

    regret: Floats
    """Best truth minus the best truth that was measured, shape (n_batches + 1,)."""
    coverage: Floats
    """Share of the unmeasured whose truth lies in the 90 % interval, shape (n_batches + 1,)."""


def world(seed: int) -> World:
    """Return a world: N_SSES electrolytes in N_RECIPES recipes of one cathode.

    Parameters
    ----------
    seed : int
        Which world.
    """
    random = np.random.default_rng([11, seed])
    pairs = _pairs(random)
    values = _by_the_model(pairs, random)
    truth = _in_truth(pairs, random)
    kinship = tuple(str(one) for one in pairs.kind), tuple(str(one) for one in pairs.sse)
    return World(values, truth, kinship)


class _Pairs(NamedTuple):
    """What pairs are made of, each of shape (n_pairs,); doubts are those of an SSE, (N_SSES,)."""

    sse: Places
    recipe: Places
    kind: Places
    capacity: Floats
    contact: Floats
    conductivity: Floats
    area: Floats
    ratio: Floats
    doubt: Floats
    """Of the conductivity, natural logarithm."""
    error: Floats
    """Of the redox capacity."""


def _pairs(random: np.random.Generator) -> _Pairs:
    sse = np.repeat(np.arange(N_SSES), N_RECIPES)
    recipe = np.tile(np.arange(N_RECIPES), N_SSES)
    kind = random.integers(_CLASSES, size=N_SSES)[sse]
    capacity = random.uniform(100.0, 400.0, N_SSES)[sse]
    contact = random.uniform(0.75, 0.97, N_SSES)[sse]
    conductivity = 10.0 ** random.normal(-3.4, 0.4, N_SSES)[sse]
    measured = random.random(N_SSES) < _MEASURED
    return _Pairs(
        sse,
        recipe,
        kind,
        capacity,
        contact,
        conductivity,
        area=np.array([8.0, 10.0, 14.0, 20.0])[recipe],
        ratio=np.array([1.4, 1.0, 0.7, 1.6])[recipe],
        doubt=np.where(measured, 0.15, 1.0),
        error=np.where(measured, 0.15, 0.4),
    )


def _by_the_model(one: _Pairs, random: np.random.Generator) -> Drawn:
    """Return the objective by the model, with draws of its inputs and parameters."""

    def model(thickness: Floats, blocking: Floats, capacity: Floats, sigma: Floats) -> Floats:
        gone = 1.0 - np.exp(-2e-3 * one.area[:, None] * thickness)
        lost = gone * capacity * one.ratio[:, None] / 170.0
        through = sigma / (sigma + 1e-4 * (1.0 + 2.0 / one.ratio[:, None]))
        return np.asarray(one.contact[:, None] * np.exp(-blocking * lost) * through)

    def drawn(width: Floats) -> Floats:
        return np.exp(width[:, None] * random.standard_normal((N_SSES, N_DRAWS)))[one.sse]

    capacity, conductivity = one.capacity[:, None], one.conductivity[:, None]
    draws = model(
        4.0 * np.exp(0.5 * random.standard_normal((1, N_DRAWS))),
        2.0 * np.exp(0.3 * random.standard_normal((1, N_DRAWS))),
        capacity * drawn(one.error),
        conductivity * drawn(one.doubt),
    )
    centre = np.ones((1, 1))
    return Drawn(model(4.0 * centre, 2.0 * centre, capacity, conductivity)[:, 0], draws)


def _in_truth(one: _Pairs, random: np.random.Generator) -> Floats:
    """Return what a perfect cell of each pair would show."""

    def true(width: Floats) -> Floats:
        return np.exp(width * random.standard_normal(N_SSES))[one.sse]

    thickness = 5.0 * np.exp(0.7 * random.standard_normal(_CLASSES))[one.kind]
    film = 2e-3 * one.area * thickness
    lost = film / (1.0 + film) * one.capacity * true(one.error)
    sigma = one.conductivity * true(one.doubt)
    quality = np.exp(0.4 * random.standard_normal(N_SSES))[one.sse]
    quality *= np.exp(0.4 * random.standard_normal(_CLASSES))[one.kind]
    fit = 1.0 - 0.4 * random.random((_CLASSES, N_RECIPES))[one.kind, one.recipe]
    truth = one.contact * quality * fit / (1.0 + 2.5 * (lost * one.ratio / 170.0) ** 1.5)
    truth *= sigma / (sigma + 1.5e-4 * (1.0 + 2.0 / one.ratio))
    return np.tanh(truth)


def course(one: World, chooser: str, seed: int, *, batches: int = BATCHES) -> Course:
    """Return how one chooser fares in a world.

    Parameters
    ----------
    one : World
        The world.
    chooser : str
        One of :data:`CHOOSERS`.
    seed : int
        Seed of errors, and of random choice.
    batches : int, optional
        How many batches of :data:`CELLS` cells are made.
    """
    random = np.random.default_rng([12, seed])
    measured = nothing_measured()
    n = len(one.truth)
    best = one.truth.max()
    regret, coverage = [best - np.median(one.truth)], []
    for _ in range(batches + 1):
        believed = belief(one.values, one.kinship, measured, fraction=True)
        left = np.setdiff1d(np.arange(n), measured.rows)
        low, high = np.quantile(believed.draws[left], [0.05, 0.95], axis=1)
        coverage.append(np.mean((low <= one.truth[left]) & (one.truth[left] <= high)))
        rows = _chosen(chooser, believed, left, measured.rows, random)
        made = one.truth[rows] + _ERROR * random.standard_normal(len(rows))
        measured = Measured(
            np.append(measured.rows, rows),
            np.append(measured.values, made),
            np.append(measured.errors, np.full(len(rows), _ERROR)),
        )
        regret.append(best - one.truth[measured.rows].max())
    return Course(np.array(regret[: batches + 1]), np.array(coverage))


def courses(seeds: int = SEEDS, *, batches: int = BATCHES) -> dict[str, list[Course]]:
    """Return how every chooser fares in every world.

    Parameters
    ----------
    seeds : int, optional
        How many worlds.
    batches : int, optional
        How many batches.
    """
    return {
        chooser: [course(world(seed), chooser, seed, batches=batches) for seed in range(seeds)]
        for chooser in CHOOSERS
    }


def figures() -> Iterator[Figure]:
    """Yield the ratios of median simple regret, and the coverage after each batch."""
    found = courses()
    regret = {name: np.median([one.regret for one in many], 0) for name, many in found.items()}
    mean = {name: np.mean([one.regret[-1] for one in many]) for name, many in found.items()}
    for name in CHOOSERS:
        yield Figure(f"loop_regret_{name}", float(regret[name][-1]), "objective, 0 to 1")
        yield Figure(f"loop_regret_mean_{name}", float(mean[name]), "objective, 0 to 1")
    for name in ("random", "greedy"):
        yield Figure(
            f"loop_regret_ratio_{name}", float(regret["suggestions"][-1] / regret[name][-1]), "1"
        )
    coverage = np.mean([one.coverage for one in found["suggestions"]], axis=0)
    for batch, share in enumerate(coverage):
        yield Figure(f"loop_coverage_90_after_{batch * CELLS}_cells", 100 * float(share), "%")


def _chosen(
    chooser: str, believed: Drawn, left: Places, had: Places, random: np.random.Generator
) -> Places:
    """Return the cells that a chooser makes next."""
    if chooser == "random":
        return random.choice(left, CELLS, replace=False)
    if chooser == "greedy":
        return left[np.argsort(-believed.value[left])[:CELLS]]
    allowed = np.isin(np.arange(len(believed.value)), left)
    found = suggestions(
        believed, ["cathode"] * len(believed.value), CELLS, allowed=allowed, had=np.unique(had)
    )
    return np.array([one.row for one in found])
