"""Solid electrolytes, cathodes and composite recipes, each figure with its source.

The figures live in ``data/*.toml``, one table per material; a key that contradicts another is
refused with its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from pydantic import ConfigDict, NonNegativeFloat, PositiveFloat

from descriptors.errors import InvalidRecipeError
from descriptors.quantity import Quantity
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.catalogue_file import (
    STRICT,
    catalogue_rows,
    formula_fault,
    quantity_fault,
)
from screening.catalogue.spelling import folded, named
from screening.errors import CatalogueError
from stability.elements import FARADAY
from stability.formula import composition

_UNITS = {"utilisation": "1", "return_fraction": "1", "specific_area": "m2/g", "density": "g/cm3"}
"""Unit of each quantity of a cathode."""


class Chemistry(StrEnum):
    """Class of a solid electrolyte, by its anions."""

    SULFIDE = "sulfide"
    HALIDE = "halide"
    OXYHALIDE = "oxyhalide"
    OXIDE = "oxide"
    PHOSPHATE = "phosphate"


DISCHARGED, CHARGED = 0, 1
"""Order of the states of a cathode."""


class State(StrEnum):
    """State in which a cathode is put into the cell."""

    CHARGED = "charged"
    DISCHARGED = "discharged"


@dataclass(frozen=True)
class Electrolyte:
    """A solid electrolyte."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    """Formula as written, ``Li6PS5Cl``."""

    label: str
    """What one says, ``LPSCl``."""

    chemistry: Chemistry
    """Class by its anions."""

    source: str
    """First report of the material or of its conduction."""

    note: str
    """What a reader of a ranking should know."""


@dataclass(frozen=True)
class Cathode:
    """An active material, with the behaviour it shows in a cell with liquid electrolyte."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    """Formula as assembled: ``S`` and ``Li2S`` are two cathodes; or a label."""

    charged: str
    """Formula of the fully charged state, same formula unit as `discharged`."""

    discharged: str
    """Formula of the fully discharged state; the Li it holds more is the theoretical capacity."""

    assembled: State
    """State in which it is put into the cell."""

    voltage_low: float
    """Lower end of the cycling window. [V vs. Li/Li+]"""

    voltage_high: float
    """Upper end of the cycling window. [V vs. Li/Li+]"""

    voltage: float
    """Mean discharge voltage. [V vs. Li/Li+]"""

    voltage_source: str
    """Source of the window and of the mean."""

    utilisation: Quantity
    """First half-cycle (charge if assembled discharged) over the theoretical capacity. [1]"""

    return_fraction: Quantity
    """Second half-cycle over the first: discharge/charge if assembled discharged. [1]"""

    specific_area: Quantity
    """Electron-conducting surface of the powder, its coating included. [m2/g]"""

    density: Quantity
    """True density in the state of assembly. [g/cm3]"""

    recipe: str
    """Name of the default recipe."""

    source: str
    """First report as a cathode, or where its figures come from."""

    note: str
    """What a reader of a ranking should know."""

    labels: tuple[str, ...] = ()
    """What else people call it."""

    inert: float = 0.0
    """Mass of a host that takes no part, per mass of cathode. [1]"""

    charged_above_hull: float = 0.0
    """Energy of the charged state above the hull of its composition. [eV/atom]"""

    measured_to: float | None = None
    """Cutoff to which a laboratory measured the utilisation of its own powder. [V vs. Li/Li+]"""

    @property
    def formula(self) -> str:
        """Formula of what reacts, as assembled; the name may be a label, such as ``SPAN``."""
        return self.charged if self.assembled is State.CHARGED else self.discharged

    @property
    def theoretical_capacity(self) -> float:
        """Capacity between both states per gram as assembled. [mAh/g].

        Examples
        --------
        One Li in 157.76 g: 26801.5 / 157.76.

        >>> round(cathode("LiFePO4").theoretical_capacity, 1)
        169.9
        """
        charged, discharged = composition(self.charged), composition(self.discharged)
        n_li = discharged.amounts.get("Li", 0.0) - charged.amounts.get("Li", 0.0)
        return (1.0 - self.inert) * n_li * FARADAY / composition(self.formula).molar_mass


class Catalogue(NamedTuple):
    """All materials and recipes, by name, read-only."""

    electrolytes: Mapping[str, Electrolyte]
    """Solid electrolytes by formula."""

    cathodes: Mapping[str, Cathode]
    """Cathodes by name: those of the built-in batch."""

    more_cathodes: Mapping[str, Cathode]
    """All others, by name."""

    recipes: Mapping[str, Recipe]
    """Recipes of composite cathodes."""


def electrolytes() -> Mapping[str, Electrolyte]:
    """Return all solid electrolytes of the built-in catalogue by formula."""
    return _built_in().electrolytes


def cathodes() -> Mapping[str, Cathode]:
    """Return the cathodes of the built-in batch by name, which a batch without cathodes takes."""
    return _built_in().cathodes


@cache
def known_cathodes() -> Mapping[str, Cathode]:
    """Return all cathodes of the built-in catalogue by name."""
    return MappingProxyType({**_built_in().cathodes, **_built_in().more_cathodes})


def recipes() -> Mapping[str, Recipe]:
    """Return all recipes of the built-in catalogue by name."""
    return _built_in().recipes


def electrolyte(name: str) -> Electrolyte:
    """Return the solid electrolyte of a formula or a label.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it; the message names the nearest and all there are.

    Examples
    --------
    >>> electrolyte("LPSCl").name
    'Li6PS5Cl'
    """
    by_label = {row.label: row for row in electrolytes().values()}
    return named(name, {**electrolytes(), **by_label}, "solid electrolyte", labels={})


def cathode(name: str) -> Cathode:
    """Return the cathode of a formula, as it is assembled, or of a label.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it; the message names the nearest and all there are.

    Examples
    --------
    >>> cathode("Li2S").charged, cathode("NCM-811").name
    ('S', 'LiNi0.8Mn0.1Co0.1O2')
    """
    rows = known_cathodes()
    labels = {row.name: row.labels for row in rows.values()}
    return named(name, rows, "cathode", labels=labels)


def recipe(name: str) -> Recipe:
    """Return the recipe of a name.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it; the message names the nearest and all there are.
    """
    return named(name, recipes(), "recipe", labels={})


def read_catalogue(folder: Traversable) -> Catalogue:
    """Return the catalogue that a folder holds.

    Parameters
    ----------
    folder : Traversable
        Where ``electrolytes.toml``, ``cathodes.toml``, ``more_cathodes.toml`` and ``recipes.toml``
        are.

    Raises
    ------
    CatalogueError
        If a file is missing or no TOML, or a key is missing, unknown or contradicts another; the
        message is one line with file, table and key.
    """
    recipe_rows = catalogue_rows(folder / "recipes.toml", _RecipeRow)
    read = Catalogue(
        electrolytes=catalogue_rows(folder / "electrolytes.toml", Electrolyte),
        cathodes=catalogue_rows(folder / "cathodes.toml", Cathode),
        more_cathodes=catalogue_rows(folder / "more_cathodes.toml", Cathode),
        recipes=MappingProxyType({name: _recipe(row) for name, row in recipe_rows.items()}),
    )
    faults = chain(_electrolyte_faults(read), _cathode_faults(read), _label_faults(read))
    if fault := next(faults, None):
        raise CatalogueError(fault)
    return read


@cache
def _built_in() -> Catalogue:
    return read_catalogue(files("screening") / "data")


@dataclass(frozen=True)
class _RecipeRow:
    """A recipe as a chemist writes it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    ratio: tuple[PositiveFloat, PositiveFloat, NonNegativeFloat]
    mixing: Mixing
    pressure: float
    source: str
    carbon: str | None = None


