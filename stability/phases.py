"""Competing phases: the stable phases of a table that a policy lets compete.

Filtering a table to its stable phases once is exact: stability is a property of a phase's own
chemical system, and a phase above the hull never appears among the products.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stability.cache import cached
from stability.errors import SolverError, TableError
from stability.formula import composition
from stability.kernels.chemical_system import Columns, columns, frozen
from stability.kernels.reaction_kernels import hull_kernel
from stability.kernels.simplex import MAX_ELEMENTS, OK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stability.tables.phase_table import PhaseTable

_LARGE = 5_000  # Phases from which finding the stable ones is worth a file.
_CACHE_FORMAT = 1  # Raised whenever the meaning of the kept columns changes.


class Policy(StrEnum):
    """Which phases of a table may compete."""

    KNOWN = "known"
    """Phases that experiment knows: what a cell can form. The default."""
    ALL = "all"
    """All phases, computed-only ones included."""


@dataclass(frozen=True, eq=False)
class CompetingPhases:
    """What a composition is compared with: the stable phases of a table under a policy."""

    table: PhaseTable
    """The table they come from."""
    policy: Policy
    """Which of its phases may compete."""
    columns: Columns
    """The stable ones, sorted for look-up."""
    rows: NDArray[np.int64]
    """Table row of each column."""
    exclusions: Mapping[str, str]
    """Formulas that the user has left out on top of the policy, with reasons."""

    @property
    def excluded(self) -> tuple[str, ...]:
        """Formulas that the policy alone leaves out, in the order of the table."""
        if self.policy is Policy.ALL:
            return ()
        return tuple(self.table.formulas[row] for row in np.flatnonzero(~self.table.known))

    @property
    def statement(self) -> str:
        """One line that says which phases compete, for people and result rows."""
        said = f"all phases of {self.table.id}, computed-only ones included"
        if self.policy is Policy.KNOWN:
            said = (
                f"known phases of {self.table.id}: {len(self.excluded)} left out as computed-only "
                f"(flags: {self.table.flags})"
            )
        if self.table.correction is not None:
            said += f"; energies corrected by {self.table.correction.id}"
        by_user = ", ".join(f"{name} ({why})" for name, why in self.exclusions.items())
        return f"{said}; left out by the user: {by_user}" if by_user else said


def competing_phases(
    table: PhaseTable,
    policy: Policy = Policy.KNOWN,
    *,
    exclude: Mapping[str, str] | None = None,
    margin: float = 0.0,
) -> CompetingPhases:
    """Return the stable phases of a table under a policy.

    Parameters
    ----------
    table : PhaseTable
        All phases.
    policy : Policy, optional
        Which of them may compete; those that experiment knows by default.
    exclude : mapping, optional
        Formulas to leave out on top of the policy, each with its reason.
    margin : float, optional
        Keep phases up to this far above the hull too. They change no result, but may come onto
        the hull when energies are redrawn. [eV/atom]

    Raises
    ------
    TableError
        If the table holds no lithium, or not the phase to leave out.
    SolverError
        If a linear program finds no answer.
    """
    if "Li" not in table.element_index:
        raise TableError(
            f"phase table {table.name} holds no lithium compound; voltages against Li/Li+ need one"
        )
    li = table.element_index["Li"]
    competes = table.known | (policy is Policy.ALL)
    exclusions = dict(exclude or {})
    competes[[_row_to_exclude(table, formula) for formula in exclusions]] = False
    allowed = np.flatnonzero(competes)
    candidates, order = columns(table.fractions[allowed], table.energies[allowed], li=li)
    if len(allowed) > _LARGE:
        digest = hashlib.sha256(f"{_CACHE_FORMAT} {margin!r} {table.formulas}".encode())
        digest.update(table.energies.tobytes() + allowed.tobytes())
        name = f"hull-{digest.hexdigest()}"
        stable = cached(name, lambda: {"columns": _near_hull(candidates, margin)})["columns"]
    else:
        stable = _near_hull(candidates, margin)
    kept, again = columns(candidates.fractions[stable], candidates.energies[stable], li=li)
    rows = frozen(allowed[order[stable][again]])
    return CompetingPhases(table, policy, kept, rows, exclusions)


def _row_to_exclude(table: PhaseTable, formula: str) -> int:
    """Return the row of a phase that is to be left out.

    Raises
    ------
    TableError
        If the table does not hold it, or it is an element.
    """
    row = table.row(table.atom_fractions(composition(formula)))
    if row is None or row < len(table.elements):
        raise TableError(
            f"{formula} cannot be left out: {table.name} holds no such compound; "
            "write its formula as the products are printed"
        )
    return row


def _near_hull(candidates: Columns, margin: float) -> NDArray[np.int64]:
    """Return the columns at most `margin` above the hull, each judged in its own chemical system.

    Raises
    ------
    SolverError
        If a linear program finds no answer.
    """
    n_elements = candidates.fractions.shape[1]
    n = len(candidates.energies) - n_elements
    arity = (candidates.fractions[n_elements:] > 0).sum(axis=1)
    # By arity first: when a phase is judged, all phases of its subsystems have been.
    order = frozen(n_elements + np.argsort(arity, kind="stable"))
    active = np.ones(len(candidates.energies), bool)
    outcome = np.zeros(n, np.int64)
    scratch = np.empty((n, MAX_ELEMENTS), np.int64), np.empty((n, MAX_ELEMENTS))
    fractions = frozen(candidates.fractions[order])
    hull = np.empty(n)
    hull_kernel(candidates, active, order, fractions, hull, *scratch, outcome)
    if n and outcome.min() < OK:
        row = order[int(outcome.argmin())]
        raise SolverError(f"no hull for column {row} (outcome {outcome.min()}); please report it")
    if margin > 0.0:
        active[order] = candidates.energies[order] <= hull + margin
    return np.flatnonzero(active)
