"""Units that columns of pasted materials may be in, and how people spell them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from screening.catalogue.anodes import anode
from screening.catalogue.spelling import folded
from stability.elements import FARADAY

if TYPE_CHECKING:
    from collections.abc import Mapping

_KJ_PER_EV = FARADAY * 3.6e-3  # FARADAY is in mAh/mol: 1 eV per atom is 96.5 kJ per mol of atoms.

_MICRO = "\N{MICRO SIGN}"


class Unit(NamedTuple):
    """A unit that a column may be in."""

    name: str
    """What people write."""
    factor: float = 1.0
    """Times this gives the unit of the field."""
    offset: float = 0.0
    """Plus this. [unit of the field]"""


UNITS: Mapping[str, tuple[Unit, ...]] = {
    "s_per_cm": (
        Unit("S/cm"), Unit("mS/cm", 1e-3), Unit(f"{_MICRO}S/cm", 1e-6),
        Unit("S/m", 1e-2), Unit("mS/m", 1e-5),
    ),
    "percent": (Unit("%"), Unit("fraction", 100.0)),
    "g_per_cm3": (Unit("g/cm3"), Unit("kg/m3", 1e-3)),
    "gpa": (Unit("GPa"), Unit("MPa", 1e-3)),
    "m2_per_g": (Unit("m2/g"), Unit("cm2/g", 1e-4)),
    "mah_per_g": (Unit("mAh/g"), Unit("Ah/kg"), Unit("C/g", 1 / 3.6)),
    "ev_per_atom": (
        Unit("eV/atom"), Unit("meV/atom", 1e-3), Unit("kJ/mol of atoms", 1 / _KJ_PER_EV)
    ),
    "mpa": (Unit("MPa"), Unit("GPa", 1e3), Unit("bar", 0.1), Unit("t/cm2", 98.0665)),
    "v": (
        Unit("V vs. Li/Li+"), Unit("mV vs. Li/Li+", 1e-3),
        Unit("V vs. Li-In", 1.0, anode("Li-In").potential),
    ),
}  # fmt: skip
"""Units by the end of a field's name; the first is that of the field."""
_SAME: Mapping[str, Mapping[str, int]] = {
    "mAh": {"mA": 1, "h": 1}, "Ah": {"A": 1, "h": 1}, "cc": {"cm": 3}, "mL": {"cm": 3},
    "ml": {"cm": 3}, "ohm": {"S": -1}, "Ohm": {"S": -1}, "Ω": {"S": -1}, "uS": {f"{_MICRO}S": 1},
    "percent": {"%": 1},
}  # fmt: skip
"""What units are made of that have a name of their own."""
_SIGNS = str.maketrans(
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁻\N{MINUS SIGN}\N{EN DASH}\N{GREEK SMALL LETTER MU}\N{OHM SIGN}",
    f"0123456789---{_MICRO}Ω",
    "^",
)
_POWER = re.compile(r"(%|[^\W\d_]+)(-?\d+)?")


def units_of(field: str) -> tuple[Unit, ...]:
    """Return the units that a field may be written in; none for a text.

    Parameters
    ----------
    field : str
        Field of a material.
    """
    return UNITS.get(unit_end(field), ())


def unit_end(field: str) -> str:
    """Return the unit that ends the name of a field, the longest that fits.

    Parameters
    ----------
    field : str
        Field of a material.
    """
    return max((end for end in UNITS if field.endswith(f"_{end}")), key=len, default="")


def unit_written(text: str, field: str) -> Unit | None:
    """Return the unit of a field that a text means; None if it is none of them.

    Parameters
    ----------
    text : str
        What was written, such as ``S cm⁻¹``.
    field : str
        Field of a material.

    Notes
    -----
    Capitals matter: 1 MS is 1e9 mS. A power of ten before the unit makes it none of them.

    Examples
    --------
    >>> unit_written("mS cm-1", "ionic_conductivity_s_per_cm").name
    'mS/cm'
    >>> unit_written("kg/m^3", "true_density_g_per_cm3").factor
    0.001
    """
    known = units_of(field)
    powers = _powers(text)
    if powers is None:
        plain = _plain(text)
        return next((one for one in known if _plain(one.name) == plain), None)
    return next((one for one in known if _powers(one.name) == powers), None)


def _plain(text: str) -> str:
    """Return a unit that is words, however blanks and dots are set; Li+/Li is Li/Li+."""
    return re.sub(r"[.+]", "", folded(text.translate(_SIGNS)))


def _powers(text: str) -> Mapping[str, int] | None:
    """Return the powers of the units that a unit is a product of; None for anything else.

    In ``S/cm g`` the bar is taken to stand before the next unit only.
    """
    spaced = re.sub(r"\*\*", "", text.translate(_SIGNS))
    found: Counter[str] = Counter()
    sign = 1
    for word in re.findall(r"/|[^\s*·⋅•/]+", spaced):
        if word in {"/", "per"}:
            sign = -1
            continue
        power = _POWER.fullmatch(word)
        if power is None:
            return None
        for unit, times in _SAME.get(power[1], {power[1]: 1}).items():
            found[unit] += sign * times * int(power[2] or 1)
        sign = 1
    return {unit: times for unit, times in found.items() if times} or None
