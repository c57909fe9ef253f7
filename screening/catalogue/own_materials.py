"""Materials of one's own, all together: found by label or by composition, before the catalogue."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from descriptors.composite.carbon import carbon_name
from descriptors.quantity import Kind, Quantity
from screening.catalogue import materials as catalogue
from screening.catalogue.names import lithium_fault, sse_formula
from screening.catalogue.own_material import Material
from screening.catalogue.spelling import folded, named
from screening.errors import CatalogueError, UnknownNameError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode

BY_FORMULA = frozenset({"sse", "coating"})
"""Kinds that results name by formula; cathodes and carbons keep their labels."""
UNTABULATED = Quantity(
    0.03, 0.01, 0.09, "eV/atom", Kind.ASSUMED,
    "a compound made by substitution that no table has",
)  # fmt: skip
"""How far above the hull a compound is taken to be that substitution has made. [eV/atom]"""


@dataclass(frozen=True)
class OwnMaterials:
    """Materials of one's own, beside the catalogue."""

    materials: tuple[Material, ...] = ()
    """All of them; labels are unique."""
    untabulated: Quantity | None = None
    """How far above the hull an SSE is that neither the phase table nor the catalogue has; on the
    hull without. [eV/atom]"""

    @cached_property
    def _of_label(self) -> Mapping[str, Material]:
        return {folded(one.label): one for one in self.materials}

    @cached_property
    def _of_composition(self) -> Mapping[frozenset[tuple[str, float]], Material]:
        return {
            shares: one
            for one in self.materials
            if one.kind == "sse" and (shares := _shares(one)) is not None
        }

    @cached_property
    def _films(self) -> Mapping[frozenset[tuple[str, float]], list[Material]]:
        found: dict[frozenset[tuple[str, float]], list[Material]] = {}
        for one in self.materials:
            if one.kind == "coating" and (shares := _shares(one)) is not None:
                found.setdefault(shares, []).append(one)
        return found

    @cached_property
    def cathodes(self) -> Mapping[str, Cathode]:
        """Cathodes of one's own by label."""
        return {one.label: one.as_cathode() for one in self.materials if one.kind == "cathode"}

    def sse_formula(self, name: str) -> str:
        """Return the formula of an SSE: a label of one's own or of the catalogue, or a formula.

        Raises
        ------
        FormulaError
            If it is none of them.
        """
        own = self._of_label.get(folded(name))
        if own is not None and own.kind == "sse" and own.formula:
            return sse_formula(own.formula)
        return sse_formula(name)

    def conductor_formula(self, name: str) -> str:
        """Return the formula of an SSE that cells can have, as :meth:`sse_formula`.

        Raises
        ------
        FormulaError
            If it is no formula and no label.
        CatalogueError
            If it holds no lithium.
        """
        formula = self.sse_formula(name)
        if fault := lithium_fault(formula):
            raise CatalogueError(fault)
        return formula

    def cathode(self, name: str) -> Cathode:
        """Return a cathode by a name of one's own or of the catalogue.

        Raises
        ------
        UnknownNameError
            If neither holds it.
        """
        if name in self.cathodes:
            return self.cathodes[name]
        try:
            return named(name, self.cathodes, "cathode", labels={n: (n,) for n in self.cathodes})
        except UnknownNameError:
            return catalogue.cathode(name)

    def figures(self, formula: str) -> Material | None:
        """Return the SSE of one's own with a composition, None if there is none."""
        if not self._of_composition:
            return None
        return self._of_composition.get(composition(formula).shares)

    def above_hull(self, formula: str) -> float | None:
        """Return the energy of an SSE above the hull, None if nobody has stated it. [eV/atom]."""
        own = self.figures(formula)
        return own.above_hull_ev_per_atom if own else None

    def with_carbon(self, recipe: Recipe) -> Recipe:
        """Return a recipe with the figures of its carbon, if that is one of one's own."""
        own = self._of_label.get(folded(recipe.carbon or ""))
        if own is None or own.kind != "carbon":
            return recipe
        made = own.as_carbon()
        return replace(
            recipe, carbon=own.label, carbon_area=made.specific_area, carbon_density=made.density
        )

    def carbon_name(self, name: str) -> str | None:
        """Return what a carbon is called, None for none.

        Raises
        ------
        UnknownCarbonError
            If it is not on record.
        """
        own = self._of_label.get(folded(name))
        if own is not None and own.kind == "carbon":
            return own.label
        return carbon_name(name)

    def coating_formula(self, name: str) -> str:
        """Return the formula of a coating: a label of one's own, or a formula.

        Raises
        ------
        FormulaError
            If it is neither.
        """
        own = self._of_label.get(folded(name))
        if own is not None and own.kind == "coating" and own.formula:
            return own.formula
        return composition(name).formula

    def film_conductivity(self, formula: str) -> Quantity | None:
        """Return how a coating of one's own conducts lithium, None if nobody says. [S/cm].

        Raises
        ------
        CatalogueError
            If two coatings have that composition.
        """
        if not self._films or not (found := self._films.get(composition(formula).shares)):
            return None
        if len(found) > 1:
            raise CatalogueError(twins(found[0].label, found[1]))
        return found[0].quantity("ionic_conductivity", "s_per_cm")

    def named_by(self, names: Iterable[str]) -> tuple[Material, ...]:
        """Return those that names mean, by label or by composition."""
        wanted = {folded(name) for name in names}
        shares = set()
        for name in names:
            try:
                shares.add(composition(self.sse_formula(name)).shares)
            except FormulaError:  # A label, of a cathode or a carbon.
                continue
        return tuple(
            one
            for one in self.materials
            if folded(one.label) in wanted or (one.kind in BY_FORMULA and _shares(one) in shares)
        )


