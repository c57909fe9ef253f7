"""Commands on composites: the energy of a cell, and a generated microstructure."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.options import DEFAULT_STORE, Json, Plot, Store, VoltageReference, amount

if TYPE_CHECKING:
    from descriptors.composite.microstructure import ParticleSizes
    from descriptors.composite.volume import VolumeFractions
    from descriptors.recipe import Recipe


class SizeName(StrEnum):
    """Cathode powders of the thesis."""

    BULK = "bulk"
    MICRON = "micron"
    SUB_MICRON = "sub-micron"


RecipeName = Annotated[
    str | None, typer.Option(help="Recipe, instead of the cathode's own.", metavar="NAME")
]
Fractions = Annotated[
    tuple[float, float, float] | None,
    amount("mass_fraction", "Mass fractions, instead of the recipe's.", "CATHODE SSE CARBON"),
]
CarbonName = Annotated[
    str | None, typer.Option(help="Carbon, instead of the recipe's.", metavar="NAME")
]
Pressure = Annotated[
    float | None, amount("pressure_mpa", "Pressure, instead of the recipe's.", "MPA")
]


def cell(
    sse: Annotated[str, typer.Argument(help="SSE: formula or label.")],
    cathode: Annotated[str, typer.Argument(help="Cathode of the catalogue, as assembled.")],
    *,
    recipe: RecipeName = None,
    fractions: Fractions = None,
    carbon: CarbonName = None,
    pressure: Pressure = None,
    anode: Annotated[
        str,
        typer.Option(
            help="Any of the catalogue, as Li-In; si, graphite, LTO prelithiated if need be.",
            metavar="NAME",
        ),
    ] = "li",
    areal_capacity: Annotated[
        float, amount("areal_capacity_mah_per_cm2", "Of one cathode layer.", "MAH/CM2")
    ] = 5.0,
    capacity: Annotated[
        float | None,
        amount("capacity_mah_per_g", "Discharge, instead of a liquid cell's.", "MAH/G"),
    ] = None,
    voltage: Annotated[
        float | None, amount("mean_voltage_v", "Mean discharge voltage.", "V")
    ] = None,
    voltage_reference: VoltageReference = None,
    porosity: Annotated[
        float | None, amount("porosity_percent", "Instead of the predicted one.", "PERCENT")
    ] = None,
    sse_density: Annotated[
        float | None, amount("density_g_per_cm3", "True density of the SSE.", "G/CM3")
    ] = None,
    cathode_density: Annotated[
        float | None, amount("density_g_per_cm3", "True density of the cathode.", "G/CM3")
    ] = None,
    separator_um: Annotated[
        float | None, amount("thickness_um", "Thickness of the separator.", "UM")
    ] = None,
    packaging: Annotated[
        float | None, amount("packaging_percent", "Packaging, of mass and volume.", "PERCENT")
    ] = None,
    plot: Plot = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print the energy of a cell with every input that goes into it."""
    from jobs.lab.kept_materials import own_in
    from jobs.show.composite_report import print_cell
    from screening.catalogue.anodes import against_lithium
    from screening.catalogue.names import refuse_swapped
    from screening.results.cell_anode import cell_anode
    from screening.results.cell_design import Wishes, cell_design
    from screening.results.cell_record import cell_record

    own = own_in(store)
    refuse_swapped(sse, cathode)
    chosen = own.cathode(cathode)
    design = cell_design(
        own.conductor_formula(sse),
        chosen,
        _recipe(recipe or chosen.recipe, fractions, carbon, pressure),
        cell_anode(anode),
        Wishes(
            areal_capacity=areal_capacity,
            capacity=capacity,
            voltage=against_lithium(voltage, voltage_reference),
            porosity=porosity,
            sse_density=sse_density,
            cathode_density=cathode_density,
            separator=separator_um,
            packaging=packaging,
            own=own,
        ),
    )
    record = cell_record(design)
    if plot:
        from jobs.figures.masses import cell_picture

        cell_picture(record).save(plot)
    if as_json:
        print(json.dumps(record))
    else:
        print_cell(record)


