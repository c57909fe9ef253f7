"""What measured residuals say of the terms, and what they leave open: a linear Gaussian model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.sparse import csr_array

from stability.energies.terms import Prior, prior_covariance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.energies.pairs import Terms

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_JITTER = 1e-7  # [eV^2] Far below any variance, far above rounding: very similar cations differ.


class Design(NamedTuple):
    """Compounds as sums over terms, and what is known of the terms beforehand."""

    used: Ints
    """Numbers of the terms that occur, shape (n_terms,)."""
    shares: csr_array
    """Share of each term in each compound, shape (n, n_terms)."""
    precision: Floats
    """Inverse prior covariance of the terms, shape (n_terms, n_terms). [1/eV^2]"""
    log_determinant: float
    """Logarithm of the determinant of the prior covariance."""


def design(prior: Prior, terms: Terms, *, also: Ints | None = None) -> Design:
    """Return compounds as sums over their terms.

    Parameters
    ----------
    prior : Prior
        How alike terms are.
    terms : Terms
        Of the compounds.
    also : ndarray, optional
        Further terms that are asked about.
    """
    used = np.unique(terms.numbers if also is None else np.concatenate([terms.numbers, also]))
    before = prior_covariance(prior, used, used)
    before[np.diag_indices_from(before)] += _JITTER
    lower = cholesky(before, lower=True)
    precision = cho_solve((lower, True), np.eye(len(used)))
    return Design(
        used, shares_of(terms, used), precision, 2.0 * float(np.log(np.diag(lower)).sum())
    )


def shares_of(terms: Terms, used: Ints) -> csr_array:
    """Return the share of each used term in each compound.

    Parameters
    ----------
    terms : Terms
        Of the compounds.
    used : ndarray
        Numbers of all their terms, and maybe others, in order.
    """
    columns = np.searchsorted(used, terms.numbers)
    shape = len(terms.starts) - 1, len(used)
    return csr_array((terms.shares, columns, terms.starts), shape=shape)


def variances(shares: csr_array, covariance: Floats) -> Floats:
    """Return the variance of sums over terms, shape (n,).

    Parameters
    ----------
    shares : csr_array
        Share of each term in each sum.
    covariance : ndarray
        Of the terms.
    """
    return np.asarray((shares @ covariance * shares.toarray()).sum(axis=1))


def posterior_covariance(layout: Design, noise: Floats) -> Floats:
    """Return what residuals leave open of the terms, shape (n_terms, n_terms).

    Parameters
    ----------
    layout : Design
        Of the compounds with residuals.
    noise : ndarray, shape (n,)
        Variance of each residual about its terms.
    """
    weighted = layout.shares.T @ (layout.shares.multiply(1.0 / noise[:, None]).tocsr())
    lower = cholesky(layout.precision + weighted.toarray(), lower=True)
    return np.asarray(cho_solve((lower, True), np.eye(len(lower))))
