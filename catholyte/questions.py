"""Questions about one material, one pair, one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from catholyte.results import (
    Calibration,
    Cell,
    Description,
    Microstructure,
    Pair,
    Refusal,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZES = Literal["bulk", "micron", "sub-micron"]
_ANODES = Literal["lithium", "silicon", "anode_free"]


def window(
    material: str,
    *,
    draws: int = 0,
    covers: tuple[float, float] | None = None,
    table: str = "reference",
    energies: str | None = None,
    policy: str = "known",
    exclude: Sequence[str] = (),
    temperature: float = 298.15,
) -> Window:
    """Return the stability window of a material and its redox staircase.

    Parameters
    ----------
    material : str
        Formula, or a label of the catalogue.
    draws : int, optional
        How often to redraw all phase energies, for intervals.
    covers : (float, float), optional
        With draws: how likely the window covers this range. [V vs. Li/Li+]
    table : str, optional
        Phase table: ``reference``, a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies.
    policy : str, optional
        Competing phases: ``known`` by experiment, or ``all``.
    exclude : sequence of str, optional
        Phases to leave out.
    temperature : float, optional
        0 for energies as they are, 273.15 to 400 for free energies. [K]

    Raises
    ------
    StabilityError, ScreeningError
        If the material cannot be read, or has no answer.

    Examples
    --------
    2 Li+ + S + 2 e- = Li2S: above its voltage sulfur is what becomes of Li2S.

    >>> window("Li2S").rows[-1]["products"]
    'S'
    """
    from jobs.work.competitors import competitors
    from jobs.work.material_records import windows

    phases = competitors(
        table,
        energies=energies,
        policy=policy,
        exclude=exclude,
        temperature=temperature,
        redrawn=draws > 0,
    )
    (record,) = windows([material], phases, draws=draws, covers=covers)
    return Window(record)


def pair(
    sse: str,
    cathode: str,
    *,
    voltages: Sequence[float] = (),
    voltage_range: tuple[float, float] | None = None,
    draws: int = 0,
    table: str = "reference",
    energies: str | None = None,
    policy: str = "known",
    exclude: Sequence[str] = (),
    temperature: float = 298.15,
) -> Pair:
    """Return the reactions of an SSE with a cathode.

    Parameters
    ----------
    sse, cathode : str
        Formulas, or names of the catalogue.
    voltages : sequence of float, optional
        Voltages at which they react. [V vs. Li/Li+]
    voltage_range : (float, float), optional
        Range over which the worst is found, exactly. [V vs. Li/Li+]
    draws : int, optional
        How often to redraw all phase energies, for intervals.
    table : str, optional
        Phase table: ``reference``, a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies.
    policy : str, optional
        Competing phases: ``known`` by experiment, or ``all``.
    exclude : sequence of str, optional
        Phases to leave out.
    temperature : float, optional
        0 for energies as they are, 273.15 to 400 for free energies. [K]

    Raises
    ------
    StabilityError, ScreeningError
        If a formula cannot be read, or the pair has no answer.

    Examples
    --------
    A material does nothing to itself.

    >>> abs(pair("LiCl", "LiCl").record["chemical"]["energy_ev_per_atom"]) < 1e-9
    True
    """
    from jobs.work.competitors import competitors
    from jobs.work.material_records import reactions

    phases = competitors(
        table,
        energies=energies,
        policy=policy,
        exclude=exclude,
        temperature=temperature,
        redrawn=draws > 0,
    )
    (record,) = reactions([(sse, cathode)], phases, voltages, voltage_range, draws=draws)
    return Pair(record)


def describe(
    sse: str,
    *,
    cathode: str | None = None,
    recipe: str | None = None,
    pressure: float = 375.0,
    table: str = "reference",
    temperature: float = 298.15,
) -> Description:
    """Return all that is known of an SSE: measured, fitted, computed, predicted or assumed.

    Parameters
    ----------
    sse : str
        Formula, or a label of the catalogue.
    cathode : str, optional
        Cathode of a composite to put it into.
    recipe : str, optional
        Recipe of that composite, instead of the cathode's own.
    pressure : float, optional
        Uniaxial pressure. [MPa]
    table : str, optional
        Phase table.
    temperature : float, optional
        Of the energies. [K]

    Raises
    ------
    StabilityError, DescriptorError, ScreeningError
        If the material cannot be read, or a name is unknown.
    """
    from jobs.work.competitors import competitors
    from jobs.work.material_records import described

    phases = competitors(table, temperature=temperature, redrawn=True)
    return Description(described(sse, phases, pressure=pressure, cathode=cathode, recipe=recipe))


def cell(
    sse: str,
    cathode: str,
    *,
    anode: _ANODES = "lithium",
    areal_capacity: float = 5.0,
    capacity: float | None = None,
    recipe: str | None = None,
) -> Cell:
    """Return the energy of a cell, with every input that goes into it.

    Parameters
    ----------
    sse : str
        Formula, or a label of the catalogue.
    cathode : str
        Cathode of the catalogue, as assembled.
    anode : str, optional
        ``lithium``, ``silicon`` or ``anode_free``.
    areal_capacity : float, optional
        Of one cathode layer. [mAh/cm2]
    capacity : float, optional
        Discharge, instead of that of a liquid cell. [mAh/g]
    recipe : str, optional
        Recipe, instead of the cathode's own.

    Raises
    ------
    DescriptorError, ScreeningError
        If a name is unknown, or the cell cannot be.
    """
    from descriptors.cell.volume_change import Anode
    from screening.catalogue import materials
    from screening.catalogue.names import sse_formula
    from screening.results.cell_design import Wishes, cell_design
    from screening.results.cell_record import cell_record

    chosen = materials.cathode(cathode)
    design = cell_design(
        sse_formula(sse),
        chosen,
        materials.recipe(recipe or chosen.recipe),
        Anode[anode.upper()],
        Wishes(areal_capacity=areal_capacity, capacity=capacity),
    )
    return Cell(cell_record(design))


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


def why_not(
    sse: str, *, cathode: str = "LiFePO4", table: str = "reference", energies: str | None = None
) -> Refusal:
    """Return why an SSE is not among the best of a cathode: gates, factors, place.

    Parameters
    ----------
    sse : str
        Formula, or a label of the catalogue.
    cathode : str, optional
        Cathode of the catalogue.
    table : str, optional
        Phase table.
    energies : str, optional
        ``dft`` or ``corrected``.

    Raises
    ------
    StabilityError, ScreeningError
        If it cannot be read, or a name is unknown.
    """
    from jobs.show.obstacle_list import obstacle_record
    from jobs.work.competitors import competitors
    from screening.catalogue import materials
    from screening.catalogue.names import sse_formula
    from screening.results.obstacles import obstacles

    chosen = materials.cathode(cathode)
    phases = competitors(table, energies=energies)
    found = obstacles(sse_formula(sse), chosen, materials.recipe(chosen.recipe), phases)
    return Refusal(obstacle_record(found))


def calibration() -> Calibration:
    """Return the measured cells of the thesis beside what the shipped calibration says of them.

    Examples
    --------
    >>> row = calibration().only("T25").rows[0]
    >>> row["cell"], row["measured"], row["unit"]
    ('lfp-lzc', 90.1, '%')
    """
    from screening.first_cycle.calibration import default_calibration
    from screening.first_cycle.validation import comparisons

    found = default_calibration()
    return Calibration({"calibration": found.id}, tuple(comparisons(found)))
