"""What people call materials: labels and formulas, and CSV lists of them."""

from __future__ import annotations

import csv
import io
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from screening.catalogue.materials import cathode, cathodes, electrolyte, electrolytes
from screening.catalogue.spelling import folded
from screening.errors import BatchError, UnknownNameError
from screening.text.counts import counted
from screening.text.documents import plain_text
from stability.errors import FormulaError
from stability.formula import composition
from stability.tables.csv_text import separator_fault, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stability.formula import Composition

LARGEST_LIST = 100_000_000
"""Bytes of a CSV list: a million pairs need less."""
_NEAR_LABEL, _NEAR_FORMULA = 0.65, 0.85
_OF_RANKING = "rank_in_cathode"
_NAMED = 5  # Columns that a message names.
"""Shares of letters in common: one of three may be wrong, of a formula one of eight."""
NOTE = "note"
"""A column of lists that is for people: it may be there, and is not read."""


class Listed(NamedTuple):
    """One row of a CSV list."""

    line: int
    """Line of the file."""
    names: tuple[str, ...]
    """Cells of the columns asked for, without blanks around; empty where a column is missing."""


def sse_formula(name: str) -> str:
    """Return the formula of an SSE: a name or label of the catalogue, or a formula itself.

    Raises
    ------
    FormulaError
        If it is neither.

    Examples
    --------
    >>> sse_formula("LPSCl"), sse_formula("Li3N")
    ('Li6PS5Cl', 'Li3N')
    """
    try:
        material = composition(name)  # Most names are formulas, and a refusal looks for near ones.
    except FormulaError:
        try:
            return electrolyte(name).name
        except UnknownNameError:
            material = _material(name)
    return _catalogued().get(material.shares, material.formula)


def lithium_fault(formula: str) -> str:
    """Return why no cell can have an SSE of a composition, nothing if one can.

    Parameters
    ----------
    formula : str
        Its formula.

    Examples
    --------
    >>> lithium_fault("Li3PS4")
    ''
    >>> lithium_fault("Na3PS4").partition(";")[0]
    'Na3PS4 holds no lithium, so none moves through it'
    """
    if "Li" in composition(formula).amounts:
        return ""
    return (
        f"{formula} holds no lithium, so none moves through it; name an SSE with lithium (a film "
        "without is a coating)"
    )


def _material(name: str) -> Composition:
    """Return the composition of a name that is no label.

    Raises
    ------
    FormulaError
        If it is no formula; names of the catalogue that are near are named.
    """
    try:
        return composition(name)
    except FormulaError as error:
        names = {folded(known): known for known in _names()}
        alike = _NEAR_FORMULA if any(map(str.isdigit, name)) else _NEAR_LABEL
        near = get_close_matches(folded(name), names, n=3, cutoff=alike)
        if near and name.isascii():  # Of a foreign letter, the error says which it is.
            meant = " or ".join(names[one] for one in near)
            raise FormulaError(f"{name.strip()} is no formula; did you mean {meant}?") from error
        raise


@cache
def _names() -> tuple[str, ...]:
    """Return all names and labels of the catalogue."""
    labels = (one.label for one in electrolytes().values() if one.label)
    others = (label for one in cathodes().values() for label in one.labels)
    return (*cathodes(), *electrolytes(), *labels, *others)


@cache
def _catalogued() -> Mapping[frozenset[tuple[str, float]], str]:
    return {composition(known).shares: known for known in list(electrolytes())[::-1]}


def cathode_formula(name: str) -> str:
    """Return the formula of a cathode as assembled: of the catalogue, or a formula itself.

    Raises
    ------
    UnknownNameError
        If it is neither; the message names what the catalogue holds.
    """
    try:
        return cathode(name).formula
    except UnknownNameError as unknown:
        try:
            return composition(name).formula
        except FormulaError as error:
            raise UnknownNameError(f"{unknown}; nor is it a formula: {error}") from error


