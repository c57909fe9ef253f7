from dataclasses import replace

import numpy as np
import pytest

from descriptors.composite.carbon import carbons
from screening.catalogue.layered_oxides import any_cathode
from screening.catalogue.layers import Layers, with_layers
from screening.catalogue.materials import cathode, recipe
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import own_materials
from screening.errors import BatchError
from screening.first_cycle.calibration import reference_phases
from screening.pairs.features import Pair
from screening.pairs.reaction_share import USUAL_FILM, holding_share
from screening.results import evaluation as module
from screening.results.columns import column_values, pair_records
from screening.results.evaluation import evaluate_all, evaluate_block
from stability.errors import FormulaError, LithiumReactantError, MissingElementError, SolverError


@pytest.fixture(scope="module")
def lfp():
    """Return LiFePO4."""
    return cathode("LiFePO4")


def test_a_pair_alone_is_what_it_is_among_others(block):
    """Every column of every tenth pair, to the bit."""
    together = pair_records(block)

    for row in range(0, len(block), 10):
        pair = block.pairs[row]
        (alone,) = pair_records(evaluate_block([Pair(*pair[:3])], block.phases))
        assert alone == together[row]


def test_a_cathode_alone_is_what_it_is_among_others_like_it(known):
    """S and SPAN differ by what takes no part, LiCoO2 and LCO-4.5V by their cutoff."""
    likes = [cathode(name) for name in ("S", "SPAN", "LiCoO2", "LCO-4.5V")]
    pairs = [Pair("Li6PS5Cl", one, recipe(one.recipe)) for one in likes]
    together = pair_records(evaluate_block(pairs, known, draws=0))

    for pair, found in zip(pairs, together, strict=True):
        (alone,) = pair_records(evaluate_block([pair], known, draws=0))
        assert found == alone


def test_pairs_that_share_an_electrolyte_and_a_cathode_share_the_work(known, lfp):
    """Two recipes, one contact; the recipe changes the surface, not the energies."""
    first = recipe(lfp.recipe)
    other = replace(first, name="more carbon", cathode_fraction=0.37, carbon_fraction=0.06)

    found = evaluate_block(
        [Pair("Li6PS5Cl", lfp, first), Pair("Li6PS5Cl", lfp, other)], known, draws=0
    )

    one, two = pair_records(found)
    assert len(found.contacts) == 1
    assert one["worst_mutual_ev_per_non_li_atom"] == two["worst_mutual_ev_per_non_li_atom"]
    assert one["carbon_area_m2_per_g"] != two["carbon_area_m2_per_g"]


def test_two_windows_of_one_cathode_are_refused(known, lfp):
    """Results name a cathode by its name, so one of both would be taken for the other."""
    wider = replace(lfp, voltage_high=4.2)
    pairs = [Pair("Li6PS5Cl", one, recipe(lfp.recipe)) for one in (lfp, wider)]

    with pytest.raises(BatchError, match="LiFePO4 stands there in two voltage windows"):
        evaluate_block(pairs, known, draws=0)


def test_surface_follows_from_the_recipe(known, lfp):
    """40:57:3 by mass; 13 m2/g of cathode and the fibres' share of surface, per gram of SSE."""
    found = evaluate_block([Pair("Li2ZrCl6", lfp, recipe(lfp.recipe))], known, draws=0)

    fibres = carbons()["VGCF"].specific_area.value
    assert found.areas[0].value == pytest.approx((40 * 13.0 + 3 * fibres) / 57)


def test_without_draws_the_intervals_leave_out_the_energies(known, lfp):
    """The window has no width, the conductivity of the literature keeps its own."""
    (row,) = pair_records(
        evaluate_block([Pair("Li6PS5Cl", lfp, recipe(lfp.recipe))], known, draws=0)
    )

    assert row["draws"] == 0
    assert row["window_covers_probability"] is None
    assert row["oxidation_limit_low_v"] == row["oxidation_limit_v"] == row["oxidation_limit_high_v"]
    assert row["ionic_conductivity_low_s_per_cm"] < row["ionic_conductivity_high_s_per_cm"]


@pytest.mark.parametrize(
    ("sse", "error"),
    [
        ("argyrodite", FormulaError),
        ("Li3Bi", MissingElementError),  # the reference table holds no bismuth
        ("Li", LithiumReactantError),
    ],
)
def test_an_electrolyte_without_an_answer_is_refused(sse, error, known, lfp):
    """Text, an element beyond the table, and lithium metal each have their own error."""
    with pytest.raises(error):
        evaluate_block([Pair(sse, lfp, recipe(lfp.recipe))], known)


def test_a_pair_without_an_answer_does_not_hold_up_the_others(known, lfp):
    """Three cannot be computed, each for its own reason; the fourth can."""
    names = ["argyrodite", "Li3Bi", "Li", "Li6PS5Cl"]

    found, failures = evaluate_all(
        [Pair(sse, lfp, recipe(lfp.recipe)) for sse in names], known, draws=0
    )

    assert [pair.sse for pair in found.pairs] == ["Li6PS5Cl"]
    assert [failure.pair.sse for failure in failures] == names[:3]
    assert "Bi" in failures[1].reason
    assert "lithium metal" in failures[2].reason


