"""How a cell is run: what its capacity is stated for."""

from __future__ import annotations

from typing import NamedTuple


class Conditions(NamedTuple):
    """How a cell is run."""

    rate: float = 0.1
    """Rate. [1/h]"""
    areal_capacity: float = 2.0
    """Theoretical capacity of the cathode layer. [mAh/cm2]"""
    limited: bool = True
    """Whether transport limits what is reached."""


USUAL = Conditions()
"""How cells are run where nobody says."""


def stated_conditions(rate: float | None, areal_capacity: float | None) -> Conditions:
    """Return how a cell is run, with what is usual where nothing is stated.

    Parameters
    ----------
    rate : float or None
        Rate. [1/h]
    areal_capacity : float or None
        Theoretical capacity of the cathode layer. [mAh/cm2]

    Examples
    --------
    >>> stated_conditions(None, 5.0)
    Conditions(rate=0.1, areal_capacity=5.0, limited=True)
    """
    return Conditions(
        USUAL.rate if rate is None else rate,
        USUAL.areal_capacity if areal_capacity is None else areal_capacity,
    )
