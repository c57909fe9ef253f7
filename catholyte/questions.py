"""Questions about one material and one pair, and about the model of the first cycle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from catholyte.agreement import Calibration
from catholyte.arguments import answered
from catholyte.results import Description, Pair, Refusal, Window
from catholyte.stores import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike


@answered()
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
    store: str | PathLike[str] = DEFAULT,
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
    store : str or path, optional
        Store whose materials may be named.

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
    from jobs.lab.kept_materials import own_in
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
    (record,) = windows([material], phases, draws=draws, covers=covers, own=own_in(Path(store)))
    return Window(record)


@answered()
def pair(
    sse: str,
    cathode: str,
    *,
    voltages: Sequence[float] = (),
    voltage_range: tuple[float, float] | None = None,
    voltage_reference: str | None = None,
    draws: int = 0,
    table: str = "reference",
    energies: str | None = None,
    policy: str = "known",
    exclude: Sequence[str] = (),
    temperature: float = 298.15,
    store: str | PathLike[str] = DEFAULT,
) -> Pair:
    """Return the reactions of an SSE with a cathode.

    Parameters
    ----------
    sse, cathode : str
        Formulas, or names of the catalogue.
    voltages : sequence of float, optional
        Voltages at which they react. [V vs. the reference]
    voltage_range : (float, float), optional
        Range over which the worst is found, exactly. [V vs. the reference]
    voltage_reference : str, optional
        Anode that voltages are given against, as ``Li-In``; lithium without.
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
    store : str or path, optional
        Store whose materials may be named.

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
    from jobs.lab.kept_materials import own_in
    from jobs.work.competitors import competitors
    from jobs.work.material_records import reactions
    from screening.catalogue.anodes import against_lithium, range_against_lithium

    phases = competitors(
        table,
        energies=energies,
        policy=policy,
        exclude=exclude,
        temperature=temperature,
        redrawn=draws > 0,
    )
    own = own_in(Path(store))
    volts = [against_lithium(one, voltage_reference) for one in voltages]
    ends = range_against_lithium(voltage_range, voltage_reference)
    (record,) = reactions([(sse, cathode)], phases, volts, ends, draws=draws, own=own)
    return Pair(record)


@answered()
def describe(
    sse: str,
    *,
    cathode: str | None = None,
    recipe: str | None = None,
    pressure: float = 375.0,
    table: str = "reference",
    temperature: float = 298.15,
    store: str | PathLike[str] = DEFAULT,
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
    store : str or path, optional
        Store whose materials may be named.

    Raises
    ------
    StabilityError, DescriptorError, ScreeningError
        If the material cannot be read, or a name is unknown.
    """
    from jobs.lab.kept_materials import own_in
    from jobs.work.competitors import competitors
    from jobs.work.material_records import described

    phases = competitors(table, temperature=temperature, redrawn=True)
    own = own_in(Path(store))
    return Description(
        described(sse, phases, pressure=pressure, cathode=cathode, recipe=recipe, own=own)
    )


@answered()
def why_not(
    sse: str,
    *,
    cathode: str = "LiFePO4",
    table: str = "reference",
    energies: str | None = None,
    store: str | PathLike[str] = DEFAULT,
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
    store : str or path, optional
        Store whose materials may be named.

    Raises
    ------
    StabilityError, ScreeningError
        If it cannot be read, or a name is unknown.
    """
    from jobs.lab.calibrations import current_calibration
    from jobs.lab.kept_materials import own_in
    from jobs.show.obstacle_list import obstacle_record
    from jobs.work.competitors import competitors
    from screening.catalogue.materials import recipe
    from screening.results.obstacles import obstacles

    kept = Path(store)
    own = own_in(kept)
    chosen = own.cathode(cathode)
    phases = competitors(table, energies=energies)
    found = obstacles(
        own.sse_formula(sse),
        chosen,
        recipe(chosen.recipe),
        phases,
        own=own,
        calibration=current_calibration(kept),
    )
    return Refusal(obstacle_record(found))


def calibration() -> Calibration:
    """Return the measured cells of the thesis beside what the shipped calibration says of them.

    Examples
    --------
    >>> row = calibration().only("T25").rows[0]
    >>> row["cell"], row["measured"], row["unit"]
    ('lfp-lzc', 90.1, '%')
    """
    from jobs.show.calibration_report import as_record
    from screening.first_cycle.calibration import default_calibration
    from screening.first_cycle.validation import comparisons

    found = default_calibration()
    compared = comparisons(found)
    return Calibration(as_record(found, compared), tuple(compared))
