"""Commands on phase tables: sync, import, and what is kept of them."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.options import Json, amount
from jobs.process.ending import BAD_INPUT, FAILURE, SOME_FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.phase_tables.merging import Disagreement
    from jobs.phase_tables.plan import Plan
    from jobs.phase_tables.snapshot import Damaged
    from screening.results.records import Record
    from stability.tables.snapshots import Snapshot

data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Phase tables from the Materials Project, from files, and what is kept of them.",
)

_KEY, _ENDPOINT = "MP_API_KEY", "MP_API_ENDPOINT"
_MOST_SHOWN = 20
_SECONDS_OF_CHUNK = 3.0  # Two questions, their pauses, and what the service takes.

Name = Annotated[str, typer.Option(help="What to call the snapshot.", metavar="NAME")]


class CorrectionsName(StrEnum):
    """What is done to total energies."""

    MP2020 = "mp2020"
    GIVEN = "given"


@data.command()
def sync(
    *,
    name: Name,
    elements: Annotated[
        str | None, typer.Option(help="All systems of these elements.", metavar="Li,P,S,...")
    ] = None,
    max_elements: Annotated[int, amount("elements", "With --elements: how many at once.", "N")] = 4,
    chemsys: Annotated[
        list[str] | None,
        typer.Option(help="A system with all it contains; may be repeated.", metavar="Li-P-S"),
    ] = None,
    for_batch: Annotated[
        Path | None, typer.Option("--for", help="All that a batch file needs.", metavar="FILE")
    ] = None,
    thermo_type: Annotated[
        str, typer.Option(help="GGA_GGA+U, R2SCAN, or GGA_GGA+U_R2SCAN.", metavar="TYPE")
    ] = "GGA_GGA+U",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and stop.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch a snapshot from the Materials Project; goes on where it was interrupted.

    The key is read from MP_API_KEY or asked for; it is never written anywhere.
    """
    from jobs.phase_tables.errors import DataError, ServiceError, UnreachableError
    from jobs.phase_tables.plan import batch_plan, palette_plan, system_plan

    if [elements is None, chemsys is None, for_batch is None].count(False) != 1:
        raise DataError("give one of --elements, --chemsys and --for")
    if elements is not None:
        palette = [one.strip() for one in elements.split(",")]
        plan = palette_plan(palette, max_elements, thermo_type=thermo_type)
    elif for_batch is not None:
        from screening.batch.batch_file import read_batch

        plan = batch_plan(read_batch(for_batch), thermo_type=thermo_type)
    else:
        plan = system_plan(chemsys or (), thermo_type=thermo_type)
    if dry_run:
        _print_plan(plan, as_json=as_json)
        return
    try:
        found, fetched = _synced(plan, name)
    except ServiceError as error:
        lost = isinstance(error, UnreachableError)
        kept = "; what was fetched is kept: sync again when the network is back" * lost
        print(f"error: {error}{kept}", file=sys.stderr)
        raise typer.Exit(FAILURE) from error
    _print_snapshot(found, as_json=as_json)
    if not fetched:
        print("nothing had to be fetched", file=sys.stderr)
    if not found.manifest.complete:
        print(
            f"the snapshot is partial: {found.manifest.partial_because}; sync again",
            file=sys.stderr,
        )
        raise typer.Exit(SOME_FAILED)


def _print_plan(plan: Plan, *, as_json: bool) -> None:
    chunks = len(plan.chunks)
    record = {
        "elements": list(plan.elements),
        "systems": len(plan.systems),
        "most_elements": plan.most_at_once,
        "requests": 2 * chunks,
        "minutes": round(chunks * _SECONDS_OF_CHUNK / 60, 1),
    }
    if as_json:
        print(json.dumps(record))
        return
    print(
        f"{record['systems']} chemical systems of {len(plan.elements)} elements "
        f"({', '.join(plan.elements)}), up to {plan.most_at_once} at once: at least "
        f"{record['requests']} requests, some {record['minutes']} minutes"
    )


def _synced(plan: Plan, name: str) -> tuple[Snapshot, int]:
    """Fetch, showing how far it is."""
    from jobs.phase_tables.materials_project import ENDPOINT, MaterialsProject
    from jobs.phase_tables.snapshot import check_name
    from jobs.phase_tables.sync import first_wait, sync
    from jobs.show.formats import Progress

    check_name(name)
    source = MaterialsProject(
        _key(), endpoint=os.environ.get(_ENDPOINT) or ENDPOINT, wait=first_wait()
    )
    with Progress("chunks") as progress:
        return sync(plan, source, name=name, progress=progress.report)


