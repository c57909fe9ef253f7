import numpy as np
import pytest

from screening.catalogue.materials import cathode
from screening.coating.coating_order import (
    PASSIVATED,
    CoatingRules,
    Gate,
    passed_by,
    ranked_coatings,
    weights,
)
from screening.errors import BatchError

USUAL = CoatingRules()
FILMS = ["Li3PO4", "LiNbO3", "Li2ZrO3", "Li2O", "Li2S", "Li3YCl6"]


@pytest.fixture(scope="module")
def ranked(phases):
    """Return a function from rules to the ranking of some films."""
    return lambda rules=USUAL: ranked_coatings(
        FILMS, "Li6PS5Cl", cathode("LiCoO2"), phases, rules=rules
    )


def test_what_is_refused_says_by_which_gate_and_comes_last(ranked):
    """Li2S is oxidised at 2.3 V, far below what LiCoO2 asks for."""
    rows, gates, _ = ranked()
    refused = [one.formula for one in rows if one.refused_by]

    assert refused == [one.formula for one in rows][-len(refused) :]
    assert {"Li2O", "Li2S"} <= set(refused)
    sulfide = next(one for one in rows if one.formula == "Li2S")
    assert sulfide.refused_by in {gate.name for gate in gates}
    assert sulfide.refused_by.startswith("not oxidised below")
    assert sulfide.score == 0.0
    assert "2.3" in sulfide.reason


def test_the_order_is_that_of_the_lower_ends(ranked):
    """A coating that is good for sure goes before one that may be better."""
    rows, _, _ = ranked()
    lows = [one.score_low for one in rows if not one.refused_by]

    assert len(lows) > 1
    assert lows == sorted(lows, reverse=True)
    assert all(one.score_low <= one.score <= one.score_high for one in rows)


def test_a_thicker_film_is_never_better(ranked):
    """Its resistance grows in proportion, and nothing else changes."""
    thin = {one.formula: one for one in ranked(CoatingRules(thickness=5))[0]}
    thick = {one.formula: one for one in ranked(CoatingRules(thickness=50))[0]}

    for name, one in thick.items():
        if not one.refused_by:
            assert one.score < thin[name].score
            assert one.resistance.value == pytest.approx(10 * thin[name].resistance.value)


def test_resistance_by_hand(ranked):
    """10 nm = 1e-6 cm of LiNbO3 at 1e-6 S/cm: 1 ohm cm2."""
    rows, _, _ = ranked()
    film = next(one for one in rows if one.formula == "LiNbO3")

    assert film.resistance.value == pytest.approx(1.0)
    assert film.resistance.unit == "ohm cm2"


def test_a_bare_share_costs(ranked):
    """Half of the surface bare leaves half of the bare reaction, which is far worse."""
    whole = {one.formula: one for one in ranked()[0]}
    half = {one.formula: one for one in ranked(CoatingRules(coverage=0.5))[0]}

    for name, one in half.items():
        if not one.refused_by:
            assert one.score < whole[name].score
            assert "50 % stays bare" in one.reason


def test_a_contact_that_stops_by_itself_keeps_a_share_of_its_weight(ranked):
    """Weights lie between PASSIVATED and 1; doubt only adds to them."""
    _, _, found = ranked()
    value, sure = weights(found), weights(found, sure=True)

    assert ((value >= PASSIVATED) & (value <= 1.0)).all()
    assert (sure >= value).all()


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (CoatingRules(thickness=0.0), r"thickness 0 nm is outside 0\.1 to 10000"),
        (CoatingRules(coverage=50.0), r"coverage 50 is outside 0 to 1; give the share"),
    ],
)
def test_rules_that_no_film_can_follow(ranked, rules, message):
    """Per cent for a share, and a film without thickness."""
    with pytest.raises(BatchError, match=message):
        ranked(rules)


def test_the_funnel_never_widens():
    """Each gate leaves what the gates before have left, or less."""
    rng = np.random.default_rng(1)
    gates = [Gate(str(n), rng.random(50) < 0.7, ("",) * 50) for n in range(5)]
    counts = passed_by(gates)

    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == np.all([gate.passed for gate in gates], axis=0).sum()
