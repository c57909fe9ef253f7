from collections.abc import Callable, Mapping

import numpy as np
import pytest

from stability.formula import composition
from stability.phases import CompetingPhases, Policy, competing_phases
from stability.tables.phase_table import Phase, phase_table


@pytest.fixture(scope="session")
def competing() -> Callable[[Mapping[str, float]], CompetingPhases]:
    """Return a function from {formula: eV per formula unit} to phases that all compete."""

    def phases(energies: Mapping[str, float]) -> CompetingPhases:
        rows = (
            Phase(formula, energy / composition(formula).n_atoms, known=True)
            for formula, energy in energies.items()
        )
        return competing_phases(phase_table(rows, name="hand"), Policy.ALL)

    return phases


@pytest.fixture(scope="session")
def li_o(competing) -> CompetingPhases:
    """Return Li2O at -6.2 and Li2O2 at -6.6 eV per formula unit."""
    return competing({"Li2O": -6.2, "Li2O2": -6.6})


@pytest.fixture(scope="session")
def exchange(competing) -> CompetingPhases:
    """Return four compounds that exchange ions: Li2S + FeCl2 -> 2 LiCl + FeS gains 0.9 eV.

    -4.5 - 3.6 = -8.1 eV before, 2 * -4.0 - 1.0 = -9.0 eV after.
    """
    return competing({"Li2S": -4.5, "FeCl2": -3.6, "LiCl": -4.0, "FeS": -1.0})


@pytest.fixture(scope="session")
def element_amounts():
    """Return a function from products to the atoms of each element, for conservation checks."""

    def amounts(products):
        total: dict[str, float] = {}
        for product in products:
            for element, n in composition(product.formula).amounts.items():
                total[element] = total.get(element, 0.0) + product.amount * n
        return total

    return amounts


@pytest.fixture(scope="session")
def fractions_of():
    """Return a function from phases and formulas to rows of atom fractions."""

    def fractions(phases: CompetingPhases, *formulas: str) -> np.ndarray:
        return np.stack([phases.table.atom_fractions(composition(f)) for f in formulas])

    return fractions