def _key() -> str:
    """Return the key: from the environment, or from who sits at the terminal."""
    key = os.environ.get(_KEY, "").strip()
    if not key and sys.stdin.isatty():
        key = typer.prompt("Key of the Materials Project", hide_input=True, err=True).strip()
    return key


@data.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet, entries (.json), CIF, POSCAR.")],
    *,
    name: Name,
    onto: Annotated[
        str | None,
        typer.Option(help="Put them on top of a snapshot, or of reference.", metavar="NAME"),
    ] = None,
    differs_by: Annotated[
        float,
        amount("difference_ev_per_atom", "With --onto: list energies that differ by more.", "EV"),
    ] = 0.05,
    corrections: Annotated[
        CorrectionsName, typer.Option(help="Of entries with total energies.")
    ] = CorrectionsName.MP2020,
    functional: Annotated[
        str, typer.Option(help="Method, if the file does not say, as GGA_GGA+U.", metavar="NAME")
    ] = "",
    licence: Annotated[
        str, typer.Option(help="Terms of rows that name none.", metavar="NAME")
    ] = "",
    source: Annotated[
        str, typer.Option(help="Where the energies come from, in words.", metavar="TEXT")
    ] = "",
    with_files: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", help="Structure of a product of it; may be repeated.", metavar="FILE"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Keep phases, or the compound of a structure, as a snapshot, alone or on top of a table."""
    from jobs.phase_tables.merging import kept
    from jobs.phase_tables.snapshot import check_name
    from jobs.structures.structure_import import read_structure_or_phases

    check_name(name)
    own, onto = read_structure_or_phases(
        file, onto, with_files or (), corrections=corrections.value, functional=functional,
        licence=licence,
    )  # fmt: skip
    found = kept(own, onto, name=name, file=file.name, source=source, amount=differs_by)
    _print_snapshot(found.snapshot, as_json=as_json)
    if found.disagreements:
        n = len(found.disagreements)
        print(f"{n} compounds differ by more than {differs_by:g} eV/atom:", file=sys.stderr)
        _print_disagreements(found.disagreements, found.below)


def _print_disagreements(found: Sequence[Disagreement], base: str) -> None:
    for one in found[:_MOST_SHOWN]:
        print(
            f"  {one.formula}: {one.own:.4f}, {base} {one.base:.4f} "
            f"({one.difference:+.4f}) eV/atom",
            file=sys.stderr,
        )
    if len(found) > _MOST_SHOWN:
        print(f"  and {len(found) - _MOST_SHOWN} more", file=sys.stderr)


@data.command("list")
def list_snapshots(*, as_json: Json = False) -> None:
    """List the snapshots in the data folder."""
    from jobs.phase_tables.snapshot import checked
    from jobs.show.formats import print_rows
    from stability.tables.snapshots import data_folder, snapshot_folders

    sound, damaged = checked(snapshot_folders())
    sound.sort(key=lambda one: (one.manifest.made, one.manifest.id), reverse=True)
    found = [_summary(one) for one in sound]
    if found or as_json:
        print_rows(found, style="json" if as_json else "table")
    elif not damaged:
        print(f"no snapshots in {data_folder()}; the table reference is built in", file=sys.stderr)
    _end_if(damaged)


@data.command()
def show(
    name: Annotated[str, typer.Argument(help="Name or id of a snapshot.")],
    *,
    as_json: Json = False,
) -> None:
    """Print all that is known of a snapshot: source, version, licences, how to cite it."""
    from jobs.phase_tables.snapshot import snapshot

    _print_snapshot(snapshot(name), as_json=as_json, whole=True)


