"""Numbers that a person writes about a cell: which values make sense, and what others mean.

Nothing is converted in silence: a number that looks like another unit is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import ExperimentError
from jobs.schema.experiment_fields import NUMBERS
from screening.catalogue.materials import State
from stability.errors import QuantityError
from stability.quantities import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.catalogue.materials import Cathode

LOADING = "loading_mg_per_cm2"
"""Mass of cathode per area, which people may write in place of the areal capacity."""
_SAME_LOADING = 0.05  # [1] A loading and an areal capacity that are both given differ by less.
_AGREE = 2.0  # [%] An efficiency that is given may differ by this from that of the capacities.


def experiment_number(name: str, text: str) -> float:
    """Return the number of a field.

    Parameters
    ----------
    name : str
        A field of :data:`jobs.schema.experiment_fields.NUMBERS`, or a quantity by its name.
    text : str
        What was written.

    Raises
    ------
    ExperimentError
        If it is no number, not finite, or makes no sense.

    Examples
    --------
    >>> experiment_number("rate_c", "C/20")
    0.05
    """
    try:
        return written(text, NUMBERS.get(name, name), called=name)
    except QuantityError as error:
        raise ExperimentError(str(error)) from error


def with_areal_capacity(numbers: Mapping[str, float], one: Cathode) -> dict[str, float]:
    """Return numbers with the areal capacity that a loading stands for.

    Parameters
    ----------
    numbers : mapping of str to float
        Numbers by field, and the loading by :data:`LOADING` if it is given.
    one : Cathode
        The cathode.

    Raises
    ------
    ExperimentError
        If both are given and disagree.
    """
    if LOADING not in numbers:
        return dict(numbers)
    name = "areal_capacity_mah_per_cm2"
    made = numbers[LOADING] * one.theoretical_capacity / 1e3
    given = numbers.get(name, made)
    if abs(given - made) > _SAME_LOADING * made:
        raise ExperimentError(
            f"{name} {given:g} is not that of {LOADING} {numbers[LOADING]:g}, {made:.3g} at "
            f"{one.theoretical_capacity:.0f} mAh/g of {one.name}; give one of both"
        )
    return {**numbers, name: given if name in numbers else round(made, 6)}


def retention_cycles(numbers: Mapping[str, float]) -> int | None:
    """Return after how many cycles the retention was measured; None if it was not.

    Parameters
    ----------
    numbers : mapping of str to float
        Numbers by field.

    Raises
    ------
    ExperimentError
        If that is no whole number, or one of both is there without the other.
    """
    cycles = numbers.get("retention_cycles")
    if cycles is not None and cycles != int(cycles):
        raise ExperimentError(f"retention_cycles {cycles:g} is no whole number; round it")
    if (cycles is None) != ("retention_percent" not in numbers):
        raise ExperimentError("retention_percent and retention_cycles go together; give both")
    return None if cycles is None else int(cycles)


def efficiency(numbers: Mapping[str, float], one: Cathode) -> float | None:
    """Return the efficiency that is given, or that of both capacities [%].

    Parameters
    ----------
    numbers : mapping of str to float
        Numbers by field.
    one : Cathode
        The cathode, whose state as assembled says which half-cycle is the first.

    Raises
    ------
    ExperimentError
        If both are there and disagree.
    """
    given = numbers.get("efficiency_percent")
    charge = numbers.get("first_charge_mah_per_g")
    discharge = numbers.get("first_discharge_mah_per_g")
    if charge is None or discharge is None:
        return given
    first, second = charge, discharge
    if one.assembled is State.CHARGED:
        first, second = discharge, charge
    computed = 100.0 * second / first
    if given is not None and abs(given - computed) > _AGREE:
        raise ExperimentError(
            f"efficiency_percent {given:g} is not that of the capacities, {computed:.1f} (second "
            "half-cycle over the first); correct one, or leave the efficiency out"
        )
    return computed if given is None else given
