"""A screening batch: which pairs to evaluate, among which phases.

docs/batch-files.md explains every key; docs/batch.schema.json is the JSON Schema of it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from screening.batch.batch_tables import (
    NO_COATING,
    ArealCapacity,
    Cathodes,
    CathodeTable,
    Coatings,
    CoatingTable,
    Composite,
    Exclusion,
    GateName,
    Name,
    Rate,
    Recipes,
    RecipeTable,
    Table,
    Window,
)
from screening.batch.candidates import CandidateFilter
from screening.batch.generated import Generation
from screening.catalogue import materials as catalogue
from screening.catalogue.anodes import (
    against_lithium,
    anode,
    assumed_inventory,
    assumed_reference,
    cutoff_fault,
    inventory_fault,
)
from screening.catalogue.conditions import stated_conditions
from screening.catalogue.layers import with_layers
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import OwnMaterials, own_materials
from screening.errors import BatchError
from screening.order.objective import objective
from screening.pairs.drawn import N_DRAWS
from screening.results.columns import NUMBERS
from screening.text.documents import shortened
from screening.text.limited import Limited
from stability.formula import composition
from stability.quantities import ROOM_TEMPERATURE
from stability.tables.phase_table import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

    from screening.catalogue.materials import Cathode

MOST_WITH_DETAILS = 20_000
"""Pairs up to which steps and kinks are kept, unless the file says otherwise."""
_MOST_NAMES = 10_000  # Longer lists belong into a CSV file.


def _draws(number: int) -> int:
    if number not in {0, N_DRAWS}:
        raise ValueError(f"{shortened(str(number))} is neither 0 nor {N_DRAWS}")
    return number


def _objective(text: str) -> str:
    return objective(text, NUMBERS).text


_Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=_MOST_NAMES)]
_Path = Annotated[str, Field(min_length=1, max_length=1000)]
_Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_objective)]


class Batch(Table):
    """What a batch file says; unknown keys are refused."""

    name: Name = "reference"
    """What people call the batch; by default the name of the file."""
    sses: _Names | None = None
    """Solid electrolytes: labels of the catalogue, or formulas. Without this key, candidates,
    filter and generate, all of the catalogue."""
    candidates: _Path | None = None
    """CSV file with a column ``sse``, or with ``sse`` and ``cathode``: then its rows are the
    pairs."""
    filter: CandidateFilter | None = None
    """Candidates from the phase table."""
    generate: Generation | None = None
    """Candidates that the table does not have, made by substitution into known structures."""
    gates: tuple[GateName, ...] | None = None
    """Which gates candidates pass before anything is computed: by default all of them for what the
    filter finds and substitution makes, and none for lists; where the key is given, for all. Named
    SSEs pass."""
    cathodes: Cathodes | None = None
    """Cathodes by name or label; by default the nine of the built-in batch."""
    materials: Annotated[
        Annotated[tuple[Material, ...], Field(max_length=_MOST_NAMES), Tag("<tables>")]
        | Annotated[_Path, Tag("<file>")],
        Discriminator(lambda said: "<file>" if isinstance(said, str) else "<tables>"),
    ] = ()
    """Materials of one's own: tables, or a CSV file as `catholyte material import` reads it."""
    recipe: Name | None = None
    """Recipe for every pair; each cathode's own by default."""
    recipes: Recipes | None = None
    """Several recipes for every pair, by name or as tables."""
    coatings: Coatings | None = None
    """Coatings of every cathode, by name or as tables: every pair is computed with each; ``none``
    for the bare cathode."""
    separator: Name | None = None
    """SSE between composite and anode, if it is another than that of the composite."""
    anode: Name | None = None
    """Anode, as `catholyte material list` names them."""
    rate_c: Rate | None = None
    """Rate at which capacities are predicted: 0.1, that is C/10, by default. [1/h]"""
    areal_capacity_mah_per_cm2: ArealCapacity | None = None
    """Theoretical capacity of the cathode layer at which they are: 2 by default. [mAh/cm2]"""
    voltage_window: Window | None = None
    """Ends of the voltage window of every cathode, instead of each one's own. [V vs. Li/Li+, or vs.
    `voltage_reference`]"""
    table: _Path = REFERENCE
    """Phase table: ``reference``, or a file relative to where the program runs."""
    energies: Literal["corrected", "dft"] | None = None
    """Which energies of the table: corrected towards measured enthalpies, or as DFT gave them; by
    default corrected, where a correction fits the table."""
    policy: Literal["known", "all"] = "known"
    """Which phases may compete."""
    exclude: Annotated[tuple[Exclusion, ...], Field(max_length=1000)] = ()
    """Phases that may not compete, on top of the policy."""
    temperature: Annotated[float, Limited("temperature_k")] = ROOM_TEMPERATURE
    """Temperature: 0 for energies as they are, or 273.15 to 400 for free energies. [K]"""
    draws: Annotated[int, AfterValidator(_draws)] = N_DRAWS
    """How often phase energies are redrawn, for intervals: 200 or 0, which is much faster."""
    objective: _Text | None = None
    """What to rank by; the score by default."""
    order: Literal["expected", "cautious", "central"] | None = None
    """By which number of its draws a pair takes its place; without this key cautious, by the lower
    end of the interval, for what a filter found or substitution made, and central otherwise."""
    details: bool | None = None
    """Whether to keep steps and kinks; by default up to 20,000 pairs."""
    voltage_reference: Name | None = None
    """Anode against which voltage windows are given; lithium without."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Refuse two keys for one thing.

        Raises
        ------
        ValueError
            If both are there.
        """
        if self.recipe is not None and self.recipes is not None:
            raise ValueError("recipes: recipe and recipes are both given; keep one")
        excluded = [composition(one.formula).shares for one in self.exclude]
        if len(set(excluded)) < len(excluded):
            raise ValueError("exclude: a phase stands twice; name it once")
        return self

    @property
    def own(self) -> OwnMaterials:
        """Materials of one's own.

        Raises
        ------
        CatalogueError
            If two of them have one label or one composition.
        """
        return own_materials(() if isinstance(self.materials, str) else self.materials)

    @property
    def exclusions(self) -> Mapping[str, str]:
        """Phases that may not compete, each with its reason."""
        return {one.formula: one.reason for one in self.exclude}

    def keeps_details(self, n_pairs: int) -> bool:
        """Say whether steps and kinks of that many pairs are to be kept."""
        return n_pairs <= MOST_WITH_DETAILS if self.details is None else self.details

    def named_sses(self) -> list[str]:
        """Return the SSEs that the batch names, by formula.

        Raises
        ------
        BatchError
            If one stands twice.
        UnknownNameError, CatalogueError, FormulaError
            If a name cannot be used.
        """
        found = [self.own.conductor_formula(name) for name in self.sses or ()]
        seen: set[object] = set()
        for formula in found:
            if (shares := composition(formula).shares) in seen:
                raise BatchError(f"sses: {formula} stands twice; name it once")
            seen.add(shares)
        return found

    def composites(self, names: Iterable[str] | None = None) -> tuple[Composite, ...]:
        """Return cathodes in their recipes, by name.

        Parameters
        ----------
        names : iterable of str, optional
            Only these cathodes; by default those of the batch, or else all of the catalogue.

        Raises
        ------
        UnknownNameError
            If a cathode or recipe is not in the catalogue.
        BatchError
            If one stands twice, or a voltage window cannot be that of its cathode.
        """
        asked = None if names is None else list(names)
        tables = [
            one if isinstance(one, CathodeTable) else CathodeTable(name=one)
            for one in self.cathodes or asked or catalogue.cathodes()
        ]
        meant = [self.own.cathode(one.name).name for one in tables]
        by_name = dict(zip(meant, tables, strict=True))
        if len(by_name) < len(tables):
            twice = next(name for name in meant if meant.count(name) > 1)
            raise BatchError(f"cathodes: {twice} stands twice; name it once")
        chosen = list(by_name) if asked is None else asked
        if missing := [name for name in chosen if name not in by_name]:
            raise BatchError(f"cathodes: {missing[0]} of the list is not among them; add it")
        found = [one for name in sorted(chosen) for one in self._composites_of(by_name[name])]
        return tuple(found)

    def _composites_of(self, table: CathodeTable) -> Iterator[Composite]:
        """Yield a cathode in each of its recipes.

        Raises
        ------
        BatchError
            If a recipe stands twice, the window cannot be that of the cathode, or the cell has no
            lithium.
        """
        cathode = self._cycled(self.own.cathode(table.name), table.voltage_window)
        if fault := inventory_fault(self.anode, cathode):
            raise BatchError(f"anode: {fault}; `cathodes` names those of the batch")
        one = (self.recipe,) if self.recipe is not None else (cathode.recipe,)
        recipes = [
            wanted.recipe(self.own) if isinstance(wanted, RecipeTable) else catalogue.recipe(wanted)
            for wanted in table.recipes or self.recipes or one
        ]
        names = [made.name for made in recipes]
        if twice := {name for name in names if names.count(name) > 1}:
            raise BatchError(f"recipes: {min(twice)} stands twice; name it once")
        run = stated_conditions(self.rate_c, self.areal_capacity_mah_per_cm2)
        for made in sorted(recipes, key=lambda made: made.name):
            yield from self._layered(Composite(cathode, made, conditions=run), table)

    def _cycled(self, cathode: Cathode, own: tuple[float, float] | None) -> Cathode:
        """Return a cathode between the cutoffs that are given for it, or for all.

        Raises
        ------
        BatchError
            If they cannot be those of the cathode.
        """
        window = own or self.voltage_window
        if window is None:
            return cathode
        low, high = (against_lithium(one, self.voltage_reference) for one in window)
        fault = cutoff_fault(low, high, cathode, reference=self.voltage_reference, held=self.anode)
        if fault:
            against = " against Li" if self.voltage_reference else ""
            raise BatchError(
                f"voltage_window: {low:g} to {high:g} V{against} does not hold {fault}"
            )
        against = f", given against {self.voltage_reference}" if self.voltage_reference else ""
        return replace(
            cathode,
            voltage_low=low,
            voltage_high=high,
            voltage_source=f"window: batch file{against}; mean: {cathode.voltage_source}",
        )

    def assumed(self, cathodes: Iterable[str]) -> tuple[str, ...]:
        """Return what is taken of its cells because the file does not say, in words.

        Parameters
        ----------
        cathodes : iterable of str
            Names of its cathodes.
        """
        tables = [one for one in self.cathodes or () if isinstance(one, CathodeTable)]
        windows = [one.voltage_window for one in tables] + [self.voltage_window]
        said = [assumed_reference(self.anode, self.voltage_reference)] if any(windows) else []
        said += [assumed_inventory(self.anode, self.own.cathode(name)) for name in cathodes]
        return tuple(dict.fromkeys(one for one in said if one))

    def _layered(self, bare: Composite, table: CathodeTable) -> Iterator[Composite]:
        """Yield a composite with each of its coatings, in a cell with what the batch states.

        Raises
        ------
        BatchError
            If a coating stands twice.
        """
        separator = self.own.conductor_formula(self.separator) if self.separator else None
        held = anode(self.anode).name if self.anode else None
        wanted = table.coatings or self.coatings or (NO_COATING,)
        tables = (
            one if isinstance(one, CoatingTable) else CoatingTable(name=one) for one in wanted
        )
        found = [one.layers(self.own, separator, held) for one in tables]
        if twice := [one for one in found if found.count(one) > 1]:
            said = twice[0].title or "the bare cathode"
            raise BatchError(f"coatings: {said} stands twice; name it once")
        for layers in found:
            yield bare._replace(recipe=with_layers(bare.recipe, layers), layers=layers)


TABLES: Mapping[str, type[BaseModel]] = {
    "filter": CandidateFilter,
    "generate": Generation,
    "cathodes": CathodeTable,
    "recipes": RecipeTable,
    "coatings": CoatingTable,
    "exclude": Exclusion,
    "materials": Material,
}
"""What tables in a batch file are read as, by their key."""


def json_schema() -> str:
    """Return the JSON Schema of a batch file, as text."""
    schema = Batch.model_json_schema()
    schema["title"] = "catholyte batch file"
    return json.dumps(schema, indent=2) + "\n"
