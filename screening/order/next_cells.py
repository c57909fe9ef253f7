"""Which cells to make next: those from which the best pair is expected to become better.

What is believed of a pair is a set of draws: of the calibrated model, and of what the model may
miss, which pairs of a class and of an SSE share. Measured cells condition both. A batch is chosen
one pair after the other, each for what it adds to those already chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.order.ranking import above, rivalries, share_of_top
from screening.pairs.drawn import N_DRAWS, pooled_draws
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]
    Kinship = Sequence[Sequence[str]]

MISSED = 0.8
"""What the model may miss, over the spread of the candidates' values, before any cell. [1]"""
SYNTHESIS = 2.0
"""Cost of a cell with an SSE that is new to the batch, over that of one already in it. [1]"""
MOST_DRAWS = 2000
"""Draws of a belief; fewer where there are many candidates."""
_NUMBERS = 4_000_000  # Numbers in an array of draws: 32 MB.
_SCALES = np.geomspace(0.25, 4.0, 9)  # Tried around MISSED; the data choose.
_WIDTH = np.log(2.0)  # Width of the prior of that scale, in its logarithm.
_ALONE = 0.3  # Part of the variance of what is missed that a pair has for itself.
_EDGE = 0.02  # Fractions nearer to 0 or 1 are not told apart from it.
_ERRORS = 9000  # First kind of pooled draws that belongs to this module.
_BASE = 0.1  # Quantile of the central values that counts as had, where nothing is measured.


class Measured(NamedTuple):
    """Measured cells, as values of the objective."""

    rows: Places
    """Candidates that they belong to; a candidate may stand several times, shape (n_cells,)."""
    values: Floats
    """What they gave, shape (n_cells,)."""
    errors: Floats
    """Standard deviations from cell to cell, shape (n_cells,)."""


class Suggestion(NamedTuple):
    """A pair to make next."""

    row: int
    """Its place among the candidates."""
    gain: float
    """What it adds to the expected best of its cathode, over that best. [1]"""
    wins: float
    """Probability that it is the best of its cathode."""
    rival: int
    """The best of the other pairs of its cathode; its own row if there is none."""
    threshold: float
    """Outcome at which both change places."""
    changes: float
    """Probability of such an outcome."""


def nothing_measured() -> Measured:
    """Return no cells."""
    return Measured(np.empty(0, np.int64), np.empty(0), np.empty(0))


def belief(values: Drawn, kinship: Kinship, measured: Measured, *, fraction: bool = False) -> Drawn:
    """Return what is believed of each pair after some cells were measured.

    Parameters
    ----------
    values : Drawn
        Objective of each pair by the calibrated model.
    kinship : sequence of sequences of str, shape (n_kinds, n_pairs)
        Labels, such as class with cathode, and SSE: pairs with the same label share a part of
        what the model misses.
    measured : Measured
        Cells that were made.
    fraction : bool, optional
        Whether values lie between 0 and 1, as scores do; then all is done with ln(v / (1 - v)),
        so that no belief leaves that range, and what the model misses is a factor where v is small.

    Notes
    -----
    With A the centred draws of the model, K the correlation of what it misses, s its size, R the
    errors and y the cells, each draw g is moved to the conditional one (Matheron's rule [1]_)::

        C = A A^T / (n_draws - 1) + s^2 K
        g' = g + C[:, m] (C[m, m] + R)^-1 (y - g[m] - e),    e ~ N(0, R)

    s starts at 0.8 of the spread of the values and is that with the largest posterior density
    among nine, given the cells. The rule is exact for normal draws; 200 of them also have chance
    correlations of 0.07, which a few tens of cells do not amplify.

    References
    ----------
    .. [1] J. T. Wilson et al., J. Mach. Learn. Res. 22(105), 1 (2021), section 3.

    Examples
    --------
    A cell without error leaves no doubt about its pair.

    >>> values = Drawn(np.array([1.0, 2.0]), np.array([[0.0, 2.0, 1.0], [1.0, 2.0, 3.0]]))
    >>> cell = Measured(np.array([0]), np.array([5.0]), np.array([0.0]))
    >>> belief(values, [["a", "b"]], cell).draws[0].round(6)[:2].tolist()
    [5.0, 5.0]
    """
    if fraction:
        errors = measured.errors * _slope(measured.values)
        open_ = Measured(measured.rows, _logit(measured.values), errors)
        found = belief(Drawn(*map(_logit, values)), kinship, open_)
        return Drawn(*(1.0 / (1.0 + np.exp(-part)) for part in found))
    draws = _enough(values.draws)
    scale = _scale(values, draws, kinship, measured)
    missed = draws + scale * _missed(kinship, draws.shape)
    central = values.value.astype(float)
    rows = measured.rows
    if not rows.size:
        return Drawn(central, missed)
    apart = draws - draws.mean(axis=1, keepdims=True)
    cross = apart @ apart[rows].T / (draws.shape[1] - 1) + scale**2 * _shared(kinship, rows)
    noise = np.diag(measured.errors**2 + 1e-12 * (1.0 + np.trace(cross[rows])))
    gain = np.linalg.solve(cross[rows] + noise, cross.T).T
    cells = [f"cell {cell}" for cell in range(rows.size)]
    drawn_errors = measured.errors[:, None] * pooled_draws(cells, _ERRORS, draws.shape[1])
    moved = missed + gain @ (measured.values[:, None] - missed[rows] - drawn_errors)
    return Drawn(central + gain @ (measured.values - central[rows]), moved)


