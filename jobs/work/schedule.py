"""Which pairs to compute next, and what to do with those that break their worker.

A chunk whose worker is lost, or that takes too long, is tried again; after some attempts it is cut
in halves, and those again, down to the one pair that breaks whatever computes it. That pair
becomes a failed row with its reason, and the others are computed.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import EngineError
from jobs.store.spec import Span
from jobs.work.packed_tables import packed
from jobs.work.pair_rows import broken_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from jobs.store.spec import Spec
    from jobs.work.engine import Answer, Limits

_PATIENCE = 10.0  # Medians that a chunk may take.
_PART = 6.0  # A part of a chunk gets at least the deadline divided by this.
_PART_LEAST = 10.0  # [s] And at least this, as a new worker takes its time.
_MOST_BROKEN = 50  # Broken pairs from which more than half of all is the machine's fault.
_REMEMBERED = 50  # Durations that the median is taken of.


class Piece(NamedTuple):
    """A chunk, or a part of one."""

    chunk: int
    """Number of the chunk."""
    span: Span
    """Its pairs."""
    attempt: int
    """Which attempt this is, from 1."""


class Finished(NamedTuple):
    """A chunk of which all pairs have rows."""

    chunk: int
    """Its number."""
    parcels: list[bytes]
    """Its rows in order, in one piece or several."""


class Schedule:
    """The chunks of a batch that are still to be computed."""

    def __init__(self, spec: Spec, done: Collection[int], limits: Limits) -> None:
        self._spec = spec
        self._limits = limits
        self._fresh = (number for number in range(spec.n_chunks) if number not in done)
        self._left = spec.n_chunks - len(done)
        self._again: deque[Piece] = deque()
        self._given: dict[int, Piece] = {}
        self._late: dict[int, Piece] = {}
        self._parts: dict[int, dict[Span, bytes]] = {}
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self._broken = 0
        self._whole = 0

    @property
    def finished(self) -> bool:
        """Whether every chunk is done."""
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

    def take(self, answer: Answer, seconds: float = 0.0) -> Finished | None:
        """Take an answer, and return its chunk if it is complete now.

        Parameters
        ----------
        answer : Answer
            From the engine.
        seconds : float, optional
            What the piece took. [s]

        Raises
        ------
        EngineError
            If most pairs break whatever computes them.
        """
        piece = self._given.pop(answer.ticket, None)
        if piece is None:
            return self._taken_late(answer)
        if answer.parcel is None:
            return self._missing(piece, answer.failure, certain=answer.certain)
        if self._is_whole(piece):
            self._seconds.append(seconds)
        self._whole += piece.span.n_pairs
        return self._with(piece, answer.parcel)

    def overdue(self, since: Callable[[int], float | None], now: float) -> list[int]:
        """Return the tickets of pieces that take too long.

        Parameters
        ----------
        since : callable
            Gives the time at which work on a ticket began.
        now : float
            The time by the same clock.
        """
        late = []
        for ticket, piece in self._given.items():
            began = since(ticket)
            if began is not None and now - began > self.deadline(piece):
                late.append(ticket)
        return late

    def expire(self, ticket: int) -> Finished | None:
        """Give a piece up that takes too long; if its answer comes in time after all, it counts."""
        piece = self._given.pop(ticket)
        self._late[ticket] = piece
        reason = f"no answer within {self.deadline(piece):.3g} s"
        return self._missing(piece, reason, certain=False)

    def deadline(self, piece: Piece) -> float:
        """Return how long a piece may take. [s]."""
        usual = median(self._seconds) if self._seconds else 0.0
        least = self._limits.deadline
        if not self._is_whole(piece):
            least = max(least / _PART, min(least, _PART_LEAST))
        return max(least, _PATIENCE * usual)

    def _is_whole(self, piece: Piece) -> bool:
        return piece.span == self._spec.chunk(piece.chunk)

    def _taken_late(self, answer: Answer) -> Finished | None:
        """Take an answer that was given up: it counts if nobody else has begun to answer."""
        piece = self._late.pop(answer.ticket, None)
        if piece is None or answer.parcel is None:
            return None
        again = [one for one in self._again if one.span == piece.span]
        if again:
            self._again.remove(again[0])
            return self._with(piece, answer.parcel)
        running = [ticket for ticket, one in self._given.items() if one.span == piece.span]
        if running:
            self._late[running[0]] = self._given.pop(running[0])
            return self._with(piece, answer.parcel)
        return None

    def _with(self, piece: Piece, parcel: bytes) -> Finished | None:
        parts = self._parts.setdefault(piece.chunk, {})
        parts[piece.span] = parcel
        if sum(span.n_pairs for span in parts) < self._spec.chunk(piece.chunk).n_pairs:
            return None
        self._left -= 1
        del self._parts[piece.chunk]
        return Finished(piece.chunk, [parts[span] for span in sorted(parts)])

    def _missing(self, piece: Piece, reason: str, *, certain: bool) -> Finished | None:
        """Try a piece again, or its halves, or give up the one pair that it is.

        Raises
        ------
        EngineError
            If most pairs end here.
        """
        start, stop = piece.span
        if stop - start == 1:
            self._broken += 1
            if self._broken >= _MOST_BROKEN and self._broken > self._whole:
                raise EngineError(
                    f"{self._broken} pairs in a row broke their worker, the last one: {reason}; "
                    "something is wrong with the machine: see `catholyte doctor`, then resume"
                )
            pair = self._spec.pair(start)
            return self._with(piece, packed(broken_pairs(self._spec, [pair], reason)))
        if not certain and self._is_whole(piece) and piece.attempt < self._limits.attempts:
            self._again.append(piece._replace(attempt=piece.attempt + 1))
            return None
        middle = (start + stop) // 2
        for span in (Span(start, middle), Span(middle, stop)):
            self._again.append(Piece(piece.chunk, span, self._limits.attempts))
        return None
