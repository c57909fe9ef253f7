"""Measured figures of the catalogue's electrolytes, by formula as the catalogue writes it.

How several figures become one quantity, and what its interval means: `descriptors.consensus`.
Every function raises `NoMeasurement` where nobody's figure is on record; the caller states an
assumption, or stops.
"""

from __future__ import annotations

from math import isfinite
from statistics import median

import numpy as np

from descriptors.consensus import cited, consensus, evidence
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from descriptors.tables import UNITS

PRESSURE_REACH = 0.15
"""Share of a measured pressure within which its density holds: it gains at most 3 points there."""

DENSITY_SPREAD = 3.0
"""Points of relative density [%] about the value: pellets of one laboratory vary by 2.3 (Doux
2020: 80.3 to 84.9), digitised curves by 3, density and FIB porosity of one pellet by 1.6."""


def ionic_conductivity(formula: str) -> Quantity:
    """Return the ionic conductivity at room temperature [S/cm].

    Examples
    --------
    The third of five: 3.3, 5.1, 6.0, 7.0 and 8.1e-4.

    >>> ionic_conductivity("Li2ZrCl6")[:4]
    (0.0006, 0.00033, 0.00081, 'S/cm')
    """
    return consensus("ionic_conductivity", formula)


def electronic_conductivity(formula: str) -> Quantity:
    """Return the electronic conductivity at room temperature [S/cm]."""
    return consensus("electronic_conductivity", formula)


def youngs_modulus(formula: str) -> Quantity:
    """Return Young's modulus; ``computed`` where nobody has measured it [GPa]."""
    return consensus("youngs_modulus", formula)


def bulk_modulus(formula: str) -> Quantity:
    """Return the bulk modulus; ``computed`` where nobody has measured it [GPa]."""
    return consensus("bulk_modulus", formula)


def shear_modulus(formula: str) -> Quantity:
    """Return the shear modulus; ``computed`` where nobody has measured it [GPa]."""
    return consensus("shear_modulus", formula)


def true_density(formula: str) -> Quantity:
    """Return the density without pores, from the X-ray cell or a pycnometer [g/cm3]."""
    return consensus("true_density", formula)


def relative_density(formula: str, pressure: float) -> Quantity:
    """Return the density of a cold-pressed pellet against the true density [%].

    Parameters
    ----------
    formula : str
        The electrolyte.
    pressure : float
        Uniaxial fabrication pressure. [MPa]

    Raises
    ------
    NoMeasurement
        If nobody has pressed this electrolyte, or nobody near this pressure.
    ImpossibleValueError
        If the pressure is not above 0.

    Notes
    -----
    Linear between neighbouring measured pressures; constant beyond the first and the last one, as
    far as `PRESSURE_REACH`. The interval is `DENSITY_SPREAD` about the value, twice that for an
    estimate, and holds every figure within that reach: another laboratory's pellet disagrees by
    more than the pressure explains.

    Examples
    --------
    >>> relative_density("Li2ZrCl6", 375)[:4]
    (94.7, 91.7, 97.7, '%')
    """
    if not (isfinite(pressure) and pressure > 0):
        raise ImpossibleValueError(
            f"pressure {pressure:g} MPa is not above 0; give the fabrication pressure"
        )
    pellets = evidence("relative_density", formula)
    points = [(pellet.pressure, pellet.value) for pellet in pellets if pellet.pressure is not None]
    pressures = sorted({known for known, _ in points})
    if not (1 - PRESSURE_REACH) * pressures[0] <= pressure <= (1 + PRESSURE_REACH) * pressures[-1]:
        raise NoMeasurement(
            f"no relative density of {formula!r} at {pressure:g} MPa, only at "
            f"{', '.join(f'{known:g}' for known in pressures)} MPa and within "
            f"{PRESSURE_REACH:.0%} of these; state an assumption"
        )

    curve = [median(density for at, density in points if at == known) for known in pressures]
    value = float(np.interp(pressure, pressures, curve))
    near = [density for at, density in points if abs(pressure - at) <= PRESSURE_REACH * at]
    kind = pellets[0].kind
    spread = 2 * DENSITY_SPREAD if kind is Kind.ESTIMATED else DENSITY_SPREAD
    return Quantity(
        value=value,
        low=min([value - spread, *near]),
        high=min(max([value + spread, *near]), 100.0),
        unit=UNITS["relative_density"],
        kind=kind,
        source=f"{cited(pellets)} [at least {spread:g} points either side]",
    )
