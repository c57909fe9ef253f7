"""Open-circuit curves of cathodes: from a cutoff to lithium, capacity and the voltages on the way.

A cutoff alone says little of a cell: the voltage at which its cathode spends the charge follows
from its curve V(x), and so does what another cutoff gives. The curves are our selection of points,
``data/open_circuit.toml``; a layered oxide between two of them is interpolated by its nickel.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from stability.elements import FARADAY
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from stability.formula import Composition

    Floats = NDArray[np.float64]

BEYOND = 0.3
"""Lithium that a further volt takes out above the last point of a curve: LiCoO2 loses 0.2 from 4.3
to 4.6 V, NMC811 less. Judged; the doubt grows by half of it. [1/V]"""
LEAST = 0.05
"""Lithium per formula unit that no extrapolation takes out: layers without any collapse. [1]"""
_SAME = 2e-3  # Amounts in formulas are written to three digits.
_BETWEEN_DOUBT = 0.01  # In lithium, of a composition between two curves.
_METALS = ("Ni", "Co", "Mn", "Al")
_LITHIUM = (0.95, 1.1)  # Per formula unit of a plain layered oxide.
_OFF = 0.1  # Oxygen off two per metal that still is a layered oxide.
_POOREST = 0.33  # Nickel of NMC111 as it is written; below it no curve stands at the other end.
_LAYERED = (
    "LiNi0.3333Mn0.3333Co0.3334O2",
    "LiNi0.5Mn0.3Co0.2O2",
    "LiNi0.6Mn0.2Co0.2O2",
    "LiNi0.8Mn0.1Co0.1O2",
    "LiNiO2",
)


class OpenCircuit(NamedTuple):
    """Open-circuit curve of one cathode material."""

    material: str
    """Formula as assembled, the unit in which lithium is counted."""
    lithium: Floats
    """Lithium per formula unit, rising. [1]"""
    voltage: Floats
    """Voltage, falling. [V vs. Li/Li+]"""
    made: float
    """Lithium of the material as assembled. [1]"""
    doubt: float
    """Half of the 90 % interval of the lithium at a voltage. [1]"""
    returned: Quantity
    """Second half-cycle over the first in a liquid cell. [1]"""
    host: bool
    """Whether the framework stays as lithium leaves, as in layers; not so in a conversion."""
    source: str
    """Where the points come from."""

    @property
    def capacity_per_lithium(self) -> float:
        """Charge of one lithium per formula unit, per gram as assembled. [mAh/g]."""
        return FARADAY / composition(self.material).molar_mass


def open_circuit(material: str) -> OpenCircuit:
    """Return the curve of a cathode, by its composition as assembled.

    Parameters
    ----------
    material : str
        Formula, ``LiCoO2``; ``S`` and ``Li2S`` are two materials.

    Raises
    ------
    NoMeasurement
        If no curve is on record and the material is no layered oxide between two that have one.
    FormulaError
        If the formula cannot be read.

    Examples
    --------
    Half way between 60 and 80 % nickel.

    >>> round(float(lithium_at(open_circuit("LiNi0.7Mn0.15Co0.15O2"), 3.8)), 2)
    0.57
    """
    wanted = composition(material)
    for curve in curves().values():
        if _same(wanted, composition(curve.material)):
            return curve._replace(material=material)
    nickel = _nickel(wanted)
    if nickel is None:
        raise NoMeasurement(f"no open-circuit curve of {material}; known: {', '.join(curves())}")
    ends = [_nickel(composition(name)) or 0.0 for name in _LAYERED]
    place = min(max(int(np.searchsorted(ends, nickel)), 1), len(ends) - 1)
    share = (nickel - ends[place - 1]) / (ends[place] - ends[place - 1])
    poorer, richer = (curves()[_LAYERED[place + k]] for k in (-1, 0))
    return _between(material, poorer, richer, share)


def lithium_at(curve: OpenCircuit, voltage: ArrayLike) -> Floats:
    """Return the lithium per formula unit at rest at voltages [1].

    Parameters
    ----------
    curve : OpenCircuit
        From :func:`open_circuit`.
    voltage : array_like
        Voltages. [V vs. Li/Li+]

    Notes
    -----
    Linear between the points, :data:`BEYOND` above the last one, constant below the first.
    """
    volts = np.asarray(voltage, dtype=float)
    inside = np.interp(volts, curve.voltage[::-1], curve.lithium[::-1])
    over = np.maximum(volts - curve.voltage[0], 0.0)
    floor = min(LEAST, curve.lithium[0])
    return np.asarray(np.maximum(inside - BEYOND * over, floor))


def charged_capacity(curve: OpenCircuit, voltage: float) -> Quantity:
    """Return what a slow charge of the lithiated material to a cutoff gives [mAh/g].

    Parameters
    ----------
    curve : OpenCircuit
        From :func:`open_circuit`.
    voltage : float
        Upper cutoff. [V vs. Li/Li+]

    Raises
    ------
    ImpossibleValueError
        If the cutoff is no positive number.

    Notes
    -----
    From the lithium as made, or from the discharged end of a material assembled charged, to
    that at the cutoff; the first charge of a layered oxide takes more than comes back.

    Examples
    --------
    Of LiCoO2, 1 - 0.475 of 273.8 mAh/g to 4.2 V.

    >>> round(charged_capacity(open_circuit("LiCoO2"), 4.2).value, 1)
    143.8
    """
    if not (np.isfinite(voltage) and voltage > 0):
        raise ImpossibleValueError(f"cutoff {voltage:g} V is no positive voltage")
    unit = curve.capacity_per_lithium
    full = max(curve.made, float(curve.lithium[-1]))
    taken = full - float(lithium_at(curve, voltage))
    doubt = curve.doubt + 0.5 * BEYOND * max(voltage - float(curve.voltage[0]), 0.0)
    low, high = max(taken - doubt, 0.0), min(taken + doubt, full)
    return Quantity(taken * unit, low * unit, high * unit, "mAh/g", Kind.COMPUTED, curve.source)


def visited_voltages(curve: OpenCircuit, voltage_high: float, count: int) -> Floats:
    """Return voltages that a slow charge visits, each for the same charge, rising [V].

    Parameters
    ----------
    curve : OpenCircuit
        From :func:`open_circuit`.
    voltage_high : float
        Upper cutoff. [V vs. Li/Li+]
    count : int
        How many: the middles of as many equal parts of the charge.

    Notes
    -----
    A mean over these is a mean over the time of a charge at constant current.
    """
    most, least = float(curve.lithium[-1]), float(lithium_at(curve, voltage_high))
    middles = (np.arange(count) + 0.5) / count
    lithium = most - (most - min(least, most)) * middles
    ceiling = curve.voltage[0] + max(0.0, (curve.lithium[0] - least) / BEYOND)
    points = np.concatenate([[least], curve.lithium]), np.concatenate([[ceiling], curve.voltage])
    known = points if least < curve.lithium[0] else (curve.lithium, curve.voltage)
    return np.minimum(np.interp(lithium, *known), voltage_high)


@cache
def curves() -> Mapping[str, OpenCircuit]:
    """Return all curves on record, by formula as assembled.

    Examples
    --------
    >>> curves()["LiFePO4"].made
    1.0
    """
    text = (files("descriptors") / "data" / "open_circuit.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: _curve(name, row) for name, row in tomllib.loads(text).items()})


def _curve(name: str, row: dict[str, Any]) -> OpenCircuit:
    lithium, voltage = np.array(row["points"]).T
    low, value, high = row["returned"]
    returned = Quantity(value, low, high, "1", Kind.ESTIMATED, row["source"])
    host = row.get("host", True)
    made, doubt = row["made"], row["doubt"]
    return OpenCircuit(name, lithium, voltage, made, doubt, returned, host, row["source"])


def _same(one: Composition, other: Composition) -> bool:
    """Say whether two formulas have the same amounts, to the digits that people write."""
    elements = one.amounts.keys() | other.amounts.keys()
    return all(abs(one.amounts.get(e, 0.0) - other.amounts.get(e, 0.0)) < _SAME for e in elements)


def _nickel(material: Composition) -> float | None:
    """Return the nickel of a plain layered oxide LiMO2, or None for anything else."""
    amounts = material.amounts
    metals = sum(amounts.get(metal, 0.0) for metal in _METALS)
    low, high = _LITHIUM
    plain = amounts.keys() <= {"Li", "O", *_METALS} and low <= amounts.get("Li", 0.0) <= high
    if not (plain and metals > 0 and abs(amounts.get("O", 0.0) / metals - 2.0) < _OFF):
        return None
    nickel = amounts.get("Ni", 0.0) / metals
    return nickel if nickel >= _POOREST else None


def _between(material: str, poorer: OpenCircuit, richer: OpenCircuit, share: float) -> OpenCircuit:
    """Return the mean of two curves at equal voltage."""
    top = max(poorer.voltage[0], richer.voltage[0])
    low = min(poorer.voltage[-1], richer.voltage[-1])
    voltage = np.unique(np.concatenate([poorer.voltage, richer.voltage]))[::-1]
    voltage = voltage[(voltage <= top) & (voltage >= low)]
    lithium = (1 - share) * lithium_at(poorer, voltage) + share * lithium_at(richer, voltage)
    ends = (poorer.returned, richer.returned)
    value, lowest, highest = (
        (1 - share) * getattr(ends[0], name) + share * getattr(ends[1], name)
        for name in ("value", "low", "high")
    )
    source = f"between {poorer.material} and {richer.material} by nickel: {poorer.source}"
    return OpenCircuit(
        material,
        lithium,
        voltage,
        max(poorer.made, richer.made),
        max(poorer.doubt, richer.doubt) + _BETWEEN_DOUBT,
        Quantity(value, lowest, highest, "1", Kind.ESTIMATED, source),
        poorer.host and richer.host,
        source,
    )
