"""What is believed of the parameters of the first cycle before any cell is seen."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from screening.first_cycle.equations import Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.

SPREADS = Parameters._fields[-6:]
"""Parameters that say how much cells differ; the others move the prediction of every cell."""
COMMON = tuple(name for name in Parameters._fields if name not in SPREADS)
"""The others."""


class Prior(NamedTuple):
    """A parameter that is normal on a scale of its own."""

    value: float
    """Median. [unit]"""
    low: float
    """5 %. [unit]"""
    high: float
    """95 %. [unit]"""
    unit: str
    """Unit of the three."""
    scale: Literal["log", "logit"]
    """Scale on which it is normal: logit for shares between 0 and 1."""
    source: str
    """Who says so."""

    def at(self, z: Floats) -> Floats:
        """Return the parameter that lies some standard deviations from the median.

        Examples
        --------
        >>> Prior(2.0, 1.0, 4.0, "nm", "log", "example").at(np.array([0.0, 1.6448536])).round(6)
        array([2., 4.])
        """
        middle, width = _normal(self)
        back = np.exp if self.scale == "log" else _expit
        return np.asarray(back(middle + width * z))

    def z(self, values: Floats) -> Floats:
        """Return how many standard deviations from the median values lie; undoes `at`."""
        middle, width = _normal(self)
        to = np.log if self.scale == "log" else _logit
        return np.asarray((to(values) - middle) / width)


@cache
def priors() -> Mapping[str, Prior]:
    """Return the priors of all parameters, by name, as ``data/first_cycle.toml`` has them.

    Examples
    --------
    >>> priors()["thickness"].unit
    'nm'
    """
    text = files("screening").joinpath("data/first_cycle.toml").read_text(encoding="utf-8")
    rows = {name: Prior(**row) for name, row in tomllib.loads(text).items()}
    return MappingProxyType({name: rows[name] for name in Parameters._fields})


def _logit(share: Floats | list[float]) -> Floats:
    """Return the logarithm of the odds; as SciPy does, which takes half a second to load."""
    part = np.asarray(share, float)
    return np.asarray(np.log(part) - np.log1p(-part))


def _expit(odds: Floats) -> Floats:
    """Return the share whose odds have this logarithm; undoes `_logit`."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * odds))


@cache
def _normal(prior: Prior) -> tuple[float, float]:
    """Return mean and standard deviation of a prior on its scale."""
    to = np.log if prior.scale == "log" else _logit
    low, middle, high = to([prior.low, prior.value, prior.high])
    return float(middle), float(high - low) / (2 * _Z95)
