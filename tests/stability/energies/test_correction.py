"""The corrections that come with the package."""

import numpy as np
import pytest

from stability.energies.anchors import anchors
from stability.energies.correction import (
    CORRECTIONS,
    correction,
    corrections_of,
    shared_errors,
    term_draws,
)
from stability.energies.pairs import pair_terms
from stability.errors import TableError
from stability.formula import composition


def terms_of(*formulas):
    materials = [composition(formula) for formula in formulas]
    elements = sorted({element for one in materials for element in one.amounts})
    fractions = [[one.amounts.get(e, 0.0) / one.n_atoms for e in elements] for one in materials]
    return pair_terms(np.array(fractions), elements)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_its_weights_are_those_of_the_fit(name):
    """Weight times variance of the error is what the pairs leave of each residual."""
    found = correction(name)
    measured = np.array([anchors()[composition(f).shares].enthalpy for f in found.formulas])
    left = measured - found.computed - corrections_of(found, found.terms)
    assert found.weights * found.errors**2 == pytest.approx(left, abs=3e-3)


def test_neighbours_move_together():
    """Li3YCl6 moves by the sum of what 3 LiCl and YCl3 move by: their reaction stays as it was."""
    lithium, yttrium, ternary = corrections_of(
        correction("mp2019"), terms_of("LiCl", "YCl3", "Li3YCl6")
    )
    assert 10 * ternary == pytest.approx(3 * 2 * lithium + 4 * yttrium)


def test_chemistry_decides_how_sure_it_is():
    """A pair that has been measured often is surer than one that never was."""
    often, never = shared_errors(correction("mp2019"), terms_of("LiCl", "PuTe2"))
    assert 2 * often < never


def test_draws_agree_with_the_standard_errors():
    """The spread of 400 draws of a phase is its standard error, within 5 in sqrt(2 * 400)."""
    found = correction("r2scan")
    terms = terms_of("LiCl", "Li3PS4", "ErBr3")
    drawn = term_draws(found, seed=5, draws=400)
    spread = [
        (drawn[terms.numbers[a:b]] * terms.shares[a:b, None]).sum(axis=0).std()
        for a, b in zip(terms.starts, terms.starts[1:], strict=False)
    ]
    assert spread == pytest.approx(shared_errors(found, terms), rel=5 / np.sqrt(800))


def test_the_first_draws_do_not_depend_on_how_many_follow():
    """A draw is a matter of its number."""
    found = correction("r2scan")
    few, more = (term_draws(found, seed=5, draws=n) for n in (3, 5))
    assert more[:, :3] == pytest.approx(few, abs=1e-9)


def test_there_are_no_others():
    """An unknown name is refused with those that there are."""
    with pytest.raises(TableError, match="mp2019"):
        correction("lda")
