"""Questions about composites and cells: energy, microstructure, coatings, the first cycle."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from catholyte.arguments import answered
from catholyte.results import Cell, Coatings, Microstructure, Prediction
from catholyte.stores import DEFAULT, rows_or_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

_SIZES = Literal["bulk", "micron", "sub-micron"]
_ANODES = Literal["lithium", "silicon", "anode_free", "Li-In", "Li0.5In", "graphite", "Li4Ti5O12"]


@answered()
def predict(
    cells: str | PathLike[str] | Iterable[Mapping[str, object]],
    *,
    rate: float | None = None,
    areal_capacity: float | None = None,
    calibration: str | None = None,
    table: str = "reference",
    energies: str | None = None,
    policy: str = "known",
    temperature: float = 298.15,
    store: str | PathLike[str] = DEFAULT,
) -> Prediction:
    """Return what cells should show in their first cycle, before they are made.

    Parameters
    ----------
    cells : iterable of mapping, or path
        Each by the fields of an experiment without results (docs/experiments.md): ``sse`` and
        ``cathode`` at least, and what is stated of composite, cutoffs, coating, separator, anode,
        rate and loading. Or a CSV file of them.
    rate, areal_capacity : float, optional
        Of cells that state none. [1/h], [mAh/cm2]
    calibration : str, optional
        Id of a calibration; the store's own without.
    table : str, optional
        Phase table: ``reference``, a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies.
    policy : str, optional
        Competing phases: ``known`` by experiment, or ``all``.
    temperature : float, optional
        0 for energies as they are, 273.15 to 400 for free energies. [K]
    store : str or path, optional
        Store whose materials may be named, and whose calibration predicts.

    Raises
    ------
    StabilityError, ScreeningError, JobsError
        If nothing can be predicted at all; a single cell without an answer has a row that says
        why.

    Examples
    --------
    What comes back can hardly be more than what went in.

    >>> (row,) = predict([{"sse": "LZC", "cathode": "LiFePO4"}]).rows
    >>> 0 < row["first_discharge_mah_per_g"] < row["first_charge_mah_per_g"]
    True
    """
    from jobs.lab.calibrations import chosen_calibration
    from jobs.lab.kept_materials import own_in
    from jobs.work.cell_predictions import planned_cells, predicted_cells
    from jobs.work.competitors import competitors
    from jobs.work.cycle_curve import cell_curves
    from screening.pairs.drawn import N_DRAWS

    own = own_in(Path(store))
    planned = planned_cells(rows_or_file(cells), own, rate=rate, areal_capacity=areal_capacity)
    phases = competitors(
        table, energies=energies, policy=policy, temperature=temperature, redrawn=True
    )
    used = chosen_calibration(Path(store), calibration)
    found = predicted_cells(planned, phases, draws=N_DRAWS, calibration=used, own=own)
    curves = partial(cell_curves, planned, phases, calibration=used, own=own)
    return Prediction({"cells": found}, curves)


@answered(voltage_range="cutoff_v")
def coat(
    sse: str,
    cathode: str,
    *,
    coatings: Sequence[str] = (),
    search: bool = False,
    thickness: float = 10.0,
    coverage: float = 1.0,
    voltage_range: tuple[float, float] | None = None,
    voltage_reference: str | None = None,
    table: str = "reference",
    energies: str | None = None,
    policy: str = "known",
    temperature: float = 298.15,
    store: str | PathLike[str] = DEFAULT,
) -> Coatings:
    """Return coatings between an SSE and a cathode, the best first.

    Parameters
    ----------
    sse, cathode : str
        Names of the catalogue or of one's own; the SSE may be a formula.
    coatings : sequence of str, optional
        Only these, by formula or label.
    search : bool, optional
        Whether to look through all lithium compounds of the phase table too.
    thickness : float, optional
        Of the film. [nm]
    coverage : float, optional
        Share of the surface that it covers. [1]
    voltage_range : (float, float), optional
        Instead of the cathode's own window. [V vs. the reference]
    voltage_reference : str, optional
        Anode that voltages are given against, as ``Li-In``; lithium without.
    table : str, optional
        Phase table: ``reference``, a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies.
    policy : str, optional
        Competing phases: ``known`` by experiment, or ``all``.
    temperature : float, optional
        0 for energies as they are, 273.15 to 400 for free energies. [K]
    store : str or path, optional
        Store whose materials may be named.

    Raises
    ------
    StabilityError, ScreeningError
        If a name or a formula cannot be read, or nothing is left to rank.

    Examples
    --------
    Li2S would be oxidised long before the cathode is charged.

    >>> coat("LPSCl", "NMC811", coatings=["LiNbO3", "Li2S"]).rows[-1]["coating"]
    'Li2S'
    """
    from jobs.lab.kept_materials import own_in
    from jobs.work.coating_records import coated
    from jobs.work.competitors import competitors
    from screening.catalogue.anodes import range_against_lithium
    from screening.coating.coating_order import CoatingRules

    own = own_in(Path(store))
    phases = competitors(
        table, energies=energies, policy=policy, temperature=temperature, redrawn=True
    )
    record = coated(
        own.conductor_formula(sse),
        own.cathode(cathode),
        phases,
        CoatingRules(thickness=thickness, coverage=coverage, own=own),
        names=coatings,
        search=search,
        voltage_range=range_against_lithium(voltage_range, voltage_reference),
    )
    return Coatings(record)


@answered()
def cell(
    sse: str,
    cathode: str,
    *,
    anode: _ANODES = "lithium",
    areal_capacity: float = 5.0,
    capacity: float | None = None,
    recipe: str | None = None,
    voltage: float | None = None,
    voltage_reference: str | None = None,
    porosity: float | None = None,
    separator: float | None = None,
    packaging: float | None = None,
    store: str | PathLike[str] = DEFAULT,
) -> Cell:
    """Return the energy of a cell, with every input that goes into it.

    Parameters
    ----------
    sse : str
        Formula, or a label of the catalogue or of one's own.
    cathode : str
        Cathode of the catalogue or of one's own, as assembled.
    anode : str, optional
        ``lithium``, ``Li-In``, ``Li0.5In``, ``anode_free``, or ``silicon``, ``graphite``,
        ``Li4Ti5O12``, prelithiated where the cathode is charged.
    areal_capacity : float, optional
        Of one cathode layer. [mAh/cm2]
    capacity : float, optional
        Discharge, instead of that of a liquid cell. [mAh/g]
    recipe : str, optional
        Recipe, instead of the cathode's own.
    voltage : float, optional
        Mean discharge voltage. [V vs. the reference]
    voltage_reference : str, optional
        Anode that voltages are given against, as ``Li-In``; lithium without.
    porosity : float, optional
        Of the composite, instead of the predicted one. [%]
    separator : float, optional
        Thickness of the separator. [um]
    packaging : float, optional
        Share of mass and volume. [%]
    store : str or path, optional
        Store whose materials may be named.

    Raises
    ------
    DescriptorError, ScreeningError
        If a name is unknown, or the cell cannot be.

    Examples
    --------
    10 mAh/cm2 at 1000 mAh/g take 10 mg of cathode.

    >>> round(cell("LPSCl", "S", areal_capacity=10, capacity=1000).record["loading_mg_per_cm2"], 9)
    10.0
    """
    from jobs.lab.kept_materials import own_in
    from screening.catalogue import materials
    from screening.catalogue.anodes import against_lithium
    from screening.catalogue.names import refuse_swapped
    from screening.results.cell_anode import cell_anode
    from screening.results.cell_design import Wishes, cell_design
    from screening.results.cell_record import cell_record

    own = own_in(Path(store))
    refuse_swapped(sse, cathode)
    chosen = own.cathode(cathode)
    wishes = Wishes(
        areal_capacity=areal_capacity,
        capacity=capacity,
        voltage=against_lithium(voltage, voltage_reference),
        porosity=porosity,
        separator=separator,
        packaging=packaging,
        own=own,
    )
    made = materials.recipe(recipe or chosen.recipe)
    design = cell_design(own.conductor_formula(sse), chosen, made, cell_anode(anode), wishes)
    return Cell(cell_record(design))


@answered()
def microstructure(
    content: float,
    *,
    size: _SIZES = "micron",
    seed: int = 0,
    voxels: int = 100,
) -> Microstructure:
    """Return a model electrode of the thesis, generated: its active surface and tortuosity.

    Parameters
    ----------
    content : float
        Cathode in the composite. [vol%]
    size : str, optional
        Powder of the cathode: ``bulk``, ``micron`` or ``sub-micron``.
    seed : int, optional
        Of the random numbers.
    voxels : int, optional
        Voxels along an edge of the box.

    Raises
    ------
    DescriptorError
        If there is no such composite.
    """
    from descriptors.composite.microstructure import THESIS_SIZES, thesis_fractions
    from screening.results.model_electrode import electrode_record, model_electrode

    made = model_electrode(
        thesis_fractions(content / 100), THESIS_SIZES[size], seed=seed, voxels=voxels
    )
    return Microstructure(electrode_record(made), made)
