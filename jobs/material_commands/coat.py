"""The command that finds a coating between a catholyte and a cathode."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from jobs.options import (
    DEFAULT_STORE,
    EnergiesOption,
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
from stability.quantities import ROOM_TEMPERATURE


def coat(
    sse: Annotated[str, typer.Argument(help="Catholyte: formula or label.")],
    cathode: Annotated[str, typer.Argument(help="Cathode of the catalogue.")],
    *,
    coating: Annotated[
        list[str] | None,
        typer.Option(help="Only this one; may be repeated.", metavar="FORMULA"),
    ] = None,
    search: Annotated[
        bool, typer.Option("--search", help="All lithium compounds of the phase table.")
    ] = False,
    thickness: Annotated[float, amount("film_nm", "Of the film.", "NM")] = 10.0,
    coverage: Annotated[
        float, amount("share", "Share of the surface that it covers, 0 to 1.", "SHARE")
    ] = 1.0,
    voltage_range: Annotated[
        tuple[float, float] | None,
        amount("cutoff_v", "Instead of the cathode's own window.", "LOW HIGH"),
    ] = None,
    voltage_reference: VoltageReference = None,
    top: Annotated[int, amount("rows", "How many to print.", "N")] = 10,
    table: Table = "reference",
    energies: EnergiesOption = None,
    policy: PolicyOption = PolicyName.KNOWN,
    temperature: Temperature = ROOM_TEMPERATURE,
    plot: Plot = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Rank coatings for a pair: what survives, reacts with neither, and lets lithium through."""
    from jobs.lab.kept_materials import own_in
    from jobs.material_commands.window import competing
    from jobs.show.coating_table import print_coatings
    from jobs.work.coating_records import coated
    from screening.catalogue.anodes import range_against_lithium
    from screening.coating.coating_order import CoatingRules

    own = own_in(store)
    phases = competing(table, energies, policy, None, temperature, draws=1)
    record = coated(
        own.conductor_formula(sse),
        own.cathode(cathode),
        phases,
        CoatingRules(thickness=thickness, coverage=coverage, own=own),
        names=coating or (),
        search=search,
        voltage_range=range_against_lithium(voltage_range, voltage_reference),
    )
    if plot:
        from jobs.figures.intervals import coating_picture

        coating_picture(record).save(plot)
    if as_json:
        print(json.dumps(record))
    else:
        print_coatings(record, most=top)
