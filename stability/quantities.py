"""Numbers that people write: how they are read, and what each quantity may be.

Every option, batch file, CSV and form reads its numbers here. Nothing is converted in silence: a
number that looks like another unit is refused, with the value that was probably meant.
"""

from __future__ import annotations

import re
from math import inf, isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from stability.errors import QuantityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Slip(NamedTuple):
    """Another unit that people write by mistake."""

    unit: str
    """The other unit."""
    factor: float
    """What a value in it is multiplied by."""
    offset: float = 0.0
    """What is added then."""
    least: float = -inf
    """Smallest value that it then makes sense to take for meant."""


class Scale(NamedTuple):
    """Unit and limits of a quantity, wherever people write it."""

    unit: str
    """Unit, as messages print it; empty for a plain number."""
    least: float
    """Smallest value that is taken."""
    most: float
    """Largest value that is taken."""
    slips: tuple[Slip, ...] = ()
    """Units that it is mistaken for."""
    remedy: str = "check it"
    """What to do about a value that is outside the limits in every unit."""
    also: float | None = None
    """One value outside the limits that has a meaning of its own, such as 0 K."""
    whole: bool = False
    """Whether only whole numbers make sense."""


_MILLI = 1e-3
_FRACTION = Slip("a fraction", 100.0)
_PERCENT = Slip("per cent", 0.01)
_MILLIVOLT = Slip("mV", _MILLI, least=0.1)
_MEV = Slip("meV", _MILLI)
_KJ_PER_MOL = Slip("kJ/mol", 1 / 96.485)  # CODATA 2018; the message prints four digits.
_GPA = Slip("GPa", 1e3)
_PASCAL = Slip("Pa", 1e-6)
_CELSIUS = Slip("degrees Celsius", 1.0, 273.15)
_MILLIMETRE = Slip("mm", 1e3)
_NANOMETRE = Slip("nm", _MILLI)
_GRAMS = Slip("g", 1e3)

