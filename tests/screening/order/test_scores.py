from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.first_cycle.calibration import default_calibration
from screening.first_cycle.predicted_cycle import observables
from screening.order.scores import (
    GOOD,
    part_that_counts,
    reasons,
    scores,
)
from screening.pairs.features import Drawn, Features

PLAIN = {
    "sse": "Li6PS5Cl", "cathode": "LiFePO4", "recipe": "hand", "chemistry": "sulfide",
    "assembled_charged": False, "milled": False, "gas": False, "theoretical": 170.0, "ratio": 1.0,
    "low": 2.5, "high": 4.0, "voltage": 3.4, "utilisation": 1.0, "returned": 0.95, "contact": 0.9,
    "density": 2.0, "area": 10.0, "conductivity": 1e-3, "limit": 4.5, "reduction_limit": 1.7,
    "oxidation": 0.0, "reduction": 0.0, "reversible": 0.0, "interface": 0.0, "conducting": 0.0,
    "comes_back": True, "coverage": 0.0, "film": 0.0, "oxygen": 0.0, "visited": [4.0] * 8,
}  # fmt: skip
TEXTS = {"sse", "cathode", "recipe", "chemistry"}
FLAGS = {"assembled_charged", "milled", "gas", "comes_back"}
NUMBERS = {"theoretical", "ratio", "low", "high", "voltage", "visited"}


def pairs(*changes):
    """Return Features of pairs that differ from a plain one as said, without doubt."""
    rows = [PLAIN | change for change in changes]
    columns = {}
    for field in fields(Features):
        if field.name not in PLAIN:  # What measured cells alone have.
            continue
        values = [row[field.name] for row in rows]
        if field.name in TEXTS:
            columns[field.name] = tuple(values)
        elif field.name in FLAGS | NUMBERS:
            columns[field.name] = np.array(values)
        else:
            columns[field.name] = exact(*values)
    return Features(**columns)


def exact(*values):
    return Drawn(np.array(values, float), np.array(values, float)[:, None])


def scored(*changes, delivered=None):
    found = pairs(*changes)
    kept = delivered or [1.0] * len(changes)
    return scores(found, exact(*kept))


LEFT = ("held", "part", "electrons", "ions", "oxidation", "reduction", "returned")


def reason(change, delivered=1.0, share=20.0, products=None, worst="oxidation"):
    """Return why a pair is no better, where one step leaves half, and the others nine tenths."""
    found = pairs(change)
    left = {name: np.array([0.5 if name == worst else 0.9]) for name in LEFT}
    return reasons(found, scores(found, exact(delivered)), np.array([share]), left, products)[0]


@pytest.mark.parametrize(
    ("worst", "said"),
    [
        ("held", "its cathode gives 50 % of the theoretical capacity in 2.5 to 4 V"),
        ("part", "50 % of the cathode takes part, as composites mixed by hand do"),
        ("electrons", "electrons reach 50 % of the composite"),
        ("ions", "ions and contacts reach 50 % of the cathode, at this rate"),
        ("reduction", "is reduced below 1.70 V, inside 2.5 to 4 V"),
        ("returned", "its cathode returns 50 %"),
    ],
)
def test_the_step_that_costs_most_of_the_capacity_is_the_reason(worst, said):
    """Not the first that there may be: density, oxidation and carbon are there in all."""
    change = {"contact": 0.55, "oxidation": 400.0, "limit": 2.34, "reduction": 9.0}

    assert said in reason(change, 0.3, worst=worst)


def test_the_score_is_the_product_of_its_factors():
    """0.5 x exp(-0.2) x 1e-3 / (1e-3 + 1e-4): -0.3 eV with insulating products counts a fifth."""
    found = scored({"interface": -0.3}, delivered=[0.5])

    assert found.value.value[0] == pytest.approx(0.5 * np.exp(-0.2) * 10 / 11)
    assert found.value.draws[0, 0] == pytest.approx(found.value.value[0])
    assert [part.value[0] for part in found.factors] == pytest.approx([0.5, np.exp(-0.2), 10 / 11])


