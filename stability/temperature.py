"""Phase tables at a temperature: Gibbs energies of formation from standard entropies.

A table of energies at 0 K stands for enthalpies of formation. With standard entropies, tabulated
where they are known and estimated where they are not, it becomes one of Gibbs energies. The
entropy that matters most is that of a gas: what gives off Cl2 or O2 does so at a lower voltage.
Method, sources and errors: docs/temperature.md.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.elements import ATOMIC_WEIGHT
from stability.energies.anchors import anchors
from stability.errors import TableError
from stability.formula import Composition, composition
from stability.quantities import ROOM_TEMPERATURE, SCALES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stability.tables.phase_table import PhaseTable

LOWEST, HIGHEST = SCALES["temperature_k"].least, SCALES["temperature_k"].most
"""Range in which entropies at 298.15 K may stand for those at the temperature. [K]"""

_EV = 96_485.33212  # [J/mol] One eV per particle, CODATA 2018 (exact).
_GAS_CONSTANT = 8.314462618  # [J/(mol K)] CODATA 2018 (exact).
_NONMETALS = frozenset(("H", "C", "N", "O", "F", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"))
"""A phase without any of these is an alloy: it has the entropy of its elements."""
_WEIGHT_OF_RULE = 0.05  # A solid that is half of an element counts 0.25; 0.02 to 0.2 do as well.
_TABULATED_ERROR = 0.02  # [1] Compilations differ by about so much; judged.
_MEMORY_ERROR = 0.04  # [1] Twice that for rows that nobody has checked or that are estimated.
_GAS_ERROR = 0.001  # [1] Gases come from spectra; what is left is the rounding to 0.1 J/(mol K).
_KINDS = "estimated entropy", "tabulated entropy", "measured Gibbs energy"
_NITRATE = "NO"  # Name of the contribution of nitrogen that has oxygen beside it.


class Entropy(NamedTuple):
    """Standard entropy of a phase at 298.15 K and 1 bar, in its stable form."""

    value: float
    """Entropy of the formula unit as written. [J/(mol K)]"""
    error: float
    """Standard deviation of it. [J/(mol K)]"""
    kind: str
    """``tabulated`` or ``estimated``."""
    source: str
    """Where it comes from."""


class EntropyEstimate(NamedTuple):
    """Contributions of elements to the entropies of solid compounds, and what they are worth."""

    contributions: Mapping[str, float]
    """Of each element that is in a tabulated solid; ``NO`` is N with O beside it. [J/(mol K)]"""
    rule: float
    """What the mass rule adds to 3/2 R ln M, for all other elements. [J/(mol K)]"""
    error: float
    """Leave-one-out error of compounds, root mean square. [J/(mol K) per atom]"""
    alloy_error: float
    """Error of alloys as the sum of their elements, root mean square. [J/(mol K) per atom]"""
    rule_error: float
    """Error of compounds by the mass rule alone, root mean square. [J/(mol K) per atom]"""


class _Row(NamedTuple):
    """One row of the table of standard entropies."""

    material: Composition
    value: float
    phase: str
    """``cr``, ``mol`` (a crystal of molecules, which is left out of the fit), ``l`` or ``g``."""
    source: str

    @property
    def kind(self) -> str:
        """Whether somebody measured it, or its row is a guess."""
        return "estimated" if self.source.startswith("estimated") else "tabulated"

    @property
    def error(self) -> float:
        """Standard deviation as a fraction of the value."""
        if self.kind == "estimated" or "from memory" in self.source:
            return _MEMORY_ERROR
        return _GAS_ERROR if self.phase == "g" else _TABULATED_ERROR


def at_temperature(table: PhaseTable, temperature: float) -> PhaseTable:
    """Return a phase table with Gibbs energies of formation in place of energies at 0 K.

    Parameters
    ----------
    table : PhaseTable
        Energies at 0 K.
    temperature : float
        0, which returns the table itself, or 273.15 to 400. [K]

    Raises
    ------
    TableError
        If the temperature is outside that range, or the table is already at another one.

    Notes
    -----
    Per atom, ``G = H - T (S - sum of x_i S_i)``, with H the energy of the table, S the standard
    entropy of the phase and S_i those of its elements (atom fractions x_i), all at 298.15 K.
    Elements stay at 0. In a corrected table, a phase whose enthalpy is measured and whose entropy
    would be an estimate takes the difference between its measured enthalpy and Gibbs energy
    instead. Heat capacities are neglected: between 0 and 298.15 K this is up to
    25 meV/atom (oxides; most of it is in the corrections of fitted tables), above it 2 meV/atom.

    Examples
    --------
    2 Li + 1/2 O2 -> Li2O loses 2 * 29.1 + 102.6 - 37.6 = 123.2 J/(mol K): + 36.7 kJ/mol, which
    is 0.127 eV for each of three atoms.

    >>> from stability.tables.phase_table import Phase, phase_table
    >>> cold = phase_table([Phase("Li2O", -2.072)], name="hand")
    >>> warm = at_temperature(cold, 298.15)
    >>> warm.name, f"{warm.energies[-1]:.3f}"
    ('hand-at-298.15K', '-1.945')
    """
    if temperature == table.temperature:
        return table
    if not LOWEST <= temperature <= HIGHEST:
        raise TableError(
            f"phase table {table.name} at {temperature:g} K: entropies at {ROOM_TEMPERATURE} K "
            f"hold from {LOWEST} to {HIGHEST:g} K; give a temperature in this range, or 0"
        )
    if table.temperature:
        raise TableError(
            f"phase table {table.name} is already at {table.temperature:g} K and cannot be brought "
            f"to {temperature:g} K; start from the table at 0 K"
        )
    values, tabulated = _entropies(table)
    gained = (values - table.fractions @ values[: len(table.elements)]) / _EV
    gibbs = _measured_gibbs(table, tabulated)
    for row, energy in gibbs.items():
        gained[row] = (table.energies[row] - energy) / ROOM_TEMPERATURE
    energies = table.energies - temperature * gained
    energies[: len(table.elements)] = 0.0
    energies.setflags(write=False)
    kinds = tabulated.astype(int)
    kinds[list(gibbs)] = 2
    return replace(
        table,
        name=f"{table.name}-at-{temperature:g}K",
        energies=energies,
        sources=tuple(
            f"{source}, {_KINDS[kind]}".removeprefix(", ")
            for source, kind in zip(table.sources, kinds.tolist(), strict=True)
        ),
        temperature=temperature,
    )


def entropy(formula: str) -> Entropy:
    """Return the standard entropy that is used for a formula.

    Parameters
    ----------
    formula : str
        Any formula, such as ``Cl2``, ``LiCl`` or ``Li6PS5Cl``.

    Raises
    ------
    FormulaError
        If the text is no formula.

    Examples
    --------
    >>> entropy("LiCl")
    Entropy(value=59.3, error=1.1..., kind='tabulated', source='CRC 2014 (cr)')
    >>> entropy("Li6PS5Cl").kind
    'estimated'
    """
    material = composition(formula)
    row = _tabulated().get(material.shares)
    if row is not None:
        value = row.value * material.n_atoms / row.material.n_atoms
        return Entropy(value, value * row.error, row.kind, f"{row.source} ({row.phase})")
    elements = tuple(material.amounts)
    fractions = np.array([[n / material.n_atoms for n in material.amounts.values()]])
    value = float(_estimated(fractions, elements)[0]) * material.n_atoms
    fit = entropy_estimate()
    alloy = _NONMETALS.isdisjoint(elements)
    if not (_tabulated_elements() if alloy else fit.contributions.keys()) >= set(elements):
        error, source = fit.rule_error, "mass rule for one element at least"
    elif alloy:
        error, source = fit.alloy_error, "sum of the elements, as an alloy"
    else:
        error, source = fit.error, "sum of contributions fitted to tabulated solids"
    return Entropy(value, error * material.n_atoms, "estimated", source)


@cache
def entropy_estimate() -> EntropyEstimate:
    """Return the additive estimate of the entropies of solids, fitted to the tabulated ones.

    Notes
    -----
    S = sum over atoms of s(element), as Latimer proposed [1]_, with one s per element and
    another one for nitrogen with oxygen beside it (nitrates). The s minimise the squares of the
    errors per atom, with a weak pull towards the mass rule s = 3/2 R ln M + a [2]_, which alone
    serves elements that are in no tabulated solid. Leaving one solid out, the error of a ridge
    fit is its residual over (1 - leverage).

    References
    ----------
    .. [1] W. M. Latimer, J. Am. Chem. Soc. 73, 1480 (1951).
    .. [2] W. M. Latimer, J. Am. Chem. Soc. 43, 818 (1921).
    """
    solids = [r for r in _tabulated().values() if r.phase == "cr" and len(r.material.amounts) > 1]
    compounds = [r for r in solids if not _NONMETALS.isdisjoint(r.material.amounts)]
    counted = [_contributing(row.material.amounts) for row in compounds]
    names = sorted({name for amounts in counted for name in amounts})
    index = {name: column for column, name in enumerate(names)}
    shares = np.zeros((len(compounds), len(names)))
    for number, (row, amounts) in enumerate(zip(compounds, counted, strict=True)):
        for name, amount in amounts.items():
            shares[number, index[name]] = amount / row.material.n_atoms
    measured = np.array([row.value / row.material.n_atoms for row in compounds])

    of_mass = np.array([_mass_term("N" if name == _NITRATE else name) for name in names])
    rule = float((measured - shares @ of_mass).mean())
    start = of_mass + rule
    inverse = np.linalg.inv(shares.T @ shares + _WEIGHT_OF_RULE * np.eye(len(names)))
    fitted = start + inverse @ shares.T @ (measured - shares @ start)
    leverage = np.einsum("ij,jk,ik->i", shares, inverse, shares)
    left_out = (measured - shares @ fitted) / (1.0 - leverage)

    alloys = [
        (row.value - sum(n * _element(e) for e, n in row.material.amounts.items()))
        / row.material.n_atoms
        for row in solids
        if _NONMETALS.isdisjoint(row.material.amounts)
    ]
    return EntropyEstimate(
        dict(zip(names, fitted.tolist(), strict=True)),
        rule,
        sqrt(float((left_out**2).mean())),
        sqrt(sum(error**2 for error in alloys) / len(alloys)),
        sqrt(float(((measured - shares @ start) ** 2).mean())),
    )


def _measured_gibbs(table: PhaseTable, tabulated: NDArray[np.bool_]) -> dict[int, float]:
    """Return measured Gibbs energies [eV/atom] by row, where the entropy would be an estimate."""
    if table.correction is None:
        return {}
    found = {}
    for anchor in anchors().values():
        material = composition(anchor.formula)
        if anchor.gibbs is None or not table.element_index.keys() >= material.amounts.keys():
            continue
        row = table.row(table.atom_fractions(material))
        if row is not None and table.correction.measured[row] and not tabulated[row]:
            found[row] = anchor.gibbs
    return found


def _entropies(table: PhaseTable) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the entropy of each phase [J/(mol K) per atom], and whether it is tabulated."""
    values = _estimated(table.fractions, table.elements)
    tabulated = np.zeros(len(values), bool)
    for row in _tabulated().values():
        if not table.element_index.keys() >= row.material.amounts.keys():
            continue
        place = table.row(table.atom_fractions(row.material))
        if place is not None:
            values[place] = row.value / row.material.n_atoms
            tabulated[place] = row.kind == "tabulated"
    return values, tabulated


