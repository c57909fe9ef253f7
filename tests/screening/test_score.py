import re
from dataclasses import replace
from math import exp, prod

import pytest

from screening.catalogue import Chemistry, electrolytes
from screening.score import GOOD, score

SULFIDES = [name for name, row in electrolytes().items() if row.chemistry is Chemistry.SULFIDE]
STARTS = {
    "capacity": ("oxidises from", "reaches only"),
    "interface": ("reacts with",),
    "transport": ("conducts only",),
    "nothing": ("its own redox", "takes up Li", "stable from"),
}


def factors(found):
    return {
        "capacity": found.capacity,
        "interface": found.interface,
        "transport": found.transport,
    }


@pytest.mark.parametrize("worse", ["Li6PS5Cl", *SULFIDES])
def test_on_lfp_the_chloride_is_above_every_sulfide(worse, evaluated):
    """Measured first-cycle efficiencies of 90.1 % (T25) against 40.3 % (T21)."""
    better = evaluated["Li2ZrCl6", "LiFePO4"].score.value.value

    assert better > evaluated[worse, "LiFePO4"].score.value.value


@pytest.mark.parametrize("name", ["S", "Li2S"])
def test_on_sulfur_the_argyrodite_is_above_the_chloride(name, evaluated):
    """Li2ZrCl6 is reduced at 1.72 V, inside the window, and turns to sulfide on Li2S."""
    better = evaluated["Li6PS5Cl", name].score.value.value

    assert better > evaluated["Li2ZrCl6", name].score.value.value


def test_the_score_is_the_product_of_factors_between_zero_and_one(evaluated):
    """Each factor alone can ruin a pair, and none can make up for another."""
    for pair in evaluated.values():
        found = factors(pair.score).values()

        assert all(0.0 <= factor <= 1.0 for factor in found)
        assert pair.score.value.value == pytest.approx(prod(found))


def test_the_interval_holds_the_score(evaluated):
    """From low over the score to high, all between 0 and 1."""
    for names, pair in evaluated.items():
        value = pair.score.value

        assert 0.0 <= value.low <= value.value <= value.high <= 1.0, names


def test_the_reason_is_that_of_the_smallest_factor_and_names_a_number(evaluated):
    """One line that starts as the limiting factor does; above 0.85 nothing limits."""
    for names, pair in evaluated.items():
        found = factors(pair.score)
        limit = min(found, key=lambda name: found[name])
        limit = "nothing" if found[limit] > GOOD else limit

        assert pair.score.reason.startswith(STARTS[limit]), names
        assert re.search(r"\d", pair.score.reason), names
        assert "\n" not in pair.score.reason


def test_transport_is_one_half_at_1e_4_s_per_cm(evaluated, exact):
    """Of sigma / (sigma + 1e-4): 1e-4 gives 1/2, 9e-4 gives 9/10."""
    pair = evaluated["Li2ZrCl6", "LiFePO4"]

    for conductivity, expected in ((1e-4, 0.5), (9e-4, 0.9), (1e-12, 1e-8)):
        figures = replace(pair.figures, ionic_conductivity=exact(conductivity, "S/cm"))
        assert score(replace(pair, figures=figures)).transport == pytest.approx(expected, rel=1e-6)


def test_interface_falls_by_e_for_every_0_3_ev(evaluated):
    """FePO4 with Li6PS5Cl gains 196.2 meV/atom: exp(-0.1962 / 0.3) = 0.52."""
    found = evaluated["Li6PS5Cl", "LiFePO4"].score

    assert found.interface == pytest.approx(exp(-0.1962 / 0.3), abs=0.002)


def test_a_pair_that_does_not_react_has_a_perfect_interface(evaluated):
    """Li6PS5Cl forms nothing with S or Li2S, beyond its own decomposition."""
    assert evaluated["Li6PS5Cl", "S"].score.interface == 1.0
    assert evaluated["Li6PS5Cl", "Li2S"].score.interface == 1.0


def test_the_worse_of_chemical_and_mutual_reaction_counts(evaluated):
    """Making either reaction worse lowers the score; the milder one does not matter."""
    pair = evaluated["Li2ZrCl6", "LiFePO4"]
    contact = pair.contacts[0]
    bad = replace(contact, chemical=contact.chemical._replace(energy=-0.3))
    mild = replace(contact, chemical=contact.chemical._replace(energy=0.0))

    assert score(replace(pair, contacts=(bad, pair.contacts[1]))).interface == pytest.approx(
        exp(-1)
    )
    assert score(replace(pair, contacts=(mild, pair.contacts[1]))).interface == pytest.approx(
        pair.score.interface
    )


def test_the_capacity_factor_is_what_a_liquid_cell_would_return_at_most(evaluated):
    """It is the retained share of the first cycle."""
    for pair in evaluated.values():
        assert pair.score.capacity == pair.first_cycle.retained.value


def test_better_conduction_never_lowers_a_score(evaluated, exact):
    """Tenfold conductivity: value and both ends of the interval rise or stay."""
    for pair in evaluated.values():
        slow, fast = (
            score(
                replace(
                    pair,
                    figures=replace(pair.figures, ionic_conductivity=exact(conductivity, "S/cm")),
                )
            ).value
            for conductivity in (1e-5, 1e-4)
        )

        assert (fast.low, fast.value, fast.high) >= (slow.low, slow.value, slow.high)


@pytest.mark.parametrize(
    ("sse", "name", "said"),
    [
        ("Li6PS5Cl", "LiFePO4", r"oxidises from 2\.34 V, inside 2\.5 to 4 V: \d+ % of the first"),
        ("Li3InCl6", "FeS2", r"reacts with Li4FeS2 on contact \(-\d+ meV/atom\) to LiCl \+ "),
        ("Li3InCl6", "S", r"reacts with S at \d\.\d\d V \(-\d+ meV per non-Li atom, beyond"),
        ("Li3PO4", "LiFePO4", r"conducts only \d\.\de-\d\d S/cm \(measured\)"),
        ("Li6PS5Cl", "S", r"its own redox \(499 mAh/g from 2\.34 V\) comes back by 1 V"),
        ("Li2ZrCl6", "LiFePO4", r"stable from 1\.72 V to 4\.26 V"),
    ],
)
def test_reasons_say_which_reaction_where_and_how_much(sse, name, said, evaluated):
    """2.34 V and 1.72 V, 4.255 V: limits of PHYSICS.md 1.2; 499 mAh/g is T15."""
    assert re.match(said, evaluated[sse, name].score.reason)


def test_a_loose_composite_is_named_as_such(evaluated, exact):
    """Where nothing is lost but little is in contact, the density is the reason."""
    pair = evaluated["Li2ZrCl6", "LiFePO4"]
    loose = replace(
        pair,
        figures=replace(pair.figures, relative_density=exact(50.0, "%")),
        first_cycle=replace(pair.first_cycle, retained=exact(0.5)),
    )

    assert score(loose).reason.startswith("reaches only 50 % density at 375 MPa (assumed)")
