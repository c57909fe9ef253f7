"""Files of pymatgen's ``ComputedEntry`` and ``ComputedStructureEntry``: JSON, gzipped or not.

The JSON is read as plain data. Nothing in a file chooses a class to import.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from math import gcd, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.phase_tables.errors import DataError
from stability.elements import ATOMIC_WEIGHT
from stability.tables.phase_rows import MOST_FAULTS_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENDINGS = (".json", ".json.gz")
"""How a file of entries may be called."""
_LARGEST_FILE = 4 << 30  # [bytes] After unpacking: all entries of the Materials Project fit.
_PEROXIDES = {"H", "Li", "Na", "K", "Rb", "Cs"}  # With as much oxygen, written as in Li2O2.
_MOST_DIGITS = 300  # More do not fit into a double.
_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # Half a character, which no file can hold.
_WHOLE = 1e-6  # Amounts this near to whole numbers are whole.


class PlainEntry(NamedTuple):
    """What an entry says, as plain data."""

    amounts: Mapping[str, float]
    """Atoms of each element in the cell."""
    energy: float
    """Energy of the cell without corrections. [eV]"""
    correction: float
    """Corrections that somebody has added. [eV]"""
    parameters: Mapping[str, Any]
    """How it was calculated."""
    data: Mapping[str, Any]
    """What else is known."""
    entry_id: str
    """Its name, such as mp-1234."""
    structure: Mapping[str, Any] | None
    """Crystal structure, if there is one."""

    @property
    def formula(self) -> str:
        """Formula of the smallest unit of whole numbers."""
        return _formula(self.amounts)

    @property
    def n_atoms(self) -> float:
        """Atoms in the cell."""
        return sum(self.amounts.values())


def read_entries(path: Path) -> list[PlainEntry]:
    """Return the entries of a file.

    Parameters
    ----------
    path : Path
        A JSON list of entries, or an object with such a list under ``entries``.

    Raises
    ------
    DataError
        If the file is no such thing; the message names row and field.
    """
    content = _content(path)
    if isinstance(content, dict):
        content = content.get("entries", [content] if "composition" in content else None)
    if not isinstance(content, list) or not content:
        raise DataError(f"{path.name}: no list of entries; write a JSON list of ComputedEntry")
    entries: list[PlainEntry] = []
    faults: list[str] = []
    for number, one in enumerate(content, start=1):
        try:
            entries.append(_entry(one))
        except _FieldError as error:
            faults.append(f"row {number}: {error}")
    if faults:
        more = len(faults) - MOST_FAULTS_SHOWN
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise DataError(f"{path.name}: {shown}")
    return entries


class _FieldError(ValueError):
    """A field of an entry that cannot be used."""


def _content(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    DataError
        If it is no such file, or too large.
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1)
        if len(text) > _LARGEST_FILE:
            raise DataError(f"{path.name} holds more than {_LARGEST_FILE >> 30} GiB; split it")
        content = json.loads(text, object_pairs_hook=_object, parse_int=_whole)
        if _ESCAPED_HALF.search(text):
            json.dumps(content, ensure_ascii=False).encode()
    except _FieldError as error:
        raise DataError(f"{path.name}: {error}") from error
    except (OSError, EOFError, zlib.error, UnicodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path.name}: not a readable JSON file ({error})") from error
    except RecursionError as error:
        raise DataError(f"{path.name}: nested too deeply for a list of entries") from error
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON.

    Raises
    ------
    _FieldError
        If a key stands in it twice: a parser would keep the last value in silence.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _FieldError(f"key {twice[:40]!r} stands twice in one object; keep one")
    return found


def _whole(digits: str) -> int:
    """Return a whole number of JSON.

    Raises
    ------
    _FieldError
        If it has more digits than any count or energy.
    """
    if len(digits) > _MOST_DIGITS:
        raise _FieldError(f"a whole number of {len(digits)} digits; nothing is that large")
    return int(digits)


def _entry(one: object) -> PlainEntry:
    """Return one entry.

    Raises
    ------
    _FieldError
        If a field is missing or wrong.
    """
    if not isinstance(one, dict):
        raise _FieldError("no object; write entries as pymatgen's as_dict() gives them")
    structure = _mapping(one, "structure") if one.get("structure") else None
    amounts = _mapping(one, "composition") if one.get("composition") else _of_structure(structure)
    plain: dict[str, float] = {}
    for species, amount in amounts.items():
        element = species.rstrip("+-0123456789.")
        if element not in ATOMIC_WEIGHT:
            raise _FieldError(f"field composition: {species!r} is no element")
        plain[element] = plain.get(element, 0.0) + _number(amount, "composition")
    plain = {element: amount for element, amount in plain.items() if amount}
    if not plain or min(plain.values()) < 0:
        raise _FieldError("field composition: no atoms, or a negative number of them")
    entry_id = one.get("entry_id")
    return PlainEntry(
        plain,
        _number(one.get("energy"), "energy"),
        _correction(one),
        _mapping(one, "parameters"),
        _mapping(one, "data"),
        str(entry_id) if entry_id is not None else "",
        structure,
    )


def _correction(one: Mapping[str, Any]) -> float:
    """Return what has been added to the energy of an entry.

    Raises
    ------
    _FieldError
        If it is no number.
    """
    return _number(one.get("correction") or 0.0, "correction")


def _of_structure(structure: Mapping[str, Any] | None) -> Mapping[str, float]:
    """Return the amounts of elements in a structure.

    Raises
    ------
    _FieldError
        If there is no structure.
    """
    try:
        amounts: dict[str, float] = {}
        for site in (structure or {})["sites"]:
            for species in site["species"]:
                element = str(species["element"])
                amount = _number(species["occu"], "structure")
                amounts[element] = amounts.get(element, 0.0) + amount
    except (KeyError, TypeError) as error:
        raise _FieldError("field composition: missing, and no usable structure") from error
    return amounts


def _mapping(one: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return a field that is an object.

    Raises
    ------
    _FieldError
        If it is something else.
    """
    value = one.get(field) or {}
    if not isinstance(value, dict):
        raise _FieldError(f"field {field}: {str(value)[:40]!r} is no object")
    return value


def _number(value: object, field: str) -> float:
    """Return a field that is a finite number.

    Raises
    ------
    _FieldError
        If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _FieldError(f"field {field}: {str(value)[:40]!r} is no finite number")
    return float(value)


def _formula(amounts: Mapping[str, float]) -> str:
    """Return a formula in the smallest whole numbers, or as it is if there are none."""
    whole = {element: round(amount) for element, amount in amounts.items()}
    if any(abs(amounts[element] - n) > _WHOLE or n == 0 for element, n in whole.items()):
        return "".join(f"{element}{amount:.8g}" for element, amount in amounts.items())
    factor = float(gcd(*whole.values()))
    if any({*whole} == {metal, "O"} for metal in _PEROXIDES) and {*whole.values()} == {factor}:
        factor /= 2
    return "".join(
        element + (f"{n / factor:g}" if n > factor else "") for element, n in whole.items()
    )
