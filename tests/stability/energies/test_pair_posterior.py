"""What residuals say of terms."""

import numpy as np
import pytest

from stability.energies.pair_posterior import design, posterior_covariance, shares_of, variances
from stability.energies.pairs import pair_terms
from stability.energies.terms import prior_covariance
from tests.stability.energies.test_terms import PRIOR

FRACTIONS = np.array([[0.5, 0.0, 0.5], [0.0, 0.25, 0.75], [0.3, 0.1, 0.6]])
TERMS = pair_terms(FRACTIONS, ["Li", "Y", "Cl"])
NOISE = np.array([0.01, 0.02, 0.03]) ** 2


def test_the_posterior_is_that_of_the_dense_formula():
    """Woodbury's identity: K - K P' (P K P' + N)^-1 P K, with the small matrix inverted."""
    layout = design(PRIOR, TERMS)
    shares = layout.shares.toarray()
    prior = prior_covariance(PRIOR, layout.used, layout.used)
    gain = prior @ shares.T @ np.linalg.inv(shares @ prior @ shares.T + np.diag(NOISE))
    assert posterior_covariance(layout, NOISE) == pytest.approx(
        prior - gain @ shares @ prior, abs=2e-7
    )


def test_measured_pairs_are_sure_and_others_are_not():
    """A compound of the fit has at most the variance of its residual."""
    layout = design(PRIOR, TERMS)
    left = variances(shares_of(TERMS, layout.used), posterior_covariance(layout, NOISE))
    before = variances(layout.shares, prior_covariance(PRIOR, layout.used, layout.used))
    assert (left <= 1.001 * NOISE).all()
    assert (before > 50 * NOISE).all()
