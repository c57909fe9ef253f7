"""Numbers that a person writes about a cell: which values make sense, and what others mean.

Nothing is converted in silence: a number that looks like another unit is refused.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from jobs.errors import ExperimentError
from stability.errors import QuantityError
from stability.quantities import checked, number, written

if TYPE_CHECKING:
    from collections.abc import Mapping


NUMBERS: Mapping[str, str] = {
    "cathode_parts": "parts",
    "sse_parts": "parts",
    "carbon_parts": "parts_or_none",
    "pressure_mpa": "pressure_mpa",
    "voltage_low_v": "cutoff_v",
    "voltage_high_v": "cutoff_v",
    "rate_c": "rate_c",
    "temperature_k": "cell_temperature_k",
    "first_charge_mah_per_g": "capacity_mah_per_g",
    "first_discharge_mah_per_g": "capacity_mah_per_g",
    "efficiency_percent": "efficiency_percent",
    "retention_percent": "retention_percent",
    "retention_cycles": "cycles",
}
"""Numeric fields, with their quantities in :data:`stability.quantities.SCALES`."""
_RATE = re.compile(r"[Cc]\s*/\s*(\d+(?:\.\d+)?)|(\d*\.?\d+)\s*[Cc]?", re.ASCII)


def experiment_number(name: str, text: str) -> float:
    """Return the number of a field.

    Parameters
    ----------
    name : str
        A field of :data:`NUMBERS`.
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
        return written(text, NUMBERS[name], called=name)
    except QuantityError as error:
        raise ExperimentError(str(error)) from error