def suggestions(
    believed: Drawn,
    cathode: Sequence[str],
    n: int,
    *,
    allowed: Flags,
    had: Places,
    group: Sequence[str] | None = None,
) -> list[Suggestion]:
    """Return the pairs to make next, the most useful first.

    Parameters
    ----------
    believed : Drawn
        From :func:`belief`; pairs with nan are never suggested.
    cathode : sequence of str
        Cathode of each pair.
    n : int
        How many; fewer come where fewer are allowed.
    allowed : ndarray of bool, shape (n_pairs,)
        Pairs that may be suggested.
    had : ndarray of int
        Pairs that are measured or under way.
    group : sequence of str, optional
        What is made once for several cells, such as the SSE: a pair whose group is new to the
        batch must add :data:`SYNTHESIS` times as much.

    Notes
    -----
    For each cathode, with B the pairs that are had or chosen, and f the draws::

        gain(x) = mean over draws of max(f_x - max_{b in B} f_b, 0)

    is the expected improvement of the best, for a batch [1]_. A pair that wins in the same draws
    as one already chosen adds nothing, so the batch spreads by itself. Gains are divided by the
    best value of the cathode, to be compared across cathodes. Choosing one after the other gives
    at least 1 - 1/e of what the best batch would: the expected maximum is submodular. Where no
    pair improves anything, the highest 95 % ends are taken.

    References
    ----------
    .. [1] D. Ginsbourger, R. Le Riche, L. Carraro, in Computational Intelligence in Expensive
       Optimization Problems, Springer, 131 (2010), doi:10.1007/978-3-642-10701-6_6.
    """
    draws = believed.draws
    open_ = allowed & np.isfinite(believed.value) & np.isfinite(draws).all(axis=1)
    number = np.empty(len(cathode), np.int64)
    best_so_far, weight = [], []
    for place, rivals in enumerate(rivalries(cathode)):
        number[rivals] = place
        central = believed.value[rivals]
        mine = had[np.isin(had, rivals)]
        mine = mine[np.isfinite(draws[mine]).all(axis=1)]
        floor = np.nanquantile(central, _BASE) if np.isfinite(central).any() else 0.0
        best_so_far.append(draws[mine].max(axis=0) if mine.size else np.full(draws.shape[1], floor))
        scale = np.abs(np.nanmax(central)) if np.isfinite(central).any() else 1.0
        weight.append(1.0 / max(float(scale), 1e-12))
    gains = np.full(len(cathode), -np.inf)
    stale = np.flatnonzero(open_)
    known: set[str] = set()
    chosen: list[tuple[int, float]] = []
    while len(chosen) < min(n, int(open_.sum())):
        for place in np.unique(number[stale]):
            rows = stale[number[stale] == place]
            better = np.maximum(draws[rows] - best_so_far[place], 0.0)
            gains[rows] = better.mean(axis=1) * weight[place]
        row = _next(gains, draws, group, known)
        chosen.append((row, float(gains[row])))
        gains[row] = -np.inf
        place = number[row]
        best_so_far[place] = np.maximum(best_so_far[place], draws[row])
        stale = np.flatnonzero((number == place) & np.isfinite(gains))
        if group:
            known.add(group[row])
    described = [_described(row, gain, believed, cathode) for row, gain in chosen]
    if group:
        first: dict[str, int] = {}
        for place, one in enumerate(described):
            first.setdefault(group[one.row], place)
        described.sort(key=lambda one: first[group[one.row]])
    return described


