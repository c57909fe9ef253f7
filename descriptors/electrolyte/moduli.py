"""Elastic moduli of an electrolyte: on record, or predicted from its composition.

The prediction is the mean of a few small neural networks, in plain numpy. What they were trained
on, by what, and with what success stands in ``data/README.md``;
`descriptors.training.train_moduli` makes the file. They know compositions, not structures:
polymorphs of one formula get one number.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors import measured
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MODULI = ("bulk", "shear", "youngs")
"""Columns of every array of moduli."""

ELEMENTS = tuple(ATOMIC_WEIGHT)[:94]
"""Columns of every array of atomic fractions: hydrogen to plutonium."""

_NOBLE = (0, 2, 10, 18, 36, 54, 86)
_HALOGENS = {"F", "Cl", "Br", "I"}
_CHALCOGENS = {"S", "Se", "Te"}


class Chemistry(StrEnum):
    """Class of a compound by its anions."""

    OXIDE = "oxide"
    """Oxygen and no halogen; phosphates, borates and the like among them."""
    OXYHALIDE = "oxyhalide"
    """Oxygen and a halogen."""
    SULFIDE = "sulfide"
    """Sulfur, selenium or tellurium without oxygen; argyrodites with their halogen among them."""
    HALIDE = "halide"
    """A halogen without oxygen and chalcogen."""
    OTHER = "other"
    """None of these: nitrides, hydrides, alloys."""


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


class Model(NamedTuple):
    """Networks with one rectified hidden layer after another, and their calibration."""

    networks: tuple[tuple[tuple[Floats, Floats], ...], ...]
    """Weights and biases of every layer of every network."""
    mean: Floats
    """Mean log10 of bulk and shear modulus that the networks start from. [log10(GPa)]"""
    spread: Floats
    """Standard deviation of the same. [log10(GPa)]"""
    half_width: Mapping[str, Floats]
    """Half of the 90 % interval of the three moduli, by chemistry. [log10(GPa)]"""
    known: NDArray[np.bool_]
    """Which of `ELEMENTS` the training compounds held."""
    story: str
    """What it was trained on."""


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
    story = f"predicted from the composition; {model().story}"
    guesses = [
        Quantity(value, low, high, "GPa", Kind.PREDICTED, story)
        for value, low, high in zip(*(array[0].tolist() for array in predicted), strict=True)
    ]
    return Moduli(*[found or guess for found, guess in zip(recorded, guesses, strict=True)])


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
    fractions = atomic_fractions(formulas)
    loaded = model()
    if (foreign := ~loaded.known & (fractions > 0)).any():
        row, column = np.argwhere(foreign)[0]
        raise NoMeasurement(
            f"{formulas[row]}: no modulus of a compound of {ELEMENTS[column]} is among those that "
            "the prediction was trained on; state an assumption"
        )
    logs = log_moduli(loaded, fractions)
    half = np.empty_like(logs)
    classes = chemistries(fractions)
    for name in set(classes):
        half[classes == name] = loaded.half_width[name]
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


def atomic_fractions(formulas: Sequence[str]) -> Floats:
    """Return the share of each of `ELEMENTS` in the atoms, shape (n, n_elements).

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is heavier than plutonium.
    """
    fractions = np.zeros((len(formulas), len(ELEMENTS)))
    for row, formula in enumerate(formulas):
        material = composition(formula)
        for element, amount in material.amounts.items():
            if element not in _COLUMN:
                raise NoMeasurement(
                    f"{formula}: {element} is beyond {ELEMENTS[-1]}, nobody knows such a modulus; "
                    "state an assumption"
                )
            fractions[row, _COLUMN[element]] = amount / material.n_atoms
    return fractions


def chemistries(fractions: Floats) -> NDArray[np.str_]:
    """Return the `Chemistry` of each row of atomic fractions.

    Examples
    --------
    >>> chemistries(atomic_fractions(["Li6PS5Cl", "Li2ZrCl6", "LiNbOCl4", "Li3PO4", "Li3N"]))
    array(['sulfide', 'halide', 'oxyhalide', 'oxide', 'other'], dtype='<U9')
    """
    oxygen = fractions[:, _COLUMN["O"]] > 0
    halogen = fractions[:, [_COLUMN[element] for element in _HALOGENS]].any(axis=1)
    chalcogen = fractions[:, [_COLUMN[element] for element in _CHALCOGENS]].any(axis=1)
    return np.select(
        [oxygen & halogen, oxygen, chalcogen, halogen],
        [Chemistry.OXYHALIDE, Chemistry.OXIDE, Chemistry.SULFIDE, Chemistry.HALIDE],
        Chemistry.OTHER,
    )


def features(fractions: Floats) -> Floats:
    """Return what the networks look at: amounts of elements, groups and periods, and their spread.

    Nothing but the periodic table enters: no table of radii or electronegativities.
    """
    groups = np.array([_group(number) for number in range(1, len(ELEMENTS) + 1)], dtype=float)
    periods = np.array([_period(number) for number in range(1, len(ELEMENTS) + 1)], dtype=float)
    columns = [
        fractions,
        np.sqrt(fractions),
        fractions @ (groups[:, None] == np.arange(1, 19)),
        fractions @ (periods[:, None] == np.arange(1, 8)),
        np.count_nonzero(fractions, axis=1)[:, None] / 3,
        (fractions**2).sum(axis=1)[:, None],
    ]
    for places, scale in ((groups, 5.0), (periods, 1.0)):
        mean = fractions @ places
        variance = np.maximum(fractions @ places**2 - mean**2, 0)
        columns += [mean[:, None] / scale, np.sqrt(variance)[:, None] / scale]
    return np.hstack(columns)


def log_moduli(model: Model, fractions: Floats) -> Floats:
    """Return log10 of bulk, shear and Young's modulus, shape (n, 3), by the mean of the networks.

    [log10(GPa)]
    """
    seen = features(fractions)
    mean = np.mean([outputs(layers, seen) for layers in model.networks], axis=0)
    logs = mean * model.spread + model.mean
    return np.column_stack([logs, np.log10(young(10 ** logs[:, 0], 10 ** logs[:, 1]))])


def outputs(layers: Sequence[tuple[Floats, Floats]], seen: Floats) -> Floats:
    """Return what one network makes of features, shape (n, 2); standardised logarithms.

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


