"""The text of a batch file: its values, and the line and column where each stands.

Nothing that is read is trusted: what is no ordinary file, too large, no UTF-8 or too deep is
refused with its place.
"""

from __future__ import annotations

import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from screening.errors import BatchError
from screening.text.places import TextPlaces, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_FILE = 4_000_000
"""Bytes of a batch file; longer lists belong into a CSV file."""

_DEEPEST = 10  # Tables inside tables; a batch is four deep.
_LONGEST_SAID = 60  # Characters of what a file says that are repeated in a message.
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "a zip archive", b"\x1f\x8b": "gzip"}
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_LONG_KEY = re.compile(
    rf"(?:^|[\[{{,])[ \t]*{_PART}(?:[ \t]*\.[ \t]*{_PART}){{{_DEEPEST}}}", re.MULTILINE
)
_LONG_NUMBER = re.compile(r"\d{4300,}")  # Python turns no longer text into a number.


class Document(NamedTuple):
    """What a file says, and where."""

    values: Mapping[str, Any]
    """Keys with their values."""
    places: TextPlaces
    """Line and column of each key, by its path."""


def document(path: Path) -> Document:
    """Return the keys of a TOML file.

    Raises
    ------
    BatchError
        If it cannot be read, or is no TOML; the message is one line with file, line and column.
    """
    text = plain_text(path, "batch file", most=LARGEST_FILE)
    if path.suffix.lower() != ".toml":
        raise BatchError(f"batch file {path}: the ending is not .toml; write TOML, and call it so")
    return parsed(text, f"batch file {path}")


def parsed(text: str, what: str) -> Document:
    """Return the keys of a text in TOML.

    Parameters
    ----------
    text : str
        The text, however it came in.
    what : str
        What to call it in a message.

    Raises
    ------
    BatchError
        If it is no TOML, or too deep; the message is one line with line and column.
    """
    if deep := _LONG_KEY.search(text):  # tomllib takes ages over it.
        line = text.count("\n", 0, deep.end()) + 1
        raise BatchError(f"{what}, line {line}: nested too deeply; a batch is four deep")
    try:
        values = tomllib.loads(text)
        found = places(text)
        _refuse_depth([values])
    except RecursionError as error:
        raise BatchError(f"{what}: nested too deeply; a batch is four deep") from error
    except ValueError as error:
        raise BatchError(f"{what}{_fault(error, text)}") from error
    return Document(values, found)


def with_tuples(value: Any) -> Any:
    """Return values with tuples for arrays: strict models take no lists.

    Examples
    --------
    >>> with_tuples({"sses": ["LPSCl", "LZC"]})
    {'sses': ('LPSCl', 'LZC')}
    """
    if isinstance(value, dict):
        return {key: with_tuples(one) for key, one in value.items()}
    return tuple(map(with_tuples, value)) if isinstance(value, list) else value


def shortened(said: str) -> str:
    """Return what a file says, cut where it is too long for a message.

    Parameters
    ----------
    said : str
        Text of the file.
    """
    return said if len(said) <= _LONGEST_SAID else f"{said[:_LONGEST_SAID]}..."


def plain_text(path: Path, what: str, *, most: int) -> str:
    """Return the text of an ordinary file, without the byte-order mark of a spreadsheet.

    Parameters
    ----------
    path : Path
        The file. A pipe, a device or a folder is refused, not waited for.
    what : str
        What to call it in a message.
    most : int
        Largest size. [bytes]

    Raises
    ------
    BatchError
        If it cannot be read, is too large, or no UTF-8 text.
    """
    try:
        about = path.stat()
        ordinary = stat.S_ISREG(about.st_mode)
        content = path.read_bytes() if ordinary and about.st_size <= most else b""
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it.
        said = getattr(error, "strerror", None) or error
        raise BatchError(f"{what} {path}: {said}; check the path") from error
    if not ordinary:
        raise BatchError(f"{what} {path}: no ordinary file; check the path")
    if about.st_size > most:
        raise BatchError(
            f"{what} {path}: {about.st_size / 1e6:.3g} MB, more than {most / 1e6:g}; split it"
        )
    for mark, kind in _MARKS.items():
        if content.startswith(mark):
            raise BatchError(f"{what} {path}: this is {kind}; save it as plain UTF-8 text")
    if (place := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, place) + 1
        raise BatchError(f"{what} {path}, line {line}: a NUL byte; save it as plain UTF-8 text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BatchError(
            f"{what} {path}, line {line}: no UTF-8 text ({error.reason}); save it as UTF-8"
        ) from error


def _refuse_depth(level: list[Any]) -> None:
    """Refuse what would be too deep for whoever walks through it.

    Raises
    ------
    RecursionError
        If it is.
    """
    for _ in range(_DEEPEST + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise RecursionError


def _fault(error: ValueError, text: str) -> str:
    """Return place and fault of a text that is no TOML."""
    if not isinstance(error, tomllib.TOMLDecodeError) and (number := _LONG_NUMBER.search(text)):
        line = text.count("\n", 0, number.start()) + 1
        return f", line {line}: a number of {len(number[0])} digits; nothing is that large"
    said = str(error)
    if place := _TOML_PLACE.search(said):
        said = said[: place.start()]
        at = f"line {place[1]}, column {place[2]}" if place[1] else "at its end"
        return f", {at}: no valid TOML: {said}"
    return f": no valid TOML: {said}" if isinstance(error, tomllib.TOMLDecodeError) else f": {said}"
