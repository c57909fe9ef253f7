"""The columns of a chemical system: all competing phases made of a given set of elements.

Phases are sorted by the set of their elements, so that one look-up in a hash table finds all phases
of one set; a system of m elements is gathered by the 2^m look-ups of its subsets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from stability.kernels.compiled import jit
from stability.kernels.simplex import MAX_ELEMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PHASES = 6_000
"""Phases that one chemical system may have; the largest of the 2019 Materials Project has 1,500."""
_WORD = 64  # Bits of a mask word; two of them hold all elements.
_STRIDE = MOST_PHASES + 24  # No power of two: rows must not all fall into one cache set.


class Columns(NamedTuple):
    """Phases per atom, sorted by their sets of elements; rows below n_elements are the elements."""

    fractions: NDArray[np.float64]
    """Atom fractions, shape (n_phases, n_elements)."""
    energies: NDArray[np.float64]
    """Formation energies, shape (n_phases,). [eV/atom]"""
    systems: NDArray[np.uint64]
    """Bit mask of the elements of each distinct set, shape (n_sets, 2)."""
    starts: NDArray[np.int64]
    """First phase of each set, and the end, shape (n_sets + 1,)."""
    slots: NDArray[np.int32]
    """Hash table: number of the set, or -1, shape (a power of two,)."""
    li: int
    """Column of lithium."""


class System(NamedTuple):
    """Work space that holds one gathered chemical system; lithium is its last row and column."""

    matrix: NDArray[np.float64]
    """Atom fractions, shape (MAX_ELEMENTS, stride); the first rows and columns are in use."""
    cost: NDArray[np.float64]
    """Formation energies, shape (stride,). [eV/atom]"""
    open_cost: NDArray[np.float64]
    """Grand potentials at the voltage in hand, shape (stride,). [eV/atom]"""
    lithium: NDArray[np.float64]
    """Lithium fraction of each column, shape (stride,)."""
    phase: NDArray[np.int64]
    """Phase of each column, shape (stride,)."""
    element: NDArray[np.int64]
    """Element of each row, shape (MAX_ELEMENTS,)."""


def columns(
    fractions: NDArray[np.float64], energies: NDArray[np.float64], *, li: int
) -> tuple[Columns, NDArray[np.int64]]:
    """Return the columns, sorted for look-up, and where each of them came from.

    Parameters
    ----------
    fractions : ndarray, shape (n_phases, n_elements)
        Atom fractions; the first n_elements rows are the pure elements.
    energies : ndarray, shape (n_phases,)
        Formation energies. [eV/atom]
    li : int
        Column of lithium.
    """
    n_elements = fractions.shape[1]
    masks = element_masks(fractions)
    body = np.arange(n_elements, len(energies))
    body = body[np.lexsort((masks[body, 0], masks[body, 1]))]
    order = np.concatenate([np.arange(n_elements), body])
    sorted_masks = masks[body]
    new_set = np.ones(len(body), bool)
    new_set[1:] = (sorted_masks[1:] != sorted_masks[:-1]).any(axis=1)
    firsts = np.flatnonzero(new_set)
    systems = np.ascontiguousarray(sorted_masks[firsts])
    starts = np.append(firsts, len(body)).astype(np.int64) + n_elements
    return (
        Columns(
            frozen(fractions[order]),
            frozen(energies[order]),
            frozen(systems),
            frozen(starts),
            frozen(_hash_table(systems)),
            li,
        ),
        order,
    )


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a contiguous, read-only array.

    Arrays from an object store are read-only, and numba compiles each kernel anew for them; if all
    arrays are, one compilation serves every process.
    """
    array = np.ascontiguousarray(array).view()
    array.setflags(write=False)
    return array


def element_masks(fractions: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the set of elements of each composition as two words of bits, shape (n, 2)."""
    masks = np.zeros((len(fractions), 2), np.uint64)
    for element in range(fractions.shape[1]):
        bit = np.uint64(1) << np.uint64(element % _WORD)
        masks[:, element // _WORD] |= np.where(fractions[:, element] > 0, bit, np.uint64(0))
    return masks


def _hash_table(systems: NDArray[np.uint64]) -> NDArray[np.int32]:
    size = 64
    while size < 4 * len(systems):
        size *= 2
    slots = np.full(size, -1, np.int32)
    _fill(systems, slots)
    return slots


@jit
def _fill(systems: NDArray[np.uint64], slots: NDArray[np.int32]) -> None:
    for number in range(systems.shape[0]):
        slot = _slot(systems[number, 0], systems[number, 1], slots.size)
        while slots[slot] >= 0:
            slot = (slot + 1) & (slots.size - 1)
        slots[slot] = number


@jit
def _slot(low: np.uint64, high: np.uint64, size: int) -> np.int64:
    """Mix two words of bits into a place in the hash table (odd multipliers, shifts)."""
    word = (low * np.uint64(0x9E3779B97F4A7C15)) ^ (
        (high + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    word ^= word >> np.uint64(29)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    return np.int64(word >> np.uint64(32)) & (size - 1)


@jit
def new_system() -> System:
    """Return work space for one chemical system."""
    return System(
        np.empty((MAX_ELEMENTS, _STRIDE)),
        np.empty(_STRIDE),
        np.empty(_STRIDE),
        np.empty(_STRIDE),
        np.empty(_STRIDE, np.int64),
        np.empty(MAX_ELEMENTS, np.int64),
    )


@jit
def gather(
    table: Columns, present: NDArray[np.bool_], active: NDArray[np.bool_], system: System
) -> tuple[int, int]:
    """Fill `system` with all active phases made of the present elements.

    Rows: the elements, lithium last if it is present. Columns: the elements but lithium, all
    compounds, then lithium; so the problem open to lithium is the leading block.
    Returns the numbers of rows and columns, or (-1, -1) if the system is too large.
    """
    with_li = present[table.li]
    m = 0
    for element in range(table.fractions.shape[1]):
        if present[element] and element != table.li:
            if m == MAX_ELEMENTS - 1:
                return -1, -1
            system.element[m] = element
            m += 1
    n = m
    for i in range(m):
        system.phase[i] = system.element[i]
    if with_li:
        system.element[m] = table.li
        m += 1
    low, high = np.uint64(0), np.uint64(0)
    for subset in range(1, 1 << m):
        # Subsets in the order of a Gray code: from each to the next one element flips.
        flipped = 0
        while (subset >> flipped) & 1 == 0:
            flipped += 1
        element = system.element[flipped]
        if element < _WORD:
            low ^= np.uint64(1) << np.uint64(element)
        else:
            high ^= np.uint64(1) << np.uint64(element - _WORD)
        slot = _slot(low, high, table.slots.size)
        while table.slots[slot] >= 0:
            number = table.slots[slot]
            if table.systems[number, 0] == low and table.systems[number, 1] == high:
                for phase in range(table.starts[number], table.starts[number + 1]):
                    if active[phase]:
                        if n >= MOST_PHASES:
                            return -1, -1
                        system.phase[n] = phase
                        n += 1
                break
            slot = (slot + 1) & (table.slots.size - 1)
    if with_li:
        system.phase[n] = table.li
        n += 1
    for j in range(n):
        phase = system.phase[j]
        system.cost[j] = table.energies[phase]
        system.lithium[j] = table.fractions[phase, table.li]
        for i in range(m):
            system.matrix[i, j] = table.fractions[phase, system.element[i]]
    return m, n
