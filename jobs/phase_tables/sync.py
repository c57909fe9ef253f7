"""Fetching a plan from a database: complete, each document once, from one version of it.

Each chunk is fetched, counted against what the service says there is, and kept in one transaction.
A sync that was killed goes on after the last chunk; one that is complete fetches nothing.
"""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import replace
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from jobs.phase_tables.document_rows import document_rows
from jobs.phase_tables.errors import DataError, ServiceError, UnreachableError
from jobs.phase_tables.fetched import fetched, forget
from jobs.phase_tables.materials_project import ATTRIBUTION, PAGE
from jobs.phase_tables.snapshot import (
    Description,
    check_name,
    make_snapshot,
    snapshot_rows,
)
from jobs.process import failure_points as fault
from stability.tables.snapshots import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobs.phase_tables.fetched import Fetched
    from jobs.phase_tables.materials_project import Answer
    from jobs.phase_tables.plan import Plan
    from stability.tables.snapshots import Snapshot

T = TypeVar("T")
WAIT_VARIABLE = "CATHOLYTE_SYNC_WAIT"
"""Environment variable with the first wait between two tries [s]; later ones are longer."""
WAIT = 0.5
"""That wait if the variable is not set. [s]"""
_TRIES = 12  # Of one question, each of several requests.
_TRIES_AT_START = 6  # Of a host that cannot be reached.
_BEFORE_HALVING = 4  # Tries of a question of several pages.
_LONGEST_WAIT = 60.0  # [s]
_PATIENCE = 20.0  # [s] With a host that cannot be reached at the start.
_LARGEST_ENERGY = 20.0  # [eV/atom] As for every phase table.


class Source(Protocol):
    """What is asked of a database; the client of the Materials Project has it."""

    endpoint: str
    """Its address."""

    @property
    def client(self) -> str:
        """The program that fetches."""

    def database_version(self) -> str:
        """Return which version of the database answers now."""

    def thermo(self, systems: Sequence[str], thermo_type: str) -> Answer:
        """Return the thermo documents of some chemical systems."""

    def summary(self, systems: Sequence[str]) -> Answer:
        """Return the summary documents of some chemical systems."""


class Synced(NamedTuple):
    """What a sync has come to."""

    snapshot: Snapshot
    """The snapshot, partial if its manifest says so."""
    chunks_fetched: int
    """Chunks that had to be fetched this time."""


def first_wait() -> float:
    """Return the first wait between two tries [s].

    Raises
    ------
    DataError
        If the environment variable holds no number.
    """
    text = os.environ.get(WAIT_VARIABLE, str(WAIT))
    try:
        seconds = float(text)
    except ValueError:
        seconds = nan
    if not 0.0 <= seconds <= _LONGEST_WAIT:
        raise DataError(f"{WAIT_VARIABLE}={text!r}: give 0 to {_LONGEST_WAIT:g} seconds")
    return seconds


def sync(
    plan: Plan,
    source: Source,
    *,
    name: str,
    progress: Callable[[int, int], None] | None = None,
) -> Synced:
    """Return a snapshot of all that a plan asks for.

    Parameters
    ----------
    plan : Plan
        Which chemical systems.
    source : Source
        The database.
    name : str
        What to call the snapshot.
    progress : callable, optional
        Called with the chunks that are there and all chunks, after each.

    Raises
    ------
    DataError
        If the database refuses the key or the question, or the disk is full.
    ServiceError
        If it does not answer, or not in a usable way; what was fetched is kept.
    """
    check_name(name)
    database = _first(source.database_version)
    plan_id = plan.id(endpoint=source.endpoint, database_version=database)
    with fetched(plan_id) as kept:
        same = [one for one in snapshots() if one.manifest.scope.get("plan") == plan_id]
        if complete := [one for one in same if one.manifest.complete]:
            forget(plan_id)
            return Synced(_named(complete, name), 0)
        n_fetched = _fetch(plan, source, kept, progress)
        now = _again(source.database_version)
        because = (
            f"the database went from version {database} to {now} while it was fetched"
            if now != database
            else ""
        )
        rows, notes = document_rows(
            kept.documents(), f"Materials Project {database}", plan.thermo_type
        )
        if not rows:
            raise DataError(
                f"the database has no energies of thermo type {plan.thermo_type} for "
                f"{', '.join(plan.elements)}; choose another --thermo-type or other elements"
            )
        described = _description(plan, source, database, name)
        made = make_snapshot(rows, replace(described, partial_because=because, notes=notes))
        forget(plan_id)
    return Synced(made, n_fetched)


def _fetch(
    plan: Plan, source: Source, kept: Fetched, progress: Callable[[int, int], None] | None
) -> int:
    """Fetch and keep the chunks of a plan that are not there, and return how many that were."""
    there = kept.chunks
    for number, systems in enumerate(plan.chunks):
        if number not in there:
            documents = _documents(source, systems, plan.thermo_type)
            fault.reached("sync-fetched")
            kept.keep(number, documents)
            fault.reached("sync-committed")
        if progress:
            progress(number + 1, len(plan.chunks))
    return len(plan.chunks) - len(there)


def _description(plan: Plan, source: Source, database: str, name: str) -> Description:
    """Return what a snapshot of a plan is, if all went well."""
    return Description(
        name=name,
        source=f"Materials Project, {source.endpoint}",
        functional=plan.thermo_type,
        database_version=database,
        scope={
            "plan": plan.id(endpoint=source.endpoint, database_version=database),
            "elements": list(plan.elements),
            "systems": len(plan.systems),
            "most_elements": plan.most_at_once,
        },
        flags="theoretical flag of the Materials Project, and the curated list of energies",
        client=source.client,
        attribution=f"{ATTRIBUTION}. Database version {database}.",
    )


