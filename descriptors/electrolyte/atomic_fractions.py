"""Compounds as arrays: atomic fractions, the class of their anions, and features of networks.

Nothing but the periodic table enters: no table of radii or electronegativities.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from descriptors.errors import NoMeasurement
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ELEMENTS = tuple(ATOMIC_WEIGHT)[:94]
"""Columns of every array of atomic fractions: hydrogen to plutonium."""

_NOBLE = (0, 2, 10, 18, 36, 54, 86)
_HALOGENS = {"F", "Cl", "Br", "I"}
_CHALCOGENS = {"S", "Se", "Te"}
_COLUMN = {element: column for column, element in enumerate(ELEMENTS)}


class Chemistry(StrEnum):
    """Class of a compound by its anions."""

    OXIDE = "oxide"
    """Oxygen and no halogen; phosphates, borates and the like among them."""
    OXYHALIDE = "oxyhalide"
    """Oxygen and a halogen."""
    SULFIDE = "sulfide"
    """Sulfur, selenium or tellurium without oxygen; argyrodites with their halogen among them."""
    HALIDE = "halide"
    """A halogen without oxygen and chalcogen."""
    OTHER = "other"
    """None of these: nitrides, hydrides, alloys."""


def atomic_fractions(formulas: Sequence[str]) -> Floats:
    """Return the share of each of `ELEMENTS` in the atoms, shape (n, n_elements).

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is heavier than plutonium.
    """
    fractions = np.zeros((len(formulas), len(ELEMENTS)))
    for row, formula in enumerate(formulas):
        material = composition(formula)
        for element, amount in material.amounts.items():
            if element not in _COLUMN:
                raise NoMeasurement(
                    f"{formula}: {element} is beyond {ELEMENTS[-1]}, nothing is known of its "
                    "compounds; state an assumption"
                )
            fractions[row, _COLUMN[element]] = amount / material.n_atoms
    return fractions


def chemistries(fractions: Floats) -> NDArray[np.str_]:
    """Return the `Chemistry` of each row of atomic fractions.

    Examples
    --------
    >>> chemistries(atomic_fractions(["Li6PS5Cl", "Li2ZrCl6", "LiNbOCl4", "Li3PO4", "Li3N"]))
    array(['sulfide', 'halide', 'oxyhalide', 'oxide', 'other'], dtype='<U9')
    """
    oxygen = fractions[:, _COLUMN["O"]] > 0
    halogen = fractions[:, [_COLUMN[element] for element in _HALOGENS]].any(axis=1)
    chalcogen = fractions[:, [_COLUMN[element] for element in _CHALCOGENS]].any(axis=1)
    return np.select(
        [oxygen & halogen, oxygen, chalcogen, halogen],
        [Chemistry.OXYHALIDE, Chemistry.OXIDE, Chemistry.SULFIDE, Chemistry.HALIDE],
        Chemistry.OTHER,
    )


def features(fractions: Floats) -> Floats:
    """Return what the networks look at: amounts of elements, groups and periods, and their spread.

    Nothing but the periodic table enters: no table of radii or electronegativities.
    """
    groups = np.array([_group(number) for number in range(1, len(ELEMENTS) + 1)], dtype=float)
    periods = np.array([_period(number) for number in range(1, len(ELEMENTS) + 1)], dtype=float)
    columns = [
        fractions,
        np.sqrt(fractions),
        fractions @ (groups[:, None] == np.arange(1, 19)),
        fractions @ (periods[:, None] == np.arange(1, 8)),
        np.count_nonzero(fractions, axis=1)[:, None] / 3,
        (fractions**2).sum(axis=1)[:, None],
    ]
    for places, scale in ((groups, 5.0), (periods, 1.0)):
        mean = fractions @ places
        variance = np.maximum(fractions @ places**2 - mean**2, 0)
        columns += [mean[:, None] / scale, np.sqrt(variance)[:, None] / scale]
    return np.hstack(columns)


def _period(number: int) -> int:
    return sum(number > noble for noble in _NOBLE)


_HELIUM = 2  # Atomic number.
_S_BLOCK = 2  # Elements of a period before those of the d, f or p block.
_WITHOUT_D, _WITH_F = 8, 32  # Elements of a period: with s and p alone, and with all blocks.


def _group(number: int) -> int:
    """Return the group of an element; lanthanides and actinides stand in the third."""
    period = _period(number)
    place = number - _NOBLE[period - 1]
    columns = {1: 2, 2: 8, 3: 8, 4: 18, 5: 18, 6: 32, 7: 32}[period]
    if number == _HELIUM or (place > _S_BLOCK and columns == _WITHOUT_D):
        return place + 18 - columns
    return place if columns < _WITH_F or place <= _S_BLOCK else max(3, place - 14)
