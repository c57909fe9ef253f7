"""Pictures as pages show them: drawn by the process that computes, kept while they hold."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.service.evaluations import Evaluations
    from jobs.service.rankings import Rankings

_MOST_KEPT = 200  # About 50 kB each.


class Drawings:
    """The pictures of one store."""

    def __init__(self, evaluations: Evaluations, rankings: Rankings) -> None:
        self._evaluations = evaluations
        self._rankings = rankings
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def svg(
        self,
        kind: str,
        *about: str,
        rows: tuple[Any, ...] = (),
        state: tuple[object, ...] | None = None,
    ) -> str:
        """Return a picture.

        Parameters
        ----------
        kind : str
            One of `jobs.service.inquiries.PICTURES`.
        *about : str
            What it is of.
        rows : tuple, optional
            What it is drawn from, where the store does not say; `about` tells it from others.
        state : tuple, optional
            State of the store that the rows are from; that of now without.
        """
        key = (self._rankings.state() if state is None else state, kind, *about)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        drawn: str = self._evaluations.answer("picture", kind, *(rows or about))
        with self._lock:
            self._kept[key] = drawn
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return drawn
