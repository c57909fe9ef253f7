"""The end of the service: what would hold it up is told, so that it waits for nobody.

A server waits for the requests that are being answered. A stream of events goes on as long as its
batch does, and what is being computed may take minutes, for somebody who has gone long ago.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stopping:
    """Whether the service stops, and what is done then."""

    def __init__(self) -> None:
        self._begun = threading.Event()
        self._ends: list[Callable[[], None]] = []

    @property
    def begun(self) -> bool:
        """Whether it stops."""
        return self._begun.is_set()

    def then(self, end: Callable[[], None]) -> None:
        """Have something ended as soon as the service stops.

        Parameters
        ----------
        end : callable
            Ends it, without waiting.
        """
        self._ends.append(end)

    def begin(self) -> None:
        """Stop."""
        self._begun.set()
        for end in self._ends:
            end()
