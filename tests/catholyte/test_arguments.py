from inspect import Parameter, isfunction, signature
from typing import TYPE_CHECKING

import numpy as np
import pytest

import catholyte as ca
from catholyte.arguments import answered
from jobs.errors import REFUSALS, QuestionError
from stability.errors import QuantityError

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTIONS = [
    *(one for name in ca.__all__ if isfunction(one := getattr(ca, name))
      if one.__module__.startswith("catholyte")),
    *(one for name, one in vars(ca.Store).items() if isfunction(one) and name[0] != "_"),
]  # fmt: skip
ARGUMENTS = [
    (question, name)
    for question in QUESTIONS
    for name, one in signature(question).parameters.items()
    if name != "self" and one.kind is not Parameter.VAR_KEYWORD
]
USUAL = {
    "sse": "LZC", "cathode": "LiFePO4", "material": "LZC", "cells": [], "content": 50,
    "given": "no.csv", "name": "t", "sql": "SELECT 1",
}  # fmt: skip


@pytest.mark.parametrize("wrong", [object(), b"LZC", [object()], {1: 2}, "a\0b", -1e9])
@pytest.mark.parametrize(("question", "name"), ARGUMENTS)
def test_no_argument_of_a_wrong_kind_gets_through(question, name, wrong, tmp_path):
    """Whatever argument of whatever question: a refusal of ours, in one line, that names it."""
    parameters = signature(question).parameters
    needed = {
        one: USUAL[one]
        for one, parameter in parameters.items()
        if parameter.default is Parameter.empty and one in USUAL
    }
    given = [ca.Store(tmp_path)] if "self" in parameters else []
    if parameters[name].kind is Parameter.VAR_POSITIONAL:
        given, needed = [wrong], {}
    else:
        needed |= {name: wrong}

    with pytest.raises(REFUSALS) as error:
        question(*given, **needed)

    assert name.rstrip("s") in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("keys", "error", "said"),
    [
        ({"covers": (2, 3, 4)}, QuestionError, "covers .* is no range; write .low, high."),
        ({"covers": ("a", 3)}, QuestionError, "covers 'a' is no number"),
        ({"draws": True}, QuestionError, "draws True is no number"),
        ({"draws": 1.5}, QuantityError, "draws 1.5 is no whole number"),
        ({"temperature": float("nan")}, QuantityError, "temperature nan"),
        ({"energies": "pbe"}, QuestionError, "energies 'pbe' is none of corrected, dft"),
        ({"exclude": "SCl2"}, QuestionError, "exclude 'SCl2' is no list"),
        ({"recipe": ""}, QuestionError, "recipe '' is empty"),
        ({"wanted": 1}, TypeError, r"asked\(\) got an unexpected keyword argument 'wanted'"),
    ],
)
def test_a_refusal_says_what_to_write(keys, error, said):
    """Value, limit, remedy."""
    with pytest.raises(error, match=said):
        _asked(**keys)


@answered()
def _asked(
    covers: "tuple[float, float] | None" = None,
    draws: "int" = 0,
    temperature: "float" = 298.15,
    energies: "str | None" = None,
    exclude: "Sequence[str]" = (),
    recipe: "str | None" = None,
) -> "tuple":
    return covers, draws, temperature, energies, exclude, recipe


def test_numbers_of_other_libraries_and_lists_are_taken():
    """An array is a list; a float of NumPy a float; draws are whole."""
    taken = _asked(np.array([2.0, 4.0]), np.int64(3), np.float64(300), "dft", ["S"], None)

    assert taken == ((2.0, 4.0), 3, 300.0, "dft", ("S",), None)
    assert type(taken[1]) is int
