"""What the command ``energy`` answers: enthalpies of formation as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.catalogue.names import read_list
from stability.energies.corrected_table import loaded_table
from stability.energies.formation_energy import formation_energy
from stability.errors import StabilityError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from screening.results.records import Record
    from stability.tables.phase_table import PhaseTable


def listed_formulas(path: Path) -> list[str]:
    """Return the formulas of a CSV file with a column ``formula``."""
    return [name for _, (name,) in read_list(path, ("formula",), what="list of formulas")]


def energy_records(formulas: Iterable[str], table: str, energies: str | None) -> list[Record]:
    """Return one record for each formula; one without an answer says why.

    Parameters
    ----------
    formulas : iterable of str
        Compounds.
    table : str
        Name of the phase table.
    energies : str, optional
        ``corrected`` or ``dft``.
    """
    loaded = loaded_table(table, energies)
    return [_record(formula, loaded) for formula in formulas]


def _record(formula: str, table: PhaseTable) -> Record:
    record: Record = {"formula": formula, "phase_table": table.id, "energies": table.energies_used}
    try:
        found = formation_energy(formula, table)
    except StabilityError as error:
        return record | {"enthalpy_ev_per_atom": None, "reason": str(error)}
    return record | {
        "enthalpy_ev_per_atom": found.enthalpy,
        "low_ev_per_atom": found.low,
        "high_ev_per_atom": found.high,
        "kind": found.kind,
        "dft_ev_per_atom": found.computed,
        "source": found.source,
    }
