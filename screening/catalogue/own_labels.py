"""Labels of one's own that would answer for something else: of the catalogue, or a formula."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from screening.catalogue.materials import electrolytes, known_cathodes
from screening.catalogue.spelling import folded
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.catalogue.own_material import Material


def label_fault(one: Material) -> str:
    """Return why a material cannot have its label, nothing if it can.

    Parameters
    ----------
    one : Material
        A material; the label of a carbon is free, and that of a coating may be a cathode's.

    Notes
    -----
    What is read as one element with a number, such as ``S1``, is taken for a sample.
    """
    made_of = one.as_cathode().formula if one.kind == "cathode" else one.formula
    if made_of is None:
        return ""
    meant = _catalogued(cathodes=one.kind != "coating").get(folded(one.label))
    if meant is None and (meant := _read(one.label)) is None:
        return ""
    if composition(meant).shares == composition(made_of).shares:
        return ""
    what = f", of the catalogue, is {meant}" if meant != one.label else " is a formula"
    return (
        f"label: {one.label}{what}, and this {one.kind} is {made_of}; choose another label, such "
        f"as 'our {one.label}', or correct the formula"
    )


@cache
def _catalogued(*, cathodes: bool) -> Mapping[str, str]:
    """Return the formula of each name and label of the catalogue."""
    rows = known_cathodes().values() if cathodes else ()
    found = {folded(name): row.formula for row in rows for name in (row.name, *row.labels)}
    for row in electrolytes().values():
        found |= dict.fromkeys((folded(row.label), folded(row.name)), row.name)
    return found


def _read(label: str) -> str | None:
    """Return the formula that a label is read as, None for a name."""
    try:
        read = composition(label)
    except FormulaError:
        return None
    return label if len(read.amounts) > 1 else None