def _next(gains: Floats, draws: Floats, group: Sequence[str] | None, known: set[str]) -> int:
    """Return the row that adds most for what it costs."""
    worth = gains
    if group:
        new = np.array([name not in known for name in group])
        worth = np.where(new & (gains > 0.0), gains / SYNTHESIS, gains)
    if worth.max() > 0.0:
        return int(worth.argmax())
    left = np.flatnonzero(np.isfinite(gains))
    return int(left[np.quantile(draws[left], 0.95, axis=1).argmax()])


def _described(row: int, gain: float, believed: Drawn, cathode: Sequence[str]) -> Suggestion:
    """Return a suggestion with what its outcome would change."""
    rivals = np.array([place for place, name in enumerate(cathode) if name == cathode[row]])
    rivals = rivals[np.isfinite(believed.value[rivals])]
    wins = share_of_top(believed.draws[rivals], 1)[rivals == row][0]
    others = rivals[rivals != row]
    if not others.size:
        return Suggestion(row, gain, float(wins), row, float(believed.value[row]), 0.0)
    rival = int(others[believed.value[others].argmax()])
    leads = believed.value[row] >= believed.value[rival]
    over = float(above(believed.draws[row, None], believed.draws[rival, None])[0])
    return Suggestion(
        row,
        gain,
        float(wins),
        rival,
        float(believed.value[rival]),
        1.0 - over if leads else over,
    )


def _enough(draws: Floats) -> Floats:
    """Return draws as often as fits, each time to be joined with other draws of what is missed."""
    n, n_draws = draws.shape
    wanted = max(min(MOST_DRAWS, _NUMBERS // max(n, 1)), N_DRAWS)
    return np.tile(draws, max(wanted // n_draws, 1))


def _logit(fraction: Floats) -> Floats:
    inside = np.clip(fraction, _EDGE, 1.0 - _EDGE)
    return np.asarray(np.log(inside / (1.0 - inside)))


def _slope(fraction: Floats) -> Floats:
    """Return the derivative of :func:`_logit`."""
    inside = np.clip(fraction, _EDGE, 1.0 - _EDGE)
    return np.asarray(1.0 / (inside * (1.0 - inside)))


def _scale(values: Drawn, draws: Floats, kinship: Kinship, measured: Measured) -> float:
    """Return the size of what the model misses: by the spread, corrected by the cells."""
    start = MISSED * float(np.nanstd(values.value))
    rows = measured.rows
    if not rows.size or start <= 0.0:
        return start
    apart = draws[rows] - draws[rows].mean(axis=1, keepdims=True)
    model = apart @ apart.T / (draws.shape[1] - 1) + np.diag(measured.errors**2)
    shared = _shared(kinship, rows)[rows]
    off = measured.values - values.value[rows]
    found = []
    for factor in _SCALES:
        covariance = model + (factor * start) ** 2 * shared
        covariance += 1e-12 * np.trace(covariance) * np.eye(rows.size)
        _, logarithm = np.linalg.slogdet(covariance)
        fit = off @ np.linalg.solve(covariance, off)
        found.append(-0.5 * (logarithm + fit) - 0.5 * (np.log(factor) / _WIDTH) ** 2)
    return start * float(_SCALES[int(np.argmax(found))])


def _missed(kinship: Kinship, shape: tuple[int, ...]) -> Floats:
    """Return standard draws of what the model misses, shared as the labels say."""
    n, n_draws = shape
    alone = np.random.default_rng(n).standard_normal((n, n_draws))
    missed = np.sqrt(_ALONE) * alone
    for kind, labels in enumerate(kinship):
        drawn = pooled_draws(labels, _ERRORS + 1 + kind, n_draws)
        missed += np.sqrt((1.0 - _ALONE) / len(kinship)) * drawn
    return np.asarray(missed)


def _shared(kinship: Kinship, rows: Places) -> Floats:
    """Return the correlation of what the model misses, of all pairs with some."""
    n = len(kinship[0])
    shared = np.zeros((n, rows.size))
    shared += _ALONE * (np.arange(n)[:, None] == rows[None, :])
    for labels in kinship:
        number = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1]
        shared += (1.0 - _ALONE) / len(kinship) * (number[:, None] == number[rows][None, :])
    return shared
