"""Names as people write them: hyphens, blanks and capitals do not matter, NCM is NMC."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from screening.errors import UnknownNameError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Row = TypeVar("_Row")
_MOST_SHOWN = 40  # Names in a message.


def folded(name: str) -> str:
    """Return a name without what people write differently.

    Examples
    --------
    >>> folded("NCM-811") == folded("nmc 811")
    True
    """
    plain = re.sub(r"[\s_\-/]+", "", name).casefold()
    return plain.replace("ncm", "nmc", 1) if plain.startswith("ncm") else plain


def named(
    name: str, rows: Mapping[str, _Row], what: str, *, labels: Mapping[str, Iterable[str]]
) -> _Row:
    """Return the row that a name, a label or a formula means.

    Parameters
    ----------
    name : str
        What was written.
    rows : mapping of str to row
        All rows by name.
    what : str
        What they are, for the message.
    labels : mapping of str to iterable of str
        Other names of each row; their spelling does not matter, that of a formula does.

    Raises
    ------
    UnknownNameError
        If no row is meant; the message names the nearest and those there are.
    """
    if name in rows:
        return rows[name]
    spelled = {folded(one): row for row, many in labels.items() for one in many}
    if (meant := spelled.get(folded(name)) or _of_composition(name, rows)) is not None:
        return rows[meant]
    spelled |= {folded(row): row for row in rows}
    near = [spelled[key] for key in get_close_matches(folded(name), spelled, n=3)]
    hint = f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
    known = list(rows)
    rest = f" and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else ""
    raise UnknownNameError(
        f"no {what} is named {name!r}; {hint}known: {', '.join(known[:_MOST_SHOWN])}{rest}"
    )


def _of_composition(name: str, rows: Mapping[str, _Row]) -> str | None:
    """Return the name whose composition a formula is, however it is spelled."""
    try:
        wanted = composition(name)
    except FormulaError:
        return None
    for row in rows:
        try:
            known = composition(row)
        except FormulaError:  # A label, such as SPAN.
            continue
        if known.shares == wanted.shares and known.n_atoms == wanted.n_atoms:
            return row
    return None
