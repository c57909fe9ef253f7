from dataclasses import replace
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.carbon import carbon_area, carbons
from screening.catalogue import cathode, cathodes, recipe
from screening.evaluate import evaluate_pair
from screening.first_cycle import SOURCE, first_cycle, parameters, theoretical_capacity
from screening.properties import properties
from stability.staircase import RedoxCapacity

NO_REDOX = RedoxCapacity(0.0, 0.0, 0.0, 0.0)
LOST = RedoxCapacity(oxidation=100.0, reduction=0.0, reversible=0.0, regained=0.0)
BOTH = RedoxCapacity(oxidation=100.0, reduction=60.0, reversible=40.0, regained=40.0)
MAH_PER_MOL = 96485.33 / 3.6

# What the thesis prints, by the T numbers of docs/sources.md; capacities in mAh/g.
THESIS = {
    "T14": 407.2,  # oxidation of Li6PS5Cl, 70:30 with carbon black, milled
    "T15": 499.1,  # all of it, as the thesis counts: 5 Li
    "T19": 114.3,  # first charge of LiFePO4 with Li6PS5Cl
    "T20": 46.1,  # its first discharge
    "T21": 40.3,  # its efficiency [%]
    "T22": 21.6,  # share of the SSE in its first charge [%]
    "T23": 148.1,  # first charge of LiFePO4 with Li2ZrCl6
    "T24": 133.4,  # its first discharge
    "T25": 90.1,  # its efficiency [%]
    "T38": 115.0,  # reduction of Li6PS5Cl, milled with acetylene black
    "T39": 355.0,  # the oxidation that follows, what was reduced before included
    "T41": 1615.0,  # first discharge of S with Li6PS5Cl
    "T44": 128.0,  # its charge over its discharge [%]
    "T50": 99.3,  # Li2S with Li6PS5Cl, efficiency [%]
}


def numbers(quantity):
    return (quantity.value, quantity.low, quantity.high)


def observables(found):
    return (found.charge, found.discharge, found.efficiency, found.sse_share, found.retained)


def thickness(share, area, density):
    """Return the layer [nm] of which a share has reacted: xi = 1 - exp(-A delta rho)."""
    return -log(1 - share) / (area * density * 1e-3)


def test_the_measured_values_are_those_of_the_table(thesis):
    """What this file writes down is what the project's table of the thesis holds."""
    assert {number: thesis[number] for number in THESIS} == THESIS


@pytest.mark.parametrize(
    ("name", "n", "mass"),
    [
        ("LiFePO4", 1, 6.94 + 55.845 + 30.974 + 4 * 15.999),
        ("S", 2, 32.06),
        ("Li2S", 2, 2 * 6.94 + 32.06),
        ("FeS2", 4, 55.845 + 2 * 32.06),
        ("TiS2", 1, 47.867 + 2 * 32.06),
    ],
)
def test_theoretical_capacity_is_per_gram_as_assembled(name, n, mass):
    """N F / (3.6 M): the same two electrons are 1672 mAh/g of S and 1167 mAh/g of Li2S."""
    found = theoretical_capacity(cathode(name))

    assert found == pytest.approx(n * MAH_PER_MOL / mass, rel=1e-4)


def test_hand_mixed_and_discharged_by_hand(halves, lfp_like, hand, figures, exact):
    """Three quarters of 100 mAh/g, with as much SSE as LiFePO4, all of it lost."""
    q = theoretical_capacity(lfp_like)
    in_contact = 0.9 * 0.8 * q  # utilisation x density
    b = exp(-2.0 * 75.0 / q)  # blocking x lost / theoretical

    found = first_cycle("X", lfp_like, hand, redox=LOST, figures=figures, area=exact(100.0, "m2/g"))

    charge = in_contact * b + 75.0
    discharge = in_contact * b * 0.9 * b
    liquid = 0.9 * 0.9 * q
    expected = (charge, discharge, 100 * discharge / charge, 7500 / charge, discharge / liquid)
    assert halves.oxidised_hand.value == pytest.approx(5 * log(4))
    for quantity, value in zip(observables(found), expected, strict=True):
        # Inputs without width give an interval without width.
        assert numbers(quantity) == pytest.approx((value, value, value), rel=1e-12)


@pytest.mark.usefixtures("halves")
def test_milled_and_discharged_by_hand(lfp_like, milled, figures, exact):
    """Half of 100 mAh/g, of which 40 % comes back, and a quarter of 60 mAh/g of reduction."""
    q = theoretical_capacity(lfp_like)
    b = exp(-2.0 * (50.0 - 20.0) / q)

    found = first_cycle(
        "X", lfp_like, milled, redox=BOTH, figures=figures, area=exact(100.0, "m2/g")
    )

    assert found.charge.value == pytest.approx(0.9 * 0.95 * q * b + 50.0)
    assert found.discharge.value == pytest.approx(0.9 * 0.95 * q * b * 0.9 * b + 20.0 + 15.0)
    assert found.sse_share.value == pytest.approx(100 * 50.0 / found.charge.value)
    # Reduction is delivered, but it is no gain of the cathode.
    of_cathode = found.discharge.value - 15.0
    assert found.retained.value == pytest.approx(of_cathode / (0.9 * 0.9 * q))


