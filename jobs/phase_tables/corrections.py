"""Corrections of the Materials Project on users' own total energies, and what method they are.

``MaterialsProject2020Compatibility`` of pymatgen decides what may be corrected and by how much: it
was fitted to the Materials Project's own input sets, and refuses anything else. Some corrections
rest on which elements are anions, and whether oxygen is bound to oxygen. Where an entry does not
say, pymatgen guesses and warns; here it is derived, or refused with the field that would decide it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from jobs.phase_tables.errors import DataError
from screening.catalogue.oxidation_states import anions
from stability.errors import TableError
from stability.tables.functionals import shared_functional
from stability.tables.phase_rows import MOST_FAULTS_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jobs.phase_tables.entry_file import PlainEntry

OXIDE_TYPES = ("oxide", "peroxide", "superoxide", "ozonide", "hydroxide")
"""What ``oxide_type`` of an entry may say; each has its own correction."""
_GUESS = "Failed to guess|No structure or oxide_type"  # How pymatgen's warnings on guesses begin.
_MOST_SITES = (
    -20
)  # As pymatgen itself: compositions that reduce to more than 20 sites take too long.
_CORRECTED = frozenset(("Br", "I", "Se", "Si", "Sb", "Te", "H", "N", "F", "Cl"))
"""Elements that the scheme corrects where they are anions, besides O and S."""


def one_functional(names: Iterable[object], *, of: str) -> str:
    """Return the method that all rows share; empty if none names one.

    Parameters
    ----------
    names : iterable
        Method of each row, such as GGA, GGA+U or r2SCAN; None where a row does not say.
    of : str
        What an error calls the table.

    Raises
    ------
    DataError
        If there are several: their energies have different zeros.

    Examples
    --------
    >>> one_functional(["GGA", "GGA+U", None], of="hand")
    'GGA_GGA+U'
    """
    try:
        return shared_functional(names, of=of)
    except TableError as error:
        raise DataError(str(error)) from error


def corrected(entries: Sequence[PlainEntry], *, name: str) -> list[float]:
    """Return corrected energies of entries, by the scheme of 2020.

    Parameters
    ----------
    entries : sequence of PlainEntry
        Total energies with their run parameters; corrections made before are undone.
    name : str
        What an error calls the file.

    Raises
    ------
    DataError
        If pymatgen is not installed, or an entry may not be corrected; the message gives the
        reason for the first few.

    References
    ----------
    A. Wang et al., Sci. Rep. 11, 15496 (2021), doi:10.1038/s41598-021-94550-5.
    """
    scheme, refusals = _scheme(name)
    energies: list[float] = []
    faults: list[str] = []
    for number, entry in enumerate(entries, start=1):
        field, reason = _missing(entry)
        if not reason:
            try:
                energies.append(entry.energy + _correction(entry, scheme))
            except refusals as error:
                reason = f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)
        if reason:
            one_line = reason.replace("\n", " ")
            faults.append(f"row {number} ({entry.formula}), field {field}: {one_line}")
    if faults:
        more = len(faults) - MOST_FAULTS_SHOWN
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise DataError(
            f"{name}: {shown}; the corrections of the Materials Project hold for its own settings "
            "only: leave these rows out, or say that the energies are final: --corrections given"
        )
    return energies


def _scheme(name: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return the scheme of 2020, and what it raises for an entry that it does not correct.

    Raises
    ------
    DataError
        If pymatgen is not installed.
    """
    try:
        # Takes a second, and is needed for total energies only.
        from pymatgen.entries.compatibility import (  # noqa: PLC0415  # Loading pymatgen takes seconds.
            CompatibilityError,
            MaterialsProject2020Compatibility,
        )
    except ImportError as error:
        raise DataError(
            f"{name} holds total energies, whose corrections need pymatgen; "
            "install catholyte[mp], or say that the energies are final: --corrections given"
        ) from error
    refusals = CompatibilityError, ValueError, KeyError, TypeError, LookupError, UserWarning
    return MaterialsProject2020Compatibility(), refusals


