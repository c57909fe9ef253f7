"""The fit of the first cycle to measured cells: one posterior draw for each draw of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from screening.first_cycle.equations import (
    Effects,
    Fitted,
    Known,
    Parameters,
    composite_key,
    cycle,
    inputs,
)
from screening.first_cycle.measured_cells import cells_of, predicted
from screening.first_cycle.posterior import fits
from screening.first_cycle.priors import COMMON, SPREADS, priors
from screening.pairs.drawn import N_DRAWS, standard_draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from screening.first_cycle.equations import Inputs
    from screening.first_cycle.measured_cells import Measurement
    from screening.first_cycle.posterior import Fits
    from screening.pairs.features import Features

    Floats = NDArray[np.float64]

_KINDS = Effects._fields  # Of what makes composites differ.
_GRID = np.linspace(-2.4, 2.4, 9)  # Spreads that are tried. [prior standard deviations]
_DIGITS = 5  # Significant, of numbers that are kept.


def posterior(measurements: Sequence[Measurement], features: Features) -> Fitted:
    """Return parameters that explain cells, and what is special about their composites.

    Parameters
    ----------
    measurements : sequence of Measurement
        What is fitted.
    features : Features
        Their cells, in the order of :func:`screening.first_cycle.measured_cells.cells_of`.

    Notes
    -----
    One draw of the posterior for each draw of the inputs: with the phase energies, surfaces and
    liquid cells of draw j, the parameters that explain the cells best, data and prior shaken
    (:func:`screening.first_cycle.posterior.fits`). Cells do not vote on phase energies or
    surfaces, only on the model's own parameters ("cut" inference [1]_). How much composites differ
    is found by the evidence on a grid; each draw takes one of its values. What is special about a
    measured composite is kept for the predictions of that composite.

    References
    ----------
    .. [1] M. Plummer, Stat. Comput. 25, 37 (2015), doi:10.1007/s11222-014-9503-z.
    """
    problem = _Problem(measurements, features)
    grid = np.stack([axis.ravel() for axis in np.meshgrid(_GRID, _GRID)])
    evidence = problem.fits(_spreads(grid)).log_evidence - 0.5 * (grid**2).sum(axis=0)
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    middle = (grid @ weight)[:, None]
    best = problem.fits(_spreads(middle))

    level = (np.argsort(np.argsort(standard_draws("calibration spreads"))) + 0.5) / N_DRAWS
    picked = grid[:, np.searchsorted(weight.cumsum(), level).clip(0, weight.size - 1)]
    many = problem.fits(_spreads(picked), shake=True, draw=True)
    central = _as_effects(best.own, _spreads(middle))
    drawn = _as_effects(many.own, _spreads(picked))
    known = {
        key: Known(
            Effects(*(_rounded(np.asarray(factor)[k, 0]) for factor in central)),
            Effects(*(_rounded(np.asarray(factor)[k]) for factor in drawn)),
        )
        for k, key in enumerate(problem.composites)
        if key in problem.with_cathode
    }
    return Fitted(
        _parameters(best.common[:, 0], middle[:, 0]), _parameters(many.common, picked), known
    )


class _Problem:
    """Cells as a fit sees them: figures, rows of the model, composites."""

    def __init__(self, measurements: Sequence[Measurement], features: Features) -> None:
        cells = cells_of(measurements)
        place = {one.cell: row for row, one in enumerate(cells)}
        keys = [composite_key(one.sse, one.cathode or "carbon", one.recipe.name) for one in cells]
        self.measurements = measurements
        self.features = features
        self.size = np.array([one.size for one in cells])
        self.row = np.array([place[one.cell] for one in measurements])
        self.composites = list(dict.fromkeys(keys))
        self.composite = np.array([self.composites.index(key) for key in keys])
        self.value = np.array([one.value for one in measurements])[:, None]
        self.spread = np.array([one.spread for one in measurements])[:, None]
        self.with_cathode = {
            key for key, one in zip(keys, cells, strict=True) if one.cathode is not None
        }

    def fits(self, spreads: Floats, *, shake: bool = False, draw: bool = False) -> Fits:
        """Return fits, one for each column of spreads; shaken, and with drawn inputs."""
        n = spreads.shape[1]
        n_own, n_data = len(self.composites), len(self.measurements)
        at = (
            self._shaken()
            if shake
            else (
                np.zeros((len(COMMON), n)),
                np.zeros((len(_KINDS), n_own, n)),
                np.zeros((n_data, n)),
            )
        )
        x = inputs(self.features, size=self.size, drawn=draw)
        return fits(self._residuals(x, spreads), self.composite[self.row], *at)

    def _shaken(self) -> tuple[Floats, Floats, Floats]:
        """Return draws of the priors and of the errors of the data."""

        def drawn(keys: Iterable[str]) -> Floats:
            return np.stack([standard_draws(f"calibration {key}") for key in keys])

        own = [drawn(f"{kind} of {key}" for key in self.composites) for kind in _KINDS]
        return drawn(COMMON), np.stack(own), drawn(one.id for one in self.measurements)

    def _residuals(self, x: Inputs, spreads: Floats) -> Callable[[Floats, Floats], Floats]:
        """Return the function from unknowns to what the model misses, in standard deviations."""
        of_layer, of_cell = spreads

        def residuals(common: Floats, own: Floats) -> Floats:
            at = {name: priors()[name].at(z) for name, z in zip(COMMON, common, strict=True)}
            p = Parameters(**at, layer_spread=of_layer, cell_spread=of_cell)
            found = cycle(x, p, _as_effects(own[:, self.composite], spreads))
            made = np.empty((len(self.measurements), common.shape[1]))
            for k, (one, row) in enumerate(zip(self.measurements, self.row, strict=True)):
                made[k] = predicted(one.quantity, row, x, p, found)
            missed: Floats = (made - self.value) / self.spread
            return missed

        return residuals


def _as_effects(own: Floats, spreads: Floats) -> Effects:
    """Return factors from standard deviations of what composites have to themselves."""
    layer, reach, returned = own
    of_layer, of_cell = spreads
    return Effects(np.exp(of_layer * layer), np.exp(of_cell * reach), np.exp(of_cell * returned))


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
