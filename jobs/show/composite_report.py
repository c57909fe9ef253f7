"""How cells and generated composites look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.results.records import Record

_SOURCE = 80  # Characters of a source that a table shows; --json has all of it.


def print_cell(record: Record) -> None:
    """Print the energies of a cell, its layers, and every input with its origin."""
    out = console()
    for line in (*_cell_lines(record), *_supply_lines(record)):
        out.print(line, highlight=False)
    out.print(_input_table(record["inputs"]))


def _cell_lines(record: Record) -> Iterator[str]:
    """Yield what the cell is, its energies, and what its layers weigh and measure."""
    carbon = f":{100 * record['carbon_fraction']:.3g} {record['carbon']}"
    yield (
        f"{record['sse']} with {record['cathode']}, "
        f"{100 * record['cathode_fraction']:.3g}:{100 * record['sse_fraction']:.3g}"
        f"{carbon if record['carbon'] else ''} ({record['recipe']}), anode: {record['anode']}, "
        f"{record['areal_capacity_mah_per_cm2']:g} mAh/cm2"
    )
    yield (
        f"cell {record['cell_energy_wh_per_kg']:.0f} Wh/kg, "
        f"{record['cell_energy_wh_per_l']:.0f} Wh/L; "
        f"composite {record['composite_energy_wh_per_kg']:.0f} Wh/kg, "
        f"{record['composite_energy_wh_per_l']:.0f} Wh/L"
    )
    yield (
        "for the capacity of a liquid cell, unless one is given; what the first cycle loses to the "
        "SSE is in `catholyte screen`"
    )
    masses = ", ".join(f"{name} {mass:.2f}" for name, mass in record["masses_mg_per_cm2"].items())
    yield f"masses, mg/cm2: {masses}"
    yield (
        f"composite {record['composite_thickness_um']:.0f} um at "
        f"{record['composite_density_g_per_cm3']:.2f} g/cm3; cell "
        f"{record['cell_thickness_charged_um']:.0f} um charged, "
        f"{record['cell_thickness_discharged_um']:.0f} um discharged; effective conductivity "
        f"{record['effective_conductivity_s_per_cm']:.2g} S/cm "
        f"({record['effective_conductivity_low_s_per_cm']:.2g} to "
        f"{record['effective_conductivity_high_s_per_cm']:.2g})"
    )


def _supply_lines(record: Record) -> Iterator[str]:
    """Yield what the elements of the composite cost, and which of them are scarce."""
    if record["composite_cost_usd_per_kg"] is not None:
        yield (
            f"elements of the composite: {record['composite_cost_usd_per_kg']:.3g} USD/kg, "
            f"{record['composite_cost_usd_per_kwh']:.3g} USD/kWh, within a factor of 3"
        )
    if record["supply_flags"]:
        yield f"mind {', '.join(record['supply_flags'])}"


def _input_table(inputs: Sequence[Record]) -> Table:
    """Return a table of every input; a group is named in its first row."""
    table = Table(
        "", "input", "value", "unit", "origin", "source", box=None, header_style="bold",
        pad_edge=False,
    )  # fmt: skip
    group = ""
    for one in inputs:
        source = one["source"]
        table.add_row(
            "" if one["group"] == group else one["group"],
            one["name"],
            _span(one),
            one["unit"],
            one["origin"],
            source if len(source) <= _SOURCE else source[:_SOURCE] + " ...",
        )
        group = one["group"]
    return table


def print_electrode(record: Record) -> None:
    """Print what a generated composite is made of, its surface and its tortuosity."""
    out = console()
    out.print(
        f"{record['voxels']}^3 voxels of {record['voxel_um']:.3g} um, radii "
        f"{record['radius_low_um']:g} to {record['radius_high_um']:g} um, seed {record['seed']}: "
        + ", ".join(
            f"{record[f'{name}_volume_percent']:.1f} % {what}"
            for name, what in (
                ("cathode", "cathode"), ("sse", "SSE"), ("carbon", "carbon"), ("pore", "pores"),
            )
        ),
        highlight=False,
    )  # fmt: skip
    out.print(
        f"active surface {record['active_area_m2_per_cm3']:.3g} m2/cm3; "
        f"{100 * record['active_surface_fraction']:.1f} % of the cathode's voxels touch SSE",
        highlight=False,
    )
    for path in record["axes"]:
        text = (
            path["reason"]
            if path["tortuosity"] is None
            else f"{path['tortuosity']:.3g}, "
            f"{100 * path['percolating_fraction']:.1f} % of the SSE in reach"
        )
        out.print(f"tortuosity along {path['axis']}: {text}", highlight=False)
    if record["tortuosity"] is not None:
        out.print(
            f"mean tortuosity {record['tortuosity']:.3g} (Bruggeman "
            f"{record['tortuosity_bruggeman']:.3g}); conductivity "
            f"{record['conductivity_ratio']:.3g} of the SSE's",
            highlight=False,
        )


def _span(one: Record) -> str:
    if one["low"] == one["high"]:
        return f"{one['value']:.4g}"
    return f"{one['value']:.4g} ({one['low']:.3g} to {one['high']:.3g})"
