"""A number that says how sure it is and where it comes from."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a number came about, from the strongest evidence to the weakest."""

    MEASURED = "measured"
    """Read from an experiment on this material."""
    FITTED = "fitted"
    """From a law that was fitted to experiments on this material."""
    COMPUTED = "computed"
    """From a calculation on this material."""
    PREDICTED = "predicted"
    """From a model that has learned from other materials."""
    ESTIMATED = "estimated"
    """From memory, or from indirect evidence."""
    ASSUMED = "assumed"
    """From the chemistry class, or by decision, where nothing is known."""


class Quantity(NamedTuple):
    """A number with its interval, unit, kind and source."""

    value: float
    """Central value. [unit]"""
    low: float
    """Lower end of the 90 % interval, unless the source says otherwise. [unit]"""
    high: float
    """Upper end of the same interval. [unit]"""
    unit: str
    """Unit of the three numbers, as written in text: ``S/cm``, ``m2/g``."""
    kind: Kind
    """How the number came about."""
    source: str
    """Who says so, and how the interval was drawn."""


def weakest(*kinds: Kind) -> Kind:
    """Return the weakest of several kinds: a result is no stronger than what it was made from.

    Examples
    --------
    >>> weakest(Kind.MEASURED, Kind.ESTIMATED, Kind.COMPUTED)
    <Kind.ESTIMATED: 'estimated'>
    """
    return max(kinds, key=_ORDER.__getitem__)


_ORDER = {kind: place for place, kind in enumerate(Kind)}