SCALES: Mapping[str, Scale] = MappingProxyType({
    # Electrochemistry.
    "voltage_v": Scale("V", 0.0, 10.0, (_MILLIVOLT,), "give it against Li/Li+"),
    "cutoff_v": Scale("V", 0.0, 6.0, (_MILLIVOLT,), "give it against Li/Li+"),
    "mean_voltage_v": Scale("V", 0.1, 6.0, (_MILLIVOLT,), "give it against Li/Li+"),
    "capacity_mah_per_g": Scale(
        "mAh/g", 1.0, 4000.0, (Slip("Ah/g", 1e3), Slip("uAh/g", _MILLI)), "no cathode gives that"
    ),
    "areal_capacity_mah_per_cm2": Scale(
        "mAh/cm2", 0.01, 100.0, (Slip("Ah/cm2", 1e3), Slip("uAh/cm2", _MILLI)), "5 is usual"
    ),
    "loading_mg_per_cm2": Scale(
        "mg/cm2", 0.01, 500.0, (Slip("g/cm2", 1e3),), "give the mass of cathode per area"
    ),
    "rate_c": Scale("C", 1e-4, 100.0, remedy="write C/20 or 0.05"),
    "efficiency_percent": Scale("%", 1.5, 1000.0, (_FRACTION,)),
    "retention_percent": Scale("%", 1.5, 300.0, (_FRACTION,)),
    "cycles": Scale("", 2, 1e5, remedy="give the number of cycles", whole=True),
    # Energies.
    "energy_ev_per_atom": Scale(
        "eV/atom", -20.0, 20.0, (_KJ_PER_MOL, _MEV), "give eV/atom against the elements"
    ),
    "total_energy_ev": Scale("eV", -1e9, 1e9, remedy="give eV"),
    "above_hull_ev_per_atom": Scale(
        "eV/atom", 0.0, 5.0, (_MEV,), "give eV/atom above the hull; below it, give the energy"
    ),
    "difference_ev_per_atom": Scale("eV/atom", 0.0, 5.0, (_MEV,)),
    "band_gap_ev": Scale("eV", 0.0, 25.0, (_MEV,)),
    "activation_energy_ev": Scale("eV", 0.01, 2.0, (_MEV, _KJ_PER_MOL)),
    "temperature_k": Scale(
        "K", 273.15, 400.0, (_CELSIUS,), "give 0 for energies as they are, or a value inside", 0.0
    ),
    "cell_temperature_k": Scale("K", 200.0, 450.0, (_CELSIUS,), "cells are made at 200 to 450 K"),
    # Materials and composites.
    "pressure_mpa": Scale("MPa", 2.0, 5000.0, (_GPA, _PASCAL), "pellets are pressed at 50 to 1000"),
    "density_g_per_cm3": Scale("g/cm3", 0.01, 25.0, (Slip("kg/m3", _MILLI, least=0.4),)),
    "volume_a3_per_atom": Scale("A3/atom", 1.0, 10_000.0, (Slip("nm3/atom", 1e3),)),
    "relative_density_percent": Scale("%", 20.0, 100.0, (_FRACTION,)),
    "porosity_percent": Scale("%", 1.0, 95.0, (_FRACTION,), also=0.0),
    "packaging_percent": Scale("%", 1.0, 90.0, (_FRACTION,), also=0.0),
    "content_percent": Scale(
        "%", 1.0, 90.0, (_FRACTION,), "30 is the middle of the thesis' electrodes"
    ),
    "share": Scale("", 0.0, 1.0, (_PERCENT,), "give parts of the whole"),
    "mass_fraction": Scale("", 0.0, 1.0, (_PERCENT,), "give parts of the mass"),
    "parts": Scale("", 0.01, 1e6, remedy="give parts by mass"),
    "parts_or_none": Scale("", 0.0, 1e6, remedy="give parts by mass"),
    "occupants": Scale("", 1e-6, 1e4, remedy="give the occupants of one kind of site"),
    "ionic_conductivity_s_per_cm": Scale(
        "S/cm", 1e-20, 0.2, (Slip("mS/cm", _MILLI), Slip("S/m", 0.01), Slip("uS/cm", 1e-6))
    ),
    "electronic_conductivity_s_per_cm": Scale("S/cm", 1e-20, 1e7),
    "modulus_gpa": Scale("GPa", 0.05, 1500.0, (Slip("MPa", _MILLI),)),
    "specific_area_m2_per_g": Scale("m2/g", 0.01, 5000.0, (Slip("cm2/g", 1e-4),)),
    "coating_thickness_nm": Scale("nm", 0.1, 2000.0, (Slip("um", 1e3),)),
    "coverage_percent": Scale("%", 1.0, 100.0, (_FRACTION,), "leave it out without"),
    "stack_pressure_mpa": Scale("MPa", 0.01, 1000.0, (_PASCAL,), "1 to 100 are usual"),
    "thickness_um": Scale("um", 1.0, 2000.0, (_MILLIMETRE, _NANOMETRE)),
    "film_nm": Scale("nm", 0.1, 10_000.0, (Slip("um", 1e3),), "films are some nm thick"),
    "radius_um": Scale("um", 0.01, 500.0, (_NANOMETRE,)),
    "length_um": Scale("um", 0.05, 10_000.0, (_NANOMETRE,)),
    "mass_mg": Scale("mg", 0.1, 1e6, (_GRAMS,), "give the mass of the composite of one cell"),
    "area_cm2": Scale("cm2", 1e-3, 1e4, (Slip("m2", 1e4),), "give the area of one cell"),
    # How much is computed.
    "draws": Scale("", 0, 100_000, remedy="200 are usual", whole=True),
    "cells": Scale("", 1, 1000, remedy="give how many cells to make", whole=True),
    "port": Scale("", 1, 65_535, remedy="8731 is usual", whole=True),
    "rows": Scale("", 1, 1_000_000, remedy="give how many rows to print", whole=True),
    "voxels": Scale("", 2, 400, remedy="100 are usual", whole=True),
    "seed": Scale("", 0, 2**63 - 1, remedy="give a whole number", whole=True),
    "processors": Scale("", 1, 4096, remedy="give how many processors to use", whole=True),
    "priority": Scale("", -1_000_000, 1_000_000, remedy="0 is usual", whole=True),
    "elements": Scale("", 1, 20, remedy="4 are usual", whole=True),
    "timeout_s": Scale("s", 0.01, 3600.0, remedy="5 is usual"),
    "deadline_s": Scale("s", 0.1, 1e6, remedy="60 is usual"),
    "stop_s": Scale("s", 1.0, 1e7, remedy="3600 is usual"),
})  # fmt: skip
"""Quantities by name; a field may have another name, such as ``first_charge_mah_per_g``."""

