from dataclasses import fields, replace
from importlib.resources import files
from math import nan

import pytest

from descriptors.cell.stack import InvalidStackError, Stack, default_stack
from descriptors.tables import figures


def test_every_input_stands_in_the_table():
    """In the order of the stack, each with its source."""
    text = (files("descriptors") / "data" / "cell_stack.csv").read_text(encoding="utf-8")
    names = [line.split(",")[0] for line in text.splitlines()[1:]]

    assert [field.name for field in fields(Stack)] == names
    assert all(figures("cell_stack")[name][0].source for name in names)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"separator_thickness": 0.0}, "separator_thickness 0 is not above 0"),
        ({"separator_density": -1.0}, "separator_density -1 is not above 0"),
        ({"np_ratio": 0.9}, "np_ratio 0.9 is below 1"),
        ({"packaging_fraction": 1.0}, "packaging_fraction 1 is outside 0 to below 1"),
        ({"silicon_porosity": 30.0}, "silicon_porosity 30 is outside"),
        ({"lithium_density": nan}, "lithium_density nan is not above 0"),
    ],
)
def test_a_stack_with_an_impossible_layer_is_refused(change, says):
    """At construction, so that no wrong number goes further."""
    with pytest.raises(InvalidStackError, match=says):
        replace(default_stack(), **change)


def test_all_faults_of_a_stack_are_told_at_once():
    """One line for each."""
    with pytest.raises(InvalidStackError) as caught:
        replace(default_stack(), np_ratio=0.0, separator_thickness=-1.0)

    assert len(str(caught.value).splitlines()) == 2