@cache
def model() -> Model:
    """Return the networks that the package ships."""
    with (files("descriptors") / "data" / "moduli_model.npz").open("rb") as file:
        return _thawed(dict(np.load(file, allow_pickle=False)))


def saved_model(path: Path) -> Model:
    """Return networks that `descriptors.training.train_moduli` has written."""
    return _thawed(dict(np.load(path, allow_pickle=False)))


def frozen(model: Model) -> dict[str, NDArray[np.generic]]:
    """Return a model as named arrays, in half precision, ready for ``numpy.savez``."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"{kind}_{network}_{layer}": array.astype(np.float16)
        for network, layers in enumerate(model.networks)
        for layer, pair in enumerate(layers)
        for kind, array in zip(("weights", "bias"), pair, strict=True)
    }
    facts = {
        "layers": [len(layers) for layers in model.networks],
        "mean": model.mean.tolist(),
        "spread": model.spread.tolist(),
        "half_width": {name: half.tolist() for name, half in model.half_width.items()},
        "known": np.flatnonzero(model.known).tolist(),
        "story": model.story,
    }
    return arrays | {"facts": np.array(json.dumps(facts))}


def _thawed(arrays: Mapping[str, NDArray[np.generic]]) -> Model:
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
    known = np.zeros(len(ELEMENTS), dtype=np.bool_)
    known[facts["known"]] = True
    half_width = {name: np.array(half) for name, half in facts["half_width"].items()}
    mean, spread = np.array(facts["mean"]), np.array(facts["spread"])
    return Model(networks, mean, spread, half_width, known, facts["story"])


def _on_record(function: Callable[[str], Quantity], formula: str) -> Quantity | None:
    try:
        return function(formula)
    except NoMeasurement:
        return None


def _period(number: int) -> int:
    return sum(number > noble for noble in _NOBLE)


def _group(number: int) -> int:
    """Return the group of an element; lanthanides and actinides stand in the third."""
    period = _period(number)
    place = number - _NOBLE[period - 1]
    columns = {1: 2, 2: 8, 3: 8, 4: 18, 5: 18, 6: 32, 7: 32}[period]
    if number == 2 or (place > 2 and columns == 8):  # noqa: PLR2004 - helium and the p block
        return place + 18 - columns
    return place if columns < 32 or place <= 2 else max(3, place - 14)  # noqa: PLR2004 - f block


_COLUMN = {element: column for column, element in enumerate(ELEMENTS)}
