"""Measured enthalpies from several compilations, merged into one value for each compound.

The files are recognised by their columns: ``dhf...`` enthalpies, ``dgf...`` Gibbs energies, or
Gibbs energies against temperature. From a Gibbs energy at 300 K the enthalpy follows with an
entropy, measured elsewhere or estimated. Such tables do not name the phase: what gains the entropy
of a gas with temperature is one, and is left out.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from contextlib import suppress
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from stability.errors import FormulaError, TableError
from stability.formula import Composition, composition
from stability.temperature import entropy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    Key = frozenset[tuple[str, float]]

AGREEMENT = 0.040
"""Two compilations that differ by less than this agree. [eV/atom]"""
DERIVED = "~"
"""Ends the name of a source whose enthalpy was derived from a Gibbs energy."""
_EV = 96_485.33212  # [J/mol] One eV per particle, CODATA 2018 (exact).
_ROOM, _TABULATED, _LATER = 298.15, 300, 400  # [K] Standard, the nearest in the files, the next.
_GAS_EXCESS = 80.0  # [J/(mol K)] A molecule gains 100 to 200 where its solid evaporates.
_FAMILY = {"NBS": "NBS", "CRC": "NBS", "FREED": "JANAF", "JANAF": "JANAF"}
_AGREED_SPREAD = 0.005  # [eV/atom] 271 compounds: two thirds of NBS and JANAF differ by less.
_SINGLE_SPREAD = 0.012  # [eV/atom] One of them alone: a tenth differ by more than twice as much.
_DERIVED_SPREAD = 0.020  # [eV/atom] With the entropy estimated: two thirds differ by 0.016.
_SLIP = 0.2  # [eV/atom] Beyond it a source has another compound or a misread formula.


class Value(NamedTuple):
    """What one compilation says of a compound."""

    enthalpy: float
    """Enthalpy of formation at 298.15 K. [eV/atom]"""
    gibbs: float | None
    """Gibbs energy of formation at about 298.15 K. [eV/atom]"""


class Measured(NamedTuple):
    """A compound with what compilations say of it."""

    formula: str
    """Formula as the first of them writes it."""
    values: Mapping[str, Value]
    """By source."""

    @property
    def families(self) -> set[str]:
        """Evaluations behind the sources: compilations copy from one another."""
        return {_FAMILY[source.removesuffix(DERIVED)] for source in self.values}

    @property
    def agreeing(self) -> bool:
        """Whether there are several sources, and all of them agree."""
        enthalpies = [value.enthalpy for value in self.values.values()]
        return len(enthalpies) > 1 and max(enthalpies) - min(enthalpies) <= AGREEMENT


class Merged(NamedTuple):
    """One value for a compound."""

    enthalpy: float
    """Enthalpy of formation at 298.15 K. [eV/atom]"""
    spread: float
    """Standard error of it. [eV/atom]"""
    gibbs: float | None
    """Gibbs energy of formation of the same sources. [eV/atom]"""
    sources: tuple[str, ...]
    """Which compilations it is taken from."""


def measured_compounds(paths: Iterable[Path]) -> dict[Key, Measured]:
    """Return all compounds of the files.

    Parameters
    ----------
    paths : iterable of Path
        CSV or Parquet files.

    Raises
    ------
    TableError
        If a file has none of the columns.
    """
    found: dict[Key, dict[str, Value]] = defaultdict(dict)
    names: dict[Key, str] = {}
    gibbs: dict[tuple[Key, str], tuple[str, float]] = {}
    for path in paths:
        rows = rows_of(path)
        columns = set(rows[0]) if rows else set()
        if "temperature_k" in columns:
            gibbs |= _gibbs_at_room(rows, names)
            continue
        direct = {
            column: source for column, source in _SOURCES.items() if column in columns
        }  # fmt: skip
        if not direct:
            raise TableError(f"{path}: no column of measured enthalpies ({', '.join(_SOURCES)})")
        for row in rows:
            material = hydrate(row.get("reduced") or row["formula"])
            if material is None:
                continue
            key = material.shares
            names.setdefault(key, material.formula)
            for column, (source, of_gibbs) in direct.items():
                if row[column] in {None, ""}:
                    continue
                free = row.get(of_gibbs)
                value = Value(float(row[column]), None if free in {None, ""} else float(free))
                before = found[key].get(source)
                if before is None or value.enthalpy < before.enthalpy:
                    found[key][source] = value
    for (key, source), (formula, energy) in gibbs.items():
        _add_gibbs(found[key], source, formula, energy)
    return {key: Measured(names[key], values) for key, values in found.items() if len(key) > 1}


def hydrate(text: str) -> Composition | None:
    """Return the composition of a formula that may hold water behind a dot, or None.

    Examples
    --------
    >>> hydrate("CaSO4·2H2O").amounts["O"]
    6.0
    """
    amounts: dict[str, float] = defaultdict(float)
    for part in re.split("·", text):
        number, rest = re.fullmatch(r"(\d+\.?\d*|)(.*)", part, re.DOTALL).groups()  # type: ignore[union-attr]  # It always matches.
        with suppress(FormulaError):
            for element, amount in composition(rest).amounts.items():
                amounts[element] += amount * float(number or 1)
            continue
        return None
    written = "".join(f"{element}{amount:g}" for element, amount in amounts.items())
    return composition(text if "·" not in text else written)


def merged(measured: Measured, expected: float) -> Merged:
    """Return one value: the median of what agrees with the source nearest to what is expected.

    Parameters
    ----------
    measured : Measured
        The compound.
    expected : float
        Enthalpy that the correction without this compound gives; it decides only where sources
        differ. [eV/atom]
    """
    values = measured.values
    all_of = [value.enthalpy for value in values.values()]
    nearest = min(values.values(), key=lambda value: abs(value.enthalpy - expected)).enthalpy
    centre = median(all_of) if measured.agreeing else nearest
    chosen = sorted(
        source for source, value in values.items() if abs(value.enthalpy - centre) <= AGREEMENT
    )
    enthalpy = median(values[source].enthalpy for source in chosen)
    if len(measured.families) > 1:
        least = _AGREED_SPREAD
    elif all(source.endswith(DERIVED) for source in chosen):
        least = _DERIVED_SPREAD
    else:
        least = _SINGLE_SPREAD
    near = [one for one in all_of if abs(one - enthalpy) <= _SLIP]
    free = [value.gibbs for source in chosen if (value := values[source]).gibbs is not None]
    return Merged(
        enthalpy,
        max((max(near) - min(near)) / 2.0, least),
        median(free) if free else None,
        tuple(chosen),
    )


_SOURCES = {
    "dhf_298k_nbs_ev_per_atom": ("NBS", "dgf_298k_nbs_ev_per_atom"),
    "dhf_ev_per_atom": ("CRC", "dgf_ev_per_atom"),
    "freed_ev_per_atom": ("FREED", ""),
    "janaf_ev_per_atom": ("JANAF", ""),
}
"""Columns of enthalpies, and for each its source and the column of its Gibbs energy."""
_GIBBS_SOURCES = {"FREED": "FREED", "NIST-JANAF": "JANAF"}


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file, all columns.

    Parameters
    ----------
    path : Path
        CSV or Parquet.

    Raises
    ------
    TableError
        If it is neither CSV nor Parquet, or cannot be read.
    """
    if path.suffix == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415  # Only who trains needs it.

        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
        return rows
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    raise TableError(f"{path}: neither .csv nor .parquet; name files of measured enthalpies")


