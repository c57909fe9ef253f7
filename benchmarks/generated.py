"""Whether electrolytes that came after 2019 are made by substitution, and stand among the first.

They are hidden: no figure of them is learned from, the phase table does not have them, and their
names are written as the catalogue does not know them.
"""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.discovery import evaluated, figures_without, ordered, phases_without
from benchmarks.measure import Figure
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.training.train_conductivity import trained_model
from screening.batch.generated import Generation, generated_candidates
from screening.catalogue.gates import refused
from screening.catalogue.own_materials import NO_MATERIALS, UNTABULATED
from screening.order.ranking import Order
from stability.formula import composition
from stability.tables.phase_table import Phase, phase_table

if TYPE_CHECKING:
    from collections.abc import Iterator

LATER = {
    "Li2ZrCl6": "Wang et al., Nat. Commun. 12, 4410 (2021), doi:10.1038/s41467-021-24697-2",
    "Li3ScCl6": "Liang et al., J. Am. Chem. Soc. 142, 7012 (2020), doi:10.1021/jacs.0c00134",
    "Li5YZrCl12": "Park et al., ACS Energy Lett. 5, 533 (2020), doi:10.1021/acsenergylett.9b02599",
    "Li5ErZrCl12": "Park et al., ACS Energy Lett. 5, 533 (2020), doi:10.1021/acsenergylett.9b02599",
    "Li6InScCl12": "Zhou et al., Nat. Energy 7, 83 (2022), doi:10.1038/s41560-021-00952-0",
    "LiTaOCl4": "Tanaka et al., Angew. Chem. Int. Ed. 62, e202217581 (2023)",
    "LiNbOCl4": "Tanaka et al., Angew. Chem. Int. Ed. 62, e202217581 (2023)",
}
"""Electrolytes first reported after 2019, with the report."""
CATHODES = ("LiFePO4", "LiCoO2")
_FIRST = 0.1  # Share of all candidates that is the top decile.


def figures(table: str) -> Iterator[Figure]:
    """Yield where the later electrolytes stand among all that substitution makes.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    start = process_time()
    later = {composition(one).shares for one in LATER}
    nothing = phase_table([Phase("LiCl", -2.0)], name="nothing")
    made, _ = generated_candidates(Generation(), nothing)
    yield Figure("generated_candidates", len(made), "compounds")
    there = [one for one in made if composition(one).shares in later]
    yield Figure("generated_later_made", 100 * len(there) / len(LATER), "%")

    doubled = {one: _doubled(one) for one in there}
    out = {one for _, refusals in refused(made, gaps={}) for one in refusals}
    passing = [doubled.get(one, one) for one in made if one not in out]
    yield Figure("generated_left", len(passing), "compounds")
    yield Figure("generated_later_refused", len(out & doubled.keys()), "compounds")

    learned = figures_without(list(LATER))
    model = trained_model(learned, origin="blind") if learned else shipped_model()
    phases = phases_without(table, list(LATER))
    own = replace(NO_MATERIALS, untabulated=UNTABULATED)
    for name in CATHODES:
        found = evaluated(phases, passing, name, own)
        for order in (Order.CAUTIOUS, Order.EXPECTED):
            candidates = ordered(found, model, order)
            place = {formula: number for number, formula in enumerate(candidates, 1)}
            stand = np.array([place[one] for one in doubled.values()]) / len(candidates)
            first = 100 * float((stand <= _FIRST).mean())
            yield Figure(f"later_in_first_tenth_{name}_{order}", first, "%")
            middle, last = 100 * float(np.median(stand)), 100 * float(stand.max())
            yield Figure(f"later_median_place_{name}_{order}", middle, "% of candidates")
            yield Figure(f"later_last_place_{name}_{order}", last, "% of candidates")
    yield Figure("generated_seconds", process_time() - start, "s")


def _doubled(formula: str) -> str:
    """Return a formula with twice the atoms, which no list has."""
    return "".join(f"{element}{int(2 * n)}" for element, n in composition(formula).amounts.items())
