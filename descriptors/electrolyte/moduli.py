"""Elastic moduli of an electrolyte: on record, or predicted from its composition.

The prediction is the mean of a few small neural networks, in plain numpy. What they were trained
on, by what, and with what success stands in ``data/README.md``;
`descriptors.training.train_moduli` makes the file. They know compositions, not structures:
polymorphs of one formula get one number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors import measured
from descriptors.electrolyte.atomic_fractions import Chemistry, chemistries, features
from descriptors.electrolyte.network import Ensemble, known_fractions, outputs, shipped
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MODULI = ("bulk", "shear", "youngs")
"""Columns of every array of moduli."""

_ROW: dict[str, int] = {name: row for row, name in enumerate(Chemistry)}


class Moduli(NamedTuple):
    """The three moduli of one isotropic solid."""

    bulk: Quantity
    """Resistance to compression. [GPa]"""
    shear: Quantity
    """Resistance to shear. [GPa]"""
    youngs: Quantity
    """Resistance to pull. [GPa]"""


class Predictions(NamedTuple):
    """Predicted moduli of many compounds, with 90 % intervals."""

    value: Floats
    """Bulk, shear and Young's modulus, shape (n, 3). [GPa]"""
    low: Floats
    """Lower ends, of the same shape. [GPa]"""
    high: Floats
    """Upper ends, of the same shape. [GPa]"""


def elastic_moduli(formula: str) -> Moduli:
    """Return the three moduli, each from the record if it is there, else predicted.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If nothing is on record and an element is none that the prediction has learned from.

    Examples
    --------
    >>> elastic_moduli("Li6PS5Cl").youngs.kind, elastic_moduli("Li3YCl6").youngs.kind
    (<Kind.COMPUTED: 'computed'>, <Kind.PREDICTED: 'predicted'>)
    """
    recorded = [
        _on_record(function, formula)
        for function in (measured.bulk_modulus, measured.shear_modulus, measured.youngs_modulus)
    ]
    if all(recorded):
        return Moduli(*[quantity for quantity in recorded if quantity])
    predicted = predicted_moduli([formula])
    story = f"predicted from the composition; {networks().story}"
    guesses = [
        Quantity(value, low, high, "GPa", Kind.PREDICTED, story)
        for value, low, high in zip(*(array[0].tolist() for array in predicted), strict=True)
    ]
    return Moduli(*[found or guess for found, guess in zip(recorded, guesses, strict=True)])


def networks() -> Ensemble:
    """Return the networks that the package ships."""
    return shipped("moduli_model.npz")


def predicted_moduli(formulas: Sequence[str]) -> Predictions:
    """Return predicted moduli of many compounds, whatever is on record.

    Parameters
    ----------
    formulas : sequence of str, length n
        Compounds.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is none that the prediction has learned from.

    Notes
    -----
    Voigt-Reuss-Hill averages of a fully dense polycrystal at 0 K, as density functional theory
    gives them; a real pellet is softer by its pores and cracks, often by half. The 90 % interval is
    calibrated on compositions that the networks had not seen, separately for each `Chemistry`.
    Domain: inorganic solids of the 85 or so elements of the training compounds; fractional
    compositions are interpolated. Young's modulus follows by `young`.
    """
    fractions = known_fractions(networks(), formulas, of="modulus")
    logs = log_moduli(networks(), fractions)
    half = half_widths(networks(), chemistries(fractions))
    return Predictions(10**logs, 10 ** (logs - half), 10 ** (logs + half))


def young(bulk: ArrayLike, shear: ArrayLike) -> Floats:
    """Return Young's modulus of an isotropic solid [GPa].

    Parameters
    ----------
    bulk, shear : array_like
        Moduli, above 0. [GPa]

    Raises
    ------
    ImpossibleValueError
        If a modulus is not above 0.

    Notes
    -----
    E = 9 K G / (3 K + G): exact for any isotropic solid [1]_.

    References
    ----------
    .. [1] L. D. Landau, E. M. Lifshitz, Theory of Elasticity, 3rd ed. (1986), section 5.

    Examples
    --------
    9 * 30 * 10 / (90 + 10) = 27.

    >>> young(30.0, 10.0).item()
    27.0
    """
    bulk, shear = np.asarray(bulk, dtype=float), np.asarray(shear, dtype=float)
    for name, modulus in (("bulk", bulk), ("shear", shear)):
        if not (np.isfinite(modulus) & (modulus > 0)).all():
            raise ImpossibleValueError(
                f"{name} modulus {np.min(modulus):g} GPa is not above 0; a stable solid resists"
            )
    return np.asarray(9 * bulk * shear / (3 * bulk + shear))


def log_moduli(ensemble: Ensemble, fractions: Floats) -> Floats:
    """Return log10 of bulk, shear and Young's modulus, shape (n, 3), by the mean of the networks.

    [log10(GPa)]
    """
    seen = features(fractions)
    mean = np.mean([outputs(layers, seen) for layers in ensemble.networks], axis=0)
    return with_young(mean * ensemble.constants["spread"] + ensemble.constants["mean"])


def with_young(logs: Floats) -> Floats:
    """Return log10 of bulk and shear modulus with that of Young's modulus beside them.

    [log10(GPa)]
    """
    bulk, shear = (10**logs).T
    return np.column_stack([logs, np.log10(young(bulk, shear))])


def half_widths(ensemble: Ensemble, classes: Iterable[str]) -> Floats:
    """Return half of the 90 % interval of the three moduli for each `Chemistry`, shape (n, 3).

    [log10(GPa)]
    """
    rows = [_ROW[name] for name in classes]
    return np.asarray(ensemble.constants["half_width"][rows])


def _on_record(function: Callable[[str], Quantity], formula: str) -> Quantity | None:
    try:
        return function(formula)
    except NoMeasurement:
        return None
