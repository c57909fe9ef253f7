"""Numbers that a person writes about a cell: which values make sense, and what others mean.

Nothing is converted in silence: a number that looks like another unit is refused.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Number(NamedTuple):
    """A numeric field."""

    least: float
    """Smallest value that is taken."""
    most: float
    """Largest value that is taken."""
    below: str
    """What a smaller value is likely to be, and the remedy."""
    above: str
    """The same for a larger one."""


_FRACTION = "that looks like a fraction; write per cent"
_CAPACITY = Number(
    1.0, 4000.0, "that looks like Ah/g; write mAh/g", "no cathode gives that; write mAh/g"
)
NUMBERS: Mapping[str, Number] = {
    "cathode_parts": Number(0.01, 1e6, "write the parts by mass", "write the parts by mass"),
    "sse_parts": Number(0.01, 1e6, "write the parts by mass", "write the parts by mass"),
    "carbon_parts": Number(0.0, 1e6, "write 0 without carbon", "write the parts by mass"),
    "pressure_mpa": Number(2.0, 5000.0, "that looks like GPa; write MPa", "write MPa"),
    "voltage_low_v": Number(
        0.0, 6.0, "give it against Li/Li+, not against the counter electrode", "write V, not mV"
    ),
    "voltage_high_v": Number(0.1, 6.0, "give it against Li/Li+, in V", "write V, not mV"),
    "rate_c": Number(1e-4, 100.0, "write C/20 or 0.05", "write C/20 or 0.05"),
    "temperature_k": Number(
        200.0, 450.0, "that looks like degrees Celsius; add 273.15", "cells are made at 200 to 450"
    ),
    "first_charge_mah_per_g": _CAPACITY,
    "first_discharge_mah_per_g": _CAPACITY,
    "efficiency_percent": Number(1.5, 1000.0, _FRACTION, "check it"),
    "retention_percent": Number(1.5, 300.0, _FRACTION, "check it"),
    "retention_cycles": Number(2.0, 1e5, "give the number of cycles", "check it"),
}
"""Numeric fields, with the values that make sense."""
_RATE = re.compile(r"[Cc]\s*/\s*(\d+(?:\.\d+)?)|(\d*\.?\d+)\s*[Cc]?")


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
    limits = NUMBERS[name]
    if name == "rate_c" and (rate := _RATE.fullmatch(text)):
        hours, rate_c = rate.groups()
        number = 1.0 / float(hours) if hours and float(hours) else float(rate_c or "nan")
    else:
        try:
            number = float(text) if "_" not in text else float("nan")
        except ValueError as error:
            comma = "; write a point, not a comma" if "," in text else "; write the number alone"
            raise ExperimentError(f"{name} {text!r} is no number{comma}") from error
    if not isfinite(number):
        raise ExperimentError(f"{name} {text!r} is no finite number; leave it empty if not known")
    if not limits.least <= number <= limits.most:
        remedy = limits.below if number < limits.least else limits.above
        if number < min(limits.least, 0.0) and not name.startswith("voltage"):
            remedy = "it cannot be negative; leave the sign out"
        raise ExperimentError(
            f"{name} {number:g} is outside {limits.least:g} to {limits.most:g}: {remedy}"
        )
    return number
