"""What was measured of pairs, to stand beside what is predicted of them."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from jobs.lab.pair_names import pair_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.first_cycle.measured_cells import Measurement

    Names = tuple[str, str, str]

MEASURED = {
    "charge": "measured_first_charge_mah_per_g",
    "discharge": "measured_first_discharge_mah_per_g",
    "efficiency": "measured_efficiency_percent",
}
"""Column of each quantity that is measured as it is predicted."""
CELLS = "measured_cells"
"""Column of the number of cells behind them."""


def measured_values(figures: Iterable[Measurement]) -> Mapping[Names, Mapping[str, float | int]]:
    """Return the mean of what cells of each pair have shown, by SSE, cathode and recipe.

    Parameters
    ----------
    figures : iterable of Measurement
        Figures of cells; the same figure may come twice and counts once.
    """
    cells: dict[Names, set[str]] = defaultdict(set)
    values: dict[Names, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for one in figures:
        if one.cathode is not None and one.quantity in MEASURED:
            for name in pair_names(one.recipe.name):
                pair = (one.sse, one.cathode, name)
                cells[pair].add(one.cell)
                values[pair][MEASURED[one.quantity]][one.id] = one.value
    return {
        pair: {name: fmean(told.values()) for name, told in columns.items()}
        | {CELLS: len(cells[pair])}
        for pair, columns in values.items()
    }