def microstructure(
    *,
    content: Annotated[
        float | None,
        amount("content_percent", "Cathode of the thesis' model electrode, vol%.", "PERCENT"),
    ] = None,
    sse: Annotated[
        str | None, typer.Option(help="Instead: SSE of a recipe, with --cathode.", metavar="NAME")
    ] = None,
    cathode: Annotated[
        str | None, typer.Option(help="Cathode of the recipe.", metavar="NAME")
    ] = None,
    recipe: RecipeName = None,
    fractions: Fractions = None,
    carbon: CarbonName = None,
    pressure: Pressure = None,
    size: Annotated[
        SizeName | None, typer.Option(help="Cathode powder of the thesis; micron by default.")
    ] = None,
    radii: Annotated[
        tuple[float, float] | None,
        amount("radius_um", "Instead: radii of the particles.", "LOW HIGH"),
    ] = None,
    box: Annotated[float | None, amount("length_um", "Edge of the box.", "UM")] = None,
    voxels: Annotated[int, amount("voxels", "Voxels along the edge.", "N")] = 100,
    seed: Annotated[int, amount("seed", "Of the random numbers.", "N")] = 0,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Generate a composite of spheres; print its active surface and its tortuosity."""
    from jobs.show.composite_report import print_electrode
    from screening.results.model_electrode import electrode_record, model_electrode

    made = model_electrode(
        _volumes(content, sse, cathode, recipe, fractions, carbon, pressure),
        _sizes(size, radii, box),
        seed=seed,
        voxels=voxels,
    )
    if plot:
        from jobs.figures.sections import section_picture

        section_picture(made).save(plot)
    record = electrode_record(made)
    if as_json:
        print(json.dumps(record))
    else:
        print_electrode(record)


def _recipe(
    name: str,
    fractions: tuple[float, float, float] | None,
    carbon: str | None,
    pressure: float | None,
) -> Recipe:
    """Return a recipe of the catalogue, with what the user has changed of it."""
    from dataclasses import replace

    from screening.catalogue.materials import recipe

    known = recipe(name)
    if fractions is None and carbon is None and pressure is None:
        return known
    cathode, sse, added = fractions or (
        known.cathode_fraction, known.sse_fraction, known.carbon_fraction,
    )  # fmt: skip
    kept = carbon or (known.carbon if added else None)
    return replace(
        known,
        name=f"{known.name}, changed",
        cathode_fraction=cathode,
        sse_fraction=sse,
        carbon_fraction=added,
        carbon=kept,
        pressure=known.pressure if pressure is None else pressure,
        source=f"{known.source}; changed by the user",
    )


def _volumes(
    content: float | None,
    sse: str | None,
    cathode: str | None,
    recipe: str | None,
    fractions: tuple[float, float, float] | None,
    carbon: str | None,
    pressure: float | None,
) -> VolumeFractions:
    """Return volume fractions of the thesis' model electrode, or of a recipe.

    Raises
    ------
    JobsError
        If it is not clear which of the two is meant.
    """
    from descriptors.composite.microstructure import thesis_fractions
    from jobs.errors import JobsError
    from screening.catalogue.materials import cathode as catalogued
    from screening.catalogue.names import sse_formula
    from screening.results.model_electrode import recipe_fractions

    of_recipe = any(option is not None for option in (recipe, fractions, carbon, pressure))
    if sse is None and cathode is None and not of_recipe:
        return thesis_fractions(0.3 if content is None else content / 100)
    if sse is None or cathode is None or content is not None:
        raise JobsError(
            "microstructure: give --content alone, or --sse and --cathode with or without --recipe"
        )
    chosen = catalogued(cathode)
    changed = _recipe(recipe or chosen.recipe, fractions, carbon, pressure)
    return recipe_fractions(sse_formula(sse), chosen, changed)


def _sizes(
    size: SizeName | None, radii: tuple[float, float] | None, box: float | None
) -> ParticleSizes:
    """Return particle sizes: the thesis', or those given, in a box of ten of the largest.

    Raises
    ------
    JobsError
        If both are given.
    """
    from descriptors.composite.microstructure import THESIS_SIZES, ParticleSizes
    from jobs.errors import JobsError

    if size and radii:
        raise JobsError("microstructure: --size and --radii both say how large; give one")
    known = THESIS_SIZES[(size or SizeName.MICRON).value]
    if radii is None:
        return known if box is None else known._replace(box=box)
    low, high = radii
    return ParticleSizes(low, high, 10 * high if box is None else box)
