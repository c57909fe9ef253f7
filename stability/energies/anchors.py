"""Measured enthalpies of formation: what the corrected energies are tied to."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping


class Anchor(NamedTuple):
    """A measured standard enthalpy of formation at 298.15 K."""

    formula: str
    """Formula as the table writes it."""
    enthalpy: float
    """Enthalpy of formation against the elements. [eV/atom]"""
    spread: float
    """Standard error of it. [eV/atom]"""
    gibbs: float | None
    """Measured Gibbs energy of formation at 298.15 K, where there is one. [eV/atom]"""
    replaces: bool
    """Whether it takes the place of the computed energy, or only trains the correction."""
    source: str
    """Which compilations agree on it."""


@cache
def anchors() -> Mapping[frozenset[tuple[str, float]], Anchor]:
    """Return all measured enthalpies that come with the package, by composition."""
    text = files("stability").joinpath("energies/data/anchors.csv").read_text(encoding="utf-8")
    rows = [
        Anchor(
            row["formula"],
            float(row["enthalpy_ev_per_atom"]),
            float(row["spread_ev_per_atom"]),
            float(row["gibbs_ev_per_atom"]) if row["gibbs_ev_per_atom"] else None,
            row["use"] == "anchor",
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return {composition(row.formula).shares: row for row in rows}
