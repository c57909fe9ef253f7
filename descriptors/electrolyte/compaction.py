"""Laws of powder compaction: relative density, as a share of 1, against uniaxial pressure."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from descriptors.errors import ImpossibleValueError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def heckel(pressure: ArrayLike, *, start: float, rate: float) -> Floats:
    """Return the relative density after Heckel, as a share of 1.

    Parameters
    ----------
    pressure : array_like
        Uniaxial pressure, 0 or more. [MPa]
    start : float
        A, 0 or more: the powder begins at 1 - exp(-A). [1]
    rate : float
        k, 0 or more; 1 / k is the mean yield pressure. [1/MPa]

    Raises
    ------
    ImpossibleValueError
        If a number is negative or not finite.

    Notes
    -----
    ln(1 / (1 - D)) = k P + A [1]_. Best for plastic powders above 50 MPa; particles that only slide
    past each other at first densify faster than the law.

    References
    ----------
    .. [1] R. W. Heckel, Trans. Metall. Soc. AIME 221, 671 (1961).

    Examples
    --------
    Half dense at first; 200 MPa with k = ln(2) / 200 MPa halve the pores.

    >>> from math import log
    >>> heckel([0, 200], start=log(2), rate=log(2) / 200)
    array([0.5 , 0.75])
    """
    pressure = checked_pressures(np.asarray(pressure, dtype=float))
    _positive_parameters(start=start, rate=rate)
    return np.asarray(-np.expm1(-(rate * pressure + start)))


def kawakita(pressure: ArrayLike, *, start: float, rate: float) -> Floats:
    """Return the relative density after Kawakita, as a share of 1.

    Parameters
    ----------
    pressure : array_like
        Uniaxial pressure, 0 or more. [MPa]
    start : float
        D0, the density at no pressure, above 0 and below 1.
    rate : float
        b, 0 or more. [1/MPa]

    Raises
    ------
    ImpossibleValueError
        If a number is out of range.

    Notes
    -----
    Volume reduction C = a b P / (1 + b P) [1]_ with D = D0 / (1 - C). With a = 1 - D0, all pores
    close at infinite pressure, and the solid per void grows along a line ::

        D / (1 - D) = D0 / (1 - D0) (1 + b P)

    References
    ----------
    .. [1] K. Kawakita, K.-H. Luedde, Powder Technol. 4, 61 (1971),
       doi:10.1016/0032-5910(71)80001-3.

    Examples
    --------
    One part of solid per void at first, two where b P is 1.

    >>> kawakita([0, 100], start=0.5, rate=0.01)
    array([0.5       , 0.66666667])
    """
    pressure = checked_pressures(np.asarray(pressure, dtype=float))
    _positive_parameters(rate=rate)
    if not 0 < start < 1:
        raise ImpossibleValueError(f"D0 {start:g} is outside 0 to 1; half dense is 0.5")
    solid_per_void = start / (1 - start) * (1 + rate * pressure)
    return np.asarray(solid_per_void / (1 + solid_per_void))


def kawakita_line(pressures: ArrayLike, densities: ArrayLike) -> tuple[float, float]:
    """Return D0 and b [1/MPa] of Kawakita's law through densities, given as shares of 1.

    Raises
    ------
    ImpossibleValueError
        If there are fewer than two pressures, or a density is outside 0 to 1.

    Notes
    -----
    Least squares of D / (1 - D) against P, each point by (1 - D)^2: equal errors of D.
    """
    pressures = checked_pressures(np.asarray(pressures, dtype=float))
    densities = np.asarray(densities, dtype=float)
    if np.unique(pressures).size < 2:  # noqa: PLR2004 - two points make a line
        raise ImpossibleValueError("a line needs two pressures; give another point")
    if not ((densities > 0) & (densities < 1)).all():
        raise ImpossibleValueError("a relative density is outside 0 to 1; 85.5 % is 0.855")
    slope, cut = np.polyfit(pressures, densities / (1 - densities), 1, w=(1 - densities) ** 2)
    return float(cut / (1 + cut)), float(slope / cut)


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


def _positive_parameters(**parameters: float) -> None:
    for name, number in parameters.items():
        if not (isfinite(number) and number >= 0):
            raise ImpossibleValueError(
                f"{name} {number:g} is below 0 or not finite; no powder expands under a press"
            )
