from dataclasses import replace

import numpy as np
import pytest

from screening.first_cycle.calibration import reference_phases
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.equations import composite_key
from screening.first_cycle.fitting import posterior, spreads_of
from screening.first_cycle.measured_cells import (
    FIT,
    THESIS,
    cells_of,
    thesis_cells,
)
from screening.first_cycle.priors import Parameters, priors

FITTED = tuple(one for one in thesis_cells() if one.used_for == FIT)


def fitted(measurements, spreads=None):
    features = cell_features(cells_of(measurements), reference_phases())
    return posterior(measurements, features, spreads=spreads)


@pytest.fixture(scope="module")
def found():
    """Return the fit to the cells of the thesis."""
    return fitted(FITTED)


def test_a_parameter_that_no_cell_touches_keeps_its_prior(found):
    """Cells with carbon alone say nothing of blocking: the most probable is the prior's median."""
    alone = fitted([one for one in FITTED if one.cathode is None], spreads_of(found))

    assert alone.central.interphase_blocking == pytest.approx(6.0, rel=1e-3)
    assert alone.central.contact_hand == pytest.approx(1.1, rel=1e-3)
    assert priors()["interphase_blocking"].z(alone.drawn.interphase_blocking).std() > 0.8
    assert found.central.thickness != pytest.approx(15.0, rel=0.1)


def test_the_blocking_of_the_lfp_cell_by_hand(found):
    """T19, T20, T22: own charge 89.6 of 145 mAh/g and own discharge 46.1 of 79 after 24.7 lost.

    k = (145 / 89.6 - 1) / 0.145 = 4.3 and (79 / 46.1 - 1) / 0.145 = 4.9.
    """
    assert 3.8 < found.central.interphase_blocking < 5.4


def test_measured_composites_are_known(found):
    """Each with a cathode, once, whatever the number of its cells; those without are not."""
    s = composite_key(THESIS, "Li6PS5Cl", "S", "sulfur-ab-milled")

    assert s in found.known
    assert composite_key(THESIS, "Li2ZrCl6", "LiFePO4", "lfp-vgcf-hand") in found.known
    assert len(found.known) == 5
    assert not [key for key in found.known if " carbon " in key]
    assert found.known[s].drawn.layer.shape == (200,)


def test_cells_of_one_laboratory_share_what_is_special(found):
    """All give a tenth less: the laboratory does. Each laboratory alone: its cells do as much."""
    less = [replace(one, value=0.8 * one.value) for one in FITTED if one.quantity == "discharge"]
    apart = [replace(one, laboratory=one.cell) for one in less]

    together, alone = (fitted(cells, spreads_of(found)) for cells in (less, apart))

    assert set(together.laboratories) == {THESIS}
    assert together.laboratories[THESIS].central.reach < 0.97
    assert alone.laboratories == {}
    assert alone.known == {}


def test_the_spreads_of_a_fit_give_it_again(found):
    """Handed back, they are not searched for again, and the parameters are the same."""
    again = fitted(FITTED, spreads_of(found))

    assert again.central == pytest.approx(found.central, rel=0.02)


def test_twice_the_error_teaches_less(found):
    """Wider spreads of all figures: wider draws of what they determine."""
    doubtful = fitted([replace(one, spread=4 * one.spread) for one in FITTED], spreads_of(found))

    for name in ("interphase_blocking", "thickness", "separate_return"):
        sure, unsure = (priors()[name].z(getattr(one.drawn, name)) for one in (found, doubtful))
        assert np.std(unsure) > np.std(sure)


def test_numbers_are_kept_to_five_digits(found):
    """So that the file of a calibration is the same on machines that differ in the last bit."""
    for name in Parameters._fields:
        for number in np.ravel(getattr(found.drawn, name))[:20]:
            assert float(f"{number:.5g}") == number
