"""Features of pairs from stored rows: a ranking is renewed without computing any energy again.

Figures of materials come back from the columns of :mod:`screening.results.columns`, and their
draws from the same seeds; what phases allow comes back with the draws that were kept of each
contact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from descriptors.quantity import Kind, Quantity
from screening.catalogue.layers import coated_name
from screening.pairs.features import Drawn, Energetics, Features, Parts, features
from screening.results.column import UNITS
from screening.results.columns import PARTS, REDRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from screening.pairs.features import Pair
    from screening.results.evaluation import Block

    Floats = NDArray[np.float64]


def redraw_rows(block: Block) -> list[dict[str, Any]]:
    """Return the draws of each contact, as plain rows; none where nothing was redrawn.

    Parameters
    ----------
    block : Block
        From :func:`screening.results.evaluation.evaluate_block`.
    """
    contacts = block.contacts
    bare = [
        {
            "sse": stairs.reactant.material.formula,
            "cathode": cathode.name,
            REDRAWN["limit"]: drawn.oxidation,
            REDRAWN["reduction_limit"]: drawn.reduction,
            REDRAWN["oxidation"]: drawn.redox.oxidation,
            REDRAWN["reduction"]: drawn.redox.reduction,
            REDRAWN["reversible"]: drawn.redox.reversible,
            REDRAWN["interface"]: drawn.interface,
        }
        for stairs, cathode, drawn in zip(
            contacts.staircases, contacts.cathodes, contacts.redraws, strict=True
        )
        if drawn
    ]
    if not bare:
        return bare
    coated = {}
    for row, one in enumerate(block.pairs):
        if one.layers.coating:
            known = bare[block.contact[row]]
            name = coated_name(one.cathode.name, one.layers)
            interface = block.features.interface.draws[row]
            coated[one.sse, name] = known | {"cathode": name, REDRAWN["interface"]: interface}
    return bare + list(coated.values())


def stored_features(
    columns: Mapping[str, Sequence[Any]],
    pairs: Sequence[Pair],
    redraws: Mapping[str, Floats],
    contact: NDArray[np.int64],
) -> Features:
    """Return the features of pairs that were stored.

    Parameters
    ----------
    columns : mapping of str to sequence
        The columns of :data:`screening.results.columns.STORED`, one entry for each pair.
    pairs : sequence of Pair
        The same pairs.
    redraws : mapping of str to ndarray, each of shape (n_contacts, n_draws)
        Columns of the table of redraws; empty where nothing was redrawn.
    contact : ndarray, shape (n_pairs,)
        Row of the redraws that each pair has.
    """

    def central(name: str) -> Floats:
        values = np.array(columns[name], dtype=float)  # None becomes nan.
        # Only the oxidation limit has no end; elsewhere every pair has a number.
        return np.where(np.isnan(values), np.inf, values)

    def drawn(name: str) -> Drawn:
        value = central(name)
        return Drawn(value, redraws[name][contact] if redraws else value[:, None])

    known = {field: names for field, names in PARTS.items() if _is_told(columns, names)}
    parts = Parts(**{field: _quantities(columns, *names) for field, names in known.items()})
    energetics = Energetics(
        **{field: drawn(name) for field, name in REDRAWN.items()},
        gas=np.array(columns["gives_off_gas"], dtype=bool),
    )
    return features(pairs, parts, energetics)


def _is_told(columns: Mapping[str, Sequence[Any]], names: tuple[str, str]) -> bool:
    """Say whether a figure was stored: coatings were not in the first stores."""
    return columns[f"{names[0]}_kind"][0] is not None


def _quantities(columns: Mapping[str, Sequence[Any]], name: str, unit: str) -> list[Quantity]:
    return [
        Quantity(value, low, high, UNITS[unit], Kind(kind), source)
        for value, low, high, kind, source in zip(
            columns[f"{name}_{unit}"],
            columns[f"{name}_low_{unit}"],
            columns[f"{name}_high_{unit}"],
            columns[f"{name}_kind"],
            columns[f"{name}_source"],
            strict=True,
        )
    ]