def _gibbs_at_room(
    rows: Sequence[Mapping[str, Any]], names: dict[Key, str]
) -> dict[tuple[Key, str], tuple[str, float]]:
    """Return the Gibbs energies at 300 K of what is no gas, by compound and source."""
    curves: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in rows:
        curves[row["source"], row["formula"]][row["temperature_k"]] = row["dgf_ev_per_formula"]
    found = {}
    for (source, formula), curve in curves.items():
        if not {_TABULATED, _LATER} <= curve.keys():
            continue
        with suppress(FormulaError):
            material = composition(formula)
            if _is_gas(material, (curve[_TABULATED] - curve[_LATER]) / (_LATER - _TABULATED)):
                continue
            names.setdefault(material.shares, material.formula)
            energy = curve[_TABULATED] / material.n_atoms
            found[material.shares, _GIBBS_SOURCES[source]] = (formula, energy)
    return found


def _is_gas(material: Composition, gained: float) -> bool:
    """Say whether a phase has far more entropy than a solid [eV/K of formation, per formula]."""
    elements = sum(n * entropy(element).value for element, n in material.amounts.items())
    return gained * _EV + elements > entropy(material.formula).value + _GAS_EXCESS


def _add_gibbs(values: dict[str, Value], source: str, formula: str, energy: float) -> None:
    """Add a Gibbs energy to its source, or make an enthalpy of it where the source has none."""
    if source in values:
        values[source] = values[source]._replace(gibbs=energy)
        return
    material = composition(formula)
    lost = [value.enthalpy - value.gibbs for value in values.values() if value.gibbs is not None]
    if lost:
        enthalpy = energy + median(lost)
    else:
        elements = sum(n * entropy(element).value for element, n in material.amounts.items())
        gained = (entropy(formula).value - elements) / material.n_atoms / _EV
        enthalpy = energy + _ROOM * gained
    values[source + DERIVED] = Value(enthalpy, energy)
