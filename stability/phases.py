"""Competing phases: the stable phases of a table that a policy lets compete.

Filtering a table to its stable phases once is exact: stability is a property of a phase's own
chemical system, and a phase above the hull never appears among the products.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stability.columns import Columns, columns, frozen
from stability.errors import SolverError, TableError
from stability.kernels import hull_kernel
from stability.simplex import MAX_ELEMENTS, OK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.phase_table import PhaseTable


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

    @property
    def excluded(self) -> tuple[str, ...]:
        """Formulas that the policy leaves out, in the order of the table."""
        if self.policy is Policy.ALL:
            return ()
        return tuple(self.table.formulas[row] for row in np.flatnonzero(~self.table.known))

    @property
    def statement(self) -> str:
        """One line that says which phases compete, for people and result rows."""
        if self.policy is Policy.ALL:
            return f"all phases of {self.table.id}, computed-only ones included"
        return (
            f"known phases of {self.table.id}: {len(self.excluded)} left out as computed-only "
            f"(flags: {self.table.flags})"
        )


def competing_phases(table: PhaseTable, policy: Policy = Policy.KNOWN) -> CompetingPhases:
    """Return the stable phases of a table under a policy.

    Parameters
    ----------
    table : PhaseTable
        All phases.
    policy : Policy, optional
        Which of them may compete; those that experiment knows by default.

    Raises
    ------
    TableError
        If the table holds no lithium.
    SolverError
        If a linear program finds no answer.
    """
    if "Li" not in table.element_index:
        raise TableError(
            f"phase table {table.name} holds no lithium compound; voltages against Li/Li+ need one"
        )
    li = table.element_index["Li"]
    allowed = np.flatnonzero(table.known | (policy is Policy.ALL))
    candidates, order = columns(table.fractions[allowed], table.energies[allowed], li=li)
    stable = _stable(candidates)
    kept, again = columns(candidates.fractions[stable], candidates.energies[stable], li=li)
    return CompetingPhases(table, policy, kept, frozen(allowed[order[stable][again]]))


def _stable(candidates: Columns) -> NDArray[np.int64]:
    """Return the columns on the hull, each judged in its own chemical system.

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
    hull_kernel(candidates, active, order, fractions, np.empty(n), *scratch, outcome)
    if n and outcome.min() < OK:
        row = order[int(outcome.argmin())]
        raise SolverError(f"no hull for column {row} (outcome {outcome.min()}); please report it")
    return np.flatnonzero(active)