def _recipe(row: _RecipeRow) -> Recipe:
    cathode, sse, carbon = (part / sum(row.ratio) for part in row.ratio)
    try:
        return Recipe(
            row.name, cathode, sse, carbon, row.carbon, row.mixing, row.pressure, row.source
        )
    except InvalidRecipeError as error:
        faults = "; ".join(str(error).splitlines())
        raise CatalogueError(f"recipes.toml, table {row.name}: {faults}") from error


def _electrolyte_faults(read: Catalogue) -> Iterator[str]:
    labels = [row.label for row in read.electrolytes.values()]
    for row in read.electrolytes.values():
        place = f"electrolytes.toml, table {row.name}"
        if fault := formula_fault(row.name):
            yield f"{place}: {fault}"
        if labels.count(row.label) > 1 or row.label in read.electrolytes:
            yield f"{place}, key label: {row.label} names two materials"


def _cathode_faults(read: Catalogue) -> Iterator[str]:
    rows = {**read.cathodes, **read.more_cathodes}
    for row in rows.values():
        file = "cathodes.toml" if row.name in read.cathodes else "more_cathodes.toml"
        place = f"{file}, table {row.name}"
        for key in ("charged", "discharged"):
            if fault := formula_fault(getattr(row, key)):
                yield f"{place}, key {key}: {fault}"
        if row.formula != row.name and not formula_fault(row.name):
            yield f"{place}, key assembled: {row.assembled} is not the state of {row.name}"
        if not _takes_up_lithium(row):
            yield f"{place}, key discharged: {row.discharged} is not {row.charged} with more Li"
        if not 0 <= row.voltage_low < row.voltage < row.voltage_high:
            window = f"{row.voltage_low} to {row.voltage_high} V"
            yield f"{place}, key voltage: {row.voltage} V is outside {window}"
        if row.recipe not in read.recipes:
            known = ", ".join(read.recipes)
            yield f"{place}, key recipe: {row.recipe} is not in recipes.toml, which holds {known}"
        for key, unit in _UNITS.items():
            if fault := quantity_fault(getattr(row, key), unit):
                yield f"{place}, key {key}: {fault}"


def _label_faults(read: Catalogue) -> Iterator[str]:
    meant: dict[str, str] = {}
    for row in (*read.cathodes.values(), *read.more_cathodes.values()):
        for name in (row.name, *row.labels):
            if meant.setdefault(folded(name), row.name) != row.name:
                yield f"cathode {row.name}, key labels: {name} names two cathodes"
        if not 0 <= row.inert < 1:
            yield f"cathode {row.name}, key inert: {row.inert:g} is outside 0 to 1"


def _takes_up_lithium(row: Cathode) -> bool:
    charged = dict(composition(row.charged).amounts)
    discharged = dict(composition(row.discharged).amounts)
    more = discharged.pop("Li", 0.0) - charged.pop("Li", 0.0)
    return more > 0 and charged == discharged
