import numpy as np
import pytest

from stability.energies.pair_posterior import design
from stability.energies.pairs import pair_terms
from stability.training.correction_fit import FAMILIES, Residuals, cross_validated, fit
from stability.training.energies import START

ELEMENTS = ["Li", "Na", "K", "Cl", "Br", "O"]
SHIFT = {"Cl": -0.2, "Br": 0.3, "O": 0.1}  # [eV per anion] What the made-up table is wrong by.


@pytest.fixture(scope="module")
def made():
    """Return residuals of salts whose error is that of their anions alone, with their layout."""
    rows, values = [], []
    for metal in ("Li", "Na", "K"):
        for anion, shift in SHIFT.items():
            for n_metal in (1, 2, 3):
                total = n_metal + 1
                amounts = {metal: n_metal / total, anion: 1 / total}
                rows.append([amounts.get(element, 0.0) for element in ELEMENTS])
                values.append(shift / total)
    terms = pair_terms(np.array(rows), ELEMENTS)
    residuals = Residuals(terms, np.array(values), np.full(len(values), 0.005))
    return design(START, terms), residuals


def test_what_is_wrong_by_anion_is_found(made):
    """The correction explains the residuals to within their spread and the own part."""
    layout, residuals = made
    found = fit(layout, residuals, np.full(len(FAMILIES), 0.02))

    left = residuals.values - layout.shares @ found.means
    assert np.abs(left).mean() < 0.25 * np.abs(residuals.values).mean()


@pytest.mark.slow
def test_a_compound_that_was_left_out_is_predicted_from_its_neighbours(made):
    """Better than no correction, and its error bar is no smaller than the own part."""
    layout, residuals = made
    own = np.full(len(FAMILIES), 0.02)
    groups = [str(row) for row in range(len(residuals.values))]
    found = cross_validated(layout, residuals, own, groups)

    assert np.abs(found.values - residuals.values).mean() < np.abs(residuals.values).mean()
    assert (found.errors >= 0.02).all()
