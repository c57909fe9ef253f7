"""Energies against the calorimeter, and what follows from them against measured onsets."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import structures
from benchmarks.measure import Figure, median_seconds
from screening.catalogue.materials import cathodes, electrolytes
from stability.arrays import hull_energies
from stability.energies.anchors import anchors
from stability.energies.corrected_table import loaded_table
from stability.energies.correction import CORRECTIONS, correction
from stability.energies.pair_posterior import design
from stability.formula import composition
from stability.hull import reactant
from stability.interface import chemical_reaction
from stability.kernels.chemical_system import frozen
from stability.phases import competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import load_phase_table
from stability.temperature import at_temperature
from stability.training.correction_fit import Residuals, cross_validated
from stability.training.energies import groups_of
from stability.training.reference_table import MATERIALS
from stability.uncertainty import MARGIN, interval, redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stability.phases import CompetingPhases
    from stability.training.correction_fit import Prediction

_NORMAL_90 = 1.6449
_DRAWS = 400
_BINARY, _TERNARY = 2, 3  # Elements of a compound.
_ROUNDING = 1e-6  # [1] Atomic shares that differ by less are equal.
MEASURED_OXIDATION = {"LiCl": 3.984, "LiBr": 3.545, "LiI": 2.799, "Li2S": 2.275, "Li2O": 2.859}
"""Minus the Gibbs energy of formation per electron, NBS and JANAF: kJ/mol -384.4, -342.0, -270.3,
-439.0; of Li2O to Li2O2 (-561.2 and -571.0). [V]"""
ONSETS = (
    ("Li2ZrCl6", "reduction", 1.9), ("Li2ZrCl6", "oxidation", 4.0),
    ("Li6PS5Cl", "oxidation", 2.3), ("Li6PS5Cl", "reduction", 1.3),
)  # fmt: skip
"""Measured onsets of the thesis, T17, T16, T13 and T36. [V]"""
CONTACTS = ("LiMn2O4", "LiCoO2", "LiNi0.333Mn0.333Co0.334O2", "LiFePO4")
"""Cathodes against a sulfide, from the worst reaction to the least, as measured."""

CATHODES = ("LiNi0.8Mn0.1Co0.1O2", "LiNi0.8Co0.15Al0.05O2", "Li1.2Mn0.54Ni0.13Co0.13O2")
"""NMC811, NCA and a lithium-rich one, which the built-in table must hold."""


def figures(table: str) -> Iterator[Figure]:
    """Yield errors where nothing was fitted, limits beside measured ones, and seconds."""
    for name in CORRECTIONS:
        yield from _cross_validation(name)
    yield from _reactions()
    corrected = competing_phases(at_temperature(loaded_table(table), 298.15), margin=MARGIN)
    for formula, volts in MEASURED_OXIDATION.items():
        limit = redox_staircase(reactant(formula, corrected), corrected).window.oxidation
        yield Figure(f"{formula}_oxidation_minus_measured", limit - volts, "V")
    yield from _onsets(corrected)
    for cathode in CONTACTS:
        sse, other = reactant("Li6PS5Cl", corrected), reactant(cathode, corrected)
        energy = chemical_reaction(sse, other, corrected).energy
        yield Figure(f"contact_Li6PS5Cl_{cathode}", energy, "eV/atom")
    yield from _built_in(corrected)
    yield from _pushed_up(table)
    yield from _named_pushed_up()
    yield from _seconds(table)
    yield from structures.figures(table)


def _residuals(name: str) -> tuple[Residuals, list[frozenset[tuple[str, float]]]]:
    found = correction(name)
    keys = [composition(formula).shares for formula in found.formulas]
    measured = [anchors()[key] for key in keys]
    values = np.array([anchor.enthalpy for anchor in measured]) - found.computed
    return Residuals(found.terms, values, np.array([anchor.spread for anchor in measured])), keys


def _predicted(name: str, group: str) -> tuple[Residuals, Prediction]:
    found = correction(name)
    residuals, keys = _residuals(name)
    content = found.own_by_family
    groups = groups_of(keys)[group]
    return residuals, cross_validated(design(found.prior, found.terms), residuals, content, groups)


def _cross_validation(name: str) -> Iterator[Figure]:
    for group in ("compound", "cation", "system"):
        residuals, found = _predicted(name, group)
        off = np.abs(residuals.values - found.values)
        yield Figure(f"{name}_error_by_{group}", float(off.mean()), "eV/atom")
        inside = off < _NORMAL_90 * found.errors
        yield Figure(f"{name}_coverage_by_{group}", 100.0 * float(inside.mean()), "%")
    yield Figure(f"{name}_error_computed", float(np.abs(residuals.values).mean()), "eV/atom")


def _reactions() -> Iterator[Figure]:
    """Yield errors of reactions among compounds whose whole chemical systems were left out.

    A ternary falls apart into the two binaries with which the measured ones balance it; a step of
    oxidation takes up one more anion, as TiCl3 + 1/2 Cl2 -> TiCl4.
    """
    residuals, found = _predicted("mp2019", "system")
    formulas = correction("mp2019").formulas
    left = residuals.values - found.values
    row_of = {composition(formula).shares: row for row, formula in enumerate(formulas)}
    apart, steps = _decompositions(row_of), _oxidations(formulas)
    for what, reactions in (("decomposition", apart), ("redox_step", steps)):
        matrix = np.zeros((len(reactions), len(formulas)))
        for number, reaction in enumerate(reactions):
            for row, atoms in reaction.items():
                matrix[number, row] += atoms
        for label, errors in (("corrected", left), ("computed", residuals.values)):
            off = float(np.abs(matrix @ errors).mean())
            yield Figure(f"{what}_error_{label}", off, "eV/atom")
        yield Figure(f"{what}s", float(len(reactions)), "1")


def _decompositions(row_of: dict[frozenset[tuple[str, float]], int]) -> list[dict[int, float]]:
    """Return ternaries with one anion as sums of binaries, in fractions of their atoms."""
    by_pair: dict[frozenset[str], list[tuple[dict[str, float], int]]] = {}
    for key, row in row_of.items():
        if len(key) == _BINARY:
            by_pair.setdefault(frozenset(e for e, _ in key), []).append((dict(key), row))
    found = []
    for key, row in row_of.items():
        shares = dict(key)
        anion = next((e for e in ("F", "O", "Cl", "Br", "I", "S", "Se") if e in shares), None)
        if len(shares) != _TERNARY or anion is None:
            continue
        first, second = (e for e in shares if e != anion)
        done = False
        for one, row_1 in by_pair.get(frozenset((first, anion)), []):
            for two, row_2 in by_pair.get(frozenset((second, anion)), []):
                a, b = shares[first] / one[first], shares[second] / two[second]
                if not done and abs(a * one[anion] + b * two[anion] - shares[anion]) < _ROUNDING:
                    found.append({row: -1.0, row_1: a, row_2: b})
                    done = True
    return found


def _oxidations(formulas: tuple[str, ...]) -> list[dict[int, float]]:
    """Return pairs of binaries of one cation, per atom of the one with less of its anion."""
    binaries: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for row, formula in enumerate(formulas):
        amounts = dict(composition(formula).amounts)
        anion = next((e for e in ("F", "O", "Cl", "Br", "I", "S") if e in amounts), None)
        if len(amounts) == _BINARY and anion is not None:
            (cation,) = (e for e in amounts if e != anion)
            ratio = amounts[anion] / amounts[cation]
            binaries.setdefault((cation, anion), []).append((ratio, row))
    found = []
    for rows in binaries.values():
        rows.sort()
        for (low, before), (high, after) in pairwise(rows):
            if high > low + 1e-6:  # Rounding.
                found.append({before: -1.0, after: (1.0 + high) / (1.0 + low)})
    return found


def _onsets(phases: CompetingPhases) -> Iterator[Figure]:
    for formula, kind, measured in ONSETS:
        material = reactant(formula, phases)
        drawn = redrawn_windows(phases, frozen(material.fractions[None, :]), draws=_DRAWS)
        ends = interval(getattr(drawn, kind)[0])
        name = f"{formula}_{kind}"
        yield Figure(f"{name}_low", float(ends.low), "V")
        yield Figure(f"{name}_high", float(ends.high), "V")
        yield Figure(f"{name}_measured", measured, "V")


def _pushed_up(table: str) -> Iterator[Figure]:
    """Yield how many known phases of the hull the correction pushes up by more than 25 meV."""
    before = competing_phases(load_phase_table(table))
    after = loaded_table(table)
    stays = competing_phases(after, margin=0.025)
    names = {before.table.formulas[row] for row in before.rows}
    kept = {after.formulas[row] for row in stays.rows}
    yield Figure("known_phases_on_the_computed_hull", float(len(names)), "1")
    yield Figure("known_phases_pushed_beyond_25_mev", float(len(names - kept)), "1")


def _named_pushed_up() -> Iterator[Figure]:
    """Yield these phases of the built-in table by name, those of the catalogue with their sign.

    A phase with a measured enthalpy is above the hull because it was measured to be, within the
    interval of its rivals; any other by its correction.
    """
    before = competing_phases(load_phase_table("reference"))
    after = loaded_table("reference")
    kept = set(competing_phases(after, margin=0.025).rows.tolist())
    rows = [row for row in before.rows.tolist() if row not in kept]
    if rows:
        above = hull_energies(competing_phases(after), after.fractions[rows]).energy
        for row, energy in zip(rows, (after.energies[rows] - above).tolist(), strict=True):
            measured = after.correction is not None and after.correction.measured[row]
            kind = "measured" if measured else "corrected"
            yield Figure(f"pushed_up_{kind}_{after.formulas[row]}", energy, "eV/atom")
    materials = [*electrolytes(), *(one.formula for one in cathodes().values())]
    shares = {composition(one).shares for one in materials}
    known = [row for row in rows if composition(after.formulas[row]).shares in shares]
    yield Figure("pushed_up_of_the_catalogue", float(len(known)), "1")


def _built_in(complete: CompetingPhases) -> Iterator[Figure]:
    """Yield how far windows of the built-in table are from those of the table that is given."""
    phases = competing_phases(at_temperature(loaded_table("reference"), 298.15))
    for formula in (*MATERIALS, *CATHODES):
        first, second = (
            redox_staircase(reactant(formula, one), one).window for one in (phases, complete)
        )
        off = max(
            abs(a - b) for a, b in zip(first, second, strict=True) if not np.isinf([a, b]).all()
        )
        yield Figure(f"built_in_{formula}_off", off, "V")


def _seconds(table: str) -> Iterator[Figure]:
    """Yield seconds of loading, in a process that has loaded before and in one that has not."""
    for energies in ("dft", "corrected"):
        loaded_table(table, energies)
        taken = median_seconds(partial(loaded_table, table, energies))
        yield Figure(f"load_{energies}", taken, "s")
        code = _FRESH.format(table=table, energies=energies)
        said = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        yield Figure(f"load_and_hull_first_{energies}", float(said.stdout), "s")
    for energies in ("dft", "corrected"):
        phases = competing_phases(loaded_table(table, energies), margin=MARGIN)
        some = frozen(np.array([reactant(one, phases).fractions for one, *_ in ONSETS]))
        redrawn_windows(phases, some, draws=_DRAWS)
        taken = median_seconds(partial(redrawn_windows, phases, some, draws=_DRAWS))
        yield Figure(f"redraws_{energies}", taken / (_DRAWS * len(some)), "s")


_FRESH = """
from time import process_time
from stability.energies.corrected_table import loaded_table
from stability.phases import competing_phases
start = process_time()
competing_phases(loaded_table({table!r}, {energies!r}))
print(process_time() - start)
"""
