from typing import NamedTuple

import numpy as np
import pytest

from screening.catalogue.materials import Cathode, cathodes
from screening.pairs.drawn import N_DRAWS
from screening.pairs.redraws import Redraws
from stability.staircase import RedoxCapacity


class Drawn(NamedTuple):
    """One contact of the reference batch."""

    redraws: Redraws
    redox: RedoxCapacity[float]
    cathode: Cathode


@pytest.fixture(scope="module")
def evaluated(block):
    """Return every contact of the reference batch by SSE and cathode."""
    found = block.contacts
    return {
        (stairs.reactant.material.formula, cathode.name): Drawn(redraws, redox, cathode)
        for stairs, cathode, redraws, redox in zip(
            found.staircases, found.cathodes, found.redraws, found.redox, strict=True
        )
    }


def test_every_result_is_drawn_as_often_as_the_inputs_are(evaluated):
    """Draws of energies and of measured inputs are joined one by one."""
    for pair in evaluated.values():
        found = pair.redraws
        drawn = (found.reduction, found.oxidation, found.interface, *found.redox)
        assert {one.shape for one in drawn} == {(N_DRAWS,)}


def test_the_windows_are_those_of_the_electrolyte(evaluated):
    """The same draws with every cathode, or pairs could not be compared."""
    first, *others = (evaluated["Li6PS5Cl", name].redraws for name in cathodes())

    for other in others:
        assert np.array_equal(other.oxidation, first.oxidation)
        assert np.array_equal(other.reduction, first.reduction)


def test_argyrodite_oxidises_where_lithium_sulfide_does_in_every_draw(evaluated):
    """Both give S, so the error of Li2S moves both; about 2.341 V (PHYSICS.md 1.2)."""
    drawn = evaluated["Li6PS5Cl", "S"].redraws.oxidation

    assert np.median(drawn) == pytest.approx(2.341, abs=0.1)
    assert 0.02 < drawn.std() < 0.3  # Tens of meV per atom, three atoms for two electrons.


def test_what_takes_up_no_lithium_has_no_capacity_in_any_draw(evaluated):
    """Li3PO4 is reduced below 1 V: nothing down to the 2.5 V of LiFePO4, and never less."""
    assert evaluated["Li3PO4", "LiFePO4"].redraws.redox.reduction == pytest.approx(0.0, abs=1e-9)
    assert (evaluated["Li3PO4", "LiFePO4"].redraws.redox.oxidation >= 0.0).all()


def test_the_probability_is_the_share_of_draws_that_cover_the_window(evaluated):
    """Both ends at once, counted draw by draw."""
    for pair in evaluated.values():
        low, high = pair.cathode.voltage_low, pair.cathode.voltage_high
        found = pair.redraws

        covered = (found.reduction <= low) & (found.oxidation >= high)

        assert found.covers == pytest.approx(covered.mean())


def test_a_window_far_from_the_cathode_is_never_covered_and_a_wide_one_surely(evaluated):
    """Li6PS5Cl ends at 2.3 V, LiFePO4 goes to 4 V; Li3ScCl6 is stable from 0.9 to 4.26 V."""
    assert evaluated["Li6PS5Cl", "LiFePO4"].redraws.covers == 0.0
    assert evaluated["Li3ScCl6", "LiFePO4"].redraws.covers > 0.7


def test_no_more_comes_back_than_went_out(evaluated):
    """In each draw: from none of the oxidation to all of it, with nothing below zero."""
    for pair in evaluated.values():
        redox = pair.redraws.redox

        assert (redox.reversible <= redox.oxidation).all()
        assert (np.array(redox) >= 0.0).all()
        assert (redox.regained <= redox.oxidation + 1e-9).all()


def test_the_middle_of_the_draws_is_the_undrawn_redox(evaluated):
    """5 of 5 Li of Li6PS5Cl between 1 and 3 V with S, as without errors: far from any limit."""
    pair = evaluated["Li6PS5Cl", "S"]

    assert np.median(pair.redraws.redox.oxidation) == pytest.approx(pair.redox.oxidation, rel=1e-6)
    assert np.median(pair.redraws.redox.reversible) == pytest.approx(
        pair.redox.reversible, rel=1e-6
    )


def test_reactions_only_ever_gain_energy(evaluated):
    """A mixture may always stay as it is, whatever the errors."""
    for pair in evaluated.values():
        assert (pair.redraws.interface <= 1e-9).all()


def test_the_reaction_without_errors_is_in_the_midst_of_the_draws(evaluated):
    """Li6PS5Cl with FePO4: -196 meV/atom (PHYSICS.md 1.4), within the 98 % in the middle."""
    drawn = evaluated["Li6PS5Cl", "LiFePO4"].redraws.interface

    low, high = np.quantile(drawn, [0.01, 0.99])
    assert low < -0.196 < high