def _estimated(fractions: NDArray[np.float64], elements: Sequence[str]) -> NDArray[np.float64]:
    """Return the estimate [J/(mol K) per atom] for each row of atom fractions."""
    fit = entropy_estimate()
    values: NDArray[np.float64] = fractions @ _vector(
        fit.contributions.get(element, _mass_term(element) + fit.rule) for element in elements
    )
    if {"N", "O"} <= set(elements):
        nitrogen, oxygen = (fractions[:, elements.index(element)] for element in ("N", "O"))
        step = fit.contributions[_NITRATE] - fit.contributions["N"]
        values += np.where(oxygen > 0, nitrogen * step, 0.0)
    metals = [element not in _NONMETALS for element in elements]
    alloys = (fractions[:, np.logical_not(metals)] == 0).all(axis=1)
    values[alloys] = fractions[alloys] @ _vector(_element(element) for element in elements)
    return values


def _contributing(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the amounts under the names of the contributions."""
    nitrate = "O" in amounts
    return {_NITRATE if e == "N" and nitrate else e: n for e, n in amounts.items()}


def _vector(values: Iterable[float]) -> NDArray[np.float64]:
    return np.array(list(values))


def _mass_term(element: str) -> float:
    """Return the part of an atom's entropy [J/(mol K)] that its mass accounts for."""
    return 1.5 * _GAS_CONSTANT * float(np.log(ATOMIC_WEIGHT[element]))


def _element(element: str) -> float:
    """Return the entropy [J/(mol K)] of one mole of atoms of an element."""
    row = _tabulated().get(composition(element).shares)
    if row is None:
        fit = entropy_estimate()
        return _mass_term(element) + fit.rule
    return row.value / row.material.n_atoms


def _tabulated_elements() -> set[str]:
    """Return the elements that have a row of their own."""
    materials = (row.material.amounts for row in _tabulated().values())
    return {element for amounts in materials for element in amounts if len(amounts) == 1}


@cache
def _tabulated() -> Mapping[frozenset[tuple[str, float]], _Row]:
    """Return the table of standard entropies that comes with the package, by composition."""
    text = files("stability").joinpath("data/entropies.csv").read_text(encoding="utf-8")
    rows = (
        _Row(
            composition(line["formula"]),
            float(line["standard_entropy_j_per_mol_k"]),
            line["phase"],
            line["source"],
        )
        for line in csv.DictReader(text.splitlines())
    )
    return {row.material.shares: row for row in rows}