def refuse_swapped(sse: str, other: str) -> None:
    """Refuse a cathode that stands where the solid electrolyte should, and the other way round.

    Parameters
    ----------
    sse, other : str
        What was given for the solid electrolyte and for the cathode.

    Raises
    ------
    UnknownNameError
        If they are swapped.
    """
    try:
        cathode(sse)
        electrolyte(other)
    except UnknownNameError:
        return
    raise UnknownNameError(f"{sse} is a cathode and {other} a solid electrolyte; swap them")


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return the names of a CSV file with the columns ``sse`` and ``cathode``.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    BatchError
        If the file cannot be read, lacks a column, or has an empty cell.
    """
    found = read_list(path, ("sse", "cathode"), what="pairs file")
    return [(sse, name) for _, (sse, name) in found]


def read_list(
    path: Path,
    columns: Sequence[str],
    *,
    optional: Sequence[str] = (),
    what: str = "list",
    printed: str | None = None,
) -> list[Listed]:
    """Return some columns of a CSV file, row by row; other columns than a note are refused.

    Parameters
    ----------
    path : Path
        The file: UTF-8, with a header.
    columns : sequence of str
        Columns that must be there, and filled.
    optional : sequence of str, optional
        Columns that may be missing; if they are there, they are filled.
    what : str, optional
        What to call the file in a message.
    printed : str, optional
        A column that files of this program alone have: with it, what else they say is no fault.

    Raises
    ------
    BatchError
        If it cannot be read, lacks a column, has one twice or one that nobody would use, or a row
        is ragged or has an empty cell; the message names the line.
    """
    text = plain_text(path, what, most=LARGEST_LIST)
    return _listed(text, columns, optional, f"{what} {path}", printed)


def read_candidates(path: Path) -> list[Listed]:
    """Return the SSEs of a list of candidates, and their cathodes if it has them.

    Parameters
    ----------
    path : Path
        A CSV file with a column sse, maybe cathode; or what ``catholyte rank --csv`` has printed.

    Raises
    ------
    BatchError
        As for :func:`read_list`.
    """
    return read_list(
        path, ("sse",), optional=("cathode",), what="list of candidates", printed=_OF_RANKING
    )


def listed_candidates(text: str) -> tuple[str, ...]:
    """Return the SSEs of a list that was pasted, as CSV with a column ``sse``.

    Parameters
    ----------
    text : str
        As the file of :func:`read_candidates`, but without cathodes.

    Raises
    ------
    BatchError
        As for :func:`read_list`, or if it names pairs.
    """
    found = _listed(text, ("sse",), ("cathode",), "the list", _OF_RANKING)
    if any(one.names[1] for one in found):
        raise BatchError(
            "the list, line 1: the column 'cathode' makes it one of pairs; remove it and choose "
            "cathodes, or screen the file with `catholyte screen`"
        )
    return tuple(one.names[0] for one in found)


def _listed(
    text: str, columns: Sequence[str], optional: Sequence[str], file: str, printed: str | None
) -> list[Listed]:
    """Return some columns of a text in CSV, row by row, as :func:`read_list` does of a file.

    Raises
    ------
    BatchError
        As there.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    found: list[Listed] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        place = _places(header, columns, optional, file)
        if printed not in header:
            _refuse_unused(header, [*columns, *optional], file)
        names = " or ".join(name for name in (*columns, *optional) if name in header)
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise BatchError(
                    f"{file}, line {reader.line_num}: {counted(len(row), 'cell')}, "
                    f"the header has {len(header)}; write as many"
                )
            cells = tuple("" if at is None else row[at].strip() for at in place)
            if any(not cell for cell, at in zip(cells, place, strict=True) if at is not None):
                raise BatchError(f"{file}, line {reader.line_num}: {names} is empty")
            found.append(Listed(reader.line_num, cells))
    except csv.Error as error:
        raise BatchError(f"{file}, line {reader.line_num}: no CSV: {error}") from error
    if not found:
        raise BatchError(f"{file}: no rows with the columns {' and '.join(columns)}")
    return found


def _places(
    header: Sequence[str], columns: Sequence[str], optional: Sequence[str], file: str
) -> list[int | None]:
    """Return where each column stands in the header, None for one that is missing.

    Raises
    ------
    BatchError
        If a column is missing or stands twice.
    """
    wanted = [*columns, *optional]
    if missing := [name for name in columns if name not in header]:
        if fault := separator_fault(header):
            raise BatchError(f"{file}, line 1: {fault}")
        found = f"; it has {', '.join(map(shown, header))}" if any(header) else ""
        raise BatchError(
            f"{file}, line 1: no rows with the columns {' and '.join(columns)}: "
            f"{' and '.join(missing)} is missing{found}"
        )
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise BatchError(f"{file}, line 1: the column {twice[0]} stands twice; keep one")
    return [header.index(name) if name in header else None for name in wanted]


def _refuse_unused(header: Sequence[str], wanted: Sequence[str], file: str) -> None:
    """Refuse a column that nobody would read.

    Raises
    ------
    BatchError
        If there is one.
    """
    if unused := [name for name in header if name not in {*wanted, NOTE}]:
        said = ", ".join(repr(shown(name)) for name in unused[:_NAMED])
        more = f" and {len(unused) - _NAMED} more" if len(unused) > _NAMED else ""
        measured = [name for name in unused if "conductivity" in folded(name)]
        own = "; figures of your own come in by `catholyte material import`" if measured else ""
        raise BatchError(
            f"{file}, line 1: the column {said}{more} would not be used, only "
            f"{', '.join(wanted)}; remove it, or call it {NOTE} if it is for people{own}"
        )
