"""Coatings at scale: a map of cathodes and coatings with intervals, and the search for one pair."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure
from screening.catalogue.materials import cathode
from screening.coating.coating_contacts import redrawn_contacts
from screening.coating.coating_order import passed_by, ranked_coatings
from screening.coating.coating_search import lithium_compounds
from screening.coating.coatings import coating_formula, coatings
from stability.phases import competing_phases
from stability.tables.phase_table import load_phase_table
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN, interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.catalogue.materials import Cathode

MAP = 41_372
"""Pairs of the largest published map of cathodes and coatings."""
STATES = (
    "LiCoO2", "Li0.5CoO2", "LiNiO2", "Li0.5NiO2", "LiMn2O4", "Mn2O4", "LiFePO4", "FePO4",
    "LiNi0.8Mn0.1Co0.1O2", "Li0.25Ni0.8Mn0.1Co0.1O2",
)  # fmt: skip
DRAWS = 100
LOOKED_FOR = (
    "LiNbO3", "LiTaO3", "Li3PO4", "LiPO3", "LiTi2(PO4)3", "LiBO2", "Li2B4O7", "LiBa(B3O5)3",
    "Li2O", "Li2S", "LiI",
)  # fmt: skip


def figures(table: str) -> Iterator[Figure]:
    """Yield the time of the map, the time of a search, and where well-known films stand in it."""
    phases = competing_phases(at_temperature(load_phase_table(table), 298.15), margin=MARGIN)
    yield from _search(table)
    found, _ = lithium_compounds(phases)
    films = [found[n % len(found)] for n in range(-(-MAP // len(STATES)))]
    start = process_time()
    drawn = redrawn_contacts(films, STATES, phases, draws=DRAWS)
    width = np.subtract(*reversed(interval(drawn.reshape(-1, DRAWS)[:MAP])))
    yield Figure("coating_map_pairs", MAP, "pairs")
    yield Figure("coating_map_seconds", process_time() - start, "s")
    yield Figure("coating_map_median_interval", float(np.median(width)), "eV/atom")


def _search(table: str) -> Iterator[Figure]:
    start = process_time()
    phases = competing_phases(at_temperature(load_phase_table(table), 298.15), margin=MARGIN)
    found, _ = lithium_compounds(phases)
    films = list(dict.fromkeys([*map(coating_formula, found), *coatings()]))
    ranked, gates, _ = ranked_coatings(films, "Li6PS5Cl", _nickel_rich(), phases)
    passed = passed_by(gates)[-1]
    yield Figure("coat_search_candidates", len(films), "compounds")
    yield Figure("coat_search_passed", passed, "compounds")
    yield Figure("coat_search_seconds", process_time() - start, "s")
    place = {one.formula: n for n, one in enumerate(ranked, start=1)}
    for name in LOOKED_FOR:
        share = 100 * place[name] / passed if name in place else float("nan")
        yield Figure(f"coat_search_place_{name}", share, "% of those that pass")


def _nickel_rich() -> Cathode:
    """Return NMC811 between 2.8 and 4.3 V, where a quarter of its lithium stays."""
    return replace(
        cathode("LiNiO2"),
        name="LiNi0.8Mn0.1Co0.1O2",
        discharged="LiNi0.8Mn0.1Co0.1O2",
        charged="Li0.25Ni0.8Mn0.1Co0.1O2",
        voltage_low=2.8,
        voltage_high=4.3,
    )
