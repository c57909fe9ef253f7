"""A screening batch: which pairs to evaluate, and among which phases."""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.catalogue import cathode, cathodes, electrolyte, electrolytes, recipe
from screening.errors import BatchError, UnknownNameError
from stability.errors import FormulaError
from stability.formula import composition
from stability.phase_table import REFERENCE

if TYPE_CHECKING:
    from pathlib import Path

    from descriptors.recipe import Recipe
    from screening.catalogue import Cathode

MOST_PAIRS = 1_000_000
"""Pairs in one batch."""

DEFAULT_TEMPERATURE = 298.15
"""Where cells are cycled: what gives off a gas does so 0.25 V earlier than at 0 K. [K]"""

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Names = Annotated[tuple[_Name, ...], Field(min_length=1)]


class Batch(BaseModel):
    """What a batch file says; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: _Name = "reference"
    """What people call the batch."""
    sses: _Names = ()
    """Solid electrolytes: names or labels of the catalogue, or formulas. All of it by default."""
    cathodes: _Names = ()
    """Cathodes of the catalogue, as assembled. All of it by default."""
    recipe: _Name | None = None
    """Recipe for every pair; each cathode's own by default."""
    table: _Name = REFERENCE
    """Phase table: ``reference``, or a file relative to where the program runs."""
    policy: Literal["known", "all"] = "known"
    """Which phases may compete."""

    temperature: float = DEFAULT_TEMPERATURE
    """Temperature: 0 for energies as they are, or 273.15 to 400 for free energies. [K]"""

    def pairs(self) -> list[tuple[str, Cathode, Recipe]]:
        """Return all pairs: SSE formula, cathode, recipe.

        Raises
        ------
        UnknownNameError, FormulaError
            If a cathode or recipe is not in the catalogue, or an SSE is no formula either.
        BatchError
            If a material stands twice, or there are too many pairs.
        """
        formulas = [sse_formula(name) for name in self.sses or electrolytes()]
        chosen = [cathode(name) for name in self.cathodes or cathodes()]
        for what, names in (("sses", formulas), ("cathodes", [one.name for one in chosen])):
            if twice := {name for name in names if names.count(name) > 1}:
                raise BatchError(f"{what}: {', '.join(sorted(twice))} stands twice; name it once")
        n = len(formulas) * len(chosen)
        if n > MOST_PAIRS:
            raise BatchError(f"{n} pairs are more than {MOST_PAIRS}; split the batch")
        return [(sse, one, recipe(self.recipe or one.recipe)) for sse in formulas for one in chosen]


def read_batch(path: Path) -> Batch:
    """Return the batch of a TOML file.

    Raises
    ------
    BatchError
        If the file cannot be read, is no TOML, or holds an unknown key or a wrong value; the
        message is one line with the place.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BatchError(f"batch file {path}: {error.strerror}; check the path") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BatchError(f"batch file {path}: no valid TOML: {error}") from error
    # A tuple field takes TOML's arrays; strict mode would ask for Python tuples.
    content = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
    try:
        return Batch(**{"name": path.stem, **content})
    except ValidationError as error:
        raise BatchError(f"batch file {path}: {_first_fault(error)}") from error


def sse_formula(name: str) -> str:
    """Return the formula of an SSE: a name or label of the catalogue, or a formula itself.

    Raises
    ------
    FormulaError
        If it is neither.
    """
    try:
        return electrolyte(name).name
    except UnknownNameError:
        material = composition(name)
    same = (known for known in electrolytes() if composition(known).shares == material.shares)
    return next(same, material.formula)


def cathode_formula(name: str) -> str:
    """Return the formula of a cathode as assembled: of the catalogue, or a formula itself.

    Raises
    ------
    UnknownNameError
        If it is neither; the message names what the catalogue holds.
    """
    try:
        return cathode(name).name
    except UnknownNameError as unknown:
        try:
            return composition(name).formula
        except FormulaError as error:
            raise UnknownNameError(f"{unknown}; nor is it a formula: {error}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {place}; known: {', '.join(Batch.model_fields)}"
    said = "write an array of strings" if fault["type"] == "tuple_type" else fault["msg"]
    more = error.error_count() - 1
    return f"{place}: {said}" + (f" (and {more} more)" if more else "")


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return the names of a CSV file with the columns ``sse`` and ``cathode``.

    Raises
    ------
    BatchError
        If the file cannot be read, lacks a column, or has an empty cell.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            rows = [
                (reader.line_num, dict(zip(header, row, strict=False))) for row in reader if row
            ]
    except OSError as error:
        raise BatchError(f"pairs file {path}: {error.strerror}; check the path") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BatchError(f"pairs file {path}: no UTF-8 CSV: {error}") from error
    if not rows or not {"sse", "cathode"} <= set(header):
        raise BatchError(f"pairs file {path}: no rows with the columns sse and cathode")
    pairs = [
        (line, row.get("sse", "").strip(), row.get("cathode", "").strip()) for line, row in rows
    ]
    for line, sse, name in pairs:
        if not (sse and name):
            raise BatchError(f"pairs file {path}, line {line}: sse or cathode is empty")
    return [(sse, name) for _, sse, name in pairs]
