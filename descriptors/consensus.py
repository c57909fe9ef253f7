"""One quantity from several published figures.

1. *Evidence.* Only the strongest kind on record counts: measured, else computed, else estimated.
   A figure from memory is an estimate, so it never enters beside one that was looked up.
2. *Value.* The median of the logarithms: all these quantities are positive, laboratories differ
   by factors, and one failed synthesis must not move the value.
3. *Interval.* The lowest to the highest of n independent figures holds the median of all
   laboratories with probability 1 - 2**(1 - n), whatever their distribution: 94 % for five.
   Fewer are widened to the class spread about the value, an estimate to twice that, in logarithm.
   It says where the material lies, not where the next batch of it will.

The class spread is how far one figure may lie from the median, as a factor (`CLASS_SPREAD`):

- ionic conductivity, 7: of the 69 figures of the sulfides, halides, garnets and nitride here with
  three or more, 60 (87 %) lie within it; a factor of 5 would hold 57, a factor of 10, 64
- electronic conductivity, 10: four chlorides of the literature lie between 5e-10 and 8e-9 S/cm
- moduli, 1.5: two DFT functionals differ by 24 % for Li6PS5Cl, a pellet loses half on cracking
- true density, 1.05: cells of one compound agree to 2 %, reports of Li3PS4 to 4 %
- specific area of a carbon, 2: grades sold under one name (acetylene black: 39 to 133 m2/g)
- true density of a carbon, 1.1: 1.8 to 2.0 g/cm3 for blacks
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING

from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from descriptors.tables import UNITS, Figure, figures
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENOUGH = 5
"""Figures whose range is a 90 % interval of the median: 1 - 2**(1 - 5) is 94 %, 4 give 88 %."""

CLASS_SPREAD: Mapping[str, float] = MappingProxyType(
    {
        "ionic_conductivity": 7.0,
        "electronic_conductivity": 10.0,
        "youngs_modulus": 1.5,
        "bulk_modulus": 1.5,
        "shear_modulus": 1.5,
        "true_density": 1.05,
        "carbon_specific_area": 2.0,
        "carbon_density": 1.1,
    }
)
"""Factor about the value that is granted to fewer figures than `ENOUGH`, by table."""


def consensus(table: str, material: str) -> Quantity:
    """Return what the figures of one table say about one material.

    Parameters
    ----------
    table : str
        Name of a table with a class spread, as in `CLASS_SPREAD`.
    material : str
        Formula or name of a carbon, as the table writes it.

    Raises
    ------
    NoMeasurement
        If the table holds no figure of this material.

    Examples
    --------
    One measurement, so the class spread of 10 is its interval.

    >>> consensus("electronic_conductivity", "Li2ZrCl6")[:3]
    (8e-09, 8e-10, 8e-08)
    """
    return pooled(evidence(table, material), unit=UNITS[table], spread=CLASS_SPREAD[table])


def evidence(table: str, material: str) -> tuple[Figure, ...]:
    """Return the figures of the strongest kind that one table holds of one material.

    Raises
    ------
    NoMeasurement
        If the table holds no figure of this material.
    """
    found = figures(table).get(material) or _same_composition(table, material)
    for kind in Kind if found else ():
        if strongest := tuple(figure for figure in found if figure.kind is kind):
            return strongest
    raise NoMeasurement(
        f"no {table.replace('_', ' ')} of {material!r} on record ({len(figures(table))} materials "
        f"have one); state an assumption, or add a figure with its source to {table}.csv"
    )


def _same_composition(table: str, material: str) -> tuple[Figure, ...]:
    """Return the figures of a formula that is written otherwise: Li6Y2Br12 is Li3YBr6."""
    try:
        shares = composition(material).shares
    except FormulaError:
        return ()  # The name of a carbon, or nothing that a table could hold.
    return _by_composition(table).get(shares, ())


@cache
def _by_composition(table: str) -> Mapping[frozenset[tuple[str, float]], tuple[Figure, ...]]:
    found = {}
    for material, own in figures(table).items():
        try:
            found[composition(material).shares] = own
        except FormulaError:
            return {}  # A table of carbons.
    return found


def pooled(evidence: Sequence[Figure], *, unit: str, spread: float) -> Quantity:
    """Return median and interval of positive figures of one kind.

    Parameters
    ----------
    evidence : sequence of Figure
        At least one figure; all of the same kind.
    unit : str
        Unit of the figures.
    spread : float
        Class spread as a factor, at least 1.

    Examples
    --------
    >>> modulus = pooled([Figure(3.0, Kind.MEASURED, "A", None)], unit="GPa", spread=1.5)
    >>> modulus[:4], modulus.source
    ((3.0, 2.0, 4.5, 'GPa'), 'A [1 figure, a factor of 1.5 either side]')
    """
    values = [figure.value for figure in evidence]
    kind = evidence[0].kind
    value, low, high = _geometric_median(values), min(values), max(values)
    if len(values) >= ENOUGH:
        interval = f"median and range of {len(values)} figures"
    else:
        factor = spread**2 if kind is Kind.ESTIMATED else spread
        low, high = min(low, value / factor), max(high, value * factor)
        count = "1 figure" if len(values) == 1 else f"median of {len(values)} figures"
        interval = f"{count}, a factor of {factor:g} either side"
    return Quantity(value, low, high, unit, kind, f"{cited(evidence)} [{interval}]")


def cited(evidence: Sequence[Figure]) -> str:
    """Return the sources of some figures, each once, in their order.

    Examples
    --------
    >>> cited([Figure(1, Kind.MEASURED, source, None) for source in ("A", "B", "A")])
    'A; B'
    """
    return "; ".join(dict.fromkeys(figure.source for figure in evidence))


def _geometric_median(values: Sequence[float]) -> float:
    if len(values) % 2:  # without the detour by the logarithm, which would cost a rounding
        return median(values)
    middle = sorted(values)[len(values) // 2 - 1 : len(values) // 2 + 1]
    return min(max(sqrt(middle[0] * middle[1]), middle[0]), middle[1])
