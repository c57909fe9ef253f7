"""The prior of the terms."""

import numpy as np
import pytest

from stability.energies.pairs import N_TERMS
from stability.energies.terms import Prior, prior_covariance, prior_draws, prior_product

PRIOR = Prior(own=0.2, shared=0.4, anion=0.3, bonded=0.5, alloy=0.1, states=2.0, kinship=0.8)


def test_the_product_is_that_of_the_covariance():
    """Applied axis by axis, or entry by entry: the same numbers."""
    random = np.random.default_rng(1)
    places = np.unique(random.integers(0, N_TERMS, 300))
    values = random.normal(size=len(places))
    vector = np.zeros((N_TERMS, 1))
    vector[places, 0] = values
    rows = np.unique(np.concatenate([places[:50], random.integers(0, N_TERMS, 200)]))
    found = prior_product(PRIOR, vector)[rows, 0]
    assert found == pytest.approx(prior_covariance(PRIOR, rows, places) @ values, abs=1e-12)


def test_a_covariance_is_symmetric_and_positive():
    """As any covariance is."""
    rows = np.unique(np.random.default_rng(2).integers(0, N_TERMS, 200))
    covariance = prior_covariance(PRIOR, rows, rows)
    assert covariance == pytest.approx(covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-9


def test_draws_have_the_covariance():
    """Among 4,000 draws, variances are met within 5 standard errors of sqrt(2 / 4000)."""
    rows = np.unique(np.random.default_rng(3).integers(0, N_TERMS, 12))
    normals = np.random.default_rng(4).normal(size=(2 * N_TERMS, 400))
    drawn = np.concatenate(
        [prior_draws(PRIOR, np.roll(normals, 7 * n, axis=0))[rows] for n in range(10)], axis=1
    )
    expected = np.diag(prior_covariance(PRIOR, rows, rows))
    assert (drawn**2).mean(axis=1) == pytest.approx(expected, rel=5 * np.sqrt(2 / 4000))
