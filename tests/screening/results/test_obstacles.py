import pytest

from descriptors.quantity import Kind
from screening.catalogue.gates import Gate
from screening.catalogue.materials import cathode, electrolytes, recipe
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import OwnMaterials
from screening.order.ranking import Order, places, worth
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_block
from screening.results.obstacles import MEASURED, obstacles
from stability.errors import MissingElementError

LFP = cathode("LiFePO4")
BAD = Material(
    label="bad halide", kind="sse", formula="Li3YCl6", source="we",
    ionic_conductivity_s_per_cm=3e-8, true_density_g_per_cm3=2.6,
)  # fmt: skip
NEW = Material(
    label="new", kind="sse", formula="Li2.6Y0.6Zr0.4Cl6", source="we",
    ionic_conductivity_s_per_cm=2e-3,
)  # fmt: skip
FOREIGN = Material(label="foreign", kind="sse", formula="Li3XeCl6", source="we")


@pytest.fixture(scope="module")
def asked(known):
    """Return a function from a formula to its obstacles with LiFePO4."""
    return lambda formula: obstacles(formula, LFP, recipe(LFP.recipe), known)


@pytest.mark.parametrize(
    ("formula", "gate"),
    [("Li2ZrCl6", None), ("Li3P", Gate.FRAMEWORK), ("LiClO4", Gate.REACTIVE)],
)
def test_the_first_gate_that_refuses_is_named(asked, formula, gate):
    """A compound that passes has none; a phosphide and a perchlorate have theirs."""
    found = asked(formula)

    assert found.refused_by is gate
    assert [one.gate for one in found.gates] == list(Gate)


def test_a_better_measured_conductivity_never_costs_a_place(asked):
    """LiCl conducts next to nothing; if somebody measured more, it would rise."""
    found = asked("LiCl")
    places = [one.place for one in found.break_even]

    assert [one.conductivity for one in found.break_even] == list(MEASURED)
    assert places == sorted(places, reverse=True)
    assert places[-1] < found.place


def test_the_factors_make_the_score(asked):
    """Their product, of which the named one is the least."""
    found = asked("LiCl")
    product = 1.0
    for factor in found.factors.values():
        product *= factor

    assert product == pytest.approx(found.score[0])
    assert found.factors[found.limited_by] == min(found.factors.values())


def test_an_electrolyte_of_the_catalogue_is_its_own_rival_once(asked):
    """Nobody is counted twice, however the formula is written."""
    assert asked("Li4Zr2Cl12").rivals == len(electrolytes())
    assert asked("LiCl").rivals == len(electrolytes()) + 1


def test_a_measured_figure_of_ones_own_decides_as_in_the_ranking(asked, known):
    """Measured at 3e-8 S/cm where the catalogue has 5e-4: it falls to where the ranking puts it."""
    own = OwnMaterials((BAD, NEW, FOREIGN))
    found = obstacles("Li3YCl6", LFP, recipe(LFP.recipe), known, own=own)
    sses = dict.fromkeys(["Li3YCl6", *electrolytes(), NEW.formula])
    pairs = [Pair(one, LFP, recipe(LFP.recipe)) for one in sses]
    ranking = evaluate_block(pairs, known, draws=0, own=own).prediction.scores

    assert found.conductivity.value == pytest.approx(3e-8)
    assert found.conductivity.kind is Kind.MEASURED
    assert found.place == places(worth(ranking.value, Order.CAUTIOUS))[0]
    assert found.place > asked("Li3YCl6").place
    assert found.break_even[-1].place < found.place


def test_electrolytes_of_ones_own_are_rivals(asked, known):
    """Those that this table holds: nobody has energies of xenon."""
    own = OwnMaterials((BAD, NEW, FOREIGN))
    found = obstacles("LiCl", LFP, recipe(LFP.recipe), known, own=own)

    assert found.own_rivals == 1
    assert found.rivals == asked("LiCl").rivals + 1


def test_what_cannot_be_computed_says_why(known):
    """Not which place it has among those that can."""
    with pytest.raises(MissingElementError, match="Xe"):
        obstacles("Li3XeCl6", LFP, recipe(LFP.recipe), known)


def test_a_gate_comes_before_another_table(known):
    """Salt holds no lithium, which no table changes; the built-in one holds no sodium."""
    with pytest.raises(
        MissingElementError, match=r"^NaCl: gate lithium refuses it .* no phase with Na"
    ):
        obstacles("NaCl", LFP, recipe(LFP.recipe), known)
