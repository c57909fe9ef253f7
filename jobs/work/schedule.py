"""Which pairs to compute next, and what to do with those that have no rows.

A fact about the machine is never kept as a fact about a pair. A chunk without rows is tried again,
then cut in halves, and those again, down to lone pairs. A pair has *failed* only if it fails alone,
each time it is tried, by its own fault, in a new worker with time enough. One that may have been
stopped by the machine stays *unanswered*, and its chunk is computed again when the batch goes on.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import EngineError, EngineLostError
from jobs.store.spec import Span
from jobs.work.engine import Blame
from jobs.work.packed_tables import packed
from jobs.work.pair_rows import FAILED, UNANSWERED, broken_pairs

if TYPE_CHECKING:
    from collections.abc import Collection

    from jobs.store.spec import Spec
    from jobs.work.engine import Answer, Limits

_PATIENCE = 10.0  # Medians that a chunk may take.
_PART = 6.0  # A part of a chunk gets at least the deadline divided by this, a lone pair all of it.
_MOST_BROKEN = 50  # Broken pairs from which more than half of all is not the fault of pairs.
_REMEMBERED = 50  # Durations that the median is taken of.


class Piece(NamedTuple):
    """A chunk, or a part of one."""

    chunk: int
    """Number of the chunk."""
    span: Span
    """Its pairs."""
    attempt: int
    """Which attempt this is, from 1."""
    doubted: bool = False
    """Whether the machine may have stopped an earlier one."""


class Finished(NamedTuple):
    """A chunk of which all pairs have been settled."""

    chunk: int
    """Its number."""
    parcels: list[bytes]
    """Its rows in order, in one piece or several."""
    answered: bool
    """Whether none of its pairs is unanswered: only then is the chunk done."""


class Schedule:
    """The chunks of a batch that are still to be computed."""

    def __init__(self, spec: Spec, done: Collection[int], limits: Limits) -> None:
        self._spec = spec
        self._limits = limits
        self._fresh = (number for number in range(spec.n_chunks) if number not in done)
        self._left = spec.n_chunks - len(done)
        self._again: deque[Piece] = deque()
        self._given: dict[int, Piece] = {}
        self._parts: dict[int, dict[Span, bytes]] = {}
        self._open: set[int] = set()
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self._broken = 0
        self._whole = 0

    @property
    def finished(self) -> bool:
        """Whether every chunk is settled."""
        return self._left == 0

    @property
    def given(self) -> int:
        """Pieces that are being computed."""
        return len(self._given)

    def next(self) -> Piece | None:
        """Return what to compute next; None if all that is left is being computed."""
        if self._again:
            return self._again.popleft()
        for number in self._fresh:
            return Piece(number, self._spec.chunk(number), 1)
        return None

    def give(self, ticket: int, piece: Piece) -> None:
        """Note that an engine has taken a piece."""
        self._given[ticket] = piece

    def take(self, answer: Answer) -> Finished | None:
        """Take an answer, and return its chunk if it is settled now.

        Parameters
        ----------
        answer : Answer
            From the engine.

        Raises
        ------
        EngineError
            If most pairs break whatever computes them.
        """
        piece = self._given.pop(answer.ticket)
        if answer.parcel is None:
            return self._missing(piece, answer)
        if self._is_whole(piece):
            self._seconds.append(answer.seconds)
        self._whole += piece.span.n_pairs
        return self._with(piece, answer.parcel)

    def deadline(self, piece: Piece) -> float:
        """Return how much processor time a piece may take. [s]."""
        usual = median(self._seconds) if self._seconds else 0.0
        least = self._limits.deadline
        if piece.span.n_pairs > 1 and not self._is_whole(piece):
            least /= _PART
        return max(least, _PATIENCE * usual)

    def _is_whole(self, piece: Piece) -> bool:
        return piece.span == self._spec.chunk(piece.chunk)

    def _with(self, piece: Piece, parcel: bytes) -> Finished | None:
        parts = self._parts.setdefault(piece.chunk, {})
        parts[piece.span] = parcel
        if sum(span.n_pairs for span in parts) < self._spec.chunk(piece.chunk).n_pairs:
            return None
        self._left -= 1
        del self._parts[piece.chunk]
        rows = [parts[span] for span in sorted(parts)]
        return Finished(piece.chunk, rows, piece.chunk not in self._open)

    def _missing(self, piece: Piece, answer: Answer) -> Finished | None:
        """Try a piece again, or its halves, or settle the one pair that it is."""
        start, stop = piece.span
        alone = stop - start == 1
        doubted = piece.doubted or not self._is_its_own_fault(answer)
        if piece.attempt < self._limits.attempts and (alone or answer.blame is Blame.MACHINE):
            self._again.append(piece._replace(attempt=piece.attempt + 1, doubted=doubted and alone))
            return None
        if alone:
            return self._settled(piece, answer.failure, failed=not doubted)
        middle = (start + stop) // 2
        for span in (Span(start, middle), Span(middle, stop)):
            attempt = 1 if span.n_pairs == 1 else self._limits.attempts
            self._again.append(Piece(piece.chunk, span, attempt))
        return None

    def _is_its_own_fault(self, answer: Answer) -> bool:
        """Say whether a piece that has no rows would have none on any machine."""
        if answer.blame is Blame.TIME:
            return self._limits.deadline >= self._limits.enough
        return answer.blame is Blame.PAIR

    def _settled(self, piece: Piece, reason: str, *, failed: bool) -> Finished | None:
        """Give a pair a row that says why it has no other.

        Raises
        ------
        EngineError, EngineLostError
            If most pairs end here.
        """
        self._broken += 1
        if self._broken >= _MOST_BROKEN and self._broken > self._whole:
            kind = EngineError if failed else EngineLostError
            raise kind(
                f"{self._broken} pairs in a row have no answer, the last one: {reason}; "
                "something is wrong with the machine: see `catholyte doctor`, then resume"
            )
        if not failed:
            self._open.add(piece.chunk)
        pair = self._spec.pair(piece.span.start)
        status = FAILED if failed else UNANSWERED
        return self._with(piece, packed(broken_pairs(self._spec, [pair], reason, status=status)))
