"""A phase table taken apart into plain arrays, as caches and snapshots keep it, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from stability.tables.placed_phase import PlacedPhase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


MEASURES = ("band_gap", "density", "volume")
"""Optional columns of numbers."""
_TEXTS = ("licences", "origins")
PLACED = ("placed", "placed products", "placed energies", "placed errors")
"""Arrays of the phases that a snapshot states against what they decompose into."""


class _Rows(Protocol):
    """What is kept of a phase table."""

    @property
    def elements(self) -> tuple[str, ...]: ...
    @property
    def formulas(self) -> tuple[str, ...]: ...
    @property
    def fractions(self) -> NDArray[np.float64]: ...
    @property
    def atoms(self) -> NDArray[np.float64]: ...
    @property
    def energies(self) -> NDArray[np.float64]: ...
    @property
    def known(self) -> NDArray[np.bool_]: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def flags(self) -> str: ...
    @property
    def covered(self) -> tuple[frozenset[str], ...]: ...


def table_arrays(table: _Rows) -> Mapping[str, NDArray[Any]]:
    """Return a phase table as plain arrays, fractions and reasons without their blanks.

    Parameters
    ----------
    table : PhaseTable
        Any, at 0 K.
    """
    row, column = np.nonzero(table.fractions)
    reasoned = [index for index, reason in enumerate(table.reasons) if reason]
    sources, source = np.unique(np.array(table.sources), return_inverse=True)
    optional = {name: getattr(table, name) for name in (*MEASURES, *_TEXTS)}
    return {
        "elements": np.array(table.elements),
        "formulas": np.array(table.formulas),
        "row": row.astype(np.int32),
        "column": column.astype(np.int16),
        "fraction": table.fractions[row, column],
        "atoms": table.atoms,
        "energies": table.energies,
        "known": table.known,
        "reasoned": np.array(reasoned, np.int32),
        "reasons": np.array([table.reasons[index] for index in reasoned], str),
        "different sources": sources,
        "source": source.astype(np.int32),
        "flags": np.array(table.flags),
        "covered": np.array(["-".join(sorted(one)) for one in table.covered], str),
        **{name: np.array(values) for name, values in optional.items() if values is not None},
    }


def table_fields(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return the fields of a phase table, all but its name.

    Parameters
    ----------
    arrays : mapping
        From :func:`table_arrays`, or from a snapshot.
    """
    fractions = np.zeros((len(arrays["energies"]), len(arrays["elements"])))
    fractions[arrays["row"], arrays["column"]] = arrays["fraction"]
    reasons = [""] * len(fractions)
    for index, reason in zip(arrays["reasoned"].tolist(), arrays["reasons"].tolist(), strict=True):
        reasons[index] = reason
    if "sources" in arrays:
        sources = arrays["sources"]
    else:
        sources = arrays["different sources"][arrays["source"]]
    numbers = {
        "fractions": fractions,
        "atoms": arrays["atoms"],
        "energies": arrays["energies"],
        "known": arrays["known"],
        **{
            name: arrays[name]
            for name in MEASURES
            if name in arrays and not np.isnan(arrays[name]).all()
        },
    }
    for array in numbers.values():
        array.setflags(write=False)
    texts = {
        name: tuple(arrays[name].tolist())
        for name in _TEXTS
        if name in arrays and (arrays[name] != "").any()
    }
    return {
        "elements": tuple(arrays["elements"].tolist()),
        "formulas": tuple(arrays["formulas"].tolist()),
        "reasons": tuple(reasons),
        "sources": tuple(sources.tolist()),
        "flags": str(arrays["flags"]),
        "covered": tuple(
            frozenset(one.split("-")) for one in arrays.get("covered", np.array([])).tolist()
        ),
        "placed": _placed(arrays),
        **numbers,
        **texts,
    }


def _placed(arrays: Mapping[str, NDArray[Any]]) -> tuple[PlacedPhase, ...]:
    if PLACED[0] not in arrays:
        return ()
    columns = [arrays[name].tolist() for name in PLACED]
    return tuple(PlacedPhase(*one) for one in zip(*columns, strict=True))
