from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.catalogue.materials import cathode
from screening.first_cycle.equations import NO_EFFECTS, SULFUR_SIZE, Effects, cycle, inputs
from screening.first_cycle.priors import Parameters
from screening.pairs.features import Drawn, Features

TOUCHED = 1e9  # [m2/g] So much may be touched that all of the surface is.
BY_HAND = Parameters(
    thickness=5 * log(2),  # On 100 m2/g of 2 g/cm3, at 1 V: 1 - exp(-ln 2) = 1/2.
    reduced=5 * log(4 / 3),  # 1/4
    contact_hand=100.0,  # As much as there is: half of it is touched.
    contact_milled=TOUCHED,
    coated=0.25,
    gas_overpotential=0.1,
    reduction_overpotential=0.2,
    sulfide_overpotential=0.2,
    interphase_blocking=2.0,
    reduction_lost=0.5,
    utilised=0.8,
    host_loss=1.0,
    oxygen_loss=0.5,
    milled_contact=0.95,
    sulfur_unreached=0.2,
    size_exponent=0.0,
    activated=0.5,
    separate_reach=0.5,
    separate_return=0.25,
    layer_spread=0.0,
    cell_reach=0.0,
    activation_spread=0.0,
    cell_loss=0.0,
    laboratory_reach=0.0,
    laboratory_loss=0.0,
)
Q = 100.0  # Theoretical capacity of the cathode by hand. [mAh/g]
NEAR = pytest.approx


def exact(value):
    return Drawn(np.array([float(value)]), np.array([[float(value)]]))


def pair(**changes):
    """Return one pair as features; by default nothing decomposes. Floats are exact."""
    plain = {
        "theoretical": Q,
        "ratio": 1.0,
        "low": 2.0,
        "high": 4.0,
        "voltage": 3.0,
        "assembled_charged": False,
        "milled": True,
        "gas": False,
    }
    drawn = {
        "coverage": 0.0,
        "oxygen": 0.0,
        "utilisation": 0.9,
        "returned": 0.9,
        "contact": 0.8,
        "density": 2.0,
        "area": 100.0,
        "conductivity": 1e-3,
        "limit": 3.0,  # 1 V below the upper cutoff
        "reduction_limit": 3.2,  # 1 V above the lower cutoff, after 0.2 V of overpotential
        "oxidation": 0.0,
        "reduction": 0.0,
        "reversible": 0.0,
        "interface": 0.0,
        "conducting": 0.0,
        "film": 0.0,
    }
    names = {"sse": "Li6PS5Cl", "cathode": "LiFePO4", "recipe": "by hand", "chemistry": "sulfide"}
    high = changes.get("high", plain["high"])
    visited = np.array([changes.get("visited", [high] * 8)])
    sulfide = changes.get("chemistry", "sulfide") == "sulfide"
    return Features(
        visited=visited,
        comes_back=np.array([sulfide]),
        **{key: (changes.get(key, value),) for key, value in names.items()},
        **{key: np.array([changes.get(key, value)]) for key, value in plain.items()},
        **{key: exact(changes.get(key, value)) for key, value in drawn.items()},
    )


def found(features, parameters=BY_HAND, effects=NO_EFFECTS, size=SULFUR_SIZE):
    """Return the first cycle of one pair as plain numbers."""
    result = cycle(inputs(features, size=size), parameters, effects)
    return type(result)(*(np.ravel(value)[0] for value in result))


def test_an_inert_electrolyte_leaves_the_cathode_as_in_a_liquid_cell():
    """0.9 x 0.95 x 100 mAh/g are charged, nine tenths of it return."""
    one = found(pair())

    assert one.charge == NEAR(85.5)
    assert one.discharge == NEAR(0.9 * 85.5)
    assert one.efficiency == NEAR(90.0)
    assert one.retained == NEAR(0.95)
    assert one.sse_share == 0.0


