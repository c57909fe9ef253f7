"""Phase tables as people choose between them: what each is, and where two of them differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from jobs.errors import ServiceError
from jobs.phase_tables.difference import difference
from screening.text.documents import shortened
from stability.tables.phase_table import REFERENCE, load_phase_table, reference_table
from stability.tables.snapshots import selection, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.phase_tables.difference import Change
    from stability.tables.phase_table import PhaseTable
    from stability.tables.snapshots import Manifest

Record = dict[str, Any]

MOST_LISTED = 20
"""Compounds of each list: the largest differences, and what only one of both has."""
SHIFTED = 0.0005
"""Energies that differ by more are different; that is the rounding of the built-in table.
[eV/atom]"""
_LICENCE = "CC BY 4.0"
_CITE = (
    "the Materials Project, and C. J. Bartel et al., npj Comput. Mater. 6, 97 (2020), "
    "doi:10.1038/s41524-020-00362-y"
)
_SOURCE = "formation energies of the Materials Project as of 2019, selected"


def table_names() -> list[str]:
    """Return the tables that can be compared: the built-in one, and all snapshots."""
    return [REFERENCE, *(_called(one.manifest) for one in snapshots())]


def table_facts() -> list[Record]:
    """Return what the tables are that can be compared, as their manifests say it."""
    built_in = reference_table()
    return [
        _reference(built_in) | {"phases": _n_compounds(built_in)},
        *(_facts(one.manifest) | {"phases": one.manifest.rows} for one in snapshots()),
    ]


def compared_tables(_: Path, first: str, second: str) -> Record:
    """Return two tables side by side, and where they differ.

    Parameters
    ----------
    first, second : str
        Names of :func:`table_names`.

    Raises
    ------
    ServiceError
        If there is no such table, or it is twice the same.
    TableError
        If one of them cannot be read.
    """
    refuse_names(first, second)
    tables = [load_phase_table(name) for name in (first, second)]
    changes = difference(*tables, amount=0.0)
    of = {what: [one for one in changes if one.what == what] for what in _WHAT}
    moved = sorted(of["shifted"], key=_size, reverse=True)
    common = _n_compounds(tables[1]) - len(of["added"])
    return {
        "tables": [
            _counted(name, table) for name, table in zip((first, second), tables, strict=True)
        ],
        "common": common,
        "only_first": len(of["removed"]),
        "only_second": len(of["added"]),
        "shifted": sum(_size(one) > SHIFTED for one in moved),
        "flagged": sum(one.known_before != one.known_after for one in moved + of["flagged"]),
        "mean_difference_ev_per_atom": sum(map(_size, moved)) / common if common else None,
        "largest": [_record(one) for one in moved[:MOST_LISTED] if _size(one) > SHIFTED],
        "first_alone": [_record(one) for one in of["removed"][:MOST_LISTED]],
        "second_alone": [_record(one) for one in of["added"][:MOST_LISTED]],
        "flagged_otherwise": [_record(one) for one in of["flagged"][:MOST_LISTED]],
    }


def refuse_names(first: str, second: str) -> None:
    """Refuse names that are no tables, or one.

    Parameters
    ----------
    first, second : str
        What is to be compared; a path is none.

    Raises
    ------
    ServiceError
        If they are.
    """
    known = table_names()
    for name in (first, second):
        if name not in known:
            raise ServiceError(f"no phase table is named {name!r}; there are {', '.join(known)}")
    if first == second:
        raise ServiceError(f"{first} is compared with itself; choose another one")


def refuse_table(name: str) -> None:
    """Refuse a phase table of a batch that the service does not keep: a path names none.

    Parameters
    ----------
    name : str
        The built-in table, or a snapshot by name, id or the beginning of one.

    Raises
    ------
    ServiceError
        If it is none of them.
    """
    wanted = selection(name).name
    there = [one.manifest for one in snapshots()]
    if name == REFERENCE or any(
        wanted == one.name or (wanted and one.id.startswith(wanted)) for one in there
    ):
        return
    raise ServiceError(
        f"no phase table is named {shortened(name)!r} here; there are {', '.join(table_names())}; "
        "files come in by `catholyte data import`"
    )


_WHAT = ("removed", "added", "shifted", "flagged")


def _size(one: Change) -> float:
    """Return by how much an energy differs. [eV/atom]."""
    return 0.0 if one.before is None or one.after is None else abs(one.after - one.before)


def _record(one: Change) -> Record:
    return {
        "formula": one.formula,
        "first_ev_per_atom": one.before,
        "second_ev_per_atom": one.after,
        "difference_ev_per_atom": one.after - one.before
        if one.before is not None and one.after is not None
        else None,
        "first_known": one.known_before,
        "second_known": one.known_after,
    }


def _counted(name: str, table: PhaseTable) -> Record:
    """Return what a table is, with counts of what is used of it."""
    manifests = {_called(one.manifest): one.manifest for one in snapshots()}
    facts = _facts(manifests[name]) if name in manifests else _reference(table)
    rows = slice(len(table.elements), None)
    return facts | {
        "id": table.id,
        "phases": _n_compounds(table),
        "known": int(np.count_nonzero(table.known[rows])),
        "elements": len(table.elements),
        "known_from": table.flags,
    }


def _n_compounds(table: PhaseTable) -> int:
    return len(table.formulas) - len(table.elements)


def _called(manifest: Manifest) -> str:
    return manifest.name if manifest.complete else f"{manifest.name}+partial"


def _reference(table: PhaseTable) -> Record:
    sources = Counter(table.sources[len(table.elements) :])
    return {
        "name": REFERENCE,
        "id": table.id,
        "source": f"{_SOURCE} ({', '.join(one for one in sources if one)})",
        "licences": {_LICENCE: _n_compounds(table)},
        "functional": "GGA_GGA+U",
        "database_version": "2019",
        "known_from": table.flags,
        "cite": _CITE,
        "made": "with the program",
    }


def _facts(manifest: Manifest) -> Record:
    return {
        "name": _called(manifest),
        "id": manifest.id,
        "source": manifest.source,
        "licences": dict(manifest.licences),
        "functional": manifest.functional,
        "database_version": manifest.database_version,
        "known_from": manifest.flags,
        "cite": manifest.attribution,
        "made": manifest.made,
    }
