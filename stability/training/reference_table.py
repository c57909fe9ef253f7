"""Extend the phase table that comes with the package from a full one.

``python -m stability.training.reference_table --table FILE [--likeness FILE]`` adds to
``stability/data`` every phase that is missing for the sets of elements below. Rows that are there
stay as they are: whether a phase has been made is judged by people, in the file.
"""

from __future__ import annotations

import argparse
import csv
import io
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from stability.energies.corrected_table import corrected_table
from stability.energies.correction import MP2019, correction
from stability.errors import FormulaError
from stability.formula import composition
from stability.phases import Policy, competing_phases
from stability.tables.phase_rows import READERS, Phase
from stability.tables.phase_table import phase_table
from stability.tables.reference_rows import covered_systems, reference_phases
from stability.temperature import at_temperature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stability.tables.phase_table import PhaseTable

    Key = frozenset[tuple[str, float]]

LAYERED, NCA, OLIVINE, SULFIDE = "O Ni Mn Co", "O Ni Co Al", "O P Fe", "S Ti"
"""Elements of cathodes: layered oxides and spinels; NCA; LiFePO4; sulfur and TiS2."""
_HALIDES = ["Y", "In", "Zr", "Sc", "Er", "Nb", "Ta", "La", "Ho", "Yb", "Hf", "Mg", "Al", "Ga"]
_MORE_CHLORIDES = [
    "Ca", "Zn", "Sm", "Gd", "Dy", "Tm", "Lu", "Y+Zr", "Er+Zr", "In+Zr", "Yb+Zr", "In+Sc",
    "Al+Zr",
]  # fmt: skip
_COATINGS = [
    "Nb", "P", "Zr", "Ta", "Al", "B", "Ti", "Si", "W", "Mo", "C", "S", "F", "Al+F", "H+P",
    "Al+Ti+P",
]  # fmt: skip
GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (tuple(f"{m} Cl Br" for m in _HALIDES), (LAYERED, OLIVINE, SULFIDE, "S Fe")),
    (tuple(f"{m} Cl" for m in _MORE_CHLORIDES), (LAYERED, OLIVINE, SULFIDE)),
    (("P S Cl Br", "P S I", "P S Br I"), (LAYERED, NCA, "O Fe Mn", "Ti", "Fe")),
    (tuple(f"{m} P S Cl" for m in ["Si", "Ge", "Sn", "Sb", "Al"]), (LAYERED, "O Fe", "Ti")),
    (tuple(f"{m} P S I" for m in ["Si", "Ge", "Sn", "Sb"]), (LAYERED, "O Fe", "Ti")),
    (tuple(f"La {m}" for m in ("Zr Ta", "Zr Nb", "Zr Al", "Ti")), (LAYERED, OLIVINE, "O S Ti")),
    (("H B", "H B I", "H B C"), (LAYERED, OLIVINE, SULFIDE)),
    (("Y Cl", "In Cl", "Zr Cl", "Sc Cl", "La Zr"), (NCA,)),
    (("Y Cl", "In Cl", "Zr Cl"), ("O P Fe Mn",)),
    (("P N", "Al Ge P"), (f"{LAYERED}", OLIVINE)),
    (tuple(_COATINGS), (f"{LAYERED}", NCA, OLIVINE)),
    (tuple(f"O {m}" for m in _COATINGS), ("P S Cl Br", "P S I", "Zr Cl", "Y Cl", "In Cl", "Zr La")),
)  # fmt: skip
"""Elements of electrolytes or coatings, each with each of the elements that they meet."""
MATERIALS = [
    "Li3YBr6", "Li3InBr6", "Li2ZrBr6", "Li3ScBr6", "Li3ErBr6", "LiNbBr6", "LiTaBr6", "Li3LaCl6",
    "Li2LaCl5", "Li5La3Nb2O12", "Li5La3Ta2O12", "Li6PS5I", "Li7P2S8I", "LiBH4", "Li3HoCl6",
    "Li3YbCl6", "Li2HfCl6", "Li2MgCl4", "LiAlCl4", "LiGaCl4", "LiNbO3", "LiTaO3", "Li3PO4",
    "Li2ZrO3", "LiAlO2", "Li3BO3", "Li4Ti5O12", "Li2SiO3", "Li2WO4", "Li2MoO4", "Li2CO3",
    "Li2SO4", "LiF",
]  # fmt: skip
"""Materials that have a row even above the hull, as far as the full table has them."""
NEAR = 0.025
"""Phases that have been made, alloys apart, are kept up to this far above the hull of the corrected
energies, since redraws may bring them onto it. [eV/atom]"""
UNLIKE = 0.1
"""A phase without an experimental entry, and less like a crystal than this, was not made. [1]"""
_NONMETALS = frozenset(["H", "B", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I"])
_TEMPERATURES = (0.0, 298.15)  # [K]
_HEADER = ("formula", "formation_energy_ev_per_atom", "known", "reason", "source")


def wanted_systems() -> list[frozenset[str]]:
    """Return all sets of elements to cover, those that are part of another left out."""
    named = [
        frozenset(f"Li {one} {other}".replace("+", " ").split())
        for ones, others in GROUPS
        for one, other in product(ones, others)
    ]
    every = {*named, *covered_systems()}
    return [one for one in every if not any(one < other for other in every)]


def extended_rows(
    full: Iterable[Mapping[str, object]], likeness: Mapping[Key, float]
) -> list[Phase]:
    """Return the rows of the reference table with those that it lacks.

    Parameters
    ----------
    full : iterable of mapping
        Rows of a full table; ``icsd_tagged`` says whether there is an experimental entry.
    likeness : mapping
        How much like a crystal that can be made a composition is, where nobody has.
    """
    tagged, others = _inside(full)
    kept = {composition(one.formula).shares: one for one in reference_phases()}
    named = {composition(one).shares for one in MATERIALS}
    source = {**others, **tagged}
    made = {key for key in tagged if not _NONMETALS.isdisjoint(element for element, _ in key)}
    while True:
        table = phase_table([_flagged(one, kept) for one in source.values()], name="full")
        hull, near = _stable(table)
        asked = hull | (near & made) | (named & source.keys())
        new = [key for key in asked if key not in kept]
        if not new:
            return list(kept.values())
        for key in new:
            unlike = key not in tagged and likeness.get(key, 1.0) < UNLIKE
            reason = (
                "No experimental report found; no experimental entry, and predicted crystal "
                f"likeness {likeness[key]:.2f}."
                if unlike
                else ""
            )
            kept[key] = source[key]._replace(known=not unlike, reason=reason, source="MP2019")


def _inside(full: Iterable[Mapping[str, object]]) -> tuple[dict[Key, Phase], dict[Key, Phase]]:
    """Return the phases inside the covered sets, those with an experimental entry first."""
    systems = wanted_systems()
    inside: dict[frozenset[str], bool] = {}
    tagged: dict[Key, Phase] = {}
    others: dict[Key, Phase] = {}
    for row in full:
        try:
            material = composition(str(row["formula"]))
        except FormulaError:
            continue
        elements = frozenset(material.amounts)
        if elements not in inside:
            inside[elements] = any(elements <= system for system in systems)
        if inside[elements]:
            energy = round(float(str(row["formation_energy_ev_per_atom"])), 4)
            part = tagged if str(row["icsd_tagged"]) == "True" else others
            part[material.shares] = Phase(material.formula, energy)
    return tagged, others


def _flagged(one: Phase, kept: Mapping[Key, Phase]) -> Phase:
    row = kept.get(composition(one.formula).shares)
    if row is None or row.known:
        return one._replace(known=True)
    return one._replace(known=False, reason=row.reason)


def _stable(table: PhaseTable) -> tuple[set[Key], set[Key]]:
    """Return the compositions on any hull, and those near that of the corrected energies."""
    hull: set[Key] = set()
    near: set[Key] = set()
    corrected = corrected_table(table, correction(MP2019))
    for energies, temperature in product((table, corrected), _TEMPERATURES):
        warm = at_temperature(energies, temperature) if temperature else energies
        for policy in Policy:
            hull |= _compositions(warm, policy)
        if energies is corrected:
            near |= _compositions(warm, Policy.KNOWN, margin=NEAR)
    return hull, near


def _compositions(table: PhaseTable, policy: Policy, *, margin: float = 0.0) -> set[Key]:
    found = competing_phases(table, policy, margin=margin).rows
    rows = found[found >= len(table.elements)]
    return {composition(table.formulas[row]).shares for row in rows}


def written(phases: Iterable[Phase]) -> str:
    """Return phases as the text of the table, by number of elements and formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    for one in sorted(phases, key=lambda p: (len(composition(p.formula).amounts), p.formula)):
        known = "true" if one.known else "false"
        writer.writerow((one.formula, f"{one.energy:.4f}", known, one.reason, one.source))
    return text.getvalue()


def main() -> None:
    """Write the table and the sets of elements that it covers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, required=True, help="full table, with icsd_tagged")
    parser.add_argument("--likeness", type=Path, help="formula and crystal_likeness")
    parser.add_argument("--folder", type=Path, default=Path("stability/data"), help="to write to")
    asked = parser.parse_args()
    columns = ("formula", "formation_energy_ev_per_atom", "icsd_tagged")
    full = READERS[asked.table.suffix](asked.table, columns)
    likeness: dict[Key, float] = {}
    if asked.likeness is not None:
        for row in READERS[asked.likeness.suffix](asked.likeness, ("formula", "crystal_likeness")):
            value = float(str(row["crystal_likeness"]))
            key = composition(str(row["formula"])).shares
            likeness[key] = max(value, likeness.get(key, 0.0))
    text = written(extended_rows(full, likeness))
    systems = sorted("-".join(sorted(one)) for one in wanted_systems())
    (asked.folder / "reference_phases.csv").write_text(text, encoding="utf-8")
    covered = "\n".join(("elements", *systems)) + "\n"
    (asked.folder / "covered_systems.csv").write_text(covered, encoding="utf-8")


if __name__ == "__main__":
    main()
