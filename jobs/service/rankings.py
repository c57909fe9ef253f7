"""Rankings for pages and programs: the one ranking of the store, filtered, and kept while it holds.

What was ranked stays as long as neither results nor laboratory have changed; it is only memory.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from jobs.errors import JobsError, ServiceError
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
_QUICK = 5000  # Pairs: so many are ranked while one waits.
_STALE = 60.0  # [s] No ranking older than this is shown, however long a new one takes.
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
    state: tuple[object, ...]
    """State of the store that they are from; that of today may be a later one."""


class Rankings:
    """The rankings of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()

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
        table = _filtered(found.ranking.table, wishes)
        if wishes.sort:
            table = _sorted(table, wishes.sort)
        rows = table.slice(wishes.offset, wishes.limit)
        return Shown(found.ranking, rows, table.num_rows, found.state)

    def first(self, places: int) -> Shown:
        """Return the first few of each cathode in the current batch.

        Parameters
        ----------
        places : int
            How many.
        """
        found = self._ranked(Wishes())
        table = found.ranking.table
        table = table.filter(pc.less_equal(table["rank_in_cathode"], places))
        return Shown(found.ranking, table, table.num_rows, found.state)

    def of(self, sse: str, cathode: str | None = None) -> Shown:
        """Return the pairs of an SSE in the current batch, best first.

        Parameters
        ----------
        sse : str
            Its formula.
        cathode : str, optional
            Only with this one.
        """
        found = self._ranked(Wishes(cathode=cathode))
        table = _filtered(found.ranking.table, Wishes(cathode=cathode))
        table = table.filter(pc.equal(table["sse"], sse))
        return Shown(found.ranking, table, table.num_rows, found.state)

    def state(self) -> tuple[object, ...]:
        """Return what changes whenever the results or the laboratory do."""
        return tuple(_stamp(self._store / name) for name in _FILES)

    def _ranked(self, wishes: Wishes) -> _Kept:
        """Return the ranking of a batch; a filter by cathode is that of a table already there.

        While a batch is computed, its results change every few seconds: then the ranking that is
        there is shown, and a new one made beside it, for at most `_STALE`. What a laboratory
        enters counts at once.
        """
        cathode = wishes.cathode
        if cathode is not None and self._holds(wishes, cathode):
            cathode = None
        key, state = (wishes.batch, cathode, wishes.by), self.state()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is not None and kept.state == state:
            return kept
        if kept is not None and kept.may_wait(state):
            if self._making.acquire(blocking=False):
                threading.Thread(target=self._again, args=(key,), daemon=True).start()
            return kept
        with self._making:
            kept = self._kept.get(key)
            if kept is not None and kept.state == state:
                return kept
            return self._made(key)

    def _holds(self, wishes: Wishes, cathode: str) -> bool:
        """Say whether the ranking of all cathodes has one, so that it need not be ranked apart."""
        table = self._ranked(wishes.model_copy(update={"cathode": None})).ranking.table
        return bool(pc.any(pc.equal(table["cathode"], cathode)).as_py())

    def _again(self, key: tuple[str | None, str | None, str | None]) -> None:
        try:
            self._made(key)
        except JobsError:  # Results that are going: the next one who asks is told.
            with self._lock:
                self._kept.pop(key, None)
        finally:
            self._making.release()

    def _made(self, key: tuple[str | None, str | None, str | None]) -> _Kept:
        batch, cathode, by = key
        state = self.state()
        with snapshot(self._store) as there:
            found = ranked(there, batch=batch, cathode=cathode, by=by)
        made = _Kept(found, state, time.monotonic())
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


class _Kept(NamedTuple):
    """A ranking that was made."""

    ranking: Ranked
    state: tuple[object, ...]
    made: float

    def may_wait(self, state: tuple[object, ...]) -> bool:
        """Say whether it may still be shown: only results have changed, and there are many."""
        return (
            self.state[1:] == state[1:]
            and self.ranking.table.num_rows > _QUICK
            and time.monotonic() - self.made < _STALE
        )


def _stamp(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _filtered(table: pa.Table, wishes: Wishes) -> pa.Table:
    wanted, unwanted = _elements(wishes.contains), _elements(wishes.without)
    if wanted or unwanted:
        keep = [
            formula
            for formula in table["sse"].unique().to_pylist()
            if wanted <= (there := composition(formula).amounts.keys()) and not unwanted & there
        ]
        table = table.filter(pc.is_in(table["sse"], pa.array(keep, pa.string())))
    if wishes.cathode:
        here = pc.equal(table["cathode"], wishes.cathode)
        table = table.filter(here) if pc.any(here).as_py() else table
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
