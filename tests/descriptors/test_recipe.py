from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.errors import InvalidRecipeError
from descriptors.recipe import Mixing, Recipe

GOOD = {
    "name": "LFP",
    "cathode_fraction": 0.40,
    "sse_fraction": 0.57,
    "carbon_fraction": 0.03,
    "carbon": "VGCF",
    "mixing": Mixing.HAND,
    "pressure": 375.0,
    "source": "Cronk 2024",
}


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 1000))
def test_any_three_masses_make_a_recipe(cathode, sse, carbon):
    """Masses over their sum are fractions that add up to 1 within rounding."""
    total = cathode + sse + carbon
    fractions = {
        "cathode_fraction": cathode / total,
        "sse_fraction": sse / total,
        "carbon_fraction": carbon / total,
    }

    recipe = Recipe(**{**GOOD, **fractions, "carbon": "VGCF" if carbon else None})

    assert recipe.sse_fraction * total == pytest.approx(sse)


def test_electrolyte_alone_is_a_recipe():
    """The limit of a composite without cathode and carbon: a separator."""
    alone = {"cathode_fraction": 0.0, "sse_fraction": 1.0, "carbon_fraction": 0.0, "carbon": None}

    assert Recipe(**{**GOOD, **alone}).sse_fraction == 1.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cathode_fraction": 40.0}, "cathode_fraction 40 is outside 0 to 1"),
        ({"sse_fraction": -0.57}, "sse_fraction -0.57 is outside 0 to 1"),
        ({"carbon_fraction": nan}, "carbon_fraction nan is outside 0 to 1"),
        ({"cathode_fraction": inf}, "cathode_fraction inf is outside 0 to 1"),
        ({"sse_fraction": 0.60}, "add up to 1.03, not 1"),
        ({"sse_fraction": 0.57 + 1e-8}, "add up to 1.00000001, not 1"),
        ({"sse_fraction": 0.0, "cathode_fraction": 0.97}, "sse_fraction is 0"),
        ({"carbon": None}, "carbon_fraction 0.03 without a carbon"),
        ({"carbon_fraction": 0.0, "sse_fraction": 0.6}, "carbon 'VGCF' with carbon_fraction 0"),
        ({"pressure": 0.0}, "pressure 0 MPa is not above 0"),
        ({"pressure": inf}, "pressure inf MPa is not above 0"),
        ({"pressure": nan}, "pressure nan MPa is not above 0"),
    ],
)
def test_what_nobody_could_make_is_refused(change, says):
    """The message names the recipe, the value and the limit."""
    with pytest.raises(InvalidRecipeError) as caught:
        Recipe(**{**GOOD, **change})

    assert f"recipe 'LFP': {says}" in str(caught.value).replace("the mass fractions ", "")


def test_all_faults_are_reported_at_once_one_line_each():
    """Two faults, two lines, each with the name of the recipe and a remedy."""
    with pytest.raises(InvalidRecipeError) as caught:
        Recipe(**{**GOOD, "carbon": None, "pressure": -1.0})

    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("recipe 'LFP': ") and ";" in line for line in lines)
