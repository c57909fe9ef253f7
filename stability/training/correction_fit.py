"""Fitting the correction to residuals, and saying how well it does where it was not fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.optimize import minimize

from stability.energies.pair_posterior import Design, design, posterior_covariance, variances
from stability.energies.pairs import ANIONS, Terms
from stability.energies.terms import Prior

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FAMILIES = (
    ("F",), ("O",), ("Cl", "Br", "I"), ("S", "Se", "Te"), ("N",), ("P", "As", "Sb", "Bi"),
    ("C", "H", "Si", "Ge", "B", "alloy"),
)  # fmt: skip
"""Classes of phases, by their strongest anion, whose own errors are taken to be alike."""
_DEGREES = 4.0  # Of Student's t: a compound that is far off its pairs hardly pulls at them.
_ROUNDS = 3  # After which the weights of the compounds change no more.
_MOST_KINSHIP = 0.98  # [1] Beyond it the anions of a family would be one.
_NORMAL_90 = 1.6449  # [1] Half width of a 90 % interval of a normal error, in standard errors.


class Residuals(NamedTuple):
    """What the correction is fitted to."""

    terms: Terms
    """Of each compound."""
    values: Floats
    """Measured minus computed, shape (n,). [eV/atom]"""
    spreads: Floats
    """Standard errors of what was measured, shape (n,). [eV/atom]"""

    @property
    def families(self) -> Ints:
        """Number of each compound's class in ``FAMILIES``."""
        names = [*ANIONS, "alloy"]
        of_anion = [
            next(i for i, family in enumerate(FAMILIES) if name in family) for name in names
        ]
        return np.array(of_anion)[self.terms.leading]

    def some(self, chosen: Bools) -> Residuals:
        """Return those of chosen compounds; their terms stand in the design."""
        terms = self.terms._replace(leading=self.terms.leading[chosen])
        return Residuals(terms, self.values[chosen], self.spreads[chosen])


class Fit(NamedTuple):
    """A fitted correction."""

    means: Floats
    """Correction of each term of the design, shape (n_terms,). [eV]"""
    covariance: Floats
    """What the residuals leave open of them, shape (n_terms, n_terms). [eV^2]"""
    errors: Floats
    """Standard error of each residual about its pairs, shape (n,). [eV/atom]"""
    weights: Floats
    """Weight of each compound in the correction, shape (n,). [1/(eV/atom)]"""
    left_out: Floats
    """Residual of each compound that the others do not explain, shape (n,). [eV/atom]"""
    left_out_errors: Floats
    """Its standard error, shape (n,). [eV/atom]"""


class Prediction(NamedTuple):
    """What a fit says of compounds that it has not seen."""

    values: Floats
    """Correction, shape (n,). [eV/atom]"""
    errors: Floats
    """Standard error, the compound's own part included, shape (n,). [eV/atom]"""


def fit(layout: Design, residuals: Residuals, own: Floats) -> Fit:
    """Return the fit to residuals, in which compounds far off their pairs count less.

    Parameters
    ----------
    layout : Design
        Of the same compounds.
    residuals : Residuals
        What was measured.
    own : ndarray, shape (n_families,)
        Standard error of a compound's own part, by class. [eV/atom]

    Notes
    -----
    Leaving one compound out of a linear fit with leverage h, its residual is r / (1 - h), and the
    variance of what the others predict is the noise times h / (1 - h).
    """
    part = own[residuals.families] ** 2
    trust = np.ones(len(residuals.values))
    for _ in range(_ROUNDS):
        noise = part / trust + residuals.spreads**2
        covariance = posterior_covariance(layout, noise)
        means = covariance @ (layout.shares.T @ (residuals.values / noise))
        off = residuals.values - layout.shares @ means
        leverage = variances(layout.shares, covariance) / noise
        left_out = off / (1.0 - leverage)
        variance = noise * leverage / (1.0 - leverage) + part + residuals.spreads**2
        trust = (_DEGREES + 1.0) / (_DEGREES + left_out**2 / variance)
    return Fit(means, covariance, np.sqrt(noise), off / noise, left_out, np.sqrt(variance))


def cross_validated(
    layout: Design, residuals: Residuals, own: Floats, groups: Sequence[str], *, folds: int = 8
) -> Prediction:
    """Return what is predicted of each compound by a fit without its group.

    Parameters
    ----------
    layout, residuals, own
        As for :func:`fit`.
    groups : sequence of str
        Compounds of one group are left out together.
    folds : int, optional
        In how many rounds; the groups are dealt to them at random, always alike.
    """
    names = sorted(set(groups))
    dealt = dict(
        zip(names, np.random.default_rng(2024).permutation(len(names)) % folds, strict=True)
    )
    fold = np.array([dealt[group] for group in groups])
    values, errors = np.zeros(len(fold)), np.zeros(len(fold))
    for number in range(folds):
        out = fold == number
        found = fit(layout._replace(shares=layout.shares[~out]), residuals.some(~out), own)
        shares = layout.shares[out]
        values[out] = shares @ found.means
        part = own[residuals.families[out]] ** 2 + residuals.spreads[out] ** 2
        errors[out] = np.sqrt(variances(shares, found.covariance) + part)
    return Prediction(values, errors)


def own_errors(layout: Design, residuals: Residuals, own: Floats) -> Floats:
    """Return own parts with which nine tenths of each class, left out one by one, are inside.

    Parameters
    ----------
    layout, residuals
        As for :func:`fit`.
    own : ndarray, shape (n_families,)
        Where to start. [eV/atom]
    """
    families = residuals.families
    for _ in range(_ROUNDS):
        found = fit(layout, residuals, own)
        off = np.abs(found.left_out) / found.left_out_errors
        scale = np.array(
            [
                np.quantile(off[families == number], 0.9) / _NORMAL_90
                for number in range(len(FAMILIES))
            ]
        )
        # Half the way at a time: the part is not all of the error.
        own = own * np.sqrt(np.clip(scale, 0.5, 2.0))
    return own


def fitted_prior(start: Prior, residuals: Residuals, own: Floats, *, steps: int = 120) -> Prior:
    """Return the prior under which the residuals are most likely.

    Parameters
    ----------
    start : Prior
        Where to start.
    residuals, own
        As for :func:`fit`.
    steps : int, optional
        How often the likelihood may be computed.
    """
    noise = fit(design(start, residuals.terms), residuals, own).errors ** 2

    def unlikeliness(logs: Floats) -> float:
        prior = Prior(*np.exp(logs))
        if prior.kinship > _MOST_KINSHIP:
            return np.inf
        layout = design(prior, residuals.terms)
        weighted = layout.shares.T @ (layout.shares.multiply(1.0 / noise[:, None]).tocsr())
        lower = cholesky(layout.precision + weighted.toarray(), lower=True)
        pulled = layout.shares.T @ (residuals.values / noise)
        misfit = residuals.values @ (residuals.values / noise) - pulled @ cho_solve(
            (lower, True), pulled
        )
        return 0.5 * (
            float(misfit) + layout.log_determinant + 2.0 * float(np.log(np.diag(lower)).sum())
        )

    found = minimize(
        unlikeliness, np.log(start), method="Nelder-Mead",
        options={"maxfev": steps, "adaptive": True},
    )  # fmt: skip
    return Prior(*(float(round(value, 3)) for value in np.exp(found.x)))
