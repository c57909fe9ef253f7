"""How materials look on a terminal: one's own first, then those of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from descriptors.composite.carbon import carbons
from jobs.show.formats import console, print_rows
from screening.catalogue.anodes import anodes
from screening.catalogue.materials import electrolytes, known_cathodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from screening.catalogue.own_material import Material


def print_materials(own: Sequence[Material], *, style: str = "table") -> None:
    """Print materials: for people in a table, or as JSON or CSV.

    Parameters
    ----------
    own : sequence of Material
        Those of the laboratory.
    style : str, optional
        table, json or csv.
    """
    found = list(_rows(own))
    if style != "table":
        print_rows(found, style=style)
        return
    table = Table("kind", "name", "labels", "formula", "whose", box=None, pad_edge=False)
    for row in found:
        table.add_row(*(str(value) for value in row.values()))
    console().print(table)


def _rows(own: Sequence[Material]) -> Iterator[dict[str, Any]]:
    for one in own:
        formula = one.formula or one.discharged or ""
        yield _row(one.kind, one.label, (), formula, f"yours: {one.source}")
    for sse in electrolytes().values():
        yield _row("sse", sse.name, (sse.label,), sse.name, "catalogue")
    for cathode in known_cathodes().values():
        yield _row("cathode", cathode.name, cathode.labels, cathode.formula, "catalogue")
    for carbon in carbons():
        yield _row("carbon", carbon, (), "", "catalogue")
    for anode in anodes().values():
        yield _row("anode", anode.name, anode.labels, "", "catalogue")


def _row(kind: str, name: str, labels: Iterable[str], formula: str, whose: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "labels": ", ".join(labels),
        "formula": formula,
        "whose": whose,
    }
