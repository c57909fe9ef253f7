from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.composition import ELEMENTS, feature_names
from descriptors.electrolyte.conductivity import (
    NO_LITHIUM,
    distances,
    expectation,
    likeness,
    predict,
    predicted_ionic_conductivity,
    prediction,
    shares_by_element,
    tree_sum,
)
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind
from descriptors.training.train_conductivity import conductivity_table
from stability.formula import composition

amounts = st.dictionaries(
    st.sampled_from(ELEMENTS), st.floats(0.01, 30.0), min_size=1, max_size=7
).map(lambda drawn: {"Li": 1.0} | drawn)


@given(amounts)
def test_the_interval_contains_the_value(drawn):
    """Whatever the composition, low < value < high, and all three are numbers."""
    found = predict([list(drawn.values())], list(drawn))

    assert np.isfinite(found.value).all()
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


@pytest.mark.parametrize("factor", [1 / 3, 2.0, 7.0])
def test_the_size_of_the_formula_changes_nothing(factor):
    """Li6PS5Cl and Li12P2S10Cl2 conduct alike."""
    row = np.array([[6.0, 1.0, 5.0, 1.0]])
    once, again = (predict(each, ["Li", "P", "S", "Cl"]) for each in (row, factor * row))

    assert np.allclose(np.array(once[:3]), np.array(again[:3]), atol=1e-12)


def test_the_order_of_the_elements_changes_nothing():
    """Nor does an absent element beside them."""
    once = predicted_ionic_conductivity("Li6PS5Cl")
    found = predict([[0, 1, 5, 6, 1]], ["Fe", "Cl", "S", "Li", "P"])

    assert float(10 ** found.value[0]) == pytest.approx(once.value)


def test_one_by_one_is_all_at_once():
    """Rows do not see each other."""
    rows = [composition(f).amounts for f in ("Li6PS5Cl", "Li3InCl6", "Li7La3Zr2O12", "Fe2O3")]
    table = [[row.get(element, 0.0) for element in ELEMENTS] for row in rows]
    together = predict(table, ELEMENTS)

    for place, row in enumerate(table):
        alone = predict([row], ELEMENTS)
        assert [column[0] for column in alone] == [column[place] for column in together]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("Fe2O3", NO_LITHIUM),
        ("LiRh2O4", "Rh"),
        ("Li3PuCl6", "Pu"),
        ("Pu", NO_LITHIUM),
        ("LiFe20", "unlike every training material"),
    ],
)
def test_what_the_model_never_saw_is_flagged(formula, why):
    """No Li, an element without training material, a metal: the reason says which."""
    found = prediction(formula)

    assert not found.in_domain
    assert why in found.reason
    assert f"out of domain: {found.reason}" in predicted_ionic_conductivity(formula).source


def test_a_usual_electrolyte_is_in_the_domain():
    """Li3PS4 is one of the training materials, at a distance of 0."""
    quantity = predicted_ionic_conductivity("Li3PS4")

    assert prediction("Li3PS4").in_domain
    assert quantity.kind is Kind.PREDICTED
    assert quantity.unit == "S/cm"
    assert quantity.source.startswith("predicted")
    assert "out of domain" not in quantity.source
    assert quantity.low < quantity.value < quantity.high


def test_distance_is_the_share_of_atoms_to_exchange():
    """LiCl to LiBr: half the atoms. LiCl to Li2O: 1/2 against 2/3 Li is common, so 1/2 is not."""
    table = shares_by_element(np.array([[1.0, 1, 0, 0]]), ["Li", "Cl", "Br", "O"])
    others = shares_by_element(np.array([[1.0, 0, 1, 0], [2, 0, 0, 1]]), ["Li", "Cl", "Br", "O"])

    assert distances(table.astype(np.float32), others) == pytest.approx([0.5, 0.5])


