"""Tables inside a batch file: recipes, cathodes with settings of their own, phases to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from descriptors.errors import InvalidRecipeError
from descriptors.recipe import Mixing, Recipe
from screening.catalogue import materials as catalogue
from screening.catalogue.conditions import USUAL, Conditions
from screening.catalogue.layers import BARE, THICKNESS, Layers
from screening.catalogue.own_materials import NO_MATERIALS
from screening.coating.coatings import made_coating
from screening.text.limited import Limited
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials


GateName = Literal["framework", "lithium", "balance", "elements", "reactive", "host", "insulator"]
"""Gates by name: :class:`screening.catalogue.gates.Gate`."""
NO_COATING = "none"
"""What people write for the bare cathode in a list of coatings."""


Rate = Annotated[float, Limited("rate_c")]
"""A rate in a batch file. [1/h]"""
ArealCapacity = Annotated[float, Limited("areal_capacity_mah_per_cm2")]
"""A loading in a batch file. [mAh/cm2]"""


class Composite(NamedTuple):
    """A cathode in a recipe, before the SSE is chosen."""

    cathode: Cathode
    """The cathode, cycled in the window of the batch."""
    recipe: Recipe
    """How it is made, under a name that says what else is stated."""
    layers: Layers = BARE
    """What else is stated of the cell: coating, separator, anode."""
    conditions: Conditions = USUAL
    """At which rate and loading the cell is run."""


def _window(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ValueError(f"{ends[0]:g} to {ends[1]:g} V does not rise; swap the ends")
    return ends


def _formula(text: str) -> str:
    composition(text)
    return text


def _form(value: object) -> str:
    return "<table>" if isinstance(value, dict | BaseModel) else "<name>"


Name = Annotated[str, Field(min_length=1, max_length=200)]
_Voltage = Annotated[float, Limited("cutoff_v")]
Window = Annotated[tuple[_Voltage, _Voltage], AfterValidator(_window)]
_Part = Annotated[float, Limited("parts_or_none")]


class Table(BaseModel):
    """A table of a batch file; unknown keys are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class RecipeTable(Table):
    """A recipe of one's own."""

    name: Name
    """What results call it; not the name of a recipe of the catalogue."""
    ratio: tuple[_Part, _Part, _Part]
    """Cathode, SSE and carbon by mass, in any whole that is convenient."""
    carbon: Name | None = None
    """Name of the added carbon, such as ``VGCF``; none where the third part is 0."""
    mixing: Literal["hand", "milled"]
    """How the powders are brought together."""
    pressure_mpa: Annotated[float, Limited("pressure_mpa")] = 375.0
    """Uniaxial fabrication pressure."""
    source: Name = "batch file"
    """Who made or assumed it."""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        """Refuse a recipe that nobody can make.

        Raises
        ------
        ValueError
            If it cannot be made, or its name is taken.
        """
        if self.name in catalogue.recipes():
            raise ValueError(f"{self.name} is a recipe of the catalogue; choose another name")
        if sum(self.ratio) <= 0:
            raise ValueError("ratio: give parts by mass, not all of them 0")
        try:
            self._with(self.carbon)
        except InvalidRecipeError as error:
            raise ValueError("; ".join(str(error).splitlines())) from error
        return self

    def recipe(self, own: OwnMaterials = NO_MATERIALS) -> Recipe:
        """Return the recipe, with the figures of a carbon of one's own.

        Raises
        ------
        UnknownCarbonError
            If its carbon is not on record.
        """
        return own.with_carbon(self._with(own.carbon_name(self.carbon or "none")))

    def _with(self, carbon: str | None) -> Recipe:
        cathode, sse, rest = (part / sum(self.ratio) for part in self.ratio)
        mixing = Mixing(self.mixing)
        return Recipe(self.name, cathode, sse, rest, carbon, mixing, self.pressure_mpa, self.source)


Recipes = Annotated[
    tuple[
        Annotated[
            Annotated[Name, Tag("<name>")] | Annotated[RecipeTable, Tag("<table>")],
            Discriminator(_form),
        ],
        ...,
    ],
    Field(min_length=1, max_length=100),
]


class CoatingTable(Table):
    """A coating of the cathode."""

    name: Name
    """Formula, or a label of one's own; ``none`` for the bare cathode."""
    thickness_nm: Annotated[float, Limited("film_nm")] = THICKNESS
    """Of the film."""
    coverage_percent: Annotated[float, Limited("coverage_percent")] = 100.0
    """Share of the cathode's surface that it covers."""

    def layers(self, own: OwnMaterials, separator: str | None, anode: str | None) -> Layers:
        """Return the layers of a cell with this coating.

        Raises
        ------
        FormulaError
            If it is no formula.
        """
        if self.name == NO_COATING:
            return Layers(separator=separator, anode=anode)
        formula = made_coating(self.name, own)
        return Layers(formula, self.thickness_nm, self.coverage_percent / 100.0, separator, anode)


Coatings = Annotated[
    tuple[
        Annotated[
            Annotated[Name, Tag("<name>")] | Annotated[CoatingTable, Tag("<table>")],
            Discriminator(_form),
        ],
        ...,
    ],
    Field(min_length=1, max_length=100),
]
"""Coatings by name, or as tables."""


class CathodeTable(Table):
    """A cathode with a window or recipes of its own."""

    name: Name
    """Cathode of the catalogue, or of one's own: name or label."""
    voltage_window: Window | None = None
    """Ends of the voltage window in which it is cycled. [V vs. Li/Li+]"""
    recipes: Recipes | None = None
    """Its recipes, instead of those of the batch."""
    coatings: Coatings | None = None
    """Its coatings, instead of those of the batch; ``none`` for the bare cathode."""


class Exclusion(Table):
    """A phase that may not compete."""

    formula: Annotated[Name, AfterValidator(_formula)]
    """The phase, as the products are printed."""
    reason: Name
    """Why; it stands in every result."""


Cathodes = Annotated[
    tuple[
        Annotated[
            Annotated[Name, Tag("<name>")] | Annotated[CathodeTable, Tag("<table>")],
            Discriminator(_form),
        ],
        ...,
    ],
    Field(min_length=1, max_length=100),
]
"""Cathodes by name, or as tables."""


def stated_coatings(
    coatings: Coatings | None, cathodes: Cathodes | None
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the coatings of a batch and of its cathodes by name, each with its place in the file.

    Parameters
    ----------
    coatings : tuple or None
        Those of the batch.
    cathodes : tuple or None
        Cathodes, which may have coatings of their own.
    """
    lists: list[tuple[tuple[str | int, ...], Coatings | None]] = [(("coatings",), coatings)]
    lists += [
        (("cathodes", number, "coatings"), one.coatings)
        for number, one in enumerate(cathodes or ())
        if isinstance(one, CathodeTable)
    ]
    for place, many in lists:
        for number, one in enumerate(many or ()):
            name = one.name if isinstance(one, CoatingTable) else one
            if name != NO_COATING:
                yield (*place, number), name
