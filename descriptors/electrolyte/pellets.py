"""Cold-pressed pellets on record: those of the catalogue, and a few that teach how powders vary."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind
from descriptors.tables import Figure, figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_REVIEW = "Varkey et al., Adv. Powder Technol. 37, 105338 (2026), by a secondary digest"
_PRACTICE = "general ceramic practice (from memory)"

BEYOND_THE_CATALOGUE: Mapping[str, tuple[Figure, ...]] = {
    # Sheets with 3 % binder, digitised: they teach how much classes vary, and no more.
    "Li3YBrCl6": tuple(
        Figure(percent, Kind.ESTIMATED, _REVIEW, pressure)
        for pressure, percent in ((100.0, 65.0), (200.0, 69.0), (300.0, 75.0), (350.0, 79.0))
    ),
    "Li1.75ZrCl4.75O0.5": (
        Figure(
            94.2, Kind.ESTIMATED, "Hu et al., Nat. Commun. 14, 3807 (2023) (from memory)", 300.0
        ),
    ),
    "Li1.3Al0.3Ti1.7(PO4)3": (Figure(60.0, Kind.ESTIMATED, _PRACTICE, 300.0),),
}
"""Pellets of materials that the catalogue does not hold, all of them estimates."""


@cache
def pellets() -> Mapping[str, tuple[Figure, ...]]:
    """Return all cold-pressed pellets on record, by material.

    Examples
    --------
    >>> {pellet.pressure for pellet in pellets()["Li1.75ZrCl4.75O0.5"]}
    {300.0}
    """
    return {**figures("relative_density"), **BEYOND_THE_CATALOGUE}


def checked_pressures(pressures: Floats) -> Floats:
    """Return pressures that are finite and not negative; refuse others [MPa].

    Raises
    ------
    ImpossibleValueError
        If one is negative or not finite.
    """
    wrong = ~(np.isfinite(pressures) & (pressures >= 0))
    if wrong.any():
        raise ImpossibleValueError(
            f"pressure {pressures[wrong][0]:g} MPa is below 0 or not finite; "
            "give the uniaxial pressure"
        )
    return pressures