def test_trees_are_read_from_the_top():
    """One tree of depth 1 that asks the first feature: up to its threshold left, above it right."""
    model = shipped_model()._replace(
        split=np.array([[0]]),
        threshold=np.array([[1.0]], dtype=np.float32),
        leaf=np.array([[10.0, 20.0]], dtype=np.float32),
        trunk=1.0,
    )
    features = np.zeros((3, len(feature_names())))
    features[:, 0] = [0.5, 1.0, 1.5]

    assert tree_sum(model, features).tolist() == [11.0, 11.0, 21.0]


def table(*formulas):
    rows = [composition(formula).amounts for formula in formulas]
    raw = np.array([[row.get(element, 0.0) for element in ELEMENTS] for row in rows])
    return shares_by_element(raw, ELEMENTS)


def test_what_is_identical_is_like_itself_by_all_variances():
    """Distance 0 in every term: exp(0) = 1 of each variance; all else is less alike, either way."""
    model = shipped_model()
    shares = table("Li6PS5Cl", "Li7La3Zr2O12", "Li3N")
    alike = likeness(model, shares, shares)

    assert alike.diagonal() == pytest.approx(model.kernel[:, 1].sum())
    assert alike == pytest.approx(alike.T)
    assert (alike[~np.eye(3, dtype=bool)] < alike[0, 0]).all()


def test_likeness_is_by_hand():
    """One term: LiCl and LiF differ by half an atom over Cl, N, O, F: 1.5; 2 exp(-1.5 / 3)."""
    model = shipped_model()._replace(kernel=np.array([[2.0, 2.0, 3.0]]))

    found = likeness(model, table("LiCl"), table("LiF"))

    assert found.item() == pytest.approx(2 * np.exp(-0.5))


def test_the_value_is_the_mean_of_trees_and_process():
    """No pull and one leaf of 10 on a trunk of 1: (11 + start) / 2; pull adds half its likeness."""
    model = shipped_model()
    model = model._replace(
        split=np.array([[0]]),
        threshold=np.array([[np.inf]], dtype=np.float32),
        leaf=np.array([[10.0, 20.0]], dtype=np.float32),
        trunk=1.0,
        start=-5.0,
        pull=np.zeros(len(model.materials)),
    )
    shares = model.materials[:1].astype(float)
    still = expectation(model, shares).item()
    pulled = expectation(model._replace(pull=np.eye(len(model.pull))[0]), shares).item()

    assert still == pytest.approx((11 - 5) / 2)
    assert pulled - still == pytest.approx(model.kernel[:, 1].sum() / 2)


@pytest.mark.parametrize(
    ("rows", "elements"),
    [
        ([[1, -1]], ["Li", "O"]),
        ([[0, 0]], ["Li", "O"]),
        ([[1]], ["Li", "O"]),
        ([1, 1], ["Li", "O"]),
        ([[float("nan"), 1]], ["Li", "O"]),
    ],
)
def test_what_is_no_composition_is_refused(rows, elements):
    """Negative, empty, ragged, not a number."""
    with pytest.raises(ImpossibleValueError):
        predict(rows, elements)


def test_no_rows_have_no_predictions():
    """An empty batch is no error."""
    assert predict(np.zeros((0, 2)), ["Li", "O"]).value.shape == (0,)


def test_a_batch_is_never_held_up():
    """5,000 materials in a second of one core."""
    rows = np.random.default_rng(0).random((5_000, len(ELEMENTS)))
    predict(rows[:10], ELEMENTS)

    start = process_time()
    predict(rows, ELEMENTS)

    assert process_time() - start < 2  # Half the speed asked for, as a test runs anywhere.


def test_materials_never_seen_are_predicted_as_well_as_we_say(reference):
    """On OBELiX's test split: far below the median's 1.83, though not the 1.20 wished for."""
    test = conductivity_table(reference / "obelix" / "test.csv")
    found = predict(test.shares, ELEMENTS)

    error = np.abs(found.value - test.target).mean()
    within = (found.low <= test.target) & (test.censored | (test.target <= found.high))
    assert error < 1.30
    assert 0.85 <= within.mean() <= 0.95
