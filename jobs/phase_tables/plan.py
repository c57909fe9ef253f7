"""What to ask a database for: chemical systems in chunks, always the same for the same question."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

from jobs.phase_tables.errors import DataError
from screening.batch.resolved import resolved
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition
from stability.tables.functionals import GGA, MIXED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.batch.model import Batch

THERMO_TYPES = (GGA, "R2SCAN", MIXED)
"""Kinds of energies that may be synced; the third, a mixture of both, has no single zero."""
MOST_SYSTEMS = 200_000
"""Chemical systems of one sync: 30 elements with up to five at once."""
MOST_ELEMENTS = 9
"""Elements of one chemical system, as the service accepts them."""
_SYSTEMS_IN_CHUNK = 50
_LONGEST_CHUNK = 1500  # Characters of a chunk in an address.
_COMMA = 3  # Characters of a comma in an address.
_FORMAT = 1  # Raised whenever other fields are fetched.


@dataclass(frozen=True)
class Plan:
    """Chemical systems to fetch, all subsystems included."""

    systems: tuple[str, ...]
    """Systems such as Li-O, elements in alphabetical order; those of few elements first."""
    thermo_type: str = GGA
    """Kind of energies."""

    @property
    def chunks(self) -> tuple[tuple[str, ...], ...]:
        """The systems, cut into what one request asks for."""
        chunks: list[tuple[str, ...]] = []
        chunk: list[str] = []
        length = 0
        for system in self.systems:
            longer = length + len(system) + _COMMA
            if chunk and (len(chunk) == _SYSTEMS_IN_CHUNK or longer > _LONGEST_CHUNK):
                chunks.append(tuple(chunk))
                chunk, longer = [], len(system) + _COMMA
            chunk.append(system)
            length = longer
        return (*chunks, tuple(chunk)) if chunk else tuple(chunks)

    @property
    def elements(self) -> tuple[str, ...]:
        """All elements, in order of atomic number."""
        present = {element for system in self.systems for element in system.split("-")}
        return tuple(element for element in ATOMIC_WEIGHT if element in present)

    @property
    def most_at_once(self) -> int:
        """Elements of the largest system."""
        return max(system.count("-") + 1 for system in self.systems)

    def id(self, *, endpoint: str, database_version: str) -> str:
        """Return the hash of the question, asked of one version of one database.

        Parameters
        ----------
        endpoint : str
            Address of the service.
        database_version : str
            What it calls its content.
        """
        text = json.dumps([_FORMAT, endpoint, database_version, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def palette_plan(elements: Sequence[str], most: int, *, thermo_type: str = GGA) -> Plan:
    """Return the plan of all systems of up to so many elements.

    Parameters
    ----------
    elements : sequence of str
        Which elements may occur.
    most : int
        How many at once.
    thermo_type : str, optional
        Kind of energies.

    Raises
    ------
    DataError
        If an element is none, or there are too many systems.

    Examples
    --------
    >>> palette_plan(["S", "Li", "P"], 2).systems
    ('Li', 'P', 'S', 'Li-P', 'Li-S', 'P-S')
    """
    once = sorted(set(elements))
    _check_elements(once)
    if not 1 <= most <= MOST_ELEMENTS:
        raise DataError(f"--max-elements {most}: give 1 to {MOST_ELEMENTS}")
    systems = (
        "-".join(some) for n in range(1, min(most, len(once)) + 1) for some in combinations(once, n)
    )
    return _plan(islice(systems, MOST_SYSTEMS + 1), thermo_type)


def system_plan(systems: Iterable[str], *, thermo_type: str = GGA) -> Plan:
    """Return the plan of some chemical systems with all that they contain.

    Parameters
    ----------
    systems : iterable of str
        Systems such as Li-P-S, elements in any order.
    thermo_type : str, optional
        Kind of energies.

    Raises
    ------
    DataError
        If an element is none, or a system is too large.

    Examples
    --------
    >>> system_plan(["O-Li"]).systems
    ('Li', 'O', 'Li-O')
    """
    found: set[tuple[str, ...]] = set()
    for system in systems:
        elements = sorted({part.strip() for part in system.split("-")})
        _check_elements(elements)
        if len(elements) > MOST_ELEMENTS:
            raise DataError(f"{system}: {len(elements)} elements; {MOST_ELEMENTS} are the most")
        if tuple(elements) in found:
            continue
        for n in range(1, len(elements) + 1):
            found.update(combinations(elements, n))
    ordered = sorted(found, key=lambda elements: (len(elements), elements))
    return _plan(("-".join(elements) for elements in ordered), thermo_type)


def batch_plan(batch: Batch, *, thermo_type: str = GGA) -> Plan:
    """Return the plan of all that the pairs of a batch can form, with lithium.

    Parameters
    ----------
    batch : Batch
        With named or listed SSEs.
    thermo_type : str, optional
        Kind of energies.

    Raises
    ------
    DataError
        If its SSEs are to be found in the very table that is to be fetched.
    """
    if batch.filter is not None or batch.generate is not None:
        raise DataError(
            f"batch {batch.name} looks for its SSEs in a phase table; say --elements instead"
        )
    pairs = {(pair.sse, pair.cathode.discharged, pair.cathode.charged) for pair in resolved(batch)}
    elements = {name: {*composition(name).amounts} for pair in pairs for name in pair}
    systems = {frozenset({"Li"}.union(*(elements[name] for name in pair))) for pair in pairs}
    return system_plan(("-".join(sorted(one)) for one in systems), thermo_type=thermo_type)


def _check_elements(elements: Sequence[str]) -> None:
    """Refuse what is no element.

    Raises
    ------
    DataError
        If one is none, or there is none.
    """
    wrong = [element for element in elements if element not in ATOMIC_WEIGHT]
    if wrong or not elements:
        raise DataError(f"{wrong[0] if wrong else 'nothing'!r} is no element; write Li, P, S")


def _plan(systems: Iterable[str], thermo_type: str) -> Plan:
    """Return a plan, checked.

    Raises
    ------
    DataError
        If there are too many systems, or nobody has such energies.
    """
    if thermo_type not in THERMO_TYPES:
        raise DataError(f"thermo type {thermo_type!r}: choose {' or '.join(THERMO_TYPES)}")
    listed = tuple(systems)
    if len(listed) > MOST_SYSTEMS:
        raise DataError(
            f"more than {MOST_SYSTEMS} chemical systems; name fewer elements, or fewer at once"
        )
    return Plan(listed, thermo_type)