@pytest.mark.usefixtures("halves")
def test_milled_and_charged_by_hand(s_like, milled, figures, exact):
    """Sulfur discharges first: a quarter of 60 mAh/g goes in and out, half of 100 comes on top."""
    q = theoretical_capacity(s_like)
    b = exp(-2.0 * (50.0 - 20.0) / q)

    found = first_cycle("X", s_like, milled, redox=BOTH, figures=figures, area=exact(100.0, "m2/g"))

    discharge = 0.8 * 0.95 * q + 15.0
    charge = 0.8 * 0.95 * q * 0.95 * b + 15.0 + 50.0
    assert found.discharge.value == pytest.approx(discharge)
    assert found.charge.value == pytest.approx(charge)
    assert found.efficiency.value == pytest.approx(100 * charge / discharge)
    assert found.sse_share.value == pytest.approx(100 * (15.0 + 50.0) / charge)
    # The cathode's own and what returns of the oxidation; lost oxidation and reduction are no gain.
    assert found.retained.value == pytest.approx((0.8 * 0.95 * q * 0.95 * b + 20.0) / (0.76 * q))


@pytest.mark.usefixtures("halves")
def test_twice_the_electrolyte_gives_twice_its_capacity(lfp_like, milled, figures, exact):
    """m_SSE / m_cathode scales what the SSE adds, by its oxidation and by its reduction.

    Half of 40 mAh/g is 20, a quarter of 60 is 15; with two grams per gram 40 and 30.
    """
    rich = replace(milled, cathode_fraction=1 / 3, sse_fraction=2 / 3)
    reversible = RedoxCapacity(40.0, 60.0, 40.0, 40.0)  # nothing is lost, so nothing is blocked
    plain = 0.9 * 0.95 * theoretical_capacity(lfp_like)

    once, twice = (
        first_cycle("X", lfp_like, one, redox=reversible, figures=figures, area=exact(100.0))
        for one in (milled, rich)
    )

    assert once.charge.value - plain == pytest.approx(20.0)
    assert twice.charge.value - plain == pytest.approx(40.0)
    assert once.discharge.value - 0.9 * plain == pytest.approx(20.0 + 15.0)
    assert twice.discharge.value - 0.9 * plain == pytest.approx(40.0 + 30.0)


@pytest.mark.parametrize("redox", [LOST, BOTH])
def test_without_conducting_surface_the_electrolyte_takes_no_part(
    redox, lfp_like, hand, figures, exact
):
    """A -> 0: no share, no blocking; LiFePO4 charges u c Q and returns 90 % of it."""
    found = first_cycle("X", lfp_like, hand, redox=redox, figures=figures, area=exact(0.0, "m2/g"))

    assert found.sse_share.value == 0.0
    assert found.charge.value == pytest.approx(0.9 * 0.8 * theoretical_capacity(lfp_like))
    assert found.efficiency.value == pytest.approx(90.0)
    assert found.retained.value == pytest.approx(0.8)


@pytest.mark.parametrize(("which", "returned"), [("lfp_like", 90.0), ("s_like", 95.0)])
def test_without_redox_the_efficiency_is_the_return_of_a_liquid_cell(
    which, returned, hand, milled, figures, exact, request
):
    """An inert SSE takes nothing and gives nothing, on any surface and however mixed."""
    for one in (hand, milled):
        found = first_cycle(
            "X",
            request.getfixturevalue(which),
            one,
            redox=NO_REDOX,
            figures=figures,
            area=exact(1000.0, "m2/g"),
        )

        assert found.efficiency.value == pytest.approx(returned)
        assert found.sse_share.value == 0.0


def test_unlimited_surface_oxidises_all_of_it(lfp_like, hand, figures, exact):
    """A -> infinity: all 100 mAh/g are in the first charge, no more."""
    q = theoretical_capacity(lfp_like)

    found = first_cycle(
        "X",
        lfp_like,
        hand,
        redox=RedoxCapacity(100.0, 0.0, 100.0, 100.0),
        figures=figures,
        area=exact(1e9, "m2/g"),
    )

    assert found.charge.value == pytest.approx(0.9 * 0.8 * q + 100.0)


