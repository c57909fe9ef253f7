"""Numbers that a person writes about a cell: which values make sense, and what others mean.

Nothing is converted in silence: a number that looks like another unit is refused.
"""

from __future__ import annotations

import re
from math import inf

from jobs.errors import ExperimentError
from jobs.schema.experiment_fields import NUMBERS
from stability.errors import QuantityError
from stability.quantities import checked, number, written

_RATE = re.compile(r"[Cc]\s*/\s*(\d+(?:\.\d+)?)|(\d*\.?\d+)\s*[Cc]?", re.ASCII)


def experiment_number(name: str, text: str) -> float:
    """Return the number of a field.

    Parameters
    ----------
    name : str
        A field of :data:`jobs.schema.experiment_fields.NUMBERS`.
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
