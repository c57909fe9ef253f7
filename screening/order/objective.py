"""What to rank by: an expression over documented columns, read by a small parser of our own.

Only numbers, names of columns, ``+ - * / **``, comparisons, and a few functions are known; nothing
is ever run as a program. An objective is always maximised: put a minus before what should be small.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from screening.errors import ObjectiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Function = Callable[..., Floats]

LONGEST = 500
"""Characters of an expression."""
DEEPEST = 60
"""Operations inside operations; a sum of that many terms is as deep."""
LARGEST = 1e300
"""Numbers that may be written."""
LEAST_DELIVERED = 0.2
"""Share of the theoretical capacity that a pair has to give back to be compared with others. [1]

Below it a cell is no cell, whatever its efficiency, its conductivity or its price."""
_DEAD = f"1000 * max({LEAST_DELIVERED} - factor_capacity, 0)"
_CAME_BACK = "min(1, reversible_capacity_mah_per_g / first_discharge_mah_per_g)"
NAMED: Mapping[str, str] = {
    "score": "score_0_to_1",
    "efficiency": f"efficiency_percent - {_DEAD}",
    "discharge": "min(first_discharge_mah_per_g, reversible_capacity_mah_per_g)",
    "energy": f"composite_energy_wh_per_kg * {_CAME_BACK}",
    "conductivity": f"log(ionic_conductivity_s_per_cm) - {_DEAD}",
    "stability": (
        "min(chemical_discharged_ev_per_atom, chemical_charged_ev_per_atom, "
        f"worst_mutual_ev_per_non_li_atom) - {_DEAD}"
    ),
    "cost": f"-composite_cost_usd_per_kg - 1000 * {_DEAD}",
}
"""Objectives that have a name, and what they stand for; docs/ranking.md says what each is for.

