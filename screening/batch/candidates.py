"""Candidates that a filter finds in a phase table, with the count that each condition leaves."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from screening.catalogue.oxidation_states import anions, charge_balanced
from screening.errors import BatchError
from screening.text.limited import Limited
from stability.arrays import hull_energies
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

BAND_GAP = "band_gap_ev"
"""Column of a phase table file that `min_band_gap_ev` reads."""
_ON_HULL = 1e-9  # [eV/atom] Rounding of a linear program.


def _element(symbol: str) -> str:
    if symbol not in ATOMIC_WEIGHT:
        raise ValueError(f"{symbol!r} is no element; write symbols such as Li")
    return symbol


_Element = Annotated[str, AfterValidator(_element)]
_Elements = Annotated[tuple[_Element, ...], Field(min_length=1, max_length=len(ATOMIC_WEIGHT))]


class CandidateCount(NamedTuple):
    """How many candidates a step of the search leaves."""

    step: str
    """What was asked, in words."""
    left: int
    """Candidates that are left."""


class CandidateFilter(BaseModel):
    """Which phases of a table are candidates; a key that is not given asks for nothing."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    contains: _Elements = ("Li",)
    """Elements that must be there, all of them."""
    allowed_elements: _Elements | None = None
    """The only elements that may be there."""
    forbidden_elements: _Elements | None = None
    """Elements that may not be there."""
    anions: _Elements | None = None
    """The only elements that may carry negative charge; at least one of them must.
    In a sulfate, that is O and not S."""
    min_elements: int = Field(2, ge=2, le=20)
    """Fewest elements of a candidate."""
    max_elements: int = Field(20, ge=2, le=20)
    """Most elements of a candidate."""
    known_only: bool = False
    """Leave out phases that the table flags as computed-only."""
    charge_balanced: bool = False
    """Leave out what common oxidation states, one for each element, do not balance."""
    min_band_gap_ev: Annotated[float, Limited("band_gap_ev")] | None = None
    """Smallest band gap, from the column ``band_gap_ev`` of the table; phases without one are
    left out."""
    max_above_hull_ev_per_atom: Annotated[float, Limited("above_hull_ev_per_atom")] | None = None
    """Largest energy above the hull of the competing phases, at the batch's temperature."""

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        """Refuse what no phase can meet.

        Raises
        ------
        ValueError
            If two keys contradict each other.
        """
        needed = set(self.contains)
        if self.allowed_elements and (more := needed - set(self.allowed_elements)):
            raise ValueError(f"contains asks for {_listed(more)}, allowed_elements leaves it out")
        if both := needed & set(self.forbidden_elements or ()):
            raise ValueError(f"{_listed(both)} is both in contains and in forbidden_elements")
        if self.min_elements > self.max_elements:
            raise ValueError(
                f"min_elements {self.min_elements} is above max_elements {self.max_elements}"
            )
        return self


def filtered_candidates(
    wanted: CandidateFilter,
    table: PhaseTable,
    *,
    competing: Callable[[], CompetingPhases],
    band_gaps: Callable[[], Mapping[str, float]],
) -> tuple[tuple[str, ...], list[CandidateCount]]:
    """Return the formulas of a table that a filter lets through, and what each condition leaves.

    Parameters
    ----------
    wanted : CandidateFilter
        The conditions.
    table : PhaseTable
        Where to look, at the temperature of the batch.
    competing : callable
        Returns the competing phases whose hull counts; called only if it matters.
    band_gaps : callable
        Returns the band gap of each formula [eV]; called only if it matters.
    """
    rows = np.arange(len(table.elements), len(table.energies))
    counts = [CandidateCount(f"compounds of {table.name}", len(rows))]
    for step, kept in _conditions(wanted, table, competing, band_gaps):
        rows = rows[kept(rows)]
        counts.append(CandidateCount(step, len(rows)))
    return tuple(table.formulas[row] for row in rows.tolist()), counts


def _conditions(
    wanted: CandidateFilter,
    table: PhaseTable,
    competing: Callable[[], CompetingPhases],
    band_gaps: Callable[[], Mapping[str, float]],
) -> Iterator[tuple[str, Callable[[Rows], Mask]]]:
    """Yield the conditions in words and as functions of rows, the cheapest first."""
    holds = table.fractions > 0
    number = holds.sum(axis=1)

    def how_many(elements: Collection[str]) -> NDArray[np.int64]:
        """Return for each row of the table how many of some elements it holds."""
        counted: NDArray[np.int64] = holds[:, np.isin(table.elements, list(elements))].sum(axis=1)
        return counted

    needed, least, most = set(wanted.contains), wanted.min_elements, wanted.max_elements
    yield f"with {_listed(needed)}", lambda rows: how_many(needed)[rows] == len(needed)
    if (only := wanted.allowed_elements) is not None:
        yield f"of {_listed(only)} only", lambda rows: how_many(only)[rows] == number[rows]
    if (none := wanted.forbidden_elements) is not None:
        yield f"without {_listed(none)}", lambda rows: how_many(none)[rows] == 0
    yield (
        f"of {least} to {most} elements",
        lambda rows: (number[rows] >= least) & (number[rows] <= most),
    )
    if wanted.known_only:
        yield "known phases", lambda rows: table.known[rows]
    if (charged := wanted.anions) is not None:
        allowed = frozenset(charged)
        yield (
            f"with {_listed(charged)} as the only anions",
            _each(table, lambda amounts: bool(there := anions(amounts)) and there <= allowed),
        )
    if wanted.charge_balanced:
        yield "charge balanced", _each(table, charge_balanced)
    if (gap := wanted.min_band_gap_ev) is not None:
        gaps = band_gaps()
        yield (
            f"with a band gap of at least {gap:g} eV",
            lambda rows: _mask(gaps.get(table.formulas[row], -1.0) >= gap for row in rows),
        )
    if (above := wanted.max_above_hull_ev_per_atom) is not None:
        yield (
            f"at most {above:g} eV/atom above the hull",
            lambda rows: _above_hull(table, competing(), rows) <= above + _ON_HULL,
        )


def _each(table: PhaseTable, test: Callable[[Mapping[str, float]], bool]) -> Callable[[Rows], Mask]:
    return lambda rows: _mask(test(composition(table.formulas[row]).amounts) for row in rows)


def _mask(passed: Iterable[bool]) -> Mask:
    return np.array(list(passed), np.bool_)


def _above_hull(table: PhaseTable, phases: CompetingPhases, rows: Rows) -> NDArray[np.float64]:
    """Return energies above the hull [eV/atom]: negative for a computed-only phase below it."""
    hull = hull_energies(phases, np.ascontiguousarray(table.fractions[rows])).energy
    above: NDArray[np.float64] = table.energies[rows] - hull
    return above


def table_band_gaps(table: PhaseTable) -> Mapping[str, float]:
    """Return the band gaps [eV] that a phase table holds, by formula as written.

    Parameters
    ----------
    table : PhaseTable
        With band gaps, as snapshots of the Materials Project have them.

    Raises
    ------
    BatchError
        If it has none.
    """
    if table.band_gap is None:
        raise BatchError(
            f"phase table {table.name} has no column {BAND_GAP}; add one, or leave "
            "min_band_gap_ev out"
        )
    gaps = zip(table.formulas, table.band_gap.tolist(), strict=True)
    return {formula: gap for formula, gap in gaps if not isnan(gap)}


def _listed(symbols: Collection[str]) -> str:
    return " and ".join(sorted(symbols))