NO_MATERIALS = OwnMaterials()
"""Nothing of one's own."""


@lru_cache(maxsize=64)
def own_materials(materials: tuple[Material, ...]) -> OwnMaterials:
    """Return materials of one's own, checked among each other.

    Raises
    ------
    CatalogueError
        If two have one label, or two SSEs or two coatings one composition.
    """
    labels = Counter(folded(one.label) for one in materials)
    for one in materials:
        if labels[folded(one.label)] > 1:
            raise CatalogueError(f"material {one.label} stands twice; give one another label")
    compositions: dict[object, str] = {}
    for one in materials:
        if one.kind in BY_FORMULA:
            other = compositions.setdefault((one.kind, _shares(one)), one.label)
            if other != one.label:
                raise CatalogueError(twins(other, one))
    return OwnMaterials(materials)


def twins(label: str, other: Material) -> str:
    """Return why two materials of one kind and composition cannot be used together.

    Parameters
    ----------
    label : str
        Label of one of them.
    other : Material
        The other one.
    """
    return (
        f"{other.kind}s {label} and {other.label} are both {other.formula}; results are named by "
        "formula: keep one of them, `catholyte material remove` takes the other out of use"
    )


def _shares(one: Material) -> frozenset[tuple[str, float]] | None:
    """Return the composition of an SSE or a coating, None of what has a name only."""
    return composition(one.formula).shares if one.formula else None


def stated_materials(batch: Mapping[str, Any]) -> OwnMaterials:
    """Return the materials of one's own that a batch holds.

    Parameters
    ----------
    batch : mapping
        The batch file as plain values.
    """
    stated = batch.get("materials") or ()
    own = own_materials(tuple(Material.model_validate_json(json.dumps(one)) for one in stated))
    if not (generated := batch.get("generate")):
        return own
    return replace(own, untabulated=untabulated(generated["above_hull_ev_per_atom"]))


def untabulated(distance: float) -> Quantity:
    """Return a stated distance above the hull with the doubt of the usual one.

    Parameters
    ----------
    distance : float
        From a batch file. [eV/atom]
    """
    scale = distance / UNTABULATED.value
    return UNTABULATED._replace(
        value=distance, low=UNTABULATED.low * scale, high=UNTABULATED.high * scale
    )
