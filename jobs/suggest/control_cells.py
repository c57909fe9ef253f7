"""Cells whose outcome is known, to check a laboratory with."""

from __future__ import annotations

from typing import NamedTuple


class Control(NamedTuple):
    """A cell whose outcome is known, to check a laboratory with."""

    sse: str
    """Solid electrolyte."""
    cathode: str
    """Cathode."""
    recipe: str
    """Recipe of the catalogue."""
    efficiency: float
    """What was measured. [%]"""
    place: str
    """Where it is printed."""


CONTROLS = (
    Control("Li6PS5Cl", "LiFePO4", "lfp-vgcf-hand", 40.3, "thesis, T21"),
    Control("Li2ZrCl6", "LiFePO4", "lfp-vgcf-hand", 90.1, "thesis, T25"),
    Control("Li6PS5Cl", "S", "sulfur-ab-milled", 128.0, "thesis, T44"),
    Control("Li6PS5Cl", "Li2S", "sulfur-ab-milled", 99.3, "thesis, T50"),
)
"""The reference cells of the thesis."""