def _missing(entry: PlainEntry) -> tuple[str, str]:
    """Return in which field an entry lacks what decides its correction, and what; or nothing."""
    if not entry.parameters.get("run_type"):
        return "parameters", "no run_type"
    unclear = _unclear_oxide(entry)
    return ("data" if unclear else "parameters"), unclear


def _correction(entry: PlainEntry, scheme: Any) -> float:
    """Return what a scheme adds to the energy of an entry [eV]; it may guess nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", _GUESS)
        adjustments = scheme.get_adjustments(_pymatgen_entry(_with_anions(entry)))
    return sum(float(one.value) for one in adjustments)


def _unclear_oxide(entry: PlainEntry) -> str:
    """Return why nobody can tell whether a compound of oxygen is a peroxide; empty if one can."""
    if "O" not in entry.amounts or len(entry.amounts) == 1:
        return ""
    said = entry.data.get("oxide_type")
    if said:
        known = isinstance(said, str) and said in OXIDE_TYPES
        return "" if known else f"oxide_type {said!r}: write one of {', '.join(OXIDE_TYPES)}"
    if entry.structure is not None:
        return ""
    return (
        "neither a structure nor oxide_type, so a peroxide cannot be told from an oxide: write "
        f"oxide_type ({', '.join(OXIDE_TYPES)}) or give a ComputedStructureEntry"
    )


def _with_anions(entry: PlainEntry) -> PlainEntry:
    """Return an entry that says which of its elements are anions.

    Raises
    ------
    ValueError
        If nobody can tell; the message names the field that would.

    Notes
    -----
    What the entry states counts, then what pymatgen derives from its composition, then the rule of
    :func:`screening.catalogue.oxidation_states.anions`: sulfur that the cations cannot pay for, as
    in a sulfate, is none. With a structure pymatgen looks at the neighbours of the sulfur.
    """
    from pymatgen.core.composition import Composition  # noqa: PLC0415  # Loading pymatgen takes seconds.

    facts = dict(entry.data)
    negative = anions(entry.amounts) if len(entry.amounts) > 1 else frozenset()
    if not facts.get("oxidation_states"):
        try:
            guesses = Composition(dict(entry.amounts)).oxi_state_guesses(max_sites=_MOST_SITES)
        except ValueError:  # More sites than it looks at.
            guesses = ()
        facts["oxidation_states"] = (
            dict(guesses[0]) if guesses and guesses[0] else dict.fromkeys(negative, -1.0)
        )
    if "S" in entry.amounts and not (facts.get("sulfide_type") or entry.structure):
        facts["sulfide_type"] = "sulfide" if "S" in negative else "sulfate"
    if len(entry.amounts) > 1 and not facts["oxidation_states"] and _CORRECTED & {*entry.amounts}:
        raise ValueError(
            "nobody can tell its anions from its composition: write oxidation_states, such as "
            '{"Li": 1, "Cl": -1}'
        )
    return entry._replace(data=facts)


def _pymatgen_entry(entry: PlainEntry) -> Any:
    """Return an entry of pymatgen's own, made from plain data."""
    from pymatgen.core.structure import Structure  # noqa: PLC0415  # Loading pymatgen takes seconds.
    from pymatgen.entries.computed_entries import (  # noqa: PLC0415  # Loading pymatgen takes seconds.
        ComputedEntry,
        ComputedStructureEntry,
    )

    known: dict[str, Any] = {
        "parameters": dict(entry.parameters),
        "data": dict(entry.data),
        "entry_id": entry.entry_id,
    }
    if entry.structure is None:
        return ComputedEntry(dict(entry.amounts), entry.energy, **known)
    sites = entry.structure["sites"]
    structure = Structure(
        entry.structure["lattice"]["matrix"],
        [{one["element"]: one["occu"] for one in site["species"]} for site in sites],
        [site["abc"] for site in sites],
    )
    return ComputedStructureEntry(structure, entry.energy, **known)
