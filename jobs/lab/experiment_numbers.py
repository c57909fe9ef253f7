"""Numbers that a person writes about a cell: which values make sense, and what others mean.

Nothing is converted in silence: a number that looks like another unit is refused.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from jobs.errors import ExperimentError
from jobs.schema.experiment_fields import NUMBERS
from stability.errors import QuantityError
from stability.quantities import checked, number, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.catalogue.materials import Cathode

LOADING = "loading_mg_per_cm2"
"""Mass of cathode per area, which people may write in place of the areal capacity."""
_SAME_LOADING = 0.05  # [1] A loading and an areal capacity that are both given differ by less.
_RATE = re.compile(r"[Cc]\s*/\s*(\d+(?:\.\d+)?)|(\d*\.?\d+)\s*[Cc]?", re.ASCII)


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
        if name == "rate_c" and (rate := _RATE.fullmatch(text)):
            hours, rate_c = rate.groups()
            value = number(rate_c) if rate_c else 1.0 / (number(hours) or inf)
            return checked(value, NUMBERS[name], called=name)
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
