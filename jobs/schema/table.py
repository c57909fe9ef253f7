"""What a table that people query is: its columns, each with its meaning and unit."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A column of a table or view."""

    name: str
    """Name, with the unit."""
    type: str
    """SQL type."""
    comment: str
    """What it holds."""
    unit: str = ""
    """Unit of a number, ``1`` if it has none; empty for texts, flags and counts."""


class Table(NamedTuple):
    """A table, or a view if it has a query."""

    name: str
    """Name."""
    comment: str
    """What one row is."""
    fields: tuple[Field, ...]
    """Columns in order."""
    key: tuple[str, ...] = ()
    """Primary key: the same row computed again changes nothing. Rows are written in its order."""
    query: str = ""
    """What a view selects."""
    private: bool = False
    """Whether only the working file has it, not the published copy."""

    def field(self, name: str) -> Field:
        """Return one of its columns."""
        return next(field for field in self.fields if field.name == name)
