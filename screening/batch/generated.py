"""Candidates that no table has: what a batch file asks of substitution, and what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from screening.batch.batch_tables import Table
from screening.batch.candidates import CandidateCount
from screening.batch.substitution import LITHIUM, prototypes, substituted, written
from screening.catalogue.own_materials import UNTABULATED
from screening.text.limited import Limited
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition, equal_shares

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stability.tables.phase_table import PhaseTable

PrototypeName = Literal[
    "Li3MX6", "Li2MX4", "Li2M2/3X4", "LiMOX4", "Li6PS5X", "Li5.5PS4.5X1.5", "Li4MS4",
    "Li7A3M2O12", "LiM2(PO4)3",
]  # fmt: skip
"""Prototypes by name: ``screening/data/prototypes.toml``."""


def _element(symbol: str) -> str:
    if symbol not in ATOMIC_WEIGHT:
        raise ValueError(f"{symbol!r} is no element; write symbols such as Y")
    return symbol


_Elements = Annotated[
    tuple[Annotated[str, AfterValidator(_element)], ...],
    Field(min_length=1, max_length=len(ATOMIC_WEIGHT)),
]


class Generation(Table):
    """Which compounds are made by substitution; an empty table asks for all that are simple."""

    prototypes: Annotated[tuple[PrototypeName, ...], Field(min_length=1, max_length=100)] | None = (
        None
    )
    """Structures whose ions are exchanged; all of them by default."""
    allowed_elements: _Elements | None = None
    """The only elements that may be there beside lithium."""
    forbidden_elements: _Elements | None = None
    """Elements that may not be there."""
    mixed_sites: int = Field(1, ge=0, le=3)
    """On how many sites two ions may share: 0 for none; each makes many more."""
    above_hull_ev_per_atom: Annotated[float, Limited("above_hull_ev_per_atom")] = UNTABULATED.value
    """How far above the hull of the table a compound that it does not have is taken to be."""


def generated_candidates(
    wanted: Generation, table: PhaseTable
) -> tuple[tuple[str, ...], list[CandidateCount]]:
    """Return the formulas that substitution makes and the table does not have, and the counts.

    Parameters
    ----------
    wanted : Generation
        What to make.
    table : PhaseTable
        What is known already.
    """
    names: Iterable[str] = wanted.prototypes or tuple(prototypes())
    once: dict[object, str] = {}
    for name in dict.fromkeys(names):
        for amounts in substituted(
            prototypes()[name],
            without=wanted.forbidden_elements or (),
            only=wanted.allowed_elements,
            mixed_sites=wanted.mixed_sites,
        ):
            once.setdefault(equal_shares(amounts), written(amounts))
    counts = [CandidateCount(f"substituted into {len(set(names))} prototypes", len(once))]
    with_lithium = table.fractions[:, list(table.elements).index(LITHIUM)] > 0
    for row in np.flatnonzero(with_lithium).tolist():
        once.pop(composition(table.formulas[row]).shares, None)
    counts.append(CandidateCount(f"not in {table.name}", len(once)))
    return tuple(once.values()), counts