ROOM_TEMPERATURE = 298.15
"""Temperature of energies wherever none is given: where cells are cycled. What gives off a gas does
so 0.25 V earlier than at 0 K. It is that of tabulated entropies, too. [K]"""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,'_ \u00a0\u2009\u202f\u2019]\d{3})+(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_UNIT_BEHIND = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s.,_].*)", re.ASCII)
_RATE = re.compile(r"[Cc]\s*/\s*(\d+(?:\.\d+)?)|(\d*\.?\d+)\s*[Cc]", re.ASCII)
_RATE_UNIT = "C"
_UNIT = re.compile(r"(?!x\s*\d)[%a-z]", re.ASCII | re.IGNORECASE)
_SIGNS = str.maketrans("\u00b2\u00b3\u00b5\u03bc\u00c5", "23uuA", " ^\u00b0")
_WORDS = {"%": "percent", "C": "degreesCelsius"}
"""Units that a slip calls by a word."""
_LONGEST = 60  # Characters of a number; a double has 17 digits.


def number(text: str, *, unit: str = "", slips: Iterable[Slip] = ()) -> float:
    """Return the number that a text is.

    Parameters
    ----------
    text : str
        A decimal number in plain digits, with a point and an exponent where it needs them.
    unit : str, optional
        Unit that it is to be given in, for the message.
    slips : iterable of Slip, optional
        Units that the message converts from.

    Raises
    ------
    QuantityError
        If it is anything else, with the likely remedy.

    Examples
    --------
    >>> number(" -2.5e-3 ")
    -0.0025
    >>> number("1,140")
    Traceback (most recent call last):
    stability.errors.QuantityError: '1,140' is no number; write 1140, or 1.140 if the comma ...
    """
    plain = text.strip()
    if not plain:
        raise QuantityError("no number is there; write one")
    if len(plain) > _LONGEST:
        raise QuantityError(
            f"{plain[:20]!r}... has {len(plain)} characters; write a shorter number"
        )
    if not _NUMBER.fullmatch(plain):
        raise QuantityError(f"{plain!r} is no number; {_advice(plain, unit, slips)}")
    value = float(plain)
    if not isfinite(value):
        raise QuantityError(f"{plain!r} is beyond what any quantity is; check its exponent")
    return value


def _advice(text: str, unit: str, slips: Iterable[Slip]) -> str:
    """Say what to write instead of a text that is no number."""
    grouped, comma = _GROUPED.fullmatch(text), _COMMA.fullmatch(text)
    if grouped and comma:  # One comma and three digits: a thousand, or a decimal comma.
        joined, point = text.replace(",", ""), text.replace(",", ".")
        return f"write {joined}, or {point} if the comma is a decimal one"
    if grouped:
        return f"write {re.sub(r'[^0-9.+-]', '', text)}, without separators"
    if comma:
        return f"write {text.replace(',', '.')}, with a point"
    if unit == _RATE_UNIT:
        return SCALES["rate_c"].remedy
    within = f", in {unit}" if unit else ""
    return _advice_of_unit(text, unit, slips) or (
        f"write it in the digits 0 to 9, with a point, such as -0.25 or 2.5e-3{within}"
    )


