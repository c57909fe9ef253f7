"""Commands on materials: windows, pairs and everything about one SSE."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from jobs.options import (
    DEFAULT_STORE,
    Draws,
    EnergiesName,
    EnergiesOption,
    Exclude,
    Json,
    Plot,
    PolicyName,
    PolicyOption,
    Store,
    Table,
    Temperature,
    VoltageReference,
    amount,
)
from jobs.process.ending import SOME_FAILED
from stability.quantities import ROOM_TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobs.figures.picture import Picture
    from screening.results.records import Record
    from stability.phases import CompetingPhases

Name = TypeVar("Name")


def window(
    formulas: Annotated[list[str], typer.Argument(help="Formulas, or labels such as LPSCl.")],
    *,
    draws: Draws = 0,
    covers: Annotated[
        tuple[float, float] | None,
        amount("voltage_v", "With --draws: how likely the window covers it.", "LOW HIGH"),
    ] = None,
    compare_policies: Annotated[
        bool, typer.Option("--compare-policies", help="Show what computed-only phases change.")
    ] = False,
    table: Table = "reference",
    energies: EnergiesOption = None,
    policy: PolicyOption = PolicyName.KNOWN,
    exclude: Exclude = None,
    temperature: Temperature = ROOM_TEMPERATURE,
    plot: Plot = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print stability windows with their redox staircases."""
    from jobs.lab.kept_materials import own_in
    from jobs.show.window_tables import print_comparison, print_window
    from jobs.work.material_records import check_covers, compared_windows, windows
    from screening.errors import BatchError

    own = own_in(store)
    phases = competing(table, energies, policy, exclude, temperature, draws)
    if compare_policies:
        if draws or covers or plot:
            raise BatchError("--compare-policies goes without --draws, --covers and --plot")
        everything = competing(table, energies, PolicyName.ALL, exclude, temperature, 0)
        compared = _print_each(
            [(name, {"formula": name}) for name in formulas],
            lambda name: next(compared_windows([name], phases, everything, own)),
            print_comparison,
            as_json=as_json,
        )
        _end(formulas, compared)
        return
    check_covers(covers, draws)
    found = _print_each(
        [(name, {"formula": name}) for name in formulas],
        lambda name: windows([name], phases, draws=draws, covers=covers, own=own)[0],
        print_window,
        as_json=as_json,
    )
    if plot:
        from jobs.figures.windows import window_picture

        window_picture(found).save(plot)
    _end(formulas, found)


