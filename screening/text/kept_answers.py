"""Answers by name that are asked for again and again: found for all unknown names at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_Answer = TypeVar("_Answer")

MOST_KEPT = 65_536
"""Names that are kept: more than a campaign asks for at a time, or a table has stable phases."""


class KeptAnswers(Generic[_Answer]):
    """Answers to one question, by name.

    Parameters
    ----------
    found : callable
        Gives the answers to many names; asking at once takes a fraction of the time.
    most : int, optional
        Names beyond which all are forgotten before the next question.

    Examples
    --------
    >>> lengths = KeptAnswers(lambda names: {name: len(name) for name in names})
    >>> lengths.of(["Li2S"])["Li2S"]
    4
    """

    def __init__(
        self, found: Callable[[Sequence[str]], Mapping[str, _Answer]], most: int = MOST_KEPT
    ) -> None:
        self._found, self._most = found, most
        self._known: dict[str, _Answer] = {}

    def of(self, names: Sequence[str]) -> Mapping[str, _Answer]:
        """Return the answers to some names, and to others that were asked for before.

        Parameters
        ----------
        names : sequence of str
            They may repeat.
        """
        if len(self._known) > self._most:
            self._known = {}
        if unknown := [one for one in dict.fromkeys(names) if one not in self._known]:
            self._known |= self._found(unknown)
        return self._known
