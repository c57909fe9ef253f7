"""Materials pasted from a spreadsheet: columns are named, units converted, faults told by cell.

What comes out are the same texts by field that a CSV of ``catholyte material import`` holds, and
the same functions check and keep them.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import MaterialError
from jobs.lab.material_units import unit_end, unit_written, units_of
from screening.batch.material_file import FIELDS, material
from screening.catalogue.own_materials import own_materials
from screening.catalogue.spelling import folded
from screening.errors import CatalogueError
from screening.text.counts import counted
from stability.errors import QuantityError
from stability.quantities import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.catalogue.own_material import Material

MOST_ROWS = 2000
"""Rows of one paste."""
MOST_COLUMNS = 60
"""Columns of one paste."""
_LOST = "\N{REPLACEMENT CHARACTER}"  # What programs put in place of what they cannot read.
_SPOKEN = {
    "name": "label", "material": "label", "sample": "label", "type": "kind",
    "composition": "formula", "chemicalformula": "formula", "reference": "source",
    "comment": "note", "remark": "note", "notes": "note",
    "conductivity": "ionic_conductivity_s_per_cm", "sigma": "ionic_conductivity_s_per_cm",
    "density": "true_density_g_per_cm3", "pressure": "pressed_at_mpa",
    "ehull": "above_hull_ev_per_atom", "bet": "specific_area_m2_per_g",
    "surface": "specific_area_m2_per_g", "modulus": "youngs_modulus_gpa",
}  # fmt: skip


class Column(NamedTuple):
    """What a column of a paste holds."""

    field: str
    """Field of a material; empty for a column that is left out."""
    unit: str = ""
    """Its unit; what the heading says without, or else that of the field."""


class Fault(NamedTuple):
    """What is wrong with a cell, or with a row."""

    row: int | None
    """Row below the header, from 0; None for the header."""
    column: int | None
    """Column, from 0; None if it is about the row."""
    said: str
    """The value, the limit, the remedy."""


class Pasted(NamedTuple):
    """A paste as it is understood."""

    header: tuple[str, ...]
    """Headings as they were pasted."""
    columns: tuple[Column, ...]
    """What each of them holds."""
    rows: tuple[tuple[str, ...], ...]
    """Cells."""
    materials: tuple[Material, ...]
    """Materials of rows without fault."""
    faults: tuple[Fault, ...]
    """What is wrong; nothing is kept while there is any."""


def pasted(
    text: str,
    columns: Sequence[Column] | None = None,
    *,
    usual: Mapping[str, str],
) -> Pasted:
    """Return materials of a pasted table.

    Parameters
    ----------
    text : str
        Header and rows, with tabs, semicolons or commas between cells.
    columns : sequence of Column, optional
        What each column holds; guessed from the header without.
    usual : mapping of str to str
        What stands for all rows whose own cell is empty: kind and source.

    Raises
    ------
    MaterialError
        If it is no table, or too large, or a field or unit is unknown.
    """
    header, rows = _table(text)
    found = tuple(columns) if columns is not None else tuple(guessed(name) for name in header)
    _refuse_mapping(header, found)
    found, faults = _with_units(header, found)
    if faults:  # What stands below would be read in a unit that nobody meant.
        return Pasted(header, found, rows, (), tuple(faults))
    made: list[tuple[int, Material]] = []
    for place, cells in enumerate(rows):
        texts, wrong = _texts(cells, found, usual)
        told = [Fault(place, column, said) for column, said in wrong]
        try:
            one = material(texts)
        except CatalogueError as error:
            told += [
                Fault(place, _column_of(line, found), line)
                for line in str(error).splitlines()
                if not any(line.startswith(f"{found[at].field}:") for at, _ in wrong)
            ]
        if told:
            faults += told
        else:
            made.append((place, one))
    return Pasted(header, found, rows, tuple(one for _, one in made), (*faults, *_clashes(made)))


def guessed(heading: str) -> Column:
    """Return what a heading seems to mean; nothing if it says nothing.

    Parameters
    ----------
    heading : str
        Such as ``Conductivity (mS/cm)``.

    Examples
    --------
    >>> guessed("Conductivity (mS/cm)")
    Column(field='ionic_conductivity_s_per_cm', unit='mS/cm')
    >>> guessed("formula").field, guessed("colour").field
    ('formula', '')
    """
    name, stated = _parted(heading)
    wanted = folded(name)
    field = _SPOKEN.get(wanted, "")
    for one in FIELDS:
        plain = folded(one)
        if wanted in {plain, plain.removesuffix(unit_end(one).replace("_", ""))} and wanted:
            field = one
            break
    unit = unit_written(stated, field)
    return Column(field, unit.name if unit else "")


def _parted(heading: str) -> tuple[str, str]:
    """Return a heading without the unit in brackets that ends it, and that unit."""
    found = re.search(r"[(\[]([^)\]]*)[)\]]\s*$", heading)
    return (heading[: found.start()], found[1].strip()) if found else (heading, "")


def _with_units(
    header: Sequence[str], columns: Sequence[Column]
) -> tuple[tuple[Column, ...], list[Fault]]:
    """Return columns in the units of their headings where none is chosen, and the unknown ones."""
    settled, faults = list(columns), list[Fault]()
    for place, (heading, column) in enumerate(zip(header, columns, strict=True)):
        _, stated = _parted(heading)
        known = units_of(column.field)
        if column.unit or not stated or not known:
            continue
        unit = unit_written(stated, column.field)
        if unit is None:
            names = ", ".join(one.name for one in known)
            faults.append(
                Fault(None, place, f"unit {stated[:60]!r} is not known; choose one of {names}")
            )
        else:
            settled[place] = column._replace(unit=unit.name)
    return tuple(settled), faults


def _table(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return header and rows.

    Raises
    ------
    MaterialError
        If there are none, or too many, or some of their characters were lost.
    """
    text = text.lstrip("\ufeff")
    if _LOST in text:
        raise MaterialError(
            f"{text.count(_LOST)} characters were lost ({_LOST}); save the file as CSV UTF-8, or "
            "paste its cells again"
        )
    first = text.partition("\n")[0]
    between = next((one for one in ("\t", ";") if one in first), ",")
    try:
        lines = [
            tuple(cell.strip() for cell in cells)
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=between)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise MaterialError(f"the paste is no table: {error}; copy cells of a sheet") from error
    if len(lines) < 2:  # noqa: PLR2004  # A header and a row.
        raise MaterialError("the paste has no rows below a header; copy the header too")
    header, rows = lines[0], lines[1:]
    if len(header) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise MaterialError(
            f"{len(rows)} rows of {len(header)} columns are more than {MOST_ROWS} of "
            f"{MOST_COLUMNS}; use `catholyte material import`"
        )
    wide = len(header)
    return header, tuple((row + ("",) * wide)[: max(wide, len(row))] for row in rows)


