"""A ranking as it is kept: each text once, so that a filter compares numbers and a page is quick.

A table of 100,000 pairs has 165 columns; no question copies more of it than it shows.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from jobs.errors import ServiceError
from screening.catalogue.materials import Chemistry
from screening.catalogue.properties import chemistries
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from jobs.ranking.ranked import Ranked

    Rows = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST_ROWS = 10_000
"""Rows of one answer; a cursor goes on."""
_MEASURED = "measured"
_FORMULAS_KEPT = 131_072  # Elements of formulas: a new ranking holds the same again.


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
    chemistry: Annotated[str | None, Field(max_length=50)] = None
    """Class of the SSE: sulfide, halide, oxyhalide, oxide or phosphate."""
    probability: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    """Only pairs that are among the best of their cathode with at least this probability."""
    measured: bool = False
    """Only SSEs whose conductivity was measured."""
    inside: bool = False
    """Only pairs inside the domain of the model of the cell."""
    sort: Annotated[str | None, Field(max_length=100)] = None
    """Column to sort by, with ``-`` in front for the largest first; the place without."""
    columns: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)
    ] = ()
    """Columns to show beside the names, with commas between; the usual ones without."""
    offset: Annotated[int, Field(ge=0)] = 0
    """Rows to leave out: the cursor."""
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 200
    """Most rows."""

    @field_validator("columns", mode="before")
    @classmethod
    def _apart(cls, given: object) -> object:
        """Return columns one by one, each once."""
        texts = given if isinstance(given, list | tuple) else [given]
        names = [name.strip() for text in texts for name in str(text).split(",")]
        return tuple(dict.fromkeys(name for name in names if name))

    @field_validator("probability", mode="before")
    @classmethod
    def _any(cls, text: object) -> object:
        """Return 0 for a field of a form that was left empty."""
        return 0.0 if text == "" else text

    @field_validator("batch", "cathode", "by", "sort", "chemistry", mode="before")
    @classmethod
    def _nothing(cls, text: object) -> object:
        """Return None for a field of a form that was left empty."""
        return None if text == "" else text


def coded(table: pa.Table) -> pa.Table:
    """Return a table in one piece whose columns of text hold each text once.

    Parameters
    ----------
    table : Table
        Any.
    """
    whole = table.combine_chunks()
    return pa.table(
        {
            name: pc.dictionary_encode(column) if pa.types.is_string(column.type) else column
            for name, column in zip(whole.column_names, whole.columns, strict=True)
        }
    ).unify_dictionaries()


def packed(table: pa.Table) -> bytes:
    """Return a table as bytes, for another process.

    Parameters
    ----------
    table : Table
        From :func:`coded`.
    """
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def unpacked(given: bytes) -> pa.Table:
    """Return the table that was packed, without copying it.

    Parameters
    ----------
    given : bytes
        From :func:`packed`.
    """
    return pa.ipc.open_stream(given).read_all()


class KeptRanking:
    """A ranking, its table coded."""

    def __init__(self, ranking: Ranked, state: tuple[object, ...], made: float) -> None:
        self.ranking = ranking
        """The ranking."""
        self.state = state
        """State of the store that it is from."""
        self.made = made
        """When it was made, by a clock that only goes on. [s]"""
        self._codes: dict[str, tuple[NDArray[np.int32], pa.Array]] = {}

    def __len__(self) -> int:
        """Return the number of pairs."""
        return int(self.ranking.table.num_rows)

    def has_cathode(self, cathode: str) -> bool:
        """Say whether a pair has a cathode.

        Parameters
        ----------
        cathode : str
            Its name.
        """
        return bool(self._equal("cathode", cathode).any())

    def found(self, wishes: Wishes) -> Rows:
        """Return the rows that are wished for, in order, with all that the limit leaves out.

        Parameters
        ----------
        wishes : Wishes
            Filter and order.

        Raises
        ------
        ServiceError
            If an element, a class, or a column to show or to sort by is unknown.
        """
        for name in wishes.columns:
            self._known(name, "to show")
        keep = np.ones(len(self), bool)
        wanted, unwanted = _elements(wishes.contains), _elements(wishes.without)
        if wanted or unwanted:
            keep &= self._with_elements(lambda there: wanted <= there and not unwanted & there)
        if wishes.cathode and self.has_cathode(wishes.cathode):
            keep &= self._equal("cathode", wishes.cathode)
        if wishes.chemistry:
            keep &= self._of_class(wishes.chemistry)
        if wishes.probability:
            top = self.ranking.table["top_probability"].to_numpy()
            keep &= np.nan_to_num(np.asarray(top, float), nan=-1.0) >= wishes.probability
        if wishes.measured:
            keep &= self._equal("ionic_conductivity_kind", _MEASURED)
        if wishes.inside:
            codes, _ = self._coded("outside_domain")
            keep &= self._equal("outside_domain", "") | (codes < 0)
        rows = np.flatnonzero(keep)
        return self._sorted(rows, wishes.sort) if wishes.sort else rows

    def first(self, places: int) -> Rows:
        """Return the rows of the first few of each cathode; of equal ones those in front.

        Parameters
        ----------
        places : int
            How many.
        """
        rows = np.flatnonzero(self.ranking.table["rank_in_cathode"].to_numpy() <= places)
        codes, _ = self._coded("cathode")
        some = [rows[codes[rows] == code][:places] for code in np.unique(codes[rows])]
        return np.sort(np.concatenate(some)) if some else rows

    def of(self, sse: str, cathode: str | None) -> Rows:
        """Return the rows of an SSE, best first.

        Parameters
        ----------
        sse : str
            Its formula.
        cathode : str or None
            Only with this one, if the table has it.
        """
        keep = self._equal("sse", sse)
        if cathode and self.has_cathode(cathode):
            keep &= self._equal("cathode", cathode)
        return np.flatnonzero(keep)

    def table(self, rows: Rows) -> pa.Table:
        """Return some rows as a plain table.

        Parameters
        ----------
        rows : ndarray
            Which.
        """
        some = self.ranking.table.take(pa.array(rows))
        return pa.table(
            {
                name: column.cast(column.type.value_type)
                if pa.types.is_dictionary(column.type)
                else column
                for name, column in zip(some.column_names, some.columns, strict=True)
            }
        )

    def prepare(self) -> None:
        """Read elements and classes of all formulas now, before somebody waits for it."""
        self._elements_of_rows  # noqa: B018  # It is kept by being asked for.
        self._classes_of_rows  # noqa: B018  # So is this.

    def _coded(self, name: str) -> tuple[NDArray[np.int32], pa.Array]:
        """Return the number of the text of each row, -1 for none, and the texts."""
        if name not in self._codes:
            column = self.ranking.table[name].combine_chunks()
            if not pa.types.is_dictionary(column.type):  # A column without any text.
                column = pc.dictionary_encode(column.cast(pa.string()))
            codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            self._codes[name] = codes, column.dictionary
        return self._codes[name]

    def _equal(self, name: str, text: str) -> Flags:
        codes, texts = self._coded(name)
        place = pc.index(texts, text).as_py()
        return np.asarray(codes == place) if place >= 0 else np.zeros(len(codes), bool)

    @cached_property
    def _elements_of_rows(self) -> tuple[Rows, list[frozenset[str]]]:
        """Number of the set of elements of each row, and the sets."""
        codes, formulas = self._coded("sse")
        number: dict[str, int] = {}
        sets = [number.setdefault(_elements_in(one), len(number)) for one in formulas.to_pylist()]
        return np.array(sets, np.int64)[codes], [frozenset(one.split()) for one in number]

    @cached_property
    def _classes_of_rows(self) -> NDArray[np.str_]:
        """Class of the SSE of each row."""
        codes, formulas = self._coded("sse")
        texts = formulas.to_pylist()
        known = chemistries(texts)
        return np.array([known[one] for one in texts], str)[codes]

    def _with_elements(self, holds: Callable[[frozenset[str]], bool]) -> Flags:
        numbers, sets = self._elements_of_rows
        return np.array([holds(one) for one in sets], bool)[numbers]

    def _of_class(self, wanted: str) -> Flags:
        """Return which rows have an SSE of a class.

        Raises
        ------
        ServiceError
            If it is none.
        """
        if wanted not in set(Chemistry):
            raise ServiceError(f"{wanted!r} is no class of SSEs; write {', '.join(Chemistry)}")
        return np.asarray(self._classes_of_rows == wanted)

    def _known(self, name: str, purpose: str) -> str:
        """Return the name of a column.

        Raises
        ------
        ServiceError
            If there is none.
        """
        names = self.ranking.table.column_names
        if name not in names:
            near = get_close_matches(name, names, n=1)
            meant = f"did you mean {near[0]}?" if near else "docs/schema.md lists them"
            raise ServiceError(f"there is no column {name!r} {purpose}; {meant}")
        return name

    def _sorted(self, rows: Rows, sort: str) -> Rows:
        """Return rows in the order of a column, those without a value last.

        Raises
        ------
        ServiceError
            If there is no such column.
        """
        name = self._known(sort.removeprefix("-"), "to sort by")
        table = self.ranking.table
        order = "descending" if sort.startswith("-") else "ascending"
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        keys = pa.table({"by": column, "then": table["rank"]}).take(pa.array(rows))
        by = pc.sort_indices(keys, sort_keys=[("by", order), ("then", "ascending")])
        return np.asarray(rows[by.to_numpy()])


@lru_cache(_FORMULAS_KEPT)
def _elements_in(formula: str) -> str:
    """Return the elements of a formula in one text, which many formulas share."""
    return " ".join(sorted(composition(formula).amounts))


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