@data.command()
def diff(
    earlier: Annotated[str, typer.Argument(help="A table: snapshot, file or reference.")],
    later: Annotated[str, typer.Argument(help="Another one.")],
    *,
    differs_by: Annotated[
        float, amount("difference_ev_per_atom", "Energies that differ by more count.", "EV")
    ] = 0.0005,
    as_json: Json = False,
) -> None:
    """Print which compounds are new, gone, shifted in energy or flagged otherwise."""
    from jobs.phase_tables.difference import difference
    from stability.tables.phase_table import load_phase_table

    tables = load_phase_table(earlier), load_phase_table(later)
    changes = difference(*tables, amount=differs_by)
    if as_json:
        names = ("formula", "what", "before_ev_per_atom", "after_ev_per_atom", "known_before",
                 "known_after")  # fmt: skip
        print(json.dumps([dict(zip(names, one, strict=True)) for one in changes]))
        return
    for one in changes:
        energies = " -> ".join("-" if e is None else f"{e:.4f}" for e in (one.before, one.after))
        flags = " -> ".join(
            "" if k is None else "known" if k else "computed-only"
            for k in (one.known_before, one.known_after)
        )
        print(f"{one.what} {one.formula}: {energies} eV/atom, {flags.strip(' ->')}")
    print(f"{len(changes)} changes from {tables[0].id} to {tables[1].id}", file=sys.stderr)


@data.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Snapshots; all of them without a name.")
    ] = None,
) -> None:
    """Check that snapshots are what was written."""
    from jobs.phase_tables.snapshot import checked, snapshot
    from stability.tables.snapshots import snapshot_folders

    sound, damaged = checked(
        [snapshot(name).folder for name in names] if names else snapshot_folders()
    )
    for one in sound:
        print(f"{one.manifest.name} ({one.manifest.id}): {one.manifest.rows} rows, as written")
    _end_if(damaged)


@data.command()
def gc(
    *,
    store: Annotated[
        list[Path] | None,
        typer.Option(help="Keep what the batches of this store name; may be repeated."),
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Drop what unfinished syncs have fetched.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and stop.")
    ] = False,
) -> None:
    """Remove partial and replaced snapshots that no batch names, and drafts."""
    from jobs.options import DEFAULT_STORE
    from jobs.phase_tables.removal import removable, remove

    stores = store or ([DEFAULT_STORE] if DEFAULT_STORE.is_dir() else [])
    found = removable(stores, unfinished=unfinished)
    for one in found:
        print(f"{'would remove' if dry_run else 'removed'}: {one.what}")
    if not dry_run:
        remove(found)
    if not found:
        print("nothing to remove", file=sys.stderr)


def _end_if(damaged: Sequence[Damaged]) -> None:
    """Name damaged snapshots, and end with the code of bad input if there are any."""
    for one in damaged:
        print(f"damaged: {one.folder.name}: {one.reason}", file=sys.stderr)
    if damaged:
        raise typer.Exit(BAD_INPUT)


def _summary(one: Snapshot) -> Record:
    manifest = one.manifest
    return {
        "name": manifest.name,
        "id": manifest.id,
        "rows": manifest.rows,
        "compositions": manifest.compositions,
        "complete": manifest.complete,
        "database_version": manifest.database_version,
        "functional": manifest.functional,
        "made": manifest.made,
        "source": manifest.source,
    }


def _print_snapshot(found: Snapshot, *, as_json: bool, whole: bool = False) -> None:
    from dataclasses import asdict

    if as_json:
        print(json.dumps(asdict(found.manifest) | {"folder": str(found.folder)}))
        return
    manifest = found.manifest
    state = "" if manifest.complete else ", partial"
    print(
        f"snapshot {manifest.name} ({manifest.id}{state}): {manifest.rows} rows, "
        f"{manifest.compositions} compositions"
    )
    for note in manifest.notes:
        print(f"  {note}")
    left_out = manifest.licences.get("BY-NC", 0)
    if left_out:
        print(f"  {left_out} rows under BY-NC: left out unless named {manifest.name}+by-nc")
    if not whole:
        return
    licences = ", ".join(f"{n} {name or 'unnamed'}" for name, n in manifest.licences.items())
    for title, text in (
        ("source", manifest.source),
        ("database version", manifest.database_version),
        ("functional", manifest.functional),
        ("asked for", json.dumps(manifest.scope) if manifest.scope else ""),
        ("known from", manifest.flags),
        ("licences", licences),
        ("made", f"{manifest.made} by {manifest.client}"),
        ("partial because", manifest.partial_because),
        ("cite", manifest.attribution),
        ("folder", str(found.folder)),
    ):
        if text:
            print(f"  {title}: {text}")
