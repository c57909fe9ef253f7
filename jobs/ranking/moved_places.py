"""Which places differ between two rankings of the same pairs, as after a new calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jobs.ranking.ranked import Ranked


class Moved(NamedTuple):
    """A pair that has another place."""

    sse: str
    """Solid electrolyte, by formula."""
    cathode: str
    """Cathode, as assembled."""
    recipe: str
    """Recipe of the composite."""
    before: int
    """Place in its cathode before."""
    after: int
    """Place now."""


def moved_places(before: Ranked, after: Ranked) -> list[Moved]:
    """Return the pairs whose place in their cathode is another one, by place now.

    Parameters
    ----------
    before, after : Ranked
        Rankings of the same pairs.
    """
    names = ("sse", "cathode", "recipe")
    place = "rank_in_cathode"
    old = {tuple(row[name] for name in names): row[place] for row in before.rows}
    return [
        Moved(*pair, old[pair], row[place])
        for row in sorted(after.rows, key=lambda row: (row["cathode"], row[place], row["sse"]))
        if old.get(pair := (row["sse"], row["cathode"], row["recipe"]), row[place]) != row[place]
    ]
