"""What specialists know of pairs, as scores have it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from screening.catalogue.conditions import Conditions
from screening.catalogue.materials import Chemistry, cathode, cathodes, electrolytes, recipe
from screening.catalogue.properties import chemistry
from screening.first_cycle.calibration import default_calibration, reference_phases
from screening.pairs.features import Drawn, Pair
from screening.results.evaluation import evaluate_block
from screening.results.prediction import Prediction
from stability.formula import composition

ARGYRODITES = ("Li6PS5Cl", "Li5.5PS4.5Cl1.5")


def block(*pairs):
    """Return pairs evaluated in the recipes of their cathodes."""
    made = [Pair(sse, cathode(name), recipe(cathode(name).recipe)) for sse, name in pairs]
    return evaluate_block(made, reference_phases(), draws=0)


def score(*pairs):
    return dict(zip(pairs, block(*pairs).prediction.scores.value.value.tolist(), strict=True))


def test_argyrodites_are_the_partners_of_tis2():
    """Above LiTaOCl4, whose Ta(V) is reduced inside the window of TiS2."""
    found = score(*((sse, "TiS2") for sse in (*ARGYRODITES, "LiTaOCl4")))

    assert min(found[sse, "TiS2"] for sse in ARGYRODITES) > found["LiTaOCl4", "TiS2"]


def test_a_garnet_pressed_cold_is_below_the_chlorides_on_linio2():
    """It conducts a five-hundredth of a sintered one: all chlorides of the catalogue are above."""
    known = list(electrolytes())
    chlorides = [one for one in known if "Cl" in one and chemistry(one) is Chemistry.HALIDE]
    garnets = [one for one in known if {"La", "Zr"} <= composition(one).amounts.keys()]
    found = score(*((sse, "LiNiO2") for sse in (*garnets, *chlorides)))

    assert len(chlorides) >= 5
    assert garnets
    assert max(found[one, "LiNiO2"] for one in garnets) < min(
        found[one, "LiNiO2"] for one in chlorides
    )


def test_what_thesis_and_thermodynamics_order():
    """Li2ZrCl6 above Li6PS5Cl on LiFePO4, below it on S and Li2S."""
    names = ("LiFePO4", "S", "Li2S")
    found = score(*((sse, name) for sse in ("Li2ZrCl6", "Li6PS5Cl") for name in names))

    assert found["Li2ZrCl6", "LiFePO4"] > found["Li6PS5Cl", "LiFePO4"]
    for name in ("S", "Li2S"):
        assert found["Li6PS5Cl", name] > found["Li2ZrCl6", name]


def test_a_score_is_no_more_than_what_comes_back():
    """Whatever a liquid cell does: a pair that gives a tenth of its theory scores 0.1 at most."""
    found = block(("Li3ScCl6", "Li2S"), ("Li6PS5Cl", "LiFePO4"), ("Li3YCl6", "LiCoO2"))
    prediction = found.prediction

    share = prediction.observables.reversible_capacity.value / found.features.theoretical
    assert np.all(prediction.scores.value.value <= share + 1e-12)


@pytest.fixture(scope="module")
def ranking():
    """Return all pairs of the built-in ranking."""
    return block(*((sse, name) for sse in electrolytes() for name in cathodes()))


def test_a_pair_that_delivers_a_tenth_scores_below_a_fifth(ranking):
    """Of all pairs of the built-in ranking."""
    prediction = ranking.prediction
    share = prediction.observables.discharge.value / ranking.features.theoretical
    poor = share <= 0.12

    assert poor.any()
    assert prediction.scores.value.value[poor].max() < 0.2


@pytest.mark.parametrize("factor", [1.5, 10.0, 1000.0])
def test_a_better_conductor_never_lowers_a_score(ranking, factor):
    """Nor what comes back, in any pair, through transport or otherwise."""
    better = replace(
        ranking.features,
        conductivity=Drawn(*(factor * part for part in ranking.features.conductivity)),
    )
    again = Prediction(ranking.pairs, better, ranking.calibration)

    before, after = ranking.prediction, again
    assert np.all(after.scores.value.value >= before.scores.value.value * (1 - 1e-9))
    assert np.all(
        after.observables.reversible_capacity.value
        >= before.observables.reversible_capacity.value * (1 - 1e-9)
    )


@pytest.mark.parametrize("field", ["interface", "oxidation"])
def test_an_electrolyte_that_reacts_more_and_conducts_alike_never_ranks_higher(ranking, field):
    """A reaction with the cathode by 0.1 eV worse, or a fifth more oxidation that is lost."""
    known = ranking.features
    changed = {
        "interface": Drawn(known.interface.value - 0.1, known.interface.draws - 0.1),
        "oxidation": Drawn(1.2 * known.oxidation.value, 1.2 * known.oxidation.draws),
    }
    worse = Prediction(
        ranking.pairs, replace(known, **{field: changed[field]}), ranking.calibration
    )

    assert np.all(worse.scores.value.value <= ranking.prediction.scores.value.value * (1 + 1e-9))


def test_faster_and_thicker_never_gives_more(ranking):
    """Of every pair of the built-in ranking, and scores follow."""
    run = [Conditions(0.05, 1.0), Conditions(0.1, 2.0), Conditions(1.0, 2.0), Conditions(1.0, 8.0)]
    found = [Prediction(ranking.pairs, ranking.features, ranking.calibration, one) for one in run]

    for easy, hard in pairwise(found):
        assert np.all(hard.reached.value <= easy.reached.value)
        assert np.all(hard.scores.value.value <= easy.scores.value.value * (1 + 1e-9))


def test_germanium_costs_what_an_argyrodite_does_not():
    """Li10GeP2S12 with sulfur is reduced to what conducts: below Li6PS5Cl."""
    found = score(("Li10GeP2S12", "S"), ("Li6PS5Cl", "S"))

    assert found["Li10GeP2S12", "S"] < found["Li6PS5Cl", "S"]


def carbon(name, share):
    """Return Li2ZrCl6 with a cathode and a share of fibres, hand mixed."""
    usual = recipe(cathode(name).recipe)
    rest = 1.0 - share
    made = replace(
        usual, name=f"{share:g}", cathode_fraction=0.5 * rest, sse_fraction=0.5 * rest,
        carbon_fraction=1.0 - rest, carbon="VGCF" if share else None,
    )  # fmt: skip
    return Pair("Li2ZrCl6", cathode(name), made)


def test_without_carbon_lithium_iron_phosphate_does_nothing_and_cobaltate_works():
    """LiFePO4 gives less than a tenth of what 5 % of fibres let it give, LiCoO2 most of it."""
    pairs = [carbon(name, share) for name in ("LiFePO4", "LiCoO2") for share in (0.0, 0.05)]

    found = evaluate_block(pairs, reference_phases(), draws=0).prediction.observables.discharge

    bare, with_fibres, own, own_with_fibres = found.value
    assert bare < 0.1 * with_fibres
    assert own > 0.7 * own_with_fibres


def test_transport_can_be_switched_off():
    """Then a composite without a path counts as any other."""
    found = evaluate_block([carbon("LiFePO4", 0.0)], reference_phases(), draws=0)

    ideal = Prediction(
        found.pairs, found.features, default_calibration(), Conditions(limited=False)
    )

    assert ideal.reached.value == pytest.approx([1.0])
    assert ideal.observables.discharge.value > 10 * found.prediction.observables.discharge.value


def test_rate_and_loading_take_capacity_in_the_measure_of_the_thesis():
    """T28: 65 of 133 mAh/g at 2C; T52: 1314 of 1615 at 11 mAh/cm2: inside 90 % intervals."""
    found = evaluate_block(
        [Pair("Li2ZrCl6", cathode("LiFePO4"), recipe("lfp-vgcf-hand"))], reference_phases()
    )
    slow, fast = (
        Prediction(found.pairs, found.features, default_calibration(), Conditions(rate, 0.9))
        for rate in (0.1, 2.0)
    )

    low, high = np.quantile(fast.reached.draws, [0.05, 0.95])
    assert fast.observables.discharge.value < 0.8 * slow.observables.discharge.value
    assert low < 65 / 133 < high
