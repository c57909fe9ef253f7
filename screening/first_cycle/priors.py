"""The parameters of the first cycle, and what is believed of them before any cell is seen."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = float | Floats

_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.


class Parameters(NamedTuple):
    """Parameters of the model: numbers, or draws of the shape (n_draws,)."""

    thickness: Numbers
    """Thickness of SSE oxidised on what conducts electrons at 1 V beyond its limit. [nm]"""
    reduced: Numbers
    """Thickness reduced at 1 V below the limit. [nm]"""
    contact_hand: Numbers
    """Conducting surface that a gram of SSE touches at most where it is mixed in by hand. [m2/g]"""
    contact_milled: Numbers
    """The same where it is milled in: the pores of a carbon stay out of reach. [m2/g]"""
    coated: Numbers
    """What a coating that covers all of the cathode leaves of the oxidation. [1]"""
    gas_overpotential: Numbers
    """How far beyond the limit an oxidation that frees a gas begins. [V]"""
    reduction_overpotential: Numbers
    """How far below the limit the reduction of an SSE other than a sulfide begins. [V]"""
    sulfide_overpotential: Numbers
    """The same of a sulfide, which is reduced by way of lithiated intermediates. [V]"""
    interphase_blocking: Numbers
    """How fast lost decomposition, per capacity of the cathode, blocks the cathode. [1]"""
    reduction_lost: Numbers
    """Share of a reduction that does not come back, of all but thiophosphates. [1]"""
    utilised: Numbers
    """Share of a host that takes part where it is mixed by hand, of what its curve V(x) gives. [1]
    """
    host_loss: Numbers
    """First loss of a host, against that in a liquid cell. [1]"""
    oxygen_loss: Numbers
    """Share of the lithium beyond the onset of oxygen release that does not return. [1]"""
    milled_contact: Numbers
    """Share of the cathode that a milled composite contacts. [1]"""
    sulfur_unreached: Numbers
    """Share of sulfur that is not converted, with particles of 1 um. [1]"""
    size_exponent: Numbers
    """Power of the particle size with which the odds of that grow. [1]"""
    activated: Numbers
    """Share of Li2S that the first charge activates, of what a liquid cell does. [1]"""
    separate_reach: Numbers
    """What mixing the SSE in by hand leaves of the first half-cycle of S or Li2S. [1]"""
    separate_return: Numbers
    """What it leaves of their return. [1]"""
    layer_spread: Numbers
    """Standard deviation, in the logarithm, of the thickness among composites. [1]"""
    cell_reach: Numbers
    """The same, of the odds of what takes part of the cathode, among cells of a laboratory. [1]"""
    activation_spread: Numbers
    """In place of `cell_reach` for Li2S, which each making activates in its own way. [1]"""
    cell_loss: Numbers
    """As `cell_reach`, of what the cathode does not return. [1]"""
    laboratory_reach: Numbers
    """As `cell_reach`, among laboratories. [1]"""
    laboratory_loss: Numbers
    """As `cell_loss`, among laboratories. [1]"""


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
