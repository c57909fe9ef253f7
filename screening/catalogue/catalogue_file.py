"""Files of the catalogue: TOML with one table per row, read strictly.

A key that is missing or unknown, a formula or a figure that is none is refused with its place.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from math import inf
from types import MappingProxyType
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from descriptors.quantity import Quantity
from screening.errors import CatalogueError
from stability.errors import FormulaError
from stability.formula import composition

STRICT = ConfigDict(extra="forbid", str_min_length=1, allow_inf_nan=False)
"""How rows are checked."""
_FAULTS = {
    "missing": "is missing",
    "missing_argument": "is missing",
    "extra_forbidden": "is not known here",
    "unexpected_keyword_argument": "is not known here",
}
"""pydantic's commonest faults in the words of a reader of the file."""

_Row = TypeVar("_Row")


def catalogue_rows(file: Traversable, row_type: type[_Row]) -> Mapping[str, _Row]:
    """Return the rows of a file by name, read-only.

    Parameters
    ----------
    file : Traversable
        TOML with one table for each row, under its name.
    row_type : type
        A dataclass with the keys of a table, and ``name``.

    Raises
    ------
    CatalogueError
        If the file is missing or no TOML, or a key is missing, unknown or of another type; the
        message is one line with file, table and key.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{file.name} cannot be read: {error}") from error
    adapter = TypeAdapter(row_type)
    rows = {}
    for name, table in tables.items():
        if not isinstance(table, dict) or "name" in table:
            raise CatalogueError(f"{file.name}, {name}: write a table [{name}] without a name key")
        try:
            rows[name] = adapter.validate_python({"name": name, **table})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            fault = _FAULTS.get(first["type"], first["msg"])
            raise CatalogueError(f"{file.name}, table {name}, key {key}: {fault}") from error
    return MappingProxyType(rows)


def formula_fault(formula: str) -> str | None:
    """Return what is wrong with a formula, None if it can be read."""
    try:
        composition(formula)
    except FormulaError as error:
        return str(error)
    return None


def quantity_fault(quantity: Quantity, unit: str) -> str | None:
    """Return what is wrong with a figure of a unit, None if nothing is.

    Parameters
    ----------
    quantity : Quantity
        The figure.
    unit : str
        Unit that it must have.
    """
    if not 0 <= quantity.low <= quantity.value <= quantity.high < inf:  # Refuses nan as well.
        return f"{quantity.value} with {quantity.low} to {quantity.high} is no interval"
    if quantity.unit != unit:
        return f"the unit is {unit}, not {quantity.unit}"
    if not quantity.source:
        return "the source is empty; say where the figure comes from"
    return None