A pair that hardly delivers comes last in all of them, in the order of what it delivers."""
_BINARY: Mapping[type[ast.operator], Function] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_UNARY: Mapping[type[ast.unaryop], Function] = {ast.USub: np.negative, ast.UAdd: np.positive}
_COMPARE: Mapping[type[ast.cmpop], Function] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_FUNCTIONS: Mapping[str, tuple[Function, int | None]] = {
    "log": (np.log, 1),
    "log10": (np.log10, 1),
    "exp": (np.exp, 1),
    "sqrt": (np.sqrt, 1),
    "abs": (np.abs, 1),
    "min": (lambda *parts: np.minimum.reduce(np.broadcast_arrays(*parts)), None),
    "max": (lambda *parts: np.maximum.reduce(np.broadcast_arrays(*parts)), None),
}
_KNOWN = "numbers, columns, + - * / **, < <= > >=, " + ", ".join(_FUNCTIONS)


@dataclass(frozen=True)
class Objective:
    """What to rank by; made by :func:`objective`, which checks it."""

    text: str
    """As the user wrote it."""
    expression: str
    """The same with a name replaced by what it stands for."""
    columns: frozenset[str]
    """Columns that it reads."""


def objective(text: str, columns: Collection[str]) -> Objective:
    """Return an objective, checked against the columns that there are.

    Parameters
    ----------
    text : str
        A name of :data:`NAMED`, or an expression over columns.
    columns : collection of str
        Numeric columns that may be used.

    Raises
    ------
    ObjectiveError
        If the text is too long or too deep, is no expression, or uses what is not known here.

    Examples
    --------
    >>> found = objective("efficiency_percent - 10 * sse_share_percent",
    ...                   ["efficiency_percent", "sse_share_percent"])
    >>> sorted(found.columns)
    ['efficiency_percent', 'sse_share_percent']
    """
    expression = NAMED.get(text.strip(), text.strip())
    names: set[str] = set()
    _check(_tree(expression), frozenset(columns), names, text)
    if not names:
        raise ObjectiveError(
            f"objective {text!r} reads no column, so all pairs are equal; name one, such as "
            "efficiency_percent"
        )
    return Objective(text.strip(), expression, frozenset(names))


def objective_values(chosen: Objective, columns: Mapping[str, Floats]) -> Floats:
    """Return the objective of each pair.

    Parameters
    ----------
    chosen : Objective
        From :func:`objective`.
    columns : mapping of str to ndarray, shape (n_pairs,) or (n_pairs, n_draws)
        The columns that it reads; missing values are nan.

    Raises
    ------
    ObjectiveError
        If it has no finite value for any pair.

    Notes
    -----
    Where a column has no value, or the expression none (a division by zero, the logarithm of a
    negative number), the pair has none either: nan, and it is ranked last. Comparisons are 1 where
    true and 0 where not.

    Examples
    --------
    >>> found = objective("min(a_v, 4) / b_v", ["a_v", "b_v"])
    >>> objective_values(found, {"a_v": np.array([3.0, 5.0]), "b_v": np.array([2.0, 0.0])})
    array([1.5, nan])
    """
    with np.errstate(all="ignore"):  # Said in Notes: what has no value becomes nan.
        values = np.asarray(_value(_tree(chosen.expression), columns), dtype=float)
    values = np.where(np.isfinite(values), values, np.nan)
    if values.size and np.isnan(values).all():
        raise ObjectiveError(
            f"objective {chosen.text!r} has a value for none of {len(values)} pairs; "
            "check for a division by zero, the logarithm of a negative number, or empty columns"
        )
    return values


def _tree(expression: str) -> ast.expr:
    """Return the tree of an expression.

    Raises
    ------
    ObjectiveError
        If it is too long, or no expression.
    """
    if len(expression) > LONGEST:
        raise ObjectiveError(
            f"the objective has {len(expression)} characters, at most {LONGEST} are read; shorten"
        )
    if "\x00" in expression or not expression:
        raise ObjectiveError("the objective is empty; name one of " + ", ".join(NAMED))
    try:
        return ast.parse(expression, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ObjectiveError(
            f"objective {expression!r} is no expression; write {_KNOWN}"
        ) from error


def _check(
    node: ast.expr, columns: frozenset[str], names: set[str], text: str, depth: int = 0
) -> None:
    """Collect the columns of a tree.

    Raises
    ------
    ObjectiveError
        If it uses what is not known here.
    """
    if depth > DEEPEST:
        raise ObjectiveError(f"objective {text!r} is nested deeper than {DEEPEST}; simplify it")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            parts: list[ast.expr] = []
            _check_number(number, text)
        case ast.Name(id=name):
            parts = []
            _check_name(name, columns, text)
            names.add(name)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            parts = [left, right]
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            parts = [operand]
        case ast.Compare(left=left, ops=[order], comparators=[right]) if type(order) in _COMPARE:
            parts = [left, right]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in _FUNCTIONS:
            _check_count(name, len(parts), text)
        case _:
            raise ObjectiveError(
                f"objective {text!r}: {ast.unparse(node)!r} is not known here; write {_KNOWN}"
            )
    for part in parts:
        _check(part, columns, names, text, depth + 1)


def _check_number(number: float, text: str) -> None:
    """Refuse a number that is none, or too large.

    Raises
    ------
    ObjectiveError
        If it is above :data:`LARGEST`.
    """
    if not number <= LARGEST:
        raise ObjectiveError(f"objective {text!r}: a number is above {LARGEST:g}; lower it")


def _check_count(name: str, given: int, text: str) -> None:
    """Refuse a function with a wrong number of arguments.

    Raises
    ------
    ObjectiveError
        If it takes another number.
    """
    wanted = _FUNCTIONS[name][1]
    if not given or (wanted and given != wanted):
        raise ObjectiveError(
            f"objective {text!r}: {name} takes {wanted or 'one or more'} "
            f"argument{'' if wanted == 1 else 's'}, this gives {given}"
        )


def _check_name(name: str, columns: frozenset[str], text: str) -> None:
    """Refuse a name that is no column.

    Raises
    ------
    ObjectiveError
        If it is none; with the names most like it.
    """
    if name in columns:
        return
    near = get_close_matches(name, [*NAMED, *columns], n=3, cutoff=0.5)
    near += sorted(column for column in columns if name in column and column not in near)[:3]
    hint = f"; did you mean {', '.join(near)}?" if near else "; docs/schema.md lists them"
    raise ObjectiveError(f"objective {text!r}: no numeric column {name!r}{hint}")


def _value(node: ast.expr, columns: Mapping[str, Floats]) -> Floats:
    """Return the value of a tree that was checked.

    Raises
    ------
    ObjectiveError
        If it was not.
    """
    match node:
        case ast.Constant(value=int() | float() as number):
            return np.asarray(float(number))
        case ast.Name(id=name):
            return columns[name]
        case ast.BinOp(left=left, op=operator, right=right):
            return _BINARY[type(operator)](_value(left, columns), _value(right, columns))
        case ast.UnaryOp(op=sign, operand=operand):
            return _UNARY[type(sign)](_value(operand, columns))
        case ast.Compare(left=left, ops=[order], comparators=[right]):
            one, other = _value(left, columns), _value(right, columns)
            holds = _COMPARE[type(order)](one, other).astype(float)
            return np.where(np.isnan(one) | np.isnan(other), np.nan, holds)
        case ast.Call(func=ast.Name(id=name), args=parts):
            return _FUNCTIONS[name][0](*(_value(part, columns) for part in parts))
        case _:  # objective() refuses it before.
            raise ObjectiveError(f"{ast.unparse(node)!r} is not known here; write {_KNOWN}")
