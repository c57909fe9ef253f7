"""What a cell is made of beside its composite: a coating, a separator, an anode."""

from __future__ import annotations

from dataclasses import replace
from math import expm1
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from descriptors.recipe import Recipe

THICKNESS = 10.0
"""Of a film where nobody says. [nm]"""
SURFACE = 50.0
"""Surface of the cathode's particles over the area of the electrode: 2 mAh/cm2 of a nickel-rich
oxide, 10 mg/cm2 at 200 mAh/g, with the 0.5 m2/g that the catalogue has for it. [1]"""
FILM_SCALE = 50.0 * SURFACE
"""Resistance of a film, per area of film, that costs half of a cell's worth: 50 ohm cm2 of
electrode, 50 mV at 1 mA/cm2. The 50 mV are a judgement. [ohm cm2 of film]"""
ALL_OF_IT = 1.0
COVERING = 2.0
"""Thickness of a film that keeps 63 % of the electrons from what is beside it: thinner ones grow as
islands, and electrons tunnel through a nanometre. A judgement. [nm]"""
THICKNESS_DOUBT = 3.0
"""Factor about the thickness of a film, 90 %: films are uneven, and few are measured. A judgement.
[1]"""


class Layers(NamedTuple):
    """What is stated of a cell beside its composite; None for what is not stated."""

    coating: str | None = None
    """Coating of the cathode, by formula."""
    thickness: float = THICKNESS
    """Of the coating. [nm]"""
    coverage: float = ALL_OF_IT
    """Share of the cathode's surface that the coating covers. [1]"""
    separator: str | None = None
    """SSE between composite and anode, by formula; None for that of the composite."""
    anode: str | None = None
    """Anode, by the name of the catalogue."""

    @property
    def covered(self) -> float:
        """Share of the cathode's surface under a coating, 0 without one. [1]."""
        return self.coverage if self.coating else 0.0

    @property
    def shielded(self) -> float:
        """Share of the surface that a coating keeps from what is beside it [1].

        Examples
        --------
        >>> [round(Layers("LiNbO3", thick).shielded, 2) for thick in (0.1, 2.0, 10.0)]
        [0.05, 0.63, 0.99]
        """
        return -self.covered * expm1(-self.thickness / COVERING)

    @property
    def title(self) -> str:
        """What is stated, in words; empty for nothing.

        Examples
        --------
        >>> Layers("LiNbO3", coverage=0.9, anode="Li-In").title
        '10 nm LiNbO3 on 90 %, Li-In anode'
        """
        said = []
        if self.coating:
            share = "" if self.coverage == ALL_OF_IT else f" on {100 * self.coverage:g} %"
            said.append(f"{self.thickness:g} nm {self.coating}{share}")
        if self.separator:
            said.append(f"{self.separator} separator")
        if self.anode:
            said.append(f"{self.anode} anode")
        return ", ".join(said)


BARE = Layers()
"""Nothing stated."""


def coated_name(cathode: str, layers: Layers) -> str:
    """Return what redraws call a cathode: its name, and the coating that it is under.

    Parameters
    ----------
    cathode : str
        Its name.
    layers : Layers
        What else is stated.
    """
    if not layers.coating:
        return cathode
    return f"{cathode} under {Layers(layers.coating, coverage=layers.coverage).title}"


def with_layers(recipe: Recipe, layers: Layers) -> Recipe:
    """Return a recipe under a name that says what else the cell is made of.

    Results know a cell by SSE, cathode and recipe, so that a coated composite has a recipe of its
    own.

    Parameters
    ----------
    recipe : Recipe
        The composite.
    layers : Layers
        What else is stated.
    """
    if not layers.title:
        return recipe
    return replace(recipe, name=f"{recipe.name} with {layers.title}")
