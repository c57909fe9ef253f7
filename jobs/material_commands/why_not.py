"""The command that says why a compound is not among the best."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from jobs.options import (
    DEFAULT_STORE,
    EnergiesOption,
    Json,
    PolicyName,
    Store,
    Table,
)
from stability.quantities import ROOM_TEMPERATURE


def why_not(
    sse: Annotated[str, typer.Argument(help="SSE: formula or label; of a table or not.")],
    *,
    cathode: Annotated[str, typer.Option(help="With this cathode.", metavar="NAME")] = "LiFePO4",
    table: Table = "reference",
    energies: EnergiesOption = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print why an SSE is not among the best: the gate, the factor, and what would change it."""
    from jobs.lab.calibrations import current_calibration
    from jobs.lab.kept_materials import own_in
    from jobs.material_commands.window import competing
    from jobs.show.obstacle_list import obstacle_record, print_obstacles
    from screening.catalogue.materials import recipe
    from screening.results.obstacles import obstacles

    own = own_in(store)
    chosen = own.cathode(cathode)
    phases = competing(table, energies, PolicyName.KNOWN, None, ROOM_TEMPERATURE, draws=0)
    found = obstacles(
        own.sse_formula(sse),
        chosen,
        recipe(chosen.recipe),
        phases,
        own=own,
        calibration=current_calibration(store),
    )
    if as_json:
        print(json.dumps(obstacle_record(found), ensure_ascii=False))
    else:
        print_obstacles(found)
