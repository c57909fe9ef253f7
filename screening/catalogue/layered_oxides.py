"""A cathode for any layered oxide of nickel: what literature cells are made of."""

from __future__ import annotations

from functools import cache

from descriptors.cell.open_circuit import OpenCircuit, charged_capacity, open_circuit
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import Cathode, State, cathode, cathodes
from screening.errors import UnknownNameError
from stability.errors import FormulaError
from stability.formula import composition

_WINDOW = (2.7, 4.3)  # [V] Of most cells; a measured cell states its own.
_AREA = Quantity(
    0.4, 0.2, 0.8, "m2/g", Kind.ESTIMATED, "secondary particles of 4 to 15 um, from memory"
)
_DENSITY = Quantity(4.75, 4.6, 4.9, "g/cm3", Kind.ESTIMATED, "NMC111 to NMC811, from memory")
_SAME = 2e-3  # Amounts are written to three digits.


@cache
def any_cathode(formula: str) -> Cathode:
    """Return a cathode of the catalogue, by name or composition, or a layered oxide.

    Parameters
    ----------
    formula : str
        Formula as assembled.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it and it is no layered oxide with an open-circuit curve.

    Examples
    --------
    >>> round(any_cathode("LiNi0.85Mn0.1Co0.05O2").utilisation.value, 2)
    0.84
    """
    if formula in cathodes():
        return cathodes()[formula]
    try:
        wanted = composition(formula).amounts
    except FormulaError:
        return cathode(formula)  # A name, and unknown: refused with the nearest ones.
    for known in cathodes().values():
        amounts = composition(_assembled(known)).amounts
        either = amounts.keys() | wanted.keys()
        if all(abs(amounts.get(e, 0.0) - wanted.get(e, 0.0)) < _SAME for e in either):
            return known
    try:
        curve = open_circuit(formula)
    except NoMeasurement:
        return cathode(formula)  # Unknown: refused with the nearest names.
    if not curve.host or "O" not in wanted:
        raise UnknownNameError(f"no cathode {formula!r} in the catalogue; add it there")
    return _layered_oxide(formula, curve)


def _assembled(known: Cathode) -> str:
    return known.charged if known.assembled is State.CHARGED else known.discharged


def _layered_oxide(formula: str, curve: OpenCircuit) -> Cathode:
    """Return a cathode with what its curve says, and common figures for the rest."""
    amounts = composition(formula).amounts
    full = curve.capacity_per_lithium * amounts["Li"]
    gives = charged_capacity(curve, _WINDOW[1])
    value, low, high = (min(part / full, 1.0) for part in (gives.value, gives.low, gives.high))
    return Cathode(
        name=formula,
        charged="".join(f"{e}{n:.10g}" for e, n in amounts.items() if e != "Li"),
        discharged=formula,
        assembled=State.DISCHARGED,
        voltage_low=_WINDOW[0],
        voltage_high=_WINDOW[1],
        voltage=3.8,
        voltage_source="common window, from memory",
        utilisation=Quantity(value, low, high, "1", gives.kind, gives.source),
        return_fraction=curve.returned,
        specific_area=_AREA,
        density=_DENSITY,
        recipe="oxide-vgcf-hand",
        source=curve.source,
        note="Made from its formula.",
    )
