"""Rows of the phase table that comes with the package, and what they say about other tables."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from stability.formula import composition
from stability.tables.phase_rows import Phase, phases_of_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = "reference"
"""Name of the phase table that comes with the package."""
_UNPHYSICAL = "tabulated energy is unphysical"  # As these reasons say it.


def reference_phases() -> list[Phase]:
    """Return the rows of the reference table."""
    return phases_of_rows(list(csv.DictReader(reference_text().splitlines())), name=REFERENCE)


def reference_text() -> str:
    """Return the reference table as it is written down."""
    return files("stability").joinpath("data/reference_phases.csv").read_text(encoding="utf-8")


@cache
def covered_systems() -> tuple[frozenset[str], ...]:
    """Return the sets of elements for which the reference table holds all that competes."""
    text = files("stability").joinpath("data/covered_systems.csv").read_text(encoding="utf-8")
    return tuple(frozenset(row["elements"].split("-")) for row in csv.DictReader(text.splitlines()))


@cache
def unphysical_energies() -> Mapping[frozenset[tuple[str, float]], str]:
    """Return the exclusions that are due to an energy, whether or not the substance is known.

    They hold for every table of the same method: GGA and GGA+U with the oxide correction.
    """
    return {key: reason for key, reason in curated_exclusions().items() if _UNPHYSICAL in reason}


@cache
def curated_exclusions() -> Mapping[frozenset[tuple[str, float]], str]:
    """Return the reason for every composition that the reference table flags as computed-only."""
    return {
        composition(phase.formula).shares: phase.reason
        for phase in reference_phases()
        if phase.known is False
    }