def test_oxidation_that_is_lost_blocks_the_cathode_twice():
    """Half of 100 mAh/g; b = 1 / (1 + 2 x 50/100), in the charge and again in the discharge."""
    b = 0.5

    one = found(pair(oxidation=100.0))

    assert one.charge == NEAR(85.5 * b + 50.0)
    assert one.discharge == NEAR(85.5 * b * 0.9 * b)
    assert one.efficiency == NEAR(100 * one.discharge / one.charge)
    assert one.sse_share == NEAR(100 * 50.0 / one.charge)
    assert one.retained == NEAR(0.95 * b * b)
    assert one.reversible_capacity == one.discharge


def test_oxidation_that_comes_back_blocks_nothing():
    """An active catholyte: 50 mAh/g go out and come back."""
    one = found(pair(oxidation=100.0, reversible=100.0))

    assert one.charge == NEAR(85.5 + 50.0)
    assert one.discharge == NEAR(0.9 * 85.5 + 50.0)
    assert one.reversible_capacity == NEAR(0.9 * 85.5 + 50.0)
    assert one.retained == NEAR(0.95)


def test_a_layer_grows_with_the_root_of_what_drives_it():
    """A quarter of a volt gives half the thickness: 1 - 2^(-1/2) in place of 1 - 2^-1."""
    one = found(pair(oxidation=100.0, reversible=100.0, limit=3.75))

    assert one.oxidised == NEAR(100 * (1 - 1 / sqrt(2)), rel=1e-3)


def test_an_oxidation_that_frees_a_gas_begins_late():
    """0.35 V beyond the limit less the overpotential of 0.1 V drive as 0.25 V do."""
    late = found(pair(oxidation=100.0, limit=3.65, gas=True))
    soon = found(pair(oxidation=100.0, limit=3.75))

    assert late.oxidised == NEAR(soon.oxidised)


def test_nothing_jumps_at_the_limit():
    """One millivolt about the limit changes little; without a soft onset it would be a root."""
    at = [found(pair(oxidation=100.0, limit=4.0 - volts)).oxidised for volts in (-1e-3, 0.0, 1e-3)]

    assert at[0] < at[1] < at[2]
    assert at[2] - at[0] < 0.3
    assert found(pair(oxidation=100.0, limit=4.5)).oxidised < 0.01


@pytest.mark.parametrize(("milled", "share"), [(True, 0.25), (False, 1 - 0.75**0.5)])
def test_reduction_counts_in_what_is_delivered_but_not_as_a_return(milled, share):
    """A quarter of 60 mAh/g; by hand half of the surface is touched."""
    one = found(pair(reduction=60.0, milled=milled))
    none = found(pair(milled=milled))

    assert one.reduced == NEAR(60.0 * share)
    assert one.discharge == NEAR(none.discharge + 60.0 * share)
    assert one.efficiency == NEAR(none.efficiency)
    assert one.retained == NEAR(none.retained)


def test_reduction_just_inside_the_window_lags_and_does_not_happen():
    """0.14 V above the cutoff (Li3InCl6 on LiFePO4) are less than the overpotential of 0.2 V."""
    one = found(pair(reduction=100.0, low=2.5, reduction_limit=2.64, chemistry="halide"))

    assert one.reduced < 2.0
    assert one.efficiency <= found(pair()).efficiency


def test_half_of_the_reduction_of_a_halide_is_lost_and_blocks():
    """15 of 60 mAh/g, half lost: b = 1 / (1 + 2 x 7.5/100); of a sulfide all comes back."""
    halide, sulfide = (
        found(pair(reduction=60.0, assembled_charged=True, chemistry=name))
        for name in ("halide", "sulfide")
    )
    b = 1 / 1.15

    assert halide.discharge == NEAR(85.5 + 15.0)
    assert halide.charge == NEAR((85.5 + 7.5) * 0.9 * b)
    assert halide.retained == NEAR(0.95 * b)
    assert sulfide.charge == NEAR((85.5 + 15.0) * 0.9)
    assert sulfide.retained == NEAR(0.95)


def test_a_cathode_assembled_charged_discharges_first():
    """The SSE is reduced, then gives that back and 50 mAh/g of oxidation on top."""
    one = found(pair(assembled_charged=True, oxidation=100.0, reversible=100.0, reduction=60.0))

    assert one.discharge == NEAR(85.5 + 15.0)
    assert one.charge == NEAR((85.5 + 15.0) * 0.9 + 50.0)
    assert one.efficiency == NEAR(100 * one.charge / one.discharge)