@pytest.mark.usefixtures("halves")
def test_a_second_half_cycle_beyond_the_liquid_cell_counts_as_all_of_it(
    s_like, milled, figures, exact
):
    """Retained is at most 1: an SSE that adds capacity makes no cathode better than itself."""
    much = RedoxCapacity(500.0, 0.0, 500.0, 500.0)

    found = first_cycle("X", s_like, milled, redox=much, figures=figures, area=exact(100.0))

    assert found.efficiency.value > 100.0
    assert numbers(found.retained) == (1.0, 1.0, 1.0)


@given(low=st.floats(0.0, 200.0), more=st.floats(0.0, 200.0), lost=st.floats(0.0, 600.0))
def test_more_surface_never_helps_where_oxidation_is_lost(
    low, more, lost, lfp_like, hand, figures, exact
):
    """What is lost grows with the area, and so does what it blocks: less comes back, never more."""
    little, much = (
        first_cycle(
            "X",
            lfp_like,
            hand,
            redox=RedoxCapacity(lost, 0.0, 0.0, 0.0),
            figures=figures,
            area=exact(area, "m2/g"),
        )
        for area in (low, low + more)
    )

    assert much.discharge.value <= little.discharge.value + 1e-9
    assert much.efficiency.value <= little.efficiency.value + 1e-9
    assert 0.0 <= little.sse_share.value <= much.sse_share.value + 1e-9 <= 100.0 + 1e-9


def test_results_say_how_they_came_about(evaluated):
    """Computed, from the model; each in its unit, its interval about it in order."""
    found = evaluated["Li6PS5Cl", "LiFePO4"].first_cycle

    assert [q.unit for q in observables(found)] == ["mAh/g", "mAh/g", "%", "%", "1"]
    for quantity in observables(found):
        assert quantity.source == SOURCE
        assert quantity.kind == "computed"
        assert quantity.low <= quantity.value <= quantity.high


# --- The parameters are what the cells of the thesis say. ---


def test_oxidation_of_milled_composites_follows_from_two_cells():
    """T39 less T38 on 20:50 acetylene black, and T14 on 30:70 carbon black, of 5 or of 6 Li."""
    density = properties("Li6PS5Cl", pressure=375).true_density.value
    per_li = MAH_PER_MOL / (6 * 6.94 + 30.974 + 5 * 32.06 + 35.45)
    ab = carbons()["acetylene black"].specific_area.value * 20 / 50
    cb = carbons()["carbon black"].specific_area.value * 30 / 70

    window = thickness((THESIS["T39"] - THESIS["T38"]) / (5 * per_li), ab, density)
    to_4_v = thickness(THESIS["T14"] / (6 * per_li), cb, density)
    to_4_v_of_five = thickness(THESIS["T14"] / THESIS["T15"], cb, density)

    fitted = parameters().oxidised_milled
    assert fitted.low < window < to_4_v < to_4_v_of_five < fitted.high + 0.5
    assert fitted.value == pytest.approx(sqrt(window * to_4_v), abs=0.5)


def test_oxidation_of_hand_mixed_composites_follows_from_the_lfp_cell():
    """T22 of T19 is 24.7 mAh per gram of LiFePO4, on the surface of its coating and the fibres."""
    lfp = recipe("lfp-vgcf-hand")
    area = carbon_area(lfp, cathode_area=cathode("LiFePO4").specific_area).value
    per_g_of_sse = THESIS["T22"] / 100 * THESIS["T19"] * 40 / 57
    density = properties("Li6PS5Cl", pressure=375).true_density.value

    layers = [thickness(per_g_of_sse / of, area, density) for of in (599.2, THESIS["T15"])]

    fitted = parameters().oxidised_hand
    assert fitted.low < min(layers) <= fitted.value <= max(layers) < fitted.high


def test_reduction_follows_from_the_sulfur_window():
    """T38: 115 mAh/g of the 5 3/7 Li that take Li6PS5Cl to Li3P7 at 1 V."""
    density = properties("Li6PS5Cl", pressure=375).true_density.value
    area = carbons()["acetylene black"].specific_area.value * 20 / 50
    all_of_it = (5 + 3 / 7) * MAH_PER_MOL / 268.32

    layer = thickness(THESIS["T38"] / all_of_it, area, density)

    fitted = parameters().reduced
    assert fitted.low < layer < fitted.high
    assert fitted.value == pytest.approx(layer, abs=0.2)


def test_blocking_follows_from_the_lfp_cell():
    """Own charge (T19 less T22) and own discharge (T20) against contact and a liquid cell's return.

    Both give exp(-k w), w the lost oxidation over the 169.9 mAh/g of LiFePO4.
    """
    lfp = cathode("LiFePO4")
    q = theoretical_capacity(lfp)
    lost = THESIS["T22"] / 100 * THESIS["T19"]
    own = THESIS["T19"] - lost
    reached = own / (lfp.utilisation.value * 0.855 * q)
    returned = THESIS["T20"] / (own * lfp.return_fraction.value)

    blockings = [-log(share) / (lost / q) for share in (reached, returned)]

    fitted = parameters().interphase_blocking
    assert fitted.low < min(blockings) < fitted.value < max(blockings) < fitted.high


