"""Small neural networks in plain numpy, as the package ships them: one hidden layer after another.

What they look at and what their outputs mean is said by `moduli` and `band_gap`, whose twins they
are; what they have in common is here: layers, elements that they know, and their file.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.atomic_fractions import ELEMENTS, atomic_fractions
from descriptors.errors import NoMeasurement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Ensemble(NamedTuple):
    """Networks with one rectified hidden layer after another, and what surrounds them."""

    networks: tuple[tuple[tuple[Floats, Floats], ...], ...]
    """Weights and biases of every layer of every network."""
    constants: Mapping[str, Floats]
    """Scales, edges and widths that their user has stored with them, by name."""
    known: NDArray[np.bool_]
    """Which of `ELEMENTS` the training compounds held."""
    story: str
    """What they were trained on."""


def outputs(layers: Sequence[tuple[Floats, Floats]], seen: Floats) -> Floats:
    """Return what one network makes of features, shape (n, n_outputs).

    Parameters
    ----------
    layers : sequence of pairs of arrays
        Weights and biases, the layer of the outputs last.
    seen : array, shape (n, n_features)
        Features.

    Examples
    --------
    max(1 * 2 - 3, 0) = 0, then 0 * 5 + 7.

    >>> hidden, last = (np.array([[1.0]]), np.array([-3.0])), (np.array([[5.0]]), np.array([7.0]))
    >>> outputs([hidden, last], np.array([[2.0]])).item()
    7.0
    """
    *hidden, (weights, bias) = layers
    for inner, shift in hidden:
        seen = np.maximum(seen @ inner + shift, 0)
    return np.asarray(seen @ weights + bias)


def known_fractions(ensemble: Ensemble, formulas: Sequence[str], *, of: str) -> Floats:
    """Return atomic fractions of compounds whose elements all networks have learned from.

    Parameters
    ----------
    ensemble : Ensemble
        Networks.
    formulas : sequence of str, length n
        Compounds.
    of : str
        What they predict, for the error.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is none that they have learned from.
    """
    fractions = atomic_fractions(formulas)
    if (foreign := ~ensemble.known & (fractions > 0)).any():
        row, column = np.argwhere(foreign)[0]
        raise NoMeasurement(
            f"{formulas[row]}: no {of} of a compound of {ELEMENTS[column]} is among those that the "
            "prediction was trained on; state an assumption"
        )
    return fractions


@cache
def shipped(name: str) -> Ensemble:
    """Return networks of the package, by the name of their file; read once."""
    return saved(Path(str(files("descriptors") / "data" / name)))


def saved(path: Path) -> Ensemble:
    """Return networks that `descriptors.training.train_network` has written."""
    with np.load(path, allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].item())
        networks = tuple(
            tuple(
                (
                    arrays[f"weights_{network}_{layer}"].astype(np.float64),
                    arrays[f"bias_{network}_{layer}"].astype(np.float64),
                )
                for layer in range(depth)
            )
            for network, depth in enumerate(facts["layers"])
        )
        constants = {name: arrays[name].astype(np.float64) for name in facts["constants"]}
    return Ensemble(networks, constants, np.isin(ELEMENTS, facts["known"]), facts["story"])


def frozen(ensemble: Ensemble) -> dict[str, NDArray[np.generic]]:
    """Return networks as named arrays, weights in half precision, ready for ``numpy.savez``."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"{kind}_{network}_{layer}": array.astype(np.float16)
        for network, layers in enumerate(ensemble.networks)
        for layer, pair in enumerate(layers)
        for kind, array in zip(("weights", "bias"), pair, strict=True)
    }
    facts = {
        "layers": [len(layers) for layers in ensemble.networks],
        "constants": list(ensemble.constants),
        "known": [
            element for element, known in zip(ELEMENTS, ensemble.known, strict=True) if known
        ],
        "story": ensemble.story,
    }
    return arrays | dict(ensemble.constants) | {"facts": np.array(json.dumps(facts))}
