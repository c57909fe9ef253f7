"""What the descriptors promise: errors on held-out data, and speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import conductivity, mechanics, microstructure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Figure


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of conductivity, mechanics and microstructure.

    Parameters
    ----------
    table : str
        Name or path of the phase table whose compositions are predicted for the throughput.
    """
    yield from conductivity.figures(table)
    yield from mechanics.figures()
    yield from microstructure.figures()