def _advice_of_unit(text: str, unit: str, slips: Iterable[Slip]) -> str:
    """Say what a number with a unit behind it is in that of its quantity; nothing of others."""
    behind = _UNIT_BEHIND.fullmatch(text)
    if not behind or _nearly_number(text):
        return ""
    stated = behind[2].translate(_SIGNS)
    for slip in slips:
        converted = float(behind[1]) * slip.factor + slip.offset
        if _WORDS.get(stated, stated) == slip.unit.translate(_SIGNS) and isfinite(converted):
            return f"write {converted:.6g}{f', which it is in {unit}' if unit else ''}"
    if unit and stated == unit.translate(_SIGNS):
        return f"write {behind[1]} alone, without a unit"
    return f"give it in {unit}, the number alone" if unit and _UNIT.match(stated) else ""


def _nearly_number(text: str) -> bool:
    """Say whether there are digits of another script in a text."""
    return not text.isascii() and any(c.isdecimal() and not c.isascii() for c in text)


def checked(value: float, scale: str, *, called: str = "") -> float:
    """Return a value that is within the limits of its quantity.

    Parameters
    ----------
    value : float
        The value, in the unit of the quantity.
    scale : str
        Name of the quantity in :data:`SCALES`.
    called : str, optional
        Option, key or column, as the message starts.

    Raises
    ------
    QuantityError
        If it is outside: the message says value, limits, and what was probably meant.

    Examples
    --------
    >>> checked(3.9, "voltage_v")
    3.9
    >>> checked(3900, "voltage_v", called="--voltage")
    Traceback (most recent call last):
    stability.errors.QuantityError: --voltage 3900 V is outside 0 to 10 V: that looks like mV; ...
    """
    limits = SCALES[scale]
    shown = f"{called} {value:.6g}{_unit(limits)}".strip()
    if limits.whole and not float(value).is_integer():  # Refuses nan as well.
        raise QuantityError(f"{shown} is no whole number; {limits.remedy}")
    if value != limits.also and not limits.least <= value <= limits.most:  # Refuses nan as well.
        also = "" if limits.also is None else f"neither {limits.also:g} nor "
        spread = f"{limits.least:g} to {limits.most:g}{_unit(limits)}"
        within = f"{also}within {spread}" if also else f"outside {spread}"
        raise QuantityError(f"{shown} is {within}: {_meant(value, limits)}")
    return value


def _unit(limits: Scale) -> str:
    return f" {limits.unit}" if limits.unit else ""


def _meant(value: float, limits: Scale) -> str:
    """Say what was probably meant by a value outside the limits."""
    for unit, factor, offset, least in limits.slips:
        converted = value * factor + offset
        if max(limits.least, least) <= converted <= limits.most:
            return f"that looks like {unit}; write {converted:.6g}"
    if value < 0 <= limits.least:
        return f"it cannot be negative; {limits.remedy}"
    return limits.remedy


def written(text: str, scale: str, *, called: str = "") -> float:
    """Return the number that a text is, within the limits of its quantity.

    Parameters
    ----------
    text : str
        What was written.
    scale : str
        Name of the quantity in :data:`SCALES`.
    called : str, optional
        Option, key or column, as the message starts.

    Raises
    ------
    QuantityError
        If it is no number, or outside the limits.

    Examples
    --------
    >>> written("C/20", "rate_c")
    0.05
    >>> written("0.375", "pressure_mpa", called="pressure_mpa")
    Traceback (most recent call last):
    stability.errors.QuantityError: pressure_mpa 0.375 MPa is outside 2 to 5000 MPa: that ...
    """
    limits = SCALES[scale]
    if limits.unit == _RATE_UNIT and (rate := _RATE.fullmatch(text.strip())):
        hours, given = rate.groups()
        value = float(given) if given else 1.0 / (float(hours) or inf)
        return checked(value, scale, called=called)
    try:
        value = number(text, unit=limits.unit, slips=limits.slips)
    except QuantityError as error:
        raise QuantityError(f"{called} {error}".strip()) from error
    return checked(value, scale, called=called)
