"""Answers that were written out already: many people open the same page of the same ranking."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 32_000_000
"""All that is kept; what was not asked for longest goes first. [bytes]"""


class Answers:
    """Written answers, kept under what they follow from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0

    def of(self, key: tuple[object, ...], written: Callable[[], bytes]) -> bytes:
        """Return an answer, written now if it was not.

        Parameters
        ----------
        key : tuple
            All that it follows from.
        written : callable
            Returns it.

        Examples
        --------
        >>> answers = Answers()
        >>> answers.of(("place", 1), lambda: b"Li2ZrCl6"), answers.of(("place", 1), lambda: b"")
        (b'Li2ZrCl6', b'Li2ZrCl6')
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = written()
        if len(answer) > MOST_BYTES:
            return answer
        with self._lock:
            self._size += len(answer) - len(self._kept.pop(key, b""))
            self._kept[key] = answer
            while self._size > MOST_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1])
        return answer
