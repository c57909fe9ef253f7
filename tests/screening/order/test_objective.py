import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import ObjectiveError, ScreeningError
from screening.order.objective import LONGEST, NAMED, objective, objective_values
from screening.results.columns import NUMBERS as PAIR_NUMBERS

COLUMNS = {"a_v": np.array([1.0, 4.0, np.nan]), "b_percent": np.array([2.0, 0.0, 1.0])}


def value(text, columns=COLUMNS):
    return objective_values(objective(text, columns), columns).tolist()[:2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_v", [1.0, 4.0]),
        ("-a_v + 2 * b_percent", [3.0, -4.0]),
        ("2 ** a_v / 4", [0.5, 4.0]),
        ("min(a_v, b_percent, 3)", [1.0, 0.0]),
        ("max(a_v, 2)", [2.0, 4.0]),
        ("sqrt(a_v) + abs(-1) + exp(0) + log(1)", [3.0, 4.0]),
        ("log10(10 ** a_v)", [1.0, 4.0]),
        ("(a_v > 2) * 10 + (b_percent <= 0)", [0.0, 11.0]),
        ("a_v * (b_percent >= 1) - (a_v < 2)", [0.0, 0.0]),
        ("+a_v", [1.0, 4.0]),
    ],
)
def test_arithmetic_is_that_of_paper(text, expected):
    """Rows hold a = 1, b = 2 and a = 4, b = 0."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a_w", "no numeric column 'a_w'; did you mean a_v"),
        ("percent", "did you mean b_percent"),
        ("zzzz", "docs/schema.md"),
        ("__import__('os').system('true')", "not known here"),
        ("a_v.real", "not known here"),
        ("a_v[0]", "not known here"),
        ("(lambda: a_v)()", "not known here"),
        ("[x for x in a_v]", "not known here"),
        ("a_v if a_v else 1", "not known here"),
        ("a_v and b_percent", "not known here"),
        ("'text'", "not known here"),
        ("True * a_v", "not known here"),
        ("a_v < b_percent < 3", "not known here"),
        ("a_v % 2", "not known here"),
        ("sin(a_v)", "not known here"),
        ("log(a_v, 2)", "log takes 1 argument, this gives 2"),
        ("max()", "takes one or more"),
        ("min(a_v, key=b_percent)", "not known here"),
        ("1" * 400 + " * a_v", "above 1e+300"),
        ("1 + 1", "reads no column"),
        ("", "empty"),
        ("a_v +", "no expression"),
        ("a_v\x00", "empty"),
        ("a_v + " * LONGEST, "characters"),
        ("-" * 100 + "a_v", "nested deeper"),
        ("(" * 300 + "a_v" + ")" * 100, "no expression"),
    ],
)
def test_what_is_not_known_is_refused_in_one_line(text, said):
    """The text, what is wrong with it, and a remedy; nothing is run."""
    with pytest.raises(ObjectiveError) as caught:
        objective(text, COLUMNS)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value).replace(text, "")


@given(st.text(max_size=80))
def test_no_text_brings_it_down(text):
    """Whatever is typed, the answer is an objective or a refusal."""
    try:
        found = objective(text, COLUMNS)
    except ScreeningError:
        return
    assert found.columns <= set(COLUMNS)


def test_a_pair_without_a_value_has_none():
    """1/0, log(-1) and a missing column are nan, and a comparison with nan too."""
    columns = {"a": np.array([0.0, 1.0]), "b": np.array([-1.0, 1.0]), "c": np.array([np.nan, 1.0])}

    for text, second in (("1 / a", 1.0), ("log(b)", 0.0), ("c < 2", 1.0), ("max(c, a)", 1.0)):
        first, there = value(text, columns)
        assert np.isnan(first), text
        assert there == second, text


def test_an_objective_without_any_value_is_refused():
    """Division by zero everywhere orders nothing."""
    with pytest.raises(ObjectiveError, match="for none of 3 pairs"):
        value("1 / (a_v - a_v)")


def test_draws_go_through_as_columns_do():
    """Row by row and draw by draw: 2 a - b."""
    columns = {"a": np.array([[1.0, 2.0]]), "b": np.array([[0.0, 1.0]])}

    found = objective_values(objective("2 * a - b", columns), columns)

    assert found.tolist() == [[2.0, 3.0]]


def test_names_stand_for_expressions_over_documented_columns():
    """Each can be read from columns of the table of pairs, and is itself none of them."""
    for name in NAMED:
        assert objective(name, PAIR_NUMBERS).columns <= PAIR_NUMBERS
        assert name not in PAIR_NUMBERS


@pytest.mark.parametrize("name", NAMED)
def test_no_objective_puts_a_cell_that_delivers_a_tenth_above_one_that_works(name):
    """Though it returns all of that, conducts better, reacts less, is cheap, is reduced more."""
    alive, dead = (0, 1)
    columns = {
        "score_0_to_1": [0.3, 0.1],
        "efficiency_percent": [60.0, 99.0],
        "first_discharge_mah_per_g": [100.0, 150.0],
        "reversible_capacity_mah_per_g": [100.0, 17.0],
        "composite_energy_wh_per_kg": [150.0, 250.0],
        "ionic_conductivity_s_per_cm": [1e-7, 1e-2],
        "chemical_discharged_ev_per_atom": [-0.9, 0.0],
        "chemical_charged_ev_per_atom": [-0.9, 0.0],
        "worst_mutual_ev_per_non_li_atom": [-0.9, 0.0],
        "composite_cost_usd_per_kg": [5000.0, 1.0],
        "factor_capacity": [0.6, 0.1],
    }
    known = {column: np.array(values) for column, values in columns.items()}

    found = objective_values(objective(name, known), known)

    assert found[alive] > found[dead]


def test_an_unknown_name_is_met_with_those_like_it():
    """Names of objectives are offered as well as columns."""
    with pytest.raises(ObjectiveError, match="did you mean efficiency"):
        objective("effciency", COLUMNS)
