"""Cation-anion pairs of a composition: what the error of its computed energy is a sum over.

An element is an anion or a cation by electronegativity and charge balance, and cations get their
oxidation states by filling: all start at their lowest state, and what charge the anions leave goes
first to those whose common state is highest, the less electronegative one of two, up to the common
state, then up to the highest. Iron in FeTiO3 is Fe(II) by this rule, nickel in LiNi0.5Mn1.5O4
Ni(II).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.elements import ATOMIC_WEIGHT
from stability.kernels.chemical_system import frozen
from stability.kernels.pair_kernels import MOST_TERMS, N_STATES, fill_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ELEMENTS = tuple(ATOMIC_WEIGHT)
"""Elements in order of atomic number; the place of one is its number here."""
ANIONS: Mapping[str, int] = {
    "F": 1, "O": 2, "Cl": 1, "N": 3, "Br": 1, "I": 1, "S": 2, "Se": 2, "Te": 2,
    "C": 4, "P": 3, "As": 3, "H": 1, "Sb": 3, "Bi": 3, "Si": 4, "Ge": 4, "B": 3,
}  # fmt: skip
"""Charge that each element takes as an anion, the strongest first."""
N_PAIRS = len(ELEMENTS) * N_STATES * len(ANIONS)
"""Terms of pairs: number ``(element * N_STATES + state) * len(ANIONS) + anion``."""
FIRST_ANION = N_PAIRS
"""First term of an anion by itself; one for each follows."""
FIRST_EXCESS = FIRST_ANION + len(ANIONS)
"""First term of anions with bonds among themselves, as in peroxides and FeS2."""
FIRST_ALLOY = FIRST_EXCESS + len(ANIONS)
"""First term of an element in a phase without anions."""
N_TERMS = FIRST_ALLOY + len(ELEMENTS)
"""All terms."""


class Terms(NamedTuple):
    """Terms of compositions, row after row."""

    starts: Ints
    """First entry of each composition, and the end, shape (n + 1,)."""
    numbers: Ints
    """Number of each term."""
    shares: Floats
    """Atom fraction that belongs to it."""
    leading: Ints
    """Strongest anion of each composition, or ``len(ANIONS)`` for alloys, shape (n,)."""


class _Element(NamedTuple):
    """What the assignment knows of an element."""

    electronegativity: float
    """On Pauling's scale."""
    states: tuple[int, int, int]
    """Lowest, common and highest oxidation state as a cation."""


def pair_terms(fractions: Floats, elements: Sequence[str]) -> Terms:
    """Return the terms of compositions.

    Parameters
    ----------
    fractions : ndarray, shape (n, n_elements)
        Atom fractions.
    elements : sequence of str
        Element of each column.

    Examples
    --------
    In LiCl half of the atoms is lithium bound to chlorine, half is chlorine:

    >>> terms = pair_terms(np.array([[0.5, 0.5]]), ["Li", "Cl"])
    >>> terms.numbers >= FIRST_ANION, terms.shares
    (array([ True, False]), array([0.5, 0.5]))
    """
    columns = np.array([ELEMENTS.index(element) for element in elements], np.int64)
    n = len(fractions)
    starts = np.zeros(n + 1, np.int64)
    # Twelve terms a phase are more than any table has on average.
    size = max(12 * n, MOST_TERMS) + MOST_TERMS
    numbers, shares = np.zeros(size, np.int64), np.zeros(size)
    leading = np.zeros(n, np.int64)
    used = fill_terms(frozen(fractions), columns, *_assignment(), starts, numbers, shares, leading)
    while used < 0:
        numbers, shares = np.zeros(2 * len(numbers), np.int64), np.zeros(2 * len(numbers))
        used = fill_terms(
            frozen(fractions), columns, *_assignment(), starts, numbers, shares,
            leading,
        )  # fmt: skip
    return Terms(starts, numbers[:used], shares[:used], leading)


@cache
def element_properties() -> Mapping[str, _Element]:
    """Return electronegativity and oxidation states of the elements that have them."""
    text = files("stability").joinpath("energies/data/elements.csv").read_text(encoding="utf-8")
    return {
        row["element"]: _Element(
            float(row["electronegativity"]),
            (int(row["lowest_state"]), int(row["common_state"]), int(row["highest_state"])),
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def _assignment() -> tuple[Ints, Floats, Ints, Floats]:
    """Return the order of filling, states, anions by element, and charges of anions."""
    known = element_properties()
    unknown = _Element(2.6, (3, 3, 3))  # Noble gases and the like: in no compound of interest.
    rows = [known.get(element, unknown) for element in ELEMENTS]
    anions = np.full(len(ELEMENTS), -1)
    for number, element in enumerate(ANIONS):
        anions[ELEMENTS.index(element)] = number
    order = sorted(
        range(len(rows)), key=lambda one: (-rows[one].states[1], rows[one].electronegativity, one)
    )
    return (
        np.argsort(np.array(order)),
        np.array([row.states for row in rows], float),
        anions,
        np.array(list(ANIONS.values()), float),
    )