def test_insulating_products_are_not_punished_like_conducting_ones():
    """Trap b: ZrO2 and LiCl stop a reaction of -0.5 eV, Co9S8 and In2S3 let one of -0.3 eV go on.

    exp(-0.5 x 0.2 / 0.3) = 0.72 against exp(-1) = 0.37.
    """
    found = scored(
        {"interface": -0.5, "conducting": 0.0}, {"interface": -0.3, "conducting": 1.0}
    ).interface.value

    assert found == pytest.approx([np.exp(-1 / 3), np.exp(-1)])
    assert found[0] > found[1]


def test_a_closed_energy_alone_does_not_make_a_pair_mild():
    """Trap a: the sulfide with the milder reaction, which loses 60 % of its capacity, is below."""
    found = scored({"interface": -0.05}, {"interface": -0.2}, delivered=[0.4, 0.95]).value.value

    assert found[0] < found[1]


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_conducting_products_never_help(one, other):
    """The part of a reaction that counts rises from a fifth to all of it."""
    low, high = sorted([one, other])

    assert part_that_counts(np.array(low)) <= part_that_counts(np.array(high)) + 1e-12
    assert 0.2 - 1e-12 <= part_that_counts(np.array(low)) <= 1 + 1e-12


def test_at_the_threshold_of_percolation_most_of_a_reaction_counts():
    """0.2 + 0.8 x 0.16 x 1.16 / 0.32 = 0.664."""
    assert part_that_counts(np.array(0.16)) == pytest.approx(0.664)


@given(
    st.floats(-1, 0), st.floats(-1, 0), st.floats(1e-9, 1e-1), st.floats(1e-9, 1e-1),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_better_inputs_never_lower_a_score(energy, other, sigma, tau, kept, left):
    """Milder reactions, better conduction, more capacity: all else equal, no score falls."""
    worse = {"interface": min(energy, other), "conductivity": min(sigma, tau)}
    better = {"interface": max(energy, other), "conductivity": max(sigma, tau)}

    low, high = scored(worse, better, delivered=sorted([kept, left])).value.value

    assert low <= high


@given(
    st.floats(2.0, 5.0), st.floats(0.0, 2.0), st.floats(0.0, 3.5), st.floats(0.0, 2.0),
    st.floats(0.0, 500.0), st.floats(0.0, 1.0), st.floats(0.0, 300.0), st.floats(0.0, 1.0),
    st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["sulfide", "halide"]),
)  # fmt: skip
def test_a_wider_window_never_lowers_a_score(
    limit, up, reduction_limit, down, oxidation, kept, reduction, left, charged, milled, gas, kind
):
    """All else equal: a higher oxidation limit with less to oxidise, a lower reduction limit."""
    same = {"assembled_charged": charged, "milled": milled, "gas": gas, "chemistry": kind}
    narrow = same | {
        "limit": limit, "oxidation": oxidation,
        "reduction_limit": reduction_limit, "reduction": reduction,
    }  # fmt: skip
    wide = same | {
        "limit": limit + up, "oxidation": kept * oxidation,
        "reduction_limit": max(reduction_limit - down, 0.0), "reduction": left * reduction,
    }  # fmt: skip
    found = pairs(narrow, wide)
    kept_share = observables(found, default_calibration().fitted).retained

    low, high = scores(found, kept_share).value.value

    assert high >= low - 1e-9


def test_what_an_sse_takes_up_does_not_raise_its_score():
    """Reduction inside the window is no column of the score: 0 and 300 mAh/g give the same."""
    found = scored({"reduction": 0.0}, {"reduction": 300.0, "reduction_limit": 2.8}).value.value

    assert found[0] == found[1]