@pytest.mark.parametrize("name", parameters()._fields)
def test_every_parameter_has_a_source_and_a_width(name):
    """No free parameter without the cell it comes from."""
    fitted = getattr(parameters(), name)

    assert 0 < fitted.low <= fitted.value <= fitted.high
    assert fitted.low < fitted.high
    assert "T" in fitted.source


# --- What comes out, against the cells of the thesis. ---


@pytest.mark.parametrize(
    ("sse", "name", "number"),
    [
        ("Li6PS5Cl", "LiFePO4", "T21"),
        ("Li2ZrCl6", "LiFePO4", "T25"),
        ("Li6PS5Cl", "S", "T44"),
        ("Li6PS5Cl", "Li2S", "T50"),
    ],
)
def test_first_cycle_efficiency_is_within_12_points_of_the_thesis(sse, name, number, evaluated):
    """40.3, 90.1, 128 and 99.3 %: second half-cycle over the first; the interval holds each."""
    found = evaluated[sse, name].first_cycle.efficiency

    assert found.value == pytest.approx(THESIS[number], abs=12)
    assert found.low < THESIS[number] < found.high


def test_share_of_the_electrolyte_in_the_first_charge_is_that_of_the_thesis(evaluated):
    """T22: 21.6 % of the first charge is the oxidation of Li6PS5Cl; Li2ZrCl6 has none."""
    found = evaluated["Li6PS5Cl", "LiFePO4"].first_cycle.sse_share

    assert found.value == pytest.approx(THESIS["T22"], abs=6)
    assert found.low < THESIS["T22"] < found.high
    assert evaluated["Li2ZrCl6", "LiFePO4"].first_cycle.sse_share.value == 0.0


@pytest.mark.parametrize(
    ("sse", "name", "half", "number"),
    [
        ("Li6PS5Cl", "LiFePO4", "charge", "T19"),
        ("Li6PS5Cl", "LiFePO4", "discharge", "T20"),
        ("Li2ZrCl6", "LiFePO4", "charge", "T23"),
        ("Li2ZrCl6", "LiFePO4", "discharge", "T24"),
        ("Li6PS5Cl", "S", "discharge", "T41"),
    ],
)
def test_the_interval_holds_the_measured_capacity(sse, name, half, number, evaluated):
    """A 90 % interval that misses the cells it was made from would be too narrow."""
    found = getattr(evaluated[sse, name].first_cycle, half)

    assert found.low < THESIS[number] < found.high


@pytest.mark.parametrize("carbon", ["acetylene black", "Ketjenblack EC-600JD"])
def test_more_carbon_surface_hurts_lfp_with_a_sulfide_and_not_with_a_chloride(
    carbon, evaluated, known
):
    """Five and a hundred times the surface of the fibres: Li6PS5Cl oxidises, Li2ZrCl6 does not."""
    lfp = cathode("LiFePO4")
    blacker = replace(recipe(lfp.recipe), carbon=carbon)

    def change(sse):
        before = evaluated[sse, "LiFePO4"].first_cycle
        after = evaluate_pair(sse, lfp, blacker, known).first_cycle
        return after.efficiency.value - before.efficiency.value

    assert change("Li6PS5Cl") < -5.0
    assert abs(change("Li2ZrCl6")) < 1.0


def test_more_carbon_surface_raises_what_sulfur_delivers(known):
    """From fibres over acetylene black to Ketjenblack (thesis, Suppl. Fig. 2.16), both ways."""
    s = cathode("S")
    found = [
        evaluate_pair("Li6PS5Cl", s, recipe(f"sulfur-{carbon}-milled"), known).first_cycle
        for carbon in ("vgcf", "ab", "kb")
    ]

    for half in ("discharge", "charge"):
        fibres, black, ketjen = (getattr(one, half).value for one in found)
        assert fibres < black < ketjen


@pytest.mark.parametrize("name", cathodes())
def test_an_inert_electrolyte_gives_every_cathode_the_return_of_a_liquid_cell(
    name, hand, figures, exact
):
    """Without redox nothing but the cathode's own return is left, in the interval as well."""
    one = cathode(name)

    found = first_cycle("X", one, hand, redox=NO_REDOX, figures=figures, area=exact(10.0))

    assert found.efficiency.value == pytest.approx(100 * one.return_fraction.value)
    assert found.efficiency.low < found.efficiency.value < found.efficiency.high
