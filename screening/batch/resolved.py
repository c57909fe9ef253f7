"""A batch with every name, list and filter settled: SSEs and composites, pair by number.

SSEs are ordered by chemical system and then by formula, whatever the order of the file, and all
composites of an SSE follow each other. A million pairs are never listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from screening.batch.candidates import CandidateCount, filtered_candidates, table_band_gaps
from screening.batch.generated import generated_candidates
from screening.catalogue.gates import Gate, Verdict, refused
from screening.catalogue.materials import electrolytes
from screening.catalogue.names import read_candidates, sse_formula
from screening.errors import BatchError, UnknownNameError
from screening.pairs.features import Pair
from stability.energies.corrected_table import loaded_table
from stability.errors import StabilityError
from stability.formula import composition
from stability.phases import Policy, competing_phases
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from descriptors.recipe import Recipe
    from screening.batch.batch_tables import Composite
    from screening.batch.model import Batch
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials
    from stability.tables.phase_table import PhaseTable

MOST_PAIRS = 1_000_000
"""Pairs in one batch."""


@dataclass(frozen=True, eq=False)
class ResolvedBatch:
    """The pairs of a batch, in a fixed order; from :func:`resolved`."""

    sses: tuple[str, ...]
    """Solid electrolytes by formula; those of one chemical system stand together."""
    composites: tuple[Composite, ...]
    """Cathodes in recipes, by name."""
    listed: NDArray[np.int64] | None
    """Numbers of SSE and composite of each pair, shape (n_pairs, 2), where a list names pairs;
    None where each SSE goes with each composite."""
    counts: tuple[CandidateCount, ...]
    """How many SSEs each step of the search has left."""
    refused: Mapping[str, Verdict] | None
    """Candidates that a gate has refused, each with the verdict of the first that did; None where
    no gate was asked."""

    @property
    def cathodes(self) -> tuple[Cathode, ...]:
        """Cathodes, each once."""
        return tuple({one.cathode.name: one.cathode for one in self.composites}.values())

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """Recipes, each once."""
        return tuple({one.recipe.name: one.recipe for one in self.composites}.values())

    @property
    def n_pairs(self) -> int:
        """Pairs in all."""
        if self.listed is not None:
            return len(self.listed)
        return len(self.sses) * len(self.composites)

    def pair(self, number: int) -> Pair:
        """Return one pair.

        Raises
        ------
        IndexError
            If there are not that many.
        """
        if not 0 <= number < self.n_pairs:
            raise IndexError(f"pair {number} of {self.n_pairs}")
        sse, composite = (
            self.listed[number] if self.listed is not None else divmod(number, len(self.composites))
        )
        return Pair(self.sses[sse], *self.composites[composite])

    def __len__(self) -> int:
        """Return the number of pairs."""
        return self.n_pairs

    @overload
    def __getitem__(self, number: int) -> Pair: ...
    @overload
    def __getitem__(self, number: slice) -> list[Pair]: ...
    def __getitem__(self, number: int | slice) -> Pair | list[Pair]:
        """Return one pair, or some that follow each other."""
        if isinstance(number, slice):
            return [self.pair(one) for one in range(*number.indices(self.n_pairs))]
        return self.pair(number)

    def __iter__(self) -> Iterator[Pair]:
        """Yield all pairs in order."""
        return map(self.pair, range(self.n_pairs))


def resolved(batch: Batch, table: PhaseTable | None = None) -> ResolvedBatch:
    """Return the pairs of a batch.

    Parameters
    ----------
    batch : Batch
        What the file says.
    table : PhaseTable, optional
        Its phase table at 0 K, if it has been loaded already. It is needed for a filter only.

    Raises
    ------
    BatchError
        If a material stands twice, nothing is left, or there are too many pairs.
    UnknownNameError, FormulaError, TableError
        If a name or the phase table cannot be used.
    """
    counts: list[CandidateCount] = []
    named = batch.named_sses()
    if named:
        counts.append(CandidateCount("named in sses", len(named)))
    listed: list[_ListedPair] = []
    if batch.candidates is not None:
        listed, count = _listed(Path(batch.candidates), batch.own)
        counts += count
    pairs = any(one.cathode for one in listed)
    searched = bool(batch.filter or batch.generate)
    if pairs and (named or searched):
        raise BatchError(
            f"{batch.candidates} names pairs, by its column cathode; "
            "leave sses and filter out (and generate), or the column"
        )
    found: tuple[str, ...] = ()
    out: dict[str, Verdict] | None = None
    if searched:
        found, count = _searched(batch, table)
        counts += count
        found, out, count = _through_gates(found, batch, table)
        counts += count
    if batch.gates and listed and not pairs:
        listed, more, count = _listed_through_gates(listed, batch, table)
        out = (out or {}) | more
        counts += count
    if not (named or batch.candidates or searched):
        named = [sse_formula(name) for name in electrolytes()]
        counts.append(CandidateCount("the catalogue", len(named)))
    sses = _ordered([*named, *(one.sse for one in listed), *found])
    counts.append(CandidateCount("SSEs, each once", len(sses)))
    if not sses:
        steps = "; ".join(f"{step}: {left}" for step, left in counts)
        raise BatchError(f"no candidate is left ({steps}); ask for less")
    composites = batch.composites(dict.fromkeys(one.cathode for one in listed) if pairs else None)
    numbers = _numbered(listed, sses, composites) if pairs else None
    made = ResolvedBatch(sses, composites, numbers, tuple(counts), out)
    _refuse_too_many(made)
    return made


class _ListedPair(NamedTuple):
    sse: str
    cathode: str


def _listed(path: Path, own: OwnMaterials) -> tuple[list[_ListedPair], list[CandidateCount]]:
    """Return the rows of a list of candidates, each once.

    An SSE that is no formula stays as it is written: its pairs get the reason, and the others go
    on.

    Raises
    ------
    BatchError
        If a cathode is unknown; the message names the line.
    """
    rows = read_candidates(path)
    formulas: dict[str, str] = {}
    cathodes = {"": ""}
    for line, (name, of_cathode) in rows:
        try:
            if name not in formulas:
                formulas[name] = _formula_or_text(name, own)
            if of_cathode not in cathodes:
                cathodes[of_cathode] = own.cathode(of_cathode).name
        except UnknownNameError as error:
            raise BatchError(f"list of candidates {path}, line {line}: {error}") from error
    pairs = list(dict.fromkeys(_ListedPair(formulas[sse], cathodes[one]) for _, (sse, one) in rows))
    counts = [CandidateCount(f"rows of {path.name}", len(rows))]
    if len(pairs) < len(rows):
        counts.append(CandidateCount("each row once", len(pairs)))
    return pairs, counts


def _searched(
    batch: Batch, table: PhaseTable | None
) -> tuple[tuple[str, ...], list[CandidateCount]]:
    """Return what the filter finds in the table, and what substitution makes beside it."""
    found, counts = _found(batch, table)
    if batch.generate is not None:
        cold = table if table is not None else loaded_table(batch.table, batch.energies)
        made, count = generated_candidates(batch.generate, cold)
        found, counts = (*found, *made), counts + count
    return found, counts


def _found(batch: Batch, table: PhaseTable | None) -> tuple[tuple[str, ...], list[CandidateCount]]:
    if batch.filter is None:
        return (), []
    cold = table if table is not None else loaded_table(batch.table, batch.energies)
    at = at_temperature(cold, batch.temperature)
    found, counts = filtered_candidates(
        batch.filter,
        at,
        competing=lambda: competing_phases(
            at, Policy(batch.policy), exclude=batch.exclusions, margin=MARGIN
        ),
        band_gaps=lambda: table_band_gaps(at),
    )
    return tuple(map(sse_formula, found)), counts


def _formula_or_text(name: str, own: OwnMaterials) -> str:
    try:
        return own.sse_formula(name)
    except StabilityError:
        return name


def _key(formula: str) -> object:
    """Return what two names of one material share: its composition, or the text if it has none."""
    try:
        return composition(formula).shares
    except StabilityError:
        return formula


def _chemical_system(formula: str) -> str:
    try:
        return "-".join(sorted(composition(formula).amounts))
    except StabilityError:
        return ""


def _through_gates(
    formulas: Sequence[str], batch: Batch, table: PhaseTable | None
) -> tuple[tuple[str, ...], dict[str, Verdict], list[CandidateCount]]:
    """Return the candidates that pass all gates, the verdicts on the others, and the counts."""
    asked = tuple(Gate) if batch.gates is None else tuple(map(Gate, batch.gates))
    gaps = _known_gaps(batch, table) if Gate.INSULATOR in asked else {}
    out: dict[str, Verdict] = {}
    counts = []
    readable = [one for one in dict.fromkeys(formulas) if _chemical_system(one)]
    for gate, verdicts in refused(readable, asked, gaps=gaps):
        out |= verdicts
        counts.append(CandidateCount(f"gate {gate}", len(set(formulas)) - len(out)))
    return tuple(one for one in formulas if one not in out), out, counts


def _listed_through_gates(
    listed: Sequence[_ListedPair], batch: Batch, table: PhaseTable | None
) -> tuple[list[_ListedPair], dict[str, Verdict], list[CandidateCount]]:
    """Return the rows of a list whose SSEs pass all gates, and the rest as `_through_gates`."""
    passing, out, counts = _through_gates([one.sse for one in listed], batch, table)
    kept = set(passing)
    return [one for one in listed if one.sse in kept], out, counts


def _known_gaps(batch: Batch, table: PhaseTable | None) -> Mapping[str, float]:
    """Return the band gaps [eV] that the phase table has, if it has any."""
    loaded = table if table is not None else loaded_table(batch.table, batch.energies)
    return table_band_gaps(loaded) if loaded.band_gap is not None else {}


def _ordered(formulas: Sequence[str]) -> tuple[str, ...]:
    """Return each composition once, by chemical system and formula."""
    once: dict[object, tuple[str, str]] = {}
    for formula in formulas:
        once.setdefault(_key(formula), (_chemical_system(formula), formula))
    return tuple(formula for _, formula in sorted(once.values()))


def _numbered(
    listed: Sequence[_ListedPair], sses: Sequence[str], composites: Sequence[Composite]
) -> NDArray[np.int64]:
    """Return the numbers of the pairs of a list, each once, in order."""
    place = {_key(formula): number for number, formula in enumerate(sses)}
    of_cathode: dict[str, list[int]] = {}
    for number, one in enumerate(composites):
        of_cathode.setdefault(one.cathode.name, []).append(number)
    sse_of = {one.sse: place[_key(one.sse)] for one in listed}
    numbers = {
        (sse_of[one.sse], composite) for one in listed for composite in of_cathode[one.cathode]
    }
    return np.array(sorted(numbers), np.int64)


def _refuse_too_many(found: ResolvedBatch) -> None:
    """Refuse a batch with more pairs than one can have.

    Raises
    ------
    BatchError
        If it has.
    """
    if found.n_pairs > MOST_PAIRS:
        raise BatchError(
            f"{found.n_pairs} pairs ({len(found.sses)} SSEs in {len(found.composites)} composites) "
            f"are more than {MOST_PAIRS}; split the batch"
        )