def test_oxidation_that_is_lost_is_no_return_of_sulfur():
    """The charge holds it, the efficiency does not: (85.5 x 0.9 x b) / 85.5."""
    one = found(pair(assembled_charged=True, oxidation=100.0))

    assert one.charge == NEAR(85.5 * 0.9 * 0.5 + 50.0)
    assert one.efficiency == NEAR(90.0 * 0.5)


def test_sulfur_takes_part_as_its_particles_allow():
    """Odds of 1/4 to miss, doubled by eightfold size with the power 1/3: 1/(1 + 1/2)."""
    sulfur = pair(cathode="S", assembled_charged=True)
    coarse = BY_HAND._replace(size_exponent=1 / 3)

    assert found(sulfur).own == NEAR(0.8 * 0.95 * Q)
    assert found(sulfur, coarse, size=8.0).own == NEAR(0.95 * Q / 1.5)
    assert found(pair(), coarse, size=8.0).own == found(pair()).own


def test_lithium_sulfide_is_activated_in_part():
    """Half of what a liquid cell charges."""
    assert found(pair(cathode="Li2S")).own == NEAR(0.5 * 85.5)


@pytest.mark.parametrize(("name", "reached"), [("S", 0.8), ("Li2S", 0.5 * 0.9)])
def test_an_electrolyte_mixed_in_by_hand_reaches_little_sulfur(name, reached):
    """Half of it, times what is utilised by hand, and a quarter of the return."""
    one = found(pair(cathode=name, milled=False, assembled_charged=name == "S"))

    assert one.own == NEAR(reached * 0.8 * 0.5 * Q)
    assert one.efficiency == NEAR(90.0 / 4)


def test_what_transport_left_of_a_measured_cell_is_a_share_of_its_cathode():
    """Half of it: half of the charge where the SSE does nothing, and the same return."""
    whole, half = found(pair()), found(replace(pair(), reached=exact(0.5)))

    assert half.charge == NEAR(0.5 * whole.charge)
    assert half.efficiency == NEAR(whole.efficiency)


def test_what_electrons_do_not_reach_is_neither_charged_nor_oxidised():
    """Half of it: half of all charges, and so the same share and the same return."""
    one = pair(oxidation=100.0, reduction=60.0)
    whole, half = found(one), found(replace(one, reached=exact(0.5), connected=exact(0.5)))

    for name in ("charge", "discharge", "oxidised", "reduced", "own"):
        assert getattr(half, name) == NEAR(0.5 * getattr(whole, name))
    assert half.efficiency == NEAR(whole.efficiency)
    assert half.sse_share == NEAR(whole.sse_share)


def test_what_makes_cells_differ_are_factors():
    """Twice the layer: 3/4 in place of 1/2; half the odds of the reach; thrice those of a loss.

    Of 0.9 x 0.95 = 171/200 of all lithium, odds of 171/29, 171/229 are left; of nine tenths that
    return, odds of 9, 3/4.
    """
    one = found(pair(oxidation=100.0, reversible=100.0), effects=Effects(2.0, 0.5, 3.0))

    own = Q * 171 / 229
    assert one.oxidised == NEAR(75.0)
    assert one.own == NEAR(own)
    assert one.reversible_capacity == NEAR(0.75 * own + 75.0)


def test_a_loss_in_odds_leaves_something_and_takes_something():
    """However large the factor, an efficiency stays above 0; however small, below 100 %."""
    for loss in (1e-3, 1.0, 1e3):
        one = found(pair(oxidation=100.0), effects=Effects(1.0, 1.0, loss))
        assert 0.0 < one.efficiency < 100.0


def test_by_hand_the_electrolyte_touches_less_than_there_is():
    """100 m2/g there, 100 at most touched: 1/A = 1/100 + 1/100, so 1 - 2^(-1/2) reacts."""
    one = found(pair(oxidation=100.0, reversible=100.0, milled=False))

    assert one.oxidised == NEAR(100 * (1 - 2**-0.5))


