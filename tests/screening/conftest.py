import csv
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.materials import Cathode, cathode, cathodes, electrolytes, recipe
from screening.catalogue.properties import Properties
from screening.pairs.features import Pair
from screening.results.evaluation import Block, evaluate_block
from stability.phases import CompetingPhases, competing_phases
from stability.tables.phase_table import reference_table

BESIDE_THE_CHECKOUT = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def known() -> CompetingPhases:
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


@pytest.fixture(scope="session")
def block(known) -> Block:
    """Return the reference batch, each cathode in its own recipe."""
    return evaluate_block(
        [
            Pair(sse, one, recipe(one.recipe))
            for sse in electrolytes()
            for one in cathodes().values()
        ],
        known,
    )


@pytest.fixture(scope="session")
def thesis() -> Mapping[str, float]:
    """Return the measured values of the thesis by T number, or skip."""
    path = Path(os.environ.get("CATHOLYTE_REFERENCE", BESIDE_THE_CHECKOUT))
    path /= "thesis_measurements.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is neither in ../shared/reference nor in CATHOLYTE_REFERENCE")
    with path.open(encoding="utf-8") as file:
        return {row["id"]: float(row["value"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def exact() -> Callable[[float, str], Quantity]:
    """Return a function from a number and its unit to a quantity without width."""

    def quantity(value: float, unit: str = "1") -> Quantity:
        return Quantity(value, value, value, unit, Kind.ASSUMED, "by hand")

    return quantity


@pytest.fixture(scope="session")
def lfp_like(exact) -> Cathode:
    """Return LiFePO4 that uses 0.9 of its capacity and returns 0.9 of that."""
    return replace(cathode("LiFePO4"), utilisation=exact(0.9), return_fraction=exact(0.9))


@pytest.fixture(scope="session")
def s_like(exact) -> Cathode:
    """Return S that uses 0.8 of its capacity and returns 0.95 of that."""
    return replace(cathode("S"), utilisation=exact(0.8), return_fraction=exact(0.95))


@pytest.fixture(scope="session")
def hand() -> Recipe:
    """Return as much SSE as cathode by mass, mixed by hand."""
    return Recipe("1:1", 0.5, 0.5, 0.0, None, Mixing.HAND, 375.0, "by hand")


@pytest.fixture(scope="session")
def milled() -> Recipe:
    """Return as much SSE as cathode by mass, milled."""
    return Recipe("1:1 milled", 0.5, 0.5, 0.0, None, Mixing.MILLED, 375.0, "by hand")


@pytest.fixture(scope="session")
def figures(exact) -> Properties:
    """Return an SSE of 2 g/cm3 that is pressed to 80 %."""
    return Properties(exact(1e-3, "S/cm"), exact(80.0, "%"), exact(2.0, "g/cm3"), None)
