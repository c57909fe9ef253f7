from itertools import pairwise

import pytest

from descriptors.carbon import carbons
from screening.catalogue import State, cathode, cathodes, recipe
from screening.evaluate import evaluate_pair
from stability.errors import FormulaError, LithiumReactantError, MissingElementError

PER_LI_OF_LPSCL = 96485.33 / 3.6 / (6 * 6.94 + 30.974 + 5 * 32.06 + 35.45)  # mAh/g: 99.9


@pytest.mark.parametrize(
    ("sse", "name", "discharged", "charged"),
    [
        ("Li6PS5Cl", "LiFePO4", -0.1067, -0.1962),
        ("Li2ZrCl6", "LiFePO4", -0.0405, -0.0371),
        ("Li6PS5Cl", "S", 0.0, 0.0),
        ("Li6PS5Cl", "Li2S", 0.0, 0.0),
        ("Li2ZrCl6", "Li2S", -0.1522, None),
    ],
)
def test_chemical_reactions_are_those_of_the_physics_page(
    sse, name, discharged, charged, evaluated
):
    """PHYSICS.md 1.4, in eV/atom: the discharged cathode first, to 1 meV."""
    one, other = evaluated[sse, name].contacts

    assert one.chemical.energy == pytest.approx(discharged, abs=1e-3)
    if charged is not None:
        assert other.chemical.energy == pytest.approx(charged, abs=1e-3)


@pytest.mark.parametrize("name", cathodes())
def test_each_state_is_computed_at_the_end_of_the_window_at_which_it_is_there(name, evaluated):
    """Discharged at the lower end, charged at the upper."""
    one = cathode(name)

    low, high = evaluated["Li6PS5Cl", name].contacts

    assert (low.state, high.state) == (State.DISCHARGED, State.CHARGED)
    assert low.cathode.material.formula == one.discharged
    assert high.cathode.material.formula == one.charged
    assert low.electrochemical.voltage == one.voltage_low
    assert high.electrochemical.voltage == one.voltage_high


def test_the_worst_over_the_window_is_no_milder_than_at_its_end(evaluated):
    """In each state the whole window holds its end; the worst lies inside it, if anywhere."""
    for pair in evaluated.values():
        for contact in pair.contacts:
            worst, at_end = contact.over_window, contact.electrochemical
            assert worst.mutual.energy <= at_end.mutual + 1e-9
            assert worst.total.energy <= at_end.total + 1e-9
            if worst.mutual.voltage is not None:
                low, high = pair.cathode.voltage_low, pair.cathode.voltage_high
                assert low <= worst.mutual.voltage <= high


def test_the_worst_of_a_pair_is_the_most_negative_of_both_states(evaluated):
    """Chemical and mutual each have their own worst state."""
    for pair in evaluated.values():
        chemical = [contact.chemical.energy for contact in pair.contacts]
        mutual = [contact.over_window.mutual.energy for contact in pair.contacts]

        assert pair.worst_chemical.chemical.energy == min(chemical) <= 0.0
        # Of two states that do the same but for rounding, the one that belongs to the voltage.
        assert pair.worst_mutual.over_window.mutual.energy == pytest.approx(min(mutual), abs=1e-9)
        assert min(mutual) <= 0.0


def test_what_lpscl_gives_to_lfp_is_lost_and_to_sulfur_comes_back(evaluated):
    """To 4 V P2S5, S and SCl2 (6 Li) for good; to 3 V P2S5 and S (5 Li), and all back by 1 V."""
    lfp, sulfur = (evaluated["Li6PS5Cl", name].redox for name in ("LiFePO4", "S"))

    assert lfp.oxidation == pytest.approx(6 * PER_LI_OF_LPSCL, rel=1e-4)
    assert lfp.reversible == 0.0
    assert sulfur.oxidation == pytest.approx(5 * PER_LI_OF_LPSCL, rel=1e-4)
    assert sulfur.reversible == sulfur.oxidation
    # 1.0 V lies between LiP (0.936 V) and LiP7 (1.169 V): Li3P7, 5 + 3/7 Li.
    assert sulfur.reduction == pytest.approx((5 + 3 / 7) * PER_LI_OF_LPSCL, rel=1e-4)


def test_surface_and_volumes_follow_from_the_recipe(evaluated):
    """40:57:3 by mass; 13 m2/g of cathode and the fibres' share of surface, per gram of SSE."""
    pair = evaluated["Li2ZrCl6", "LiFePO4"]
    fibre = carbons()["VGCF"]
    parts = [40 / 3.6, 57 / 2.56, 3 / fibre.density.value]  # mass over density
    solid = 1 - (1 - 0.947)  # pores as in a pellet of T08

    assert pair.area.value == pytest.approx((40 * 13.0 + 3 * fibre.specific_area.value) / 57)
    assert pair.volumes == pytest.approx(
        [*(solid * part / sum(parts) for part in parts), 1 - solid]
    )


def test_volumes_are_whole_in_every_pair(evaluated):
    """Cathode, SSE, carbon and pores fill the composite, and nothing else does."""
    for pair in evaluated.values():
        assert sum(pair.volumes) == pytest.approx(1.0)
        assert min(pair.volumes) >= 0.0


def test_pairs_of_an_electrolyte_share_its_staircase(evaluated):
    """The staircase is the SSE's own: one object for all cathodes, rising in voltage."""
    staircases = {id(evaluated["Li6PS5Cl", name].staircase) for name in cathodes()}
    steps = evaluated["Li6PS5Cl", "S"].staircase.steps

    assert len(staircases) == 1
    assert all(one.voltage_high == two.voltage_low for one, two in pairwise(steps))


@pytest.mark.parametrize(
    ("sse", "error"),
    [
        ("argyrodite", FormulaError),
        ("Li3N", MissingElementError),  # the reference table holds no nitrogen
        ("Li", LithiumReactantError),
    ],
)
def test_an_electrolyte_without_an_answer_is_refused(sse, error, known):
    """Text, an element beyond the table, and lithium metal each have their own error."""
    lfp = cathode("LiFePO4")

    with pytest.raises(error):
        evaluate_pair(sse, lfp, recipe(lfp.recipe), known)


def test_an_electrolyte_beyond_the_catalogue_is_evaluated(known):
    """A formula that nobody has measured gets predicted figures and says so."""
    s = cathode("S")

    pair = evaluate_pair("Li5.5PS4.5Cl1.5", s, recipe(s.recipe), known)

    assert pair.figures.ionic_conductivity.source.startswith("predicted")
    assert pair.sse.energy_source == "hull"
    # More chloride is no more sulfur: the oxidation limit stays that of Li2S.
    assert pair.staircase.window.oxidation == pytest.approx(2.341, abs=0.003)