def pair(
    sse: Annotated[str | None, typer.Argument(help="SSE: formula or label.")] = None,
    cathode: Annotated[str | None, typer.Argument(help="Cathode: formula.")] = None,
    *,
    voltage: Annotated[
        list[float] | None, amount("voltage_v", "Voltage against Li/Li+; may be repeated.", "V")
    ] = None,
    voltage_range: Annotated[
        tuple[float, float] | None,
        amount("voltage_v", "Worst case over a range of voltage, exactly.", "LOW HIGH"),
    ] = None,
    voltage_reference: VoltageReference = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="CSV with columns sse,cathode.", metavar="FILE")
    ] = None,
    draws: Draws = 0,
    sse_energy: Annotated[
        float | None, amount("energy_ev_per_atom", "The SSE's own energy, eV/atom.", "EV")
    ] = None,
    sse_above_hull: Annotated[
        float | None,
        amount("above_hull_ev_per_atom", "The SSE's distance to the hull, eV/atom.", "EV"),
    ] = None,
    sse_mixing: Annotated[
        list[str] | None,
        typer.Option(help="Ideal disorder: occupants of one kind of site, as 1,1.", metavar="N,N"),
    ] = None,
    table: Table = "reference",
    energies: EnergiesOption = None,
    policy: PolicyOption = PolicyName.KNOWN,
    exclude: Exclude = None,
    temperature: Temperature = ROOM_TEMPERATURE,
    plot: Plot = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print the reactions of an SSE with a cathode: chemical, and open to Li at voltages."""
    from jobs.lab.kept_materials import own_in
    from jobs.show.window_tables import print_reactions
    from jobs.work.material_records import metastability, reactions
    from screening.catalogue.anodes import against_lithium, range_against_lithium
    from screening.catalogue.names import read_pairs
    from screening.errors import BatchError

    if [sse is None, cathode is None] != [from_file is not None] * 2:
        raise BatchError("pair: give an SSE and a cathode, or --from FILE")
    if plot and from_file:
        raise BatchError("--plot draws one pair; give an SSE and a cathode, not --from")
    names = read_pairs(from_file) if from_file else [(str(sse), str(cathode))]
    own = own_in(store)
    phases = competing(table, energies, policy, exclude, temperature, draws)
    known = metastability(sse_energy, sse_above_hull, sse_mixing, temperature)
    volts = [against_lithium(one, voltage_reference) for one in voltage or ()]
    ends = range_against_lithium(voltage_range, voltage_reference)
    found = _print_each(
        [((one, other), {"sse": one, "cathode": other}) for one, other in names],
        lambda one: reactions([one], phases, volts, ends, known=known, draws=draws, own=own)[0],
        print_reactions,
        as_json=as_json,
    )
    for record in found:
        if plot:
            _pair_picture(record).save(plot)
    _end(names, found)


def describe(
    material: Annotated[str, typer.Argument(help="SSE: formula or label.")],
    *,
    cathode: Annotated[
        str | None, typer.Option(help="Put it into a composite with this cathode.", metavar="NAME")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe, instead of the cathode's own.", metavar="NAME")
    ] = None,
    pressure: Annotated[float, amount("pressure_mpa", "Uniaxial pressure.", "MPA")] = 375.0,
    plot: Plot = None,
    table: Table = "reference",
    energies: EnergiesOption = None,
    policy: PolicyOption = PolicyName.KNOWN,
    temperature: Temperature = ROOM_TEMPERATURE,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print everything about one SSE: measured, fitted, predicted or computed."""
    from jobs.lab.kept_materials import own_in
    from jobs.show.material_report import print_description
    from jobs.work.material_records import described

    own = own_in(store)
    phases = competing(table, energies, policy, None, temperature, draws=1)
    record = described(material, phases, pressure=pressure, cathode=cathode, recipe=recipe, own=own)
    if plot:
        from jobs.figures.curves import density_picture

        density_picture(record).save(plot)
    _print(record, print_description, as_json=as_json)


def _pair_picture(record: Record) -> Picture:
    """Return the tiles of a pair over a range of voltage; without one, its energies."""
    from jobs.figures.reactions import reaction_picture
    from jobs.figures.tiles import tile_picture

    return tile_picture(record) if "worst_over_range" in record else reaction_picture(record)


def competing(
    table: str,
    energies: EnergiesName | None,
    policy: PolicyName,
    exclude: list[str] | None,
    temperature: float,
    draws: int,
) -> CompetingPhases:
    """Return the competing phases that the options ask for."""
    from jobs.work.competitors import competitors

    return competitors(
        table,
        energies=energies and energies.value,
        policy=policy.value,
        exclude=exclude or (),
        temperature=temperature,
        redrawn=draws > 0,
    )


def _print_each(
    names: Sequence[tuple[Name, Record]],
    record_of: Callable[[Name], Record],
    people: Callable[[Record], None],
    *,
    as_json: bool,
) -> list[Record]:
    """Print the record of each name, or why it has none; return the records."""
    from jobs.errors import REFUSALS
    from jobs.show.window_tables import print_failure

    found: list[Record] = []
    for name, row in names:
        try:
            found.append(record_of(name))
            _print(found[-1], people, as_json=as_json)
        except REFUSALS as error:
            if len(names) == 1:
                raise
            _print(row | {"status": "failed", "reason": str(error)}, print_failure, as_json=as_json)
    return found


def _end(names: Sequence[object], found: Sequence[Record]) -> None:
    """End with 3 if some names have no record."""
    if failed := len(names) - len(found):
        print(f"{failed} of {len(names)} have no answer; their rows say why", file=sys.stderr)
        raise typer.Exit(SOME_FAILED)


def _print(record: Record, people: Callable[[Record], None], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(record))
    else:
        people(record)
