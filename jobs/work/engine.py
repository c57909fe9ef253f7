"""What computes spans of pairs, as its users see it: one small protocol, whatever the machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from jobs.store.spec import Span


@dataclass(frozen=True)
class Limits:
    """What a worker may use, and when a pair counts as one that has no answer.

    Work is measured by processor time: on a busy machine a good pair takes any time on the wall.
    """

    deadline: float = 60.0
    """A chunk may take so much processor time, or ten times the median if that is more. [s]"""
    enough: float = 60.0
    """A lone pair that is given at least so much processor time has failed without an answer; with
    less, it may have wanted more. [s]"""
    stop: float = 3600.0
    """A worker that has had no processor time for so long counts as lost; on Ray, where nobody
    knows, one that has not answered. [s]"""
    attempts: int = 3
    """How often a chunk, or a lone pair, is tried."""
    memory: int = 4 << 30
    """What a worker may take for its work. [bytes]"""


class Blame(Enum):
    """Whose fault it is that a span has no rows."""

    PAIR = auto()
    """One of its pairs: an error of the program, a crash, or more memory than is allowed."""
    TIME = auto()
    """It took more processor time than it was given."""
    MACHINE = auto()
    """The machine's, as far as anybody can tell: the process was killed, or could not go on."""


class Answer(NamedTuple):
    """What became of a span."""

    ticket: int
    """What :meth:`Engine.submit` gave for it."""
    parcel: bytes | None
    """Its rows, packed; None if there are none."""
    seconds: float = 0.0
    """Processor time that the rows took. [s]"""
    failure: str = ""
    """Why there are none."""
    blame: Blame = Blame.MACHINE
    """Whose fault that is."""


class Engine(Protocol):
    """Something that computes spans of one batch, and gives up what takes too long."""

    @property
    def slots(self) -> int:
        """How many spans it takes at a time."""

    def submit(self, span: Span, deadline: float) -> int:
        """Take a span that may use so much processor time [s], and return a ticket for it."""

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds, one for each ticket in the end."""

    def close(self) -> None:
        """Stop everything at once, and leave nothing behind."""