def test_nothing_that_can_be_computed_gives_no_block(known, lfp):
    """All have failed, and none is asked for."""
    one = Pair("Li3Bi", lfp, recipe(lfp.recipe))

    assert evaluate_all([one], known, draws=0)[0] is None
    assert evaluate_all([], known, draws=0) == (None, [])


def test_a_pair_that_breaks_the_solver_is_found_among_many(known, lfp, monkeypatch):
    """One of seven makes every block that holds it fail; the six others have their numbers."""
    names = ["Li6PS5Cl", "Li2ZrCl6", "Li3PS4", "Li3YCl6", "Li2S", "Li3PO4", "LiCl"]
    pairs = [Pair(sse, lfp, recipe(lfp.recipe)) for sse in names]
    computed = module.contacts

    def poisoned(couples, phases, *, draws, **_):
        """Fail where lithium chloride is among them.

        Raises
        ------
        SolverError
            Then.
        """
        if any(sse == "LiCl" for sse, _ in couples):
            raise SolverError("no answer")
        return computed(couples, phases, draws=draws)

    monkeypatch.setattr(module, "contacts", poisoned)
    found, failures = evaluate_all(pairs, known, draws=0)

    assert [failure.pair.sse for failure in failures] == ["LiCl"]
    assert [pair.sse for pair in found.pairs] == names[:-1]


def test_an_electrolyte_beyond_the_catalogue_is_evaluated(known):
    """A formula that nobody has measured gets predicted figures and says so."""
    sulfur = cathode("S")

    found = evaluate_block([Pair("Li5.6PS4.6Cl1.4", sulfur, recipe(sulfur.recipe))], known, draws=0)

    (row,) = pair_records(found)
    assert "predicted" in row["ionic_conductivity_source"]
    assert row["sse_energy_source"] == "hull"
    # More chloride is no more sulfur: the oxidation limit stays that of Li2S.
    assert row["oxidation_limit_v"] == pytest.approx(2.341, abs=0.003)


def test_the_most_negative_reaction_decides_on_the_interphase(block):
    """Its energy is that of the features; where nothing reacts nothing forms."""
    for row, found in enumerate(block.interphases):
        pair = int(np.flatnonzero(block.contact == row)[0])
        energy = block.features.interface.value[pair]
        if energy == 0.0:
            assert found.products == ()
        if found.products:
            assert energy < 0.0


def test_reasons_name_what_is_behind_the_smallest_factor(block):
    """One line for each pair, and none of them empty."""
    columns = column_values(block)

    assert len(columns["reason"]) == len(block)
    assert all(reason and "\n" not in reason for reason in columns["reason"])


def test_a_cathode_of_ones_own_may_have_any_label(known):
    """Its name is no formula; what the table lacks is asked of its states."""
    material = Material(label="our 811", kind="cathode", similar_to="NMC811", source="me")
    one = own_materials((material,)).cathode("our 811")

    (row,) = pair_records(
        evaluate_block([Pair("Li6PS5Cl", one, recipe(one.recipe))], known, draws=0)
    )

    assert (row["cathode"], row["coating"], row["stated_contacts"]) == ("our 811", None, "")
    assert row["worst_contact"] == "catholyte | cathode"
    assert row["worst_contact_ev"] == row["interface_ev"]


def test_a_coated_sulfide_on_nmc_beats_the_bare_one(known):
    """And the reason names every contact that was stated, the two electrolytes' among them."""
    one = cathode("NMC811")
    bare = Pair("Li6PS5Cl", one, recipe(one.recipe))
    film = Layers("LiNbO3", separator="Li2ZrCl6", anode="Li-In")
    coated = bare._replace(layers=film, recipe=with_layers(bare.recipe, film))

    first, second = pair_records(evaluate_block([bare, coated], known, draws=0))

    assert second["score_0_to_1"] > first["score_0_to_1"]
    assert second["area_resistance_ohm_cm2"] > 0
    assert second["coating_resistance_ohm_cm2"] > first["coating_resistance_ohm_cm2"] == 0
    for said in ("coating LiNbO3 | cathode", "separator Li2ZrCl6 | catholyte", "anode Li-In"):
        assert said in second["reason"]
    assert "stated contacts" not in first["reason"]


def test_a_coating_that_cannot_be_computed_is_the_reason_of_its_pair(known):
    """The bare pair beside it has an answer."""
    one = cathode("NMC811")
    bare = Pair("Li6PS5Cl", one, recipe(one.recipe))
    film = Layers("LiPu3O7")

    block, failures = evaluate_all([bare, bare._replace(layers=film)], known, draws=0)

    assert [pair.layers.coating for pair in block.pairs] == [None]
    assert "Pu" in failures[0].reason


def test_the_usual_film_holds_what_it_is_said_to():
    """LiNbO3 between Li6PS5Cl and NMC811 counts in full, and what reacts more does not."""
    nickel = any_cathode("LiNi0.8Mn0.1Co0.1O2")
    films = [
        Pair("Li6PS5Cl", nickel, recipe("oxide-vgcf-hand"), Layers(film))
        for film in ("LiNbO3", "Li3PO4", "Li3N")
    ]
    features = evaluate_block(films, reference_phases(), draws=0).features

    holds = holding_share(features.interface.value, features.conducting.value)
    assert holds[0] == pytest.approx(USUAL_FILM, abs=0.01)
    usual, inert, reactive = features.coverage.value
    assert usual == pytest.approx(inert)
    assert reactive < 0.5 * usual
