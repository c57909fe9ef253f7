"""Phases from energies as calculations give them: totals, and entries as pymatgen writes them.

pymatgen is never imported. An entry is anything with a composition and an energy, such as
``ComputedEntry`` or ``PDEntry``.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from stability.errors import FormulaError, TableError
from stability.formula import composition
from stability.tables.phase_rows import COLUMNS, MOST_FAULTS_SHOWN, Phase, phases_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

E = TypeVar("E")
KEY = "catholyte"
"""Key of an entry's data that holds a row of a phase table, so that nothing is lost on the way."""
_ROUNDING = 1e-9  # [eV/atom] Of an energy that was multiplied by the number of atoms and divided.
_ZERO = 1e-6  # [eV/atom] Elements at 0, within rounding: these are formation energies.


class Entry(Protocol):
    """What is asked of an entry; pymatgen's own have it."""

    @property
    def composition(self) -> Any:
        """Amounts of elements, with ``get_el_amt_dict()`` and ``reduced_formula``."""

    @property
    def energy(self) -> float:
        """Energy [eV] of all these atoms, corrections included."""


class Total(NamedTuple):
    """One energy as a calculation gives it."""

    phase: Phase
    """All that is known of the phase; its energy is not yet against the elements. [eV/atom]"""
    amounts: Mapping[str, float]
    """Amount of each element."""


def total(entry: Entry) -> Total:
    """Return what an entry says.

    Parameters
    ----------
    entry : Entry
        Such as pymatgen's ``ComputedEntry``.
    """
    amounts: dict[str, float] = entry.composition.get_el_amt_dict()
    return total_of(
        str(entry.composition.reduced_formula),
        amounts,
        entry.energy / sum(amounts.values()),
        getattr(entry, "data", None) or {},
        source=str(getattr(entry, "entry_id", None) or ""),
    )


def total_of(
    formula: str,
    amounts: Mapping[str, float],
    energy: float,
    data: Mapping[str, Any],
    *,
    source: str,
) -> Total:
    """Return one energy, completed by what the data of an entry hold.

    Parameters
    ----------
    formula : str
        What to call the phase.
    amounts : mapping
        Amount of each element.
    energy : float
        Energy, corrections included. [eV/atom]
    data : mapping
        May hold a row of a phase table under ``KEY``.
    source : str
        Where the energy comes from.
    """
    row = data.get(KEY)
    if not isinstance(row, dict) or not {*COLUMNS[:2]} <= {*row}:
        return Total(Phase(formula, energy, source=source), amounts)
    (phase,) = phases_of_rows([row], name=formula)
    unchanged = abs(phase.energy - energy) <= _ROUNDING
    return Total(phase if unchanged else phase._replace(energy=energy), amounts)


def formation_phases(totals: Sequence[Total], *, name: str) -> list[Phase]:
    """Return phases with energies against the elements of the same table.

    Parameters
    ----------
    totals : sequence of Total
        Compounds and, as their reference, pure elements: the lowest entry of each counts. If all
        of these are at 0, the energies are formation energies already.
    name : str
        What an error calls the table.

    Raises
    ------
    TableError
        If the elements that are needed are not there.

    Notes
    -----
    E_f = E - sum of x_i E_i, per atom, with x_i the atom fraction of element i and E_i its energy.

    Examples
    --------
    (-14.3 + 2 * 1.9 + 4.9) / 3 = -1.87 eV/atom:

    >>> totals = [
    ...     Total(Phase("Li", -1.9), {"Li": 1}),
    ...     Total(Phase("O", -4.9), {"O": 1}),
    ...     Total(Phase("Li2O", -14.3 / 3), {"Li": 2, "O": 1}),
    ... ]
    >>> [f"{phase.energy:.3f}" for phase in formation_phases(totals, name="hand")]
    ['0.000', '0.000', '-1.867']
    """
    of_element: dict[str, float] = {}
    for phase, amounts in totals:
        if len(amounts) == 1:
            (element,) = amounts
            of_element[element] = min(phase.energy, of_element.get(element, phase.energy))
    if not of_element:
        raise TableError(
            f"phase table {name} holds no entry of a pure element, so nobody can tell "
            "whether these are totals or formation energies; add the elements, at 0 for the latter"
        )
    if all(abs(energy) <= _ZERO for energy in of_element.values()):
        return [phase for phase, _ in totals]
    faults = [
        f"row {number} ({phase.formula}): a total energy, and no entry of pure {missing[0]}"
        for number, (phase, amounts) in enumerate(totals, start=1)
        if (missing := sorted(amounts.keys() - of_element.keys()))
    ]
    if faults:
        more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise TableError(
            f"phase table {name}: {faults[0]}{more}; totals need each element in the same table"
        )
    return [
        phase._replace(
            energy=phase.energy
            - sum(n * of_element[element] for element, n in amounts.items()) / sum(amounts.values())
        )
        for phase, amounts in totals
    ]


def entries_of(columns: Mapping[str, Sequence[Any]], entry: Callable[..., E]) -> list[E]:
    """Return phases as entries, each with its row of the table in its data.

    Parameters
    ----------
    columns : mapping
        Columns of a phase table by name.
    entry : callable
        pymatgen's ``ComputedEntry``; called with amounts, energy [eV] and ``data``.
    """
    made = []
    for values in zip(*columns.values(), strict=True):
        row = {
            key: value
            for key, value in zip(columns, values, strict=True)
            if not (isinstance(value, float) and isnan(value))
        }
        material = composition(row["formula"])
        energy = row["formation_energy_ev_per_atom"] * material.n_atoms
        made.append(entry(dict(material.amounts), energy, data={KEY: row}))
    return made


class Lowest(NamedTuple):
    """Phases of which each composition stands once."""

    phases: list[Phase]
    """The lowest of each composition, in the order in which compositions appear."""
    higher: int
    """How many were left out for a lower one of the same composition."""

    @property
    def compounds(self) -> list[Phase]:
        """Those that are no pure elements."""
        return [one for one in self.phases if len(composition(one.formula).amounts) > 1]


def lowest(phases: Iterable[Phase], *, name: str) -> Lowest:
    """Return the lowest phase of each composition; it is known if any of them is.

    Parameters
    ----------
    phases : iterable of Phase
        In any order; polymorphs, and one composition written in several ways.
    name : str
        What an error calls the table.

    Raises
    ------
    TableError
        If a formula cannot be read; the first few are named.

    Examples
    --------
    >>> lowest([Phase("Li2S", -1.4, known=True), Phase("Li4S2", -1.5)], name="hand").phases
    [Phase(formula='Li4S2', energy=-1.5, known=True, ...)]
    """
    kept: dict[object, Phase] = {}
    faults: list[str] = []
    number = 0
    for number, phase in enumerate(phases, start=1):
        try:
            key = composition(phase.formula).shares
        except FormulaError as error:
            faults.append(f"row {number}: {error}")
            continue
        before = kept.get(key)
        better, other = (
            (phase, before) if before is None or phase.energy < before.energy else (before, phase)
        )
        if other is not None and other.known and not better.known:
            better = better._replace(known=True, reason="")
        kept[key] = better
    if faults:
        more = len(faults) - MOST_FAULTS_SHOWN
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise TableError(f"phase table {name}: {shown}")
    return Lowest(list(kept.values()), number - len(kept))