@pytest.mark.parametrize(("coverage", "thinner"), [(1.0, 0.25), (0.5, 0.625)])
def test_a_coating_thins_the_layer(coverage, thinner):
    """A quarter is left where all is covered, and half of the way where half is."""
    one = found(pair(oxidation=100.0, reversible=100.0, coverage=coverage))

    assert one.oxidised == NEAR(100 * (1 - 0.5**thinner))


def test_a_layer_grows_by_the_mean_over_the_voltages_that_a_charge_visits():
    """Half of the charge at the limit + 1 V, half at + 0.25 V: (1 + 1/2) / 2 of the thickness."""
    one = found(pair(oxidation=100.0, reversible=100.0, visited=[3.25] * 4 + [4.0] * 4))

    assert one.oxidised == NEAR(100 * (1 - 0.5**0.75), rel=1e-3)


def test_oxygen_that_leaves_does_not_return():
    """A tenth of the capacity beyond the onset, half of it lost, of nine tenths charged."""
    one = found(pair(oxygen=0.1))

    assert one.efficiency == NEAR(100 * (0.9 - 0.5 * 0.1 / 0.9))
    assert one.charge == found(pair()).charge


def test_sulfides_and_others_lag_each_by_its_own():
    """A sulfide that lags by the whole window is not reduced, a halide is as before."""
    lagging = BY_HAND._replace(sulfide_overpotential=1.5)
    halide = pair(reduction=60.0, chemistry="halide")

    assert found(pair(reduction=60.0), lagging).reduced < 0.05
    assert found(halide, lagging) == found(halide)


def test_the_loss_of_a_host_is_that_in_liquid_times_a_factor():
    """Half as much again: 15 % in place of 10; sulfur has its own."""
    more = BY_HAND._replace(host_loss=1.5)

    assert found(pair(), more).efficiency == NEAR(85.0)
    sulfur = pair(cathode="S", assembled_charged=True)
    assert found(sulfur, more) == found(sulfur)


def test_the_charge_of_sulfur_over_its_discharge_follows_from_two_measured_capacities():
    """T38 and T39 put in: (1337 + 355 x 5/3) / (1337 + 115 x 5/3) = 1.26, measured 1.28.

    0.8 of 1672 mAh/g; T39's 355 mAh/g hold the 115 mAh/g of T38 that come back.
    """
    reduced, charged_back = 115.0, 355.0
    sulfur = pair(
        cathode="S",
        assembled_charged=True,
        theoretical=1672.0,
        ratio=5 / 3,
        returned=1.0,
        reduction=4 * reduced,  # A quarter is reduced,
        oxidation=2 * (charged_back - reduced),  # and a half oxidised.
        reversible=2 * (charged_back - reduced),
    )

    one = found(sulfur, BY_HAND._replace(milled_contact=1.0))

    by_hand = (1337.6 + 355 * 5 / 3) / (1337.6 + 115 * 5 / 3)
    assert one.charge / one.discharge == NEAR(by_hand, rel=1e-4)
    assert by_hand == NEAR(1.25, abs=0.05)
    assert one.efficiency == NEAR(128.0, abs=4.0)


FACTOR = st.floats(1e-6, 1e6)


@given(
    layer=FACTOR, reach=FACTOR, loss=FACTOR, utilisation=st.floats(0.01, 1.0),
    charged=st.booleans(), milled=st.booleans(), oxidation=st.floats(0.0, 600.0),
    name=st.sampled_from(["LiFePO4", "S", "Li2S", "TiS2"]), size=st.floats(0.1, 100.0),
)  # fmt: skip
def test_a_cathode_never_gives_more_than_it_holds(
    layer, reach, loss, utilisation, charged, milled, oxidation, name, size
):
    """Whatever the cell and the laboratory: not on the first half-cycle, nor on the second."""
    one = pair(
        utilisation=utilisation, assembled_charged=charged, milled=milled, cathode=name,
        oxidation=oxidation,
    )  # fmt: skip
    made = found(one, effects=Effects(layer, reach, loss), size=size)

    assert 0.0 < made.own <= Q * (1 + 1e-12)
    assert made.reversible_capacity <= made.own * (1 + 1e-12)


