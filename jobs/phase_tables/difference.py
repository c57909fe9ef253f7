"""What has changed from one phase table to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stability.tables.phase_table import PhaseTable


class Change(NamedTuple):
    """A compound that two tables do not share, or do not agree on."""

    formula: str
    """The compound, as the later table writes it, or else the earlier."""
    what: str
    """``added``, ``removed``, ``shifted`` in energy, or ``flagged``: known in one of them only."""
    before: float | None
    """Formation energy in the earlier table. [eV/atom]"""
    after: float | None
    """In the later one. [eV/atom]"""
    known_before: bool | None
    """Whether it is known in the earlier table."""
    known_after: bool | None
    """Whether it is known in the later one."""


def difference(
    earlier: PhaseTable, later: PhaseTable, *, amount: float = 0.0005
) -> Sequence[Change]:
    """Return what has changed: first what was removed, then the rest, by formula.

    Parameters
    ----------
    earlier, later : PhaseTable
        Two tables.
    amount : float, optional
        Energies that differ by more are a change. [eV/atom]
    """
    before, after = _compounds(earlier), _compounds(later)
    changes = [
        Change(
            earlier.formulas[row],
            "removed",
            _energy(earlier, row),
            None,
            _known(earlier, row),
            None,
        )
        for key, row in before.items()
        if key not in after
    ]
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            what = "added"
        elif abs(later.energies[row] - earlier.energies[old]) > amount:
            what = "shifted"
        elif later.known[row] != earlier.known[old]:
            what = "flagged"
        else:
            continue
        changes.append(
            Change(
                later.formulas[row],
                what,
                None if old is None else _energy(earlier, old),
                _energy(later, row),
                None if old is None else _known(earlier, old),
                _known(later, row),
            )
        )
    order = ("removed", "added", "shifted", "flagged")
    return sorted(changes, key=lambda one: (order.index(one.what), one.formula))


def _compounds(table: PhaseTable) -> dict[frozenset[tuple[str, float]], int]:
    """Return the row of each compound, by the shares of its elements."""
    rows = {}
    for row in range(len(table.elements), len(table.formulas)):
        fractions = table.fractions[row]
        shares = frozenset(
            (table.elements[column], round(float(fractions[column]), 9))
            for column in fractions.nonzero()[0]
        )
        rows[shares] = row
    return rows


def _energy(table: PhaseTable, row: int) -> float:
    return float(table.energies[row])


def _known(table: PhaseTable, row: int) -> bool:
    return bool(table.known[row])
