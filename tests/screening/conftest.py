import csv
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe
from screening.catalogue import Cathode, cathode, cathodes, electrolytes, recipe
from screening.evaluate import Evaluation, evaluate_pair
from screening.first_cycle import Parameters
from screening.properties import Properties
from stability.phase_table import reference_table
from stability.phases import CompetingPhases, competing_phases

BESIDE_THE_CHECKOUT = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def known() -> CompetingPhases:
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


@pytest.fixture(scope="session")
def evaluated(known) -> Mapping[tuple[str, str], Evaluation]:
    """Return the reference batch by SSE and cathode, each cathode in its own recipe."""
    return {
        (sse, name): evaluate_pair(sse, one, recipe(one.recipe), known)
        for sse in electrolytes()
        for name, one in cathodes().items()
    }


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
    return Properties(exact(1e-3, "S/cm"), None, exact(80.0, "%"), exact(2.0, "g/cm3"), None)


@pytest.fixture
def halves(monkeypatch, exact) -> Parameters:
    """Put in parameters with which 100 m2/g of an SSE of 2 g/cm3 oxidise a half, reduce a quarter.

    ``1 - exp(-100 delta 2 / 1000)`` is 1/2 at delta = 5 ln 2 and 1/4 at delta = 5 ln(4/3). A hand
    mixed composite would oxidise three quarters, at delta = 5 ln 4.
    """
    parameters = Parameters(
        oxidised_milled=exact(5 * log(2), "nm"),
        oxidised_hand=exact(5 * log(4), "nm"),
        reduced=exact(5 * log(4 / 3), "nm"),
        interphase_blocking=exact(2.0),
        milled_contact=exact(0.95),
    )
    monkeypatch.setattr("screening.first_cycle.parameters", lambda: parameters)
    return parameters
