from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
import typer

from jobs.cli import app
from jobs.options import style


@pytest.mark.parametrize(
    ("as_json", "as_csv", "expected"),
    [(True, False, "json"), (False, True, "csv"), (False, False, "table"), (True, True, "json")],
)
def test_rows_are_printed_as_asked(as_json, as_csv, expected):
    """A table for people unless a program asks; JSON where both are asked for."""
    assert style(as_json=as_json, as_csv=as_csv) == expected


def commands(group, words=()):
    """Yield words and command of each command, as typer has made it."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*words, name))
        else:
            yield (*words, name), one


def holds_number(annotation):
    """Say whether an annotation is a number, or has one inside."""
    if annotation in {int, float}:
        return True
    return any(map(holds_number, get_args(annotation)))


def numeric_options():
    """Return words, option and how many numbers it takes, for each that takes any."""
    found = []
    for words, one in commands(typer.main.get_command(app)):
        hints = get_type_hints(one.callback.__wrapped__, include_extras=True)
        for param in one.params:
            hint = hints.get(param.name)
            if get_origin(hint) is Annotated and holds_number(get_args(hint)[0]):
                option = max(param.opts, key=len)
                found.append(
                    pytest.param(words, option, param.nargs, id=f"{' '.join(words)} {option}")
                )
    return found


@pytest.mark.parametrize(("words", "option", "n"), numeric_options())
@pytest.mark.parametrize("text", ["1e39", "-1e39", "nan", "1_0", "\u0663", "1,5", ""])
def test_no_number_of_any_command_is_without_limits(words, option, n, text, command):
    """Whatever the option: one line that names it, exit code 2, nothing on the output."""
    code, output, errors = command(*words, option, *[text] * n)

    assert (code, output) == (2, "")
    assert errors.startswith(f"error: {option} ")
    assert len(errors.splitlines()) == 1


def test_the_rule_finds_the_options_that_it_is_about():
    """Those whose slips were seen are among them."""
    found = {(one.values[0][0], one.values[1]) for one in numeric_options()}

    assert found >= {
        ("cell", "--voltage"), ("cell", "--fractions"), ("window", "--covers"),
        ("pair", "--voltage"), ("pair", "--sse-above-hull"), ("microstructure", "--content"),
        ("describe", "--temperature"), ("suggest", "-n"),
    }  # fmt: skip
