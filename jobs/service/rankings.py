"""Rankings for pages and programs: the one ranking of the store, filtered, and kept while it holds.

What was ranked stays as long as neither results nor laboratory have changed; it is only memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from jobs.errors import ServiceError
from jobs.ranking.ranked import ranked
from jobs.store.published import snapshot
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.ranking.ranked import Ranked

_MOST_KEPT = 4
_FILES = ("results.duckdb", "laboratory.sqlite", "laboratory.sqlite-wal")
MOST_ROWS = 10_000
"""Rows of one answer; a cursor goes on."""
_MEASURED = "measured"


class Wishes(BaseModel):
    """Which pairs are shown, and in what order; the whole state of a page, in its address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch: Annotated[str | None, Field(max_length=200)] = None
    """Id, name, or unique beginning of the id; the current one without."""
    cathode: Annotated[str | None, Field(max_length=200)] = None
    """Only this cathode."""
    by: Annotated[str | None, Field(max_length=500)] = None
    """Objective, as for ``catholyte rank --objective``."""
    contains: Annotated[str, Field(max_length=200)] = ""
    """Elements that the SSE holds, with blanks between: ``Li Cl``."""
    without: Annotated[str, Field(max_length=200)] = ""
    """Elements that it does not hold."""
    measured: bool = False
    """Only SSEs whose conductivity was measured."""
    inside: bool = False
    """Only pairs inside the domain of the model of the cell."""
    sort: Annotated[str | None, Field(max_length=100)] = None
    """Column to sort by, with ``-`` in front for the largest first; the place without."""
    offset: Annotated[int, Field(ge=0)] = 0
    """Rows to leave out: the cursor."""
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 200
    """Most rows."""

    @field_validator("batch", "cathode", "by", "sort", mode="before")
    @classmethod
    def _nothing(cls, text: object) -> object:
        """Return None for a field of a form that was left empty."""
        return None if text == "" else text


class Shown(NamedTuple):
    """Pairs as wished for."""

    ranking: Ranked
    """The ranking that they are from."""
    table: pa.Table
    """Their rows."""
    n_found: int
    """How many there are in all."""


class Rankings:
    """The rankings of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Ranked] = OrderedDict()

    def shown(self, wishes: Wishes) -> Shown:
        """Return the pairs that are wished for.

        Parameters
        ----------
        wishes : Wishes
            Filter, order, and which rows of what is left.

        Raises
        ------
        StoreError, QueryError, ObjectiveError
            If there are no results, no such batch, or no such objective.
        ServiceError
            If an element or a column to sort by is unknown.
        """
        found = self._ranked(wishes)
        table = _filtered(found.table, wishes)
        if wishes.sort:
            table = _sorted(table, wishes.sort)
        rows = table.slice(wishes.offset, wishes.limit)
        return Shown(found, rows, table.num_rows)

    def _ranked(self, wishes: Wishes) -> Ranked:
        key = (self._state(), wishes.batch, wishes.cathode, wishes.by)
        with self._lock:
            if key not in self._kept:
                with snapshot(self._store) as there:
                    self._kept[key] = ranked(
                        there, batch=wishes.batch, cathode=wishes.cathode, by=wishes.by
                    )
                while len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def _state(self) -> tuple[object, ...]:
        """Return what changes whenever the results or the laboratory do."""
        found: list[object] = []
        for name in _FILES:
            try:
                stat = (self._store / name).stat()
            except OSError:
                found.append(None)
            else:
                found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
        return tuple(found)


def _filtered(table: pa.Table, wishes: Wishes) -> pa.Table:
    wanted, unwanted = _elements(wishes.contains), _elements(wishes.without)
    if wanted or unwanted:
        keep = []
        for formula in table["sse"].to_pylist():
            there = composition(formula).amounts.keys()
            keep.append(wanted <= there and not unwanted & there)
        table = table.filter(pa.array(keep, pa.bool_()))
    if wishes.measured:
        table = table.filter(pc.equal(table["ionic_conductivity_kind"], _MEASURED))
    if wishes.inside:
        table = table.filter(pc.equal(pc.fill_null(table["outside_domain"], ""), ""))
    return table


def _elements(text: str) -> set[str]:
    """Return the elements of a text.

    Raises
    ------
    ServiceError
        If one of them is none.
    """
    found: set[str] = set()
    for word in text.replace(",", " ").split():
        try:
            found |= composition(word).amounts.keys()
        except FormulaError as error:
            raise ServiceError(f"{word!r} is no element: {error}") from error
    return found


def _sorted(table: pa.Table, sort: str) -> pa.Table:
    """Return a table in the order of a column, rows without a value last.

    Raises
    ------
    ServiceError
        If there is no such column.
    """
    name = sort.removeprefix("-")
    if name not in table.column_names:
        raise ServiceError(f"there is no column {name!r} to sort by; docs/schema.md lists them")
    order = "descending" if sort.startswith("-") else "ascending"
    return table.sort_by([(name, order), ("rank", "ascending")])