def _named(found: Sequence[Snapshot], name: str) -> Snapshot:
    """Return a snapshot of that name: one that is there, or a copy of it."""
    for one in found:
        if one.manifest.name == name:
            return one
    manifest = found[0].manifest
    described = Description(
        name=name,
        source=manifest.source,
        functional=manifest.functional,
        database_version=manifest.database_version,
        scope=dict(manifest.scope),
        flags=manifest.flags,
        notes=manifest.notes,
        client=manifest.client,
        attribution=manifest.attribution,
    )
    return make_snapshot(snapshot_rows(found[0]), described)


def _documents(source: Source, systems: Sequence[str], thermo_type: str) -> list[dict[str, Any]]:
    """Return what is known of some systems: thermo documents, each with its summary."""

    def thermo(some: Sequence[str]) -> Answer:
        return source.thermo(some, thermo_type)

    # An empty answer is asked for twice.
    documents = _all_of(thermo, systems) or _all_of(thermo, systems)
    for one in documents:
        _check(one, thermo_type)
    found = _all_of(source.summary, systems) if documents else []
    summaries = {one["material_id"]: one for one in found}
    return [
        {
            "material_id": one["material_id"],
            "formula": one["formula_pretty"],
            "energy": one["formation_energy_per_atom"],
            "licence": (one.get("builder_meta") or {}).get("license") or "",
            "summary": summaries.get(one["material_id"]),
        }
        for one in documents
    ]


def _all_of(ask: Callable[[Sequence[str]], Answer], systems: Sequence[str]) -> list[dict[str, Any]]:
    """Return all documents of some systems, asking for fewer at once if their pages do not fit.

    The service promises no order, so a document may move from one page to another in between.
    """
    failures = 0

    def once() -> list[dict[str, Any]]:
        nonlocal failures
        answer = ask(systems)
        try:
            return _complete(answer, systems)
        except ServiceError:
            failures += (answer.total or 0) > PAGE
            if failures >= _BEFORE_HALVING and len(systems) > 1:
                raise _ManyPagesError from None
            raise

    try:
        return _again(once)
    except _ManyPagesError:
        half = len(systems) // 2
        return [*_all_of(ask, systems[:half]), *_all_of(ask, systems[half:])]


class _ManyPagesError(Exception):
    """An answer of several pages that do not fit together."""


def _complete(answer: Answer, systems: Sequence[str]) -> list[dict[str, Any]]:
    """Return the documents of an answer in which each stands once and none is missing.

    Raises
    ------
    ServiceError
        If they are fewer or more than the service says, or others than were asked for.
    """
    documents, total = answer
    ids = {str(one.get("material_id")) for one in documents}
    if total is None or not len(documents) == len(ids) == total:
        raise ServiceError(
            f"the service counts {total} documents and sent {len(documents)}, {len(ids)} different "
            "ones; what was fetched is kept: sync again later"
        )
    if strange := {str(one.get("chemsys")) for one in documents} - {*systems}:
        raise ServiceError(
            f"the service sent {min(strange)}, which was not asked for; sync again later"
        )
    return documents


def _check(one: Mapping[str, Any], thermo_type: str) -> None:
    """Refuse a document that cannot be right.

    Raises
    ------
    DataError
        If it is of another kind, without a formula, or its energy is absurd.
    """
    kind = str(one.get("thermo_type"))
    if kind.upper() != thermo_type.upper():
        raise DataError(
            f"{one['material_id']}: the service sent {kind}, where {thermo_type} was asked for; "
            "their energies cannot be compared"
        )
    if not isinstance(one.get("formula_pretty"), str):
        raise DataError(f"{one['material_id']}: the service sent no formula_pretty")
    energy = one.get("formation_energy_per_atom")
    sane = energy is None or (
        isinstance(energy, int | float) and isfinite(energy) and abs(energy) <= _LARGEST_ENERGY
    )
    if not sane:
        raise DataError(
            f"{one['material_id']}: formation_energy_per_atom is {energy!r}, which no compound has"
        )


def _first(ask: Callable[[], T]) -> T:
    """Return the answer to the first question, giving up soon where there is no network.

    Raises
    ------
    DataError
        If the service cannot be reached.
    """
    try:
        return _again(ask, patience=_PATIENCE)
    except UnreachableError as error:
        raise DataError(
            f"{error}; nothing was fetched now: check the network, a proxy (HTTPS_PROXY) and "
            "MP_API_ENDPOINT, then sync again"
        ) from error


def _again(ask: Callable[[], T], *, patience: float = inf) -> T:
    """Return the first answer that is complete, waiting longer and longer between tries.

    Each wait is announced. A host that cannot be reached is tried no longer than `patience` [s].

    Raises
    ------
    ServiceError
        If none is.
    """
    wait, began = first_wait(), time.monotonic()
    for tries in range(_TRIES - 1):
        try:
            return ask()
        except ServiceError as error:
            spread = random.uniform(0.5, 1.5)  # noqa: S311  # No secret: it keeps clients apart.
            pause = min(_LONGEST_WAIT, wait * 2.0**tries * spread)
            late = time.monotonic() - began + pause > patience or (
                tries + 1 >= _TRIES_AT_START and patience < inf
            )
            if late and isinstance(error, UnreachableError):
                raise
            sys.stderr.write(f"{error}; trying again in {pause:.1f} s\n")
            time.sleep(pause)
    return ask()