def test_retention_above_a_liquid_cell_counts_as_one():
    """And below nothing as nothing."""
    assert scored({}, {}, delivered=[1.2, -0.1]).capacity.value.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("change", "delivered", "said"),
    [
        ({"oxidation": 400.0, "limit": 2.34}, 0.3, "oxidises from 2.34 V, inside 2.5 to 4 V: 20 %"),
        ({"interface": -0.6, "conducting": 0.0}, 1.0, "(-600 meV/atom); the interphase insulates"),
        (
            {"interface": -0.6, "conducting": 0.9},
            1.0,
            "conducts electrons, and lets it go on (90 %",
        ),
        ({"interface": -0.6, "conducting": 0.16}, 1.0, "hardly conducts electrons, and slows it"),
        ({"conductivity": 1e-6}, 1.0, "conducts only 1.0e-06 S/cm"),
        ({"limit": 2.3, "reversible": 499.0, "oxidation": 499.0}, 1.0, "comes back by 2.5 V"),
        ({"reduction": 50.0, "reduction_limit": 2.64}, 1.0, "takes up Li below 2.64 V"),
        ({"limit": np.inf}, 1.0, "stable from 1.70 V to any voltage, all of 2.5 to 4 V; no"),
        ({"limit": 3.9}, 1.0, "stable from 1.70 V to 3.90 V, not all of 2.5 to 4 V; no factor"),
    ],
)
def test_the_reason_is_that_of_the_smallest_factor(change, delivered, said):
    """One line with a number; above 0.85 nothing limits."""
    line = reason(change, delivered)

    assert said in line
    assert "\n" not in line
    assert GOOD > 0.8


def test_the_reason_names_the_products_where_they_are_known():
    """As text, after the energy."""
    line = reason({"interface": -0.9, "conducting": 0.9}, products=["Co9S8 + Li2S"])

    assert "to Co9S8 + Li2S; the interphase" in line


def of(block, cathode, values):
    """Return values of the pairs of one cathode by SSE, and their classes."""
    features = block.features
    rows = [row for row, name in enumerate(features.cathode) if name == cathode]
    found = {features.sse[row]: values[row] for row in rows}
    return found, {features.sse[row]: features.chemistry[row] for row in rows}


def test_on_lfp_the_chloride_is_above_every_sulfide(block):
    """Measured first-cycle efficiencies of 90.1 % (T25) against 40.3 % (T21)."""
    found, kind = of(block, "LiFePO4", block.prediction.scores.value.value)

    sulfides = [score for sse, score in found.items() if kind[sse] == "sulfide"]
    assert len(sulfides) >= 5
    assert found["Li2ZrCl6"] > max(sulfides)


@pytest.mark.parametrize("name", ["S", "Li2S"])
def test_on_sulfur_the_argyrodite_is_above_the_chloride(name, block):
    """Li2ZrCl6 is reduced at 1.72 V, inside the window, and reacts with sulfide."""
    found, _ = of(block, name, block.prediction.scores.value.value)

    assert found["Li6PS5Cl"] > found["Li2ZrCl6"]


def test_the_mildest_closed_reaction_is_not_the_best_pair(block):
    """Trap a: with Li6PS5Cl LiFePO4 reacts least of the oxide cathodes, and is among the last."""
    closed = block.contacts.chemical_energy(0)
    energies = {
        name: of(block, name, closed[block.contact])[0]["Li6PS5Cl"]
        for name in ("LiFePO4", "LiCoO2", "LiNiO2", "LiMn2O4", "LiNi0.5Mn1.5O4")
    }
    found, _ = of(block, "LiFePO4", block.prediction.scores.value.value)

    assert max(energies, key=energies.get) == "LiFePO4"
    assert sorted(found.values()).index(found["Li6PS5Cl"]) < len(found) / 3


def test_a_halide_on_a_nickel_oxide_is_not_punished_for_products_that_insulate(block):
    """Trap b: LiCl and ZrO2 count by less than half of their energy, nickel sulfides by more."""
    scores = block.prediction.scores
    interface, kind = of(block, "LiNiO2", scores.interface.value)
    growth, _ = of(block, "LiNiO2", scores.growth.value)
    energy, _ = of(block, "LiNiO2", block.features.interface.value)

    sulfides = [sse for sse in interface if kind[sse] == "sulfide"]
    plain = np.exp(energy["Li2ZrCl6"] / 0.3)
    assert interface["Li2ZrCl6"] > 1.5 * plain
    assert interface["Li2ZrCl6"] > 3 * max(interface[sse] for sse in sulfides)
    assert growth["Li2ZrCl6"] < 0.5 < min(growth[sse] for sse in sulfides)


def test_reasons_of_real_pairs_name_a_number(block):
    """One line each; LiFePO4 with Li6PS5Cl is said to oxidise inside the window."""
    found, _ = of(block, "LiFePO4", block.reasons)

    assert all("\n" not in line and any(c.isdigit() for c in line) for line in block.reasons)
    assert found["Li6PS5Cl"].startswith("oxidises from 2.3")
