"""What computes spans of pairs, as its users see it: one small protocol, whatever the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from jobs.store.spec import Span


@dataclass(frozen=True)
class Limits:
    """When a chunk counts as lost, and what a worker may use."""

    deadline: float = 60.0
    """A chunk may take so long, or ten times the median, whatever is longer. [s]"""
    attempts: int = 3
    """How often a chunk is tried before it is cut in halves to find the pair that breaks it."""
    memory: int = 4 << 30
    """What a worker may take for its work. [bytes]"""


class Answer(NamedTuple):
    """What became of a span."""

    ticket: int
    """What :meth:`Engine.submit` gave for it."""
    parcel: bytes | None
    """Its rows, packed; None if there are none."""
    failure: str = ""
    """Why there are none."""
    certain: bool = False
    """Whether trying again would end the same way."""


class Engine(Protocol):
    """Something that computes spans of one batch."""

    @property
    def slots(self) -> int:
        """How many spans it takes at a time."""

    def submit(self, span: Span) -> int:
        """Take a span, and return a ticket for it."""

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds."""

    def since(self, ticket: int) -> float | None:
        """Return when work on a span began, on the monotonic clock; None if it has not."""

    def abandon(self, ticket: int) -> None:
        """Give a span up, if that can be done; an answer may still come."""

    def close(self) -> None:
        """Stop everything at once, and leave nothing behind."""