AMOUNT = st.floats(0.0, 600.0)
LESS = st.floats(0.0, 1.0)


@given(
    area=st.floats(0.0, 60.0), more=st.floats(0.0, 60.0), oxidation=st.floats(1.0, 600.0),
    reduction=AMOUNT, charged=st.booleans(), milled=st.booleans(), gas=st.booleans(),
    name=st.sampled_from(["LiFePO4", "S", "Li2S", "TiS2"]),
    chemistry=st.sampled_from(["sulfide", "halide", "oxide"]),
)  # fmt: skip
def test_more_carbon_never_helps_where_oxidation_is_lost(
    area, more, oxidation, reduction, charged, milled, gas, name, chemistry
):
    """The oxidation never falls with the surface, and nothing that comes back rises."""
    one = pair(
        oxidation=oxidation, reduction=reduction, assembled_charged=charged, milled=milled,
        cathode=name, chemistry=chemistry, gas=gas, area=area,
    )  # fmt: skip
    little, much = found(one), found(replace(one, area=exact(area + more)))

    assert much.oxidised >= little.oxidised * (1 - 1e-12)
    assert much.efficiency <= little.efficiency * (1 + 1e-12)
    assert much.retained <= little.retained * (1 + 1e-12)
    assert much.reversible_capacity <= little.reversible_capacity * (1 + 1e-12)


@given(
    high=st.floats(2.5, 5.0), more=st.floats(0.0, 1.0), oxidation=AMOUNT, step=AMOUNT,
    limit=st.floats(1.0, 6.0), gas=st.booleans(), milled=st.booleans(),
)  # fmt: skip
def test_a_higher_cutoff_never_lowers_the_oxidation(
    high, more, oxidation, step, limit, gas, milled
):
    """It drives more, and its equilibrium gives off as much or more."""
    one = pair(high=high, oxidation=oxidation, limit=limit, gas=gas, milled=milled)
    higher = replace(
        one,
        high=np.array([high + more]),
        visited=one.visited + np.linspace(0.0, more, one.visited.shape[1]),
        oxidation=exact(oxidation + step),
    )

    assert found(higher).oxidised >= found(one).oxidised * (1 - 1e-6)


@given(
    limit=st.floats(2.0, 5.0), wider=st.floats(0.0, 2.0), reduction_limit=st.floats(0.5, 4.0),
    lower=st.floats(0.0, 2.0), oxidation=AMOUNT, less=LESS, reduction=AMOUNT, less_reduced=LESS,
    comes_back=st.booleans(), charged=st.booleans(), milled=st.booleans(),
    chemistry=st.sampled_from(["sulfide", "halide"]),
)  # fmt: skip
def test_a_wider_window_never_lowers_what_is_retained(
    limit, wider, reduction_limit, lower, oxidation, less, reduction, less_reduced, comes_back,
    charged, milled, chemistry,
):  # fmt: skip
    """Limits further apart, and no more capacity beyond them: the cathode keeps as much or more."""
    one = pair(
        limit=limit, reduction_limit=reduction_limit, oxidation=oxidation, reduction=reduction,
        reversible=oxidation * comes_back, assembled_charged=charged, milled=milled,
        chemistry=chemistry,
    )  # fmt: skip
    wide = replace(
        one,
        limit=exact(limit + wider),
        reduction_limit=exact(reduction_limit - lower),
        oxidation=exact(oxidation * less),
        reversible=exact(oxidation * less * comes_back),
        reduction=exact(reduction * less_reduced),
    )
    before, after = found(one), found(wide)

    assert after.retained >= before.retained * (1 - 1e-12)
    if not comes_back:
        assert after.reversible_capacity >= before.reversible_capacity * (1 - 1e-12)
        if not charged:
            assert after.efficiency >= before.efficiency * (1 - 1e-12)


def test_a_sulfur_cathode_in_the_catalogue_is_recognised_by_its_name():
    """The equations single out two cathodes; both are there under these names."""
    assert (cathode("S").name, cathode("Li2S").name) == ("S", "Li2S")
