"""Documents of the Materials Project as rows of a snapshot."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from jobs.phase_tables.row_table import Row
from stability.formula import composition
from stability.tables.functionals import GGA
from stability.tables.phase_rows import Phase
from stability.tables.reference_rows import unphysical_energies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

THEORETICAL = "theoretical in the Materials Project: no experiment has found this structure"
"""Reason of a phase that is computed-only."""


def document_rows(
    documents: Sequence[Mapping[str, Any]], origin: str, thermo_type: str
) -> tuple[list[Row], tuple[str, ...]]:
    """Return documents as rows, and what to know about them.

    Parameters
    ----------
    documents : sequence of mapping
        As :func:`jobs.phase_tables.sync.sync` keeps them: each with its summary, or None for that.
    origin : str
        Database and version.
    thermo_type : str
        Method of their energies.
    """
    wrong = unphysical_energies() if thermo_type == GGA else {}
    with_energy = [one for one in documents if one["energy"] is not None]
    reasons = [_reason(one, wrong) for one in with_energy]
    rows = [
        _row(one, reason, origin, thermo_type)
        for one, reason in zip(with_energy, reasons, strict=True)
    ]
    counts = {
        "documents without a formation energy left out": len(documents) - len(with_energy),
        "documents have energies that the curated list calls unphysical": sum(
            reason not in {"", THEORETICAL} for reason in reasons
        ),
        "documents have no summary: flagged by the curated list": sum(
            not one["summary"] for one in with_energy
        ),
    }
    return rows, tuple(f"{count} {what}" for what, count in counts.items() if count)


def _reason(one: Mapping[str, Any], wrong: Mapping[Any, str]) -> str:
    """Return why a document is no phase that competes; empty if nothing speaks against it."""
    if (one["summary"] or {}).get("theoretical"):
        return THEORETICAL
    return wrong.get(composition(one["formula"]).shares, "")


def _row(one: Mapping[str, Any], reason: str, origin: str, thermo_type: str) -> Row:
    """Return a document with an energy as a row."""
    summary = one["summary"] or {}
    known = None if summary.get("theoretical") is None else True
    atoms = summary.get("nsites")
    phase = Phase(
        one["formula"],
        float(one["energy"]),
        False if reason else known,
        reason,
        f"{one['material_id']} {thermo_type}",
        _number(summary.get("band_gap")),
        _number(summary.get("density")),
        _number(summary.get("volume")) / atoms if atoms else nan,
        one["licence"],
    )
    bulk, shear = (
        _number((summary.get(name) or {}).get("vrh")) for name in ("bulk_modulus", "shear_modulus")
    )
    return Row(phase, origin, bulk, shear)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else nan
