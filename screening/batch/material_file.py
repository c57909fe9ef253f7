"""Materials of one's own as CSV: one row each, the header names fields with their units."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from screening.catalogue.own_labels import label_fault
from screening.catalogue.own_material import UNITS, Material
from screening.catalogue.own_materials import own_materials
from screening.catalogue.spelling import folded
from screening.errors import BatchError, CatalogueError
from screening.text.counts import counted
from screening.text.documents import plain_text
from stability.errors import QuantityError
from stability.quantities import number
from stability.tables.csv_text import separator_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIELDS = tuple(Material.model_fields)
"""The header."""
LARGEST = 20_000_000
"""Bytes of such a file."""
_MOST_FAULTS = 20
_NUMBERS = {
    name for name, field in Material.model_fields.items() if "float" in str(field.annotation)
}


def material(given: Mapping[str, str], *, used: bool = True) -> Material:
    """Return a material from texts, checked.

    Parameters
    ----------
    given : mapping of str to str
        Texts by field; those that are missing or empty are not known.
    used : bool, optional
        Whether its label will answer for it: then it must not be that of something else.

    Raises
    ------
    CatalogueError
        With every fault on its own line.
    """
    texts = {name: text.strip() for name, text in given.items() if text and text.strip()}
    faults, values = [], dict[str, Any](texts)
    for name in sorted(_NUMBERS & set(texts)):
        try:
            values[name] = number(texts[name], unit=_unit(name))
        except QuantityError as error:
            faults.append(f"{name}: {error}")
    try:
        made = Material(**values)
    except ValidationError as error:
        told = {fault.partition(":")[0] for fault in faults}
        faults += [said for name, said in _said(error) if name not in told]
    if faults:
        raise CatalogueError("\n".join(faults))
    if used and (fault := label_fault(made)):
        raise CatalogueError(fault)
    return made


def read_materials(path: Path) -> tuple[Material, ...]:
    """Return the materials of a CSV file: all of them, or none.

    Parameters
    ----------
    path : Path
        The file: UTF-8, separated by commas; the header names fields of :class:`Material`.

    Raises
    ------
    BatchError
        If it cannot be read, or a row is wrong: each fault with its line and column.
    """
    found: list[Material] = []
    faults: list[str] = []
    for line, texts in _rows(path):
        try:
            found.append(material(texts))
        except CatalogueError as error:
            faults += [f"line {line}, {fault}" for fault in str(error).splitlines()]
    try:
        own_materials(tuple(found))
    except CatalogueError as error:
        faults.append(str(error))
    if faults:
        rest = len(faults) - _MOST_FAULTS
        more = [f"... and {rest} more"] if rest > 0 else []
        first = f"materials {path}: {counted(len(faults), 'fault')}, so none was taken"
        raise BatchError("\n".join([first, *faults[:_MOST_FAULTS], *more]))
    if not found:
        raise BatchError(f"materials {path}: no rows below the header; add some")
    return tuple(found)


def usable(stated: tuple[Material, ...] | str) -> tuple[Material, ...]:
    """Return the materials that a batch file states, or those of the CSV file that it names.

    Parameters
    ----------
    stated : tuple of Material or str
        Materials, or the path of a file.

    Raises
    ------
    BatchError
        As for :func:`read_materials`.
    CatalogueError
        If one has the label of something else.
    """
    if isinstance(stated, str):
        return read_materials(Path(stated))
    for one in stated:
        if fault := label_fault(one):
            raise CatalogueError(f"materials, {fault}")
    return stated


def template() -> str:
    """Return a CSV file to fill in: the header, and an example of each kind."""
    examples = (
        {
            "label": "our LPSCl1.5", "kind": "sse", "formula": "Li5.5PS4.5Cl1.5",
            "source": "notebook 12, page 3", "ionic_conductivity_s_per_cm": "9.4e-3",
            "true_density_g_per_cm3": "1.87", "relative_density_percent": "88",
            "pressed_at_mpa": "375",
        },
        {
            "label": "our NMC811", "kind": "cathode", "source": "data sheet",
            "similar_to": "NMC811", "specific_area_m2_per_g": "0.35",
            "voltage_low_v": "2.8", "voltage_high_v": "4.3",
        },
        {
            "label": "our VGCF", "kind": "carbon", "source": "data sheet",
            "specific_area_m2_per_g": "13",
        },
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(examples)
    return text.getvalue()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and texts of each row.

    Raises
    ------
    BatchError
        If the file is no CSV, or its header holds what no material has.
    """
    reader = csv.reader(io.StringIO(plain_text(path, "materials", most=LARGEST), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        if fault := header_fault(header):
            raise BatchError(f"materials {path}, line 1: {fault}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise BatchError(
                        f"materials {path}, line {reader.line_num}: {counted(len(cells), 'cell')}, "
                        f"the header has {len(header)}; write as many"
                    )
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise BatchError(f"materials {path}, line {reader.line_num}: no CSV: {error}") from error


def header_fault(header: list[str]) -> str:
    """Return what is wrong with a header, nothing if it is right."""
    if fault := separator_fault(header):
        return fault
    if twice := [name for name in header if header.count(name) > 1]:
        return f"the column {twice[0]} stands twice; keep one"
    for name in header:
        if name in FIELDS:
            continue
        unit = next((one for one in FIELDS if folded(one).startswith(folded(name))), "")
        hint = f"name its unit: {unit}" if unit and name else f"known: {', '.join(FIELDS)}"
        return f"no column {name!r}; {hint}"
    return ""


def _unit(name: str) -> str:
    """Return the unit of a field, without what it is against."""
    end = max((one for one in UNITS if name.endswith(f"_{one}")), key=len, default="")
    return UNITS.get(end, "").partition(" ")[0]


def _said(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield field and fault of all that a model refuses."""
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"] if not str(part).startswith("function"))
        said = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "missing":
            said = "is missing; fill it in"
        elif fault["type"] == "extra_forbidden":
            said = f"no such field; known: {', '.join(FIELDS)}"
        yield name, f"{name}: {said}" if name else said
