"""The one reader of the figures in ``data/``; columns, origin and hashes: ``data/README.md``."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from descriptors.quantity import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

FROM_MEMORY = "from memory"
"""Confidence of a figure that nobody has looked up."""

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "ionic_conductivity": "S/cm",
        "electronic_conductivity": "S/cm",
        "relative_density": "%",
        "youngs_modulus": "GPa",
        "bulk_modulus": "GPa",
        "shear_modulus": "GPa",
        "true_density": "g/cm3",
        "carbon_specific_area": "m2/g",
        "carbon_density": "g/cm3",
    }
)
"""Every table, with the unit of its figures."""


class Figure(NamedTuple):
    """One published number for one material."""

    value: float
    """The number, in the unit of its table."""
    kind: Kind
    """How it came about; a figure from memory is an estimate, whatever it was once."""
    source: str
    """Citation; says ``(from memory)`` where that is so."""
    pressure: float | None
    """Uniaxial pressure on the pellet, in the table of relative densities only. [MPa]"""


@cache
def figures(table: str) -> Mapping[str, tuple[Figure, ...]]:
    """Return the figures of one table of `UNITS`, by material in the order of the file.

    Examples
    --------
    >>> [figure.value for figure in figures("electronic_conductivity")["Li2ZrCl6"]]
    [8e-09]
    """
    grouped: dict[str, tuple[Figure, ...]] = {}
    text = (files("descriptors") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        material, value, *_ = row.values()
        grouped[material] = (*grouped.get(material, ()), _figure(value, row))
    return MappingProxyType(grouped)


def _figure(value: str, row: Mapping[str, str]) -> Figure:
    remembered = row["confidence"] == FROM_MEMORY
    pressure = row.get("pressure_mpa")
    return Figure(
        value=float(value),
        kind=Kind.ESTIMATED if remembered else Kind(row["kind"]),
        source=f"{row['source']} ({FROM_MEMORY})" if remembered else row["source"],
        pressure=None if pressure is None else float(pressure),
    )
