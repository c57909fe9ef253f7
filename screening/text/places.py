"""Where each key and value of a TOML text stands, which the parser does not say.

Only texts that the parser has accepted are looked at, so that this need not judge them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[\s,]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL
)
_BARE = re.compile(r"[^\s,=:\[\]{}#.]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")


class TextPlaces:
    """Line and column of the keys and items of a text; from :func:`places`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._offsets: dict[Path, int] = {}
        self._at = 0

    def place(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Return line and column of the longest part of a path that the text holds.

        Parameters
        ----------
        path : sequence of str or int
            Keys and positions from the outside in; what the text does not hold is skipped.
        """
        known: Path = ()
        for part in path:
            if (*known, part) in self._offsets:
                known = (*known, part)
        return self._line_and_column(self._offsets.get(known, 0))

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def read(self) -> None:
        """Find all places."""
        self._skip()
        table: Path = ()
        counts: dict[Path, int] = {}
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                many = self._text.startswith("[[", self._at)
                self._at += 1 + many
                start = self._at
                table = self._under_arrays(self._key(), counts, last=not many)
                if many:
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                for length in range(1, len(table) + 1):
                    self._offsets.setdefault(table[:length], start)
                self._at += 1 + many
            else:
                self._assignment(table)
            self._skip()

    def _under_arrays(self, keys: Path, counts: Mapping[Path, int], *, last: bool) -> Path:
        """Return the path of a header: its parts lie in the latest item of arrays of tables."""
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if path in counts and (last or number < len(keys)):
                path = (*path, counts[path])
        return path

    def _assignment(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._key())
        for length in range(len(table) + 1, len(path) + 1):
            self._offsets.setdefault(path[:length], start)
        self._at += 1  # The equal sign.
        self._skip()
        self._value(path)

    def _key(self) -> Path:
        """Return the parts of a dotted key, and stop behind it."""
        parts: list[str] = []
        while True:
            self._skip()
            if found := _STRING.match(self._text, self._at):
                parts.append(_unescaped(found[0]))
            elif found := _BARE.match(self._text, self._at):
                parts.append(found[0])
            else:
                return tuple(parts)
            self._at = found.end()
            self._skip()
            if not self._text.startswith(".", self._at):
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        opening = self._text[self._at : self._at + 1]
        if opening in {"[", "{"}:
            self._at += 1
            self._skip()
            number = 0
            while self._at < len(self._text) and self._text[self._at] not in "]}":
                if opening == "{":
                    self._assignment(path)
                else:
                    self._offsets[*path, number] = self._at
                    self._value((*path, number))
                    number += 1
                self._skip()
            self._at += 1
            return
        found = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
        self._at = found.end() if found else len(self._text)

    def _skip(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at


def places(text: str) -> TextPlaces:
    r"""Return where the keys and items of a TOML text stand.

    Parameters
    ----------
    text : str
        Text that the parser has accepted.

    Examples
    --------
    >>> places('name = "trial"\nsses = ["LPSCl", 3]').place(("sses", 1))
    (2, 18)
    """
    found = TextPlaces(text)
    found.read()
    return found


def _unescaped(quoted: str) -> str:
    """Return the content of a quoted key."""
    if quoted.startswith("'"):
        return quoted[1:-1]
    return _ESCAPED.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if not found[3] else found[3], quoted[1:-1]
    )
