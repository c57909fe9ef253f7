"""Energies of common decomposition products by the same model, computed once and kept."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

PRODUCTS = "structures/data/product_energies.csv"
"""File of the energies, in the package ``jobs``."""
COLUMNS = ("formula", "energy_ev_per_atom", "structure_type")
"""Its columns."""


class ProductEnergy(NamedTuple):
    """A product at rest in the best of the structure types that were tried."""

    formula: str
    """What it is."""
    energy: float
    """Energy of the model. [eV/atom]"""
    structure_type: str
    """Its structure type."""


@cache
def product_energies() -> Mapping[frozenset[tuple[str, float]], ProductEnergy]:
    """Return all of them, by composition."""
    text = files("jobs").joinpath(PRODUCTS).read_text(encoding="utf-8")
    return {
        composition(row["formula"]).shares: ProductEnergy(
            row[COLUMNS[0]], float(row[COLUMNS[1]]), row[COLUMNS[2]]
        )
        for row in csv.DictReader(text.splitlines())
    }
