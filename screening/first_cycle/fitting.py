"""The fit of the first cycle to measured cells: one posterior draw for each draw of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from screening.first_cycle.equations import Effects, Fitted, Known, composite_key, cycle, inputs
from screening.first_cycle.measured_cells import (
    OWN_LABORATORY,
    THESIS,
    cells_of,
    predicted,
)
from screening.first_cycle.posterior import fits
from screening.first_cycle.priors import COMMON, SPREADS, Parameters, priors
from screening.pairs.drawn import N_DRAWS, standard_draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from screening.first_cycle.equations import Inputs
    from screening.first_cycle.measured_cells import Measurement
    from screening.first_cycle.posterior import Fits
    from screening.pairs.features import Features

    Floats = NDArray[np.float64]

_GRID = np.linspace(-2.4, 2.4, 9)  # Values of a spread that are tried. [prior deviations]
_SWEEPS = 2  # Over the spreads, each found with the others where the last sweep left them.
_DIGITS = 5  # Significant, of numbers that are kept.
OWN = ("layer of", "reach of", "loss of", "reach in", "loss in")
"""What sets cells apart: three kinds of each cell, two of each laboratory."""
KEPT = (THESIS, OWN_LABORATORY)
"""Laboratories of which is kept what sets them and their cells apart."""
_OF_CELL = 3  # The first of `OWN` are of the cell.


class Spreads(NamedTuple):
    """How much cells and laboratories differ, in standard deviations of the priors."""

    middle: Floats
    """Shape (n_spreads, 1)."""
    drawn: Floats
    """Shape (n_spreads, n_draws)."""


def posterior(
    measurements: Sequence[Measurement], features: Features, *, spreads: Spreads | None = None
) -> Fitted:
    """Return parameters that explain cells, and what is special about them and their laboratories.

    Parameters
    ----------
    measurements : sequence of Measurement
        What is fitted.
    features : Features
        Their cells, in the order of :func:`screening.first_cycle.measured_cells.cells_of`.
    spreads : Spreads, optional
        How much cells differ, as a fit to more cells found it; found from these without.

    Notes
    -----
    One draw of the posterior for each draw of the inputs: with the phase energies, surfaces and
    liquid cells of draw j, the parameters that explain the cells best, data and prior shaken
    (:func:`screening.first_cycle.posterior.fits`). Cells do not vote on phase energies or
    surfaces, only on the model's own parameters ("cut" inference [1]_). Several cells of one
    laboratory share what is special about it, so that they are one witness of the others. How much
    cells and laboratories differ is found by the evidence, one spread after the other; each draw
    takes values of its own.

    References
    ----------
    .. [1] M. Plummer, Stat. Comput. 25, 37 (2015), doi:10.1007/s11222-014-9503-z.
    """
    problem = _Problem(measurements, features)
    middle, picked = spreads or _found_spreads(problem)
    best = problem.fits(_spreads(middle))
    many = problem.fits(_spreads(picked), shake=True, draw=True)
    pair = (best.own, _spreads(middle)), (many.own, _spreads(picked))
    return Fitted(
        _parameters(best.common[:, 0], middle[:, 0]),
        _parameters(many.common, picked),
        *(problem.named_effects(*pair, laboratories=which) for which in (False, True)),
    )


def spreads_of(fitted: Fitted) -> Spreads:
    """Return the spreads that a fit found.

    Parameters
    ----------
    fitted : Fitted
        From :func:`posterior`.
    """

    def z(found: Parameters) -> Floats:
        rows = [priors()[name].z(np.atleast_1d(getattr(found, name))) for name in SPREADS]
        return np.stack(rows)

    return Spreads(z(fitted.central), z(fitted.drawn))


def _found_spreads(problem: _Problem) -> Spreads:
    """Return the most probable spreads and draws of them."""
    middle = np.zeros((len(SPREADS), 1))
    picked = np.zeros((len(SPREADS), N_DRAWS))
    for sweep in range(_SWEEPS):
        for k, name in enumerate(SPREADS):
            tried = np.repeat(middle, _GRID.size, axis=1)
            tried[k] = _GRID
            evidence = problem.fits(_spreads(tried)).log_evidence - 0.5 * _GRID**2
            weight = np.exp(evidence - evidence.max())
            weight /= weight.sum()
            middle[k] = _GRID @ weight
            if sweep == _SWEEPS - 1:
                order = np.argsort(np.argsort(standard_draws(f"calibration {name}")))
                level = (order + 0.5) / N_DRAWS
                picked[k] = np.interp(level, weight.cumsum() - 0.5 * weight, _GRID)
    return Spreads(middle, picked)


class _Problem:
    """Cells as a fit sees them: figures, rows of the model, cells and laboratories."""

    def __init__(self, measurements: Sequence[Measurement], features: Features) -> None:
        cells = cells_of(measurements)
        place = {one.cell: row for row, one in enumerate(cells)}
        self.measurements = measurements
        self.cells = cells
        self.laboratories = list(dict.fromkeys(one.laboratory for one in cells))
        self.features = features
        self.size = np.array([one.size for one in cells])
        self.row = np.array([place[one.cell] for one in measurements])
        self.laboratory = np.array([self.laboratories.index(one.laboratory) for one in cells])
        self.lithium_sulfide = np.array([one.cathode == "Li2S" for one in cells])[:, None]
        self.value = np.array([one.value for one in measurements])[:, None]
        self.spread = np.array([one.spread for one in measurements])[:, None]

    def fits(self, spreads: Floats, *, shake: bool = False, draw: bool = False) -> Fits:
        """Return fits, one for each column of spreads; shaken, and with drawn inputs."""
        n = spreads.shape[1]
        at = (
            self._shaken()
            if shake
            else (
                np.zeros((len(COMMON), n)),
                np.zeros((len(OWN), len(self.cells), n)),
                np.zeros((len(self.measurements), n)),
            )
        )
        x = inputs(self.features, size=self.size, drawn=draw)
        group = [self.row if k < _OF_CELL else self.laboratory[self.row] for k in range(len(OWN))]
        return fits(self._residuals(x, spreads), np.stack(group), *at)

    def named_effects(self, *pair: tuple[Floats, Floats], laboratories: bool) -> dict[str, Known]:
        """Return what is special, central and drawn: of laboratories, or of cells with cathode."""
        if laboratories:
            rows = {name: k for k, name in enumerate(self.laboratories) if name in KEPT}
            parts = [_of_laboratory(*part) for part in pair]
        else:
            rows = {
                composite_key(one.laboratory, one.sse, one.cathode, one.recipe.name): k
                for k, one in reversed(list(enumerate(self.cells)))
                if one.cathode is not None and one.laboratory in KEPT
            }  # The first of several cells of one composite stands for it.
            parts = [self.effects(*part) for part in pair]
        return {
            name: Known(
                Effects(*(_rounded(np.asarray(f)[k, 0]) for f in parts[0])),
                Effects(*(_rounded(np.asarray(f)[k]) for f in parts[1])),
            )
            for name, k in sorted(rows.items())
        }

    def effects(self, own: Floats, spreads: Floats) -> Effects:
        """Return factors from standard deviations of what sets cells and laboratories apart."""
        whole = _of_laboratory(own, spreads)
        of_layer, usual, activation, of_loss, *_ = spreads
        layer, reach, loss = own[:_OF_CELL]
        of_reach = np.where(self.lithium_sulfide, activation, usual)
        return Effects(
            np.exp(of_layer * layer),
            np.exp(of_reach * reach) * np.asarray(whole.reach)[self.laboratory],
            np.exp(of_loss * loss) * np.asarray(whole.loss)[self.laboratory],
        )

    def _shaken(self) -> tuple[Floats, Floats, Floats]:
        """Return draws of the priors and of the errors of the data."""

        def drawn(keys: Iterable[str]) -> Floats:
            return np.stack([standard_draws(f"calibration {key}") for key in keys])

        names = [one.cell for one in self.cells]
        blank = [f"no {k}" for k in range(len(names) - len(self.laboratories))]
        each = [names] * _OF_CELL + [self.laboratories + blank] * (len(OWN) - _OF_CELL)
        own = [drawn(f"{kind} {name}" for name in of) for kind, of in zip(OWN, each, strict=True)]
        return drawn(COMMON), np.stack(own), drawn(one.id for one in self.measurements)

    def _residuals(self, x: Inputs, spreads: Floats) -> Callable[[Floats, Floats], Floats]:
        """Return the function from unknowns to what the model misses, in standard deviations."""

        def residuals(common: Floats, own: Floats) -> Floats:
            at = {name: priors()[name].at(z) for name, z in zip(COMMON, common, strict=True)}
            p = Parameters(**at, **dict(zip(SPREADS, spreads, strict=True)))
            found = cycle(x, p, self.effects(own, spreads))
            made = np.empty((len(self.measurements), common.shape[1]))
            for k, (one, row) in enumerate(zip(self.measurements, self.row, strict=True)):
                made[k] = predicted(one.quantity, row, x, p, found)
            missed: Floats = (made - self.value) / self.spread
            return missed

        return residuals


def _of_laboratory(own: Floats, spreads: Floats) -> Effects:
    """Return factors of laboratories, in the rows of their numbers."""
    of_reach, of_loss = spreads[-2:]
    reach, loss = own[_OF_CELL:]
    return Effects(np.ones_like(reach), np.exp(of_reach * reach), np.exp(of_loss * loss))


def _spreads(z: Floats) -> Floats:
    return np.stack([priors()[name].at(row) for name, row in zip(SPREADS, z, strict=True)])


def _parameters(common: Floats, spreads: Floats) -> Parameters:
    """Return parameters from standard deviations of their priors, to the digits that are kept."""
    z = dict(zip((*COMMON, *SPREADS), (*common, *spreads), strict=True))
    found = {name: _rounded(priors()[name].at(z[name])) for name in Parameters._fields}
    return Parameters(**found)


def _rounded(values: Floats) -> Any:
    numbers = [float(f"{value:.{_DIGITS}g}") for value in np.atleast_1d(values)]
    return np.array(numbers) if np.ndim(values) else numbers[0]