def _refuse_mapping(header: Sequence[str], columns: Sequence[Column]) -> None:
    """Refuse a mapping that cannot be meant.

    Raises
    ------
    MaterialError
        If it is of other columns, a field or unit is unknown, or a field stands twice.
    """
    if len(columns) != len(header):
        raise MaterialError(f"{len(columns)} columns are mapped of {len(header)}; look again")
    named = [one.field for one in columns if one.field]
    for one in columns:
        if one.field and one.field not in FIELDS:
            raise MaterialError(f"no field {one.field[:60]!r}; known: {', '.join(FIELDS)}")
        if one.unit and one.unit not in {unit.name for unit in units_of(one.field)}:
            raise MaterialError(f"{one.unit[:60]!r} is no unit of {one.field or 'no field'}")
    if twice := [name for name in named if named.count(name) > 1]:
        raise MaterialError(f"two columns hold {twice[0]}; leave one out")


def _texts(
    cells: Sequence[str], columns: Sequence[Column], usual: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Return the texts of a row by field, in the units of the fields, and what cannot be read."""
    texts, wrong = dict(usual), list[tuple[int, str]]()
    if len(cells) > len(columns):
        wrong.append(
            (len(columns) - 1, f"{counted(len(cells), 'cell')}, the header has {len(columns)}")
        )
    for place, (cell, column) in enumerate(zip(cells, columns, strict=False)):
        if not column.field or not cell:
            continue
        texts[column.field] = cell
        unit = next((one for one in units_of(column.field) if one.name == column.unit), None)
        if unit and (unit.factor, unit.offset) != (1.0, 0.0):
            try:
                # Twelve digits: what 9.4 mS/cm is in S/cm is written as one would write it.
                value = number(cell, unit=unit.name)
                texts[column.field] = f"{value * unit.factor + unit.offset:.12g}"
            except QuantityError as error:
                wrong.append((place, f"{column.field}: {error}"))
    return texts, wrong


def _column_of(line: str, columns: Sequence[Column]) -> int | None:
    """Return the column that a fault is about."""
    words = re.findall(r"[a-z_0-9]+", line)
    return next(
        (place for place, one in enumerate(columns) if one.field and one.field in words), None
    )


def _clashes(made: Sequence[tuple[int, Material]]) -> list[Fault]:
    """Return the first row that cannot be beside those above it; nothing if all can."""
    materials = tuple(one for _, one in made)
    if not _clash(materials):
        return []
    several = bisect_left(range(len(made)), 1, key=lambda n: bool(_clash(materials[:n])))
    return [Fault(made[several - 1][0], None, _clash(materials[:several]))]


def _clash(materials: tuple[Material, ...]) -> str:
    """Return why materials cannot be beside each other; empty if they can."""
    try:
        own_materials(materials)
    except CatalogueError as error:
        return str(error)
    return ""
