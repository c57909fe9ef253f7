import numpy as np
import pytest

from screening.results.prediction import Prediction


def test_a_prediction_needs_the_features_alone(block):
    """From stored features, without contacts: the same scores and energies."""
    again = Prediction(block.pairs, block.features, block.calibration)

    assert np.array_equal(again.scores.value.draws, block.prediction.scores.value.draws)
    assert np.array_equal(again.energies.cell.value, block.prediction.energies.cell.value)


def test_the_energy_is_that_of_what_is_discharged(block):
    """Wh/kg of composite: mass fraction of the cathode x mAh/g x V."""
    found = block.prediction
    share = np.array([pair.recipe.cathode_fraction for pair in block.pairs])

    expected = share * found.observables.discharge.value * block.features.voltage
    assert found.energies.composite.value == pytest.approx(expected)


def test_outside_of_the_calibrated_cells_intervals_are_wider(block):
    """An oxide in the place of a sulfide: flagged, with the reason, and no narrower."""
    names = [(pair.sse, pair.cathode.name) for pair in block.pairs]
    inside, outside = (names.index((sse, "LiFePO4")) for sse in ("Li6PS5Cl", "Li7La3Zr2O12"))
    domain = block.prediction.domain

    assert not domain.outside[inside]
    assert domain.reasons[inside] == ""
    assert domain.outside[outside]
    assert domain.reasons[outside]
    assert domain.widening[outside] > domain.widening[inside] == 1.0


def test_the_ranking_of_the_thesis(block):
    """LiFePO4: Li2ZrCl6 above every sulfide (T21, T25); S and Li2S: Li6PS5Cl above Li2ZrCl6."""
    scores = {
        (pair.sse, pair.cathode.name): score
        for pair, score in zip(block.pairs, block.prediction.scores.value.value, strict=True)
    }

    for sulfide in ("Li6PS5Cl", "Li6PS5Br", "Li3PS4", "Li10GeP2S12", "Li7P3S11"):
        assert scores["Li2ZrCl6", "LiFePO4"] > scores[sulfide, "LiFePO4"]
    for name in ("S", "Li2S"):
        assert scores["Li6PS5Cl", name] > scores["Li2ZrCl6", name]


def test_reasons_take_the_products(block):
    """What the interface makes stands in the reason where the interface limits."""
    products = [f"product{row}" for row in range(len(block))]

    found = block.prediction.reasons(products)

    interface = [row for row, reason in enumerate(found) if "reacts with" in reason]
    assert interface
    assert all(f"product{row}" in found[row] for row in interface)
