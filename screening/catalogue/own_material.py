"""A material of a laboratory's own: what it has measured goes before anything predicted.

One model says what can be stated; the CSV, the batch file, the command and the docs come from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from descriptors.composite.carbon import Carbon, carbons
from descriptors.quantity import Kind, Quantity
from screening.catalogue import materials as catalogue
from screening.catalogue.materials import Cathode, State
from screening.catalogue.names import lithium_fault
from screening.errors import CatalogueError
from screening.text.limited import Limited
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def _formula(text: str) -> str:
    return composition(text).formula


_Text = Annotated[str, Field(min_length=1, max_length=500)]
_Formula = Annotated[_Text, AfterValidator(_formula)]
_Conductivity = Annotated[float, Limited("ionic_conductivity_s_per_cm")]
_Density = Annotated[float, Limited("density_g_per_cm3")]
_Percent = Annotated[float, Limited("relative_density_percent")]
_Modulus = Annotated[float, Limited("modulus_gpa")]
_Voltage = Annotated[float, Limited("cutoff_v")]
_Capacity = Annotated[float, Limited("capacity_mah_per_g")]
_Efficiency = Annotated[float, Limited("efficiency_percent")]
_Area = Annotated[float, Limited("specific_area_m2_per_g")]
_AboveHull = Annotated[float, Limited("above_hull_ev_per_atom")]
_Pressure = Annotated[float, Limited("pressure_mpa")]


class Material(BaseModel):
    """A material of one's own; what is not given is taken from the catalogue, or predicted."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    label: Annotated[str, Field(min_length=1, max_length=60)]
    """Name, unique in the laboratory: what batch files and commands call it."""
    kind: Literal["sse", "cathode", "carbon", "coating"]
    """What it is."""
    source: _Text
    """Who measured its figures, and where that is written."""
    formula: _Formula | None = None
    """Formula of an SSE or a coating."""
    note: Annotated[str, Field(max_length=500)] = ""
    """Anything else, such as how it was made."""
    ionic_conductivity_s_per_cm: _Conductivity | None = None
    """Ionic conductivity at room temperature, as the material is used in cells."""
    ionic_conductivity_low_s_per_cm: _Conductivity | None = None
    """Lower end of its 90 % interval."""
    ionic_conductivity_high_s_per_cm: _Conductivity | None = None
    """Upper end of it."""
    relative_density_percent: _Percent | None = None
    """Density of a cold-pressed pellet over the true density."""
    relative_density_low_percent: _Percent | None = None
    """Lower end of its 90 % interval."""
    relative_density_high_percent: _Percent | None = None
    """Upper end of it."""
    pressed_at_mpa: _Pressure | None = None
    """Pressure at which that pellet was pressed."""
    true_density_g_per_cm3: _Density | None = None
    """Density without pores."""
    true_density_low_g_per_cm3: _Density | None = None
    """Lower end of its 90 % interval."""
    true_density_high_g_per_cm3: _Density | None = None
    """Upper end of it."""
    youngs_modulus_gpa: _Modulus | None = None
    """Young's modulus."""
    youngs_modulus_low_gpa: _Modulus | None = None
    """Lower end of its 90 % interval."""
    youngs_modulus_high_gpa: _Modulus | None = None
    """Upper end of it."""
    above_hull_ev_per_atom: _AboveHull | None = None
    """Energy above the hull: of an SSE, or of a charged cathode."""
    similar_to: _Text | None = None
    """Cathode of the catalogue whose figures stand where none is given."""
    charged: _Formula | None = None
    """Formula of the charged cathode."""
    discharged: _Formula | None = None
    """Formula of the discharged cathode, same formula unit."""
    assembled: Literal["charged", "discharged"] | None = None
    """State in which the cathode is put into the cell."""
    voltage_low_v: _Voltage | None = None
    """Lower end of the cathode's window."""
    voltage_high_v: _Voltage | None = None
    """Upper end of it."""
    mean_voltage_v: Annotated[float, Limited("mean_voltage_v")] | None = None
    """Mean voltage of the discharge."""
    first_capacity_mah_per_g: _Capacity | None = None
    """First half-cycle in a liquid cell: the charge of a cathode assembled discharged."""
    first_return_percent: _Efficiency | None = None
    """Second half-cycle over the first, in a liquid cell."""
    specific_area_m2_per_g: _Area | None = None
    """Surface of the powder that conducts electrons, of a cathode or a carbon."""
    specific_area_low_m2_per_g: _Area | None = None
    """Lower end of its 90 % interval."""
    specific_area_high_m2_per_g: _Area | None = None
    """Upper end of it."""
    recipe: _Text | None = None
    """Recipe that the cathode usually has."""

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        """Refuse what could not be used, or contradicts itself.

        Raises
        ------
        ValueError
            If there is such a figure.
        """
        for fault in (*_field_faults(self), *_interval_faults(self)):
            raise ValueError(fault)
        if self.kind == "cathode":
            self.as_cathode()
        return self

    def quantity(self, name: str, unit: str) -> Quantity | None:
        """Return one of its figures with its interval; None if it is not given.

        Parameters
        ----------
        name : str
            Such as ``ionic_conductivity``.
        unit : str
            End of the field's name, such as ``s_per_cm``.
        """
        value = getattr(self, f"{name}_{unit}")
        if value is None:
            return None
        low, high = (getattr(self, f"{name}_{end}_{unit}", None) for end in ("low", "high"))
        said = ""
        if low is None or high is None:
            factor = _SPREAD[name]
            said = f" [no spread given: {factor:g} either side]"
            spread = (value / factor, value * factor)
            if name == "relative_density":
                spread = (value - factor, min(value + factor, 100.0))
            low, high = (
                end if end is not None else of_class
                for end, of_class in zip((low, high), spread, strict=True)
            )
        return Quantity(
            value, low, high, UNITS[unit], Kind.MEASURED, f"{self.label}: {self.source}{said}"
        )

    def as_cathode(self) -> Cathode:
        """Return it as a cathode, with figures of what it is like where none are given.

        Raises
        ------
        CatalogueError
            If a figure is missing and it is like no cathode of the catalogue, or two contradict.
        UnknownNameError
            If the catalogue does not hold what it is like, or its recipe.
        """
        base = catalogue.cathode(self.similar_to) if self.similar_to else None
        if base is None and (missing := [name for name in _NEEDED if getattr(self, name) is None]):
            raise CatalogueError(
                f"cathode {self.label} lacks {', '.join(missing)}; give them, or in similar_to a "
                "cathode of the catalogue whose figures may stand for them"
            )
        made = _cathode_with(self, base)
        if not 0 <= made.voltage_low < made.voltage < made.voltage_high:
            raise CatalogueError(
                f"cathode {self.label}: mean_voltage_v {made.voltage:g} V is not inside its window "
                f"{made.voltage_low:g} to {made.voltage_high:g} V; correct one of them"
            )
        if made.utilisation.value > _MOST_USED:
            raise CatalogueError(
                f"cathode {self.label}: first_capacity_mah_per_g is more than the lithium between "
                f"{made.discharged} and {made.charged} ({made.theoretical_capacity:.0f} mAh/g); "
                "check both"
            )
        return made

    def as_carbon(self) -> Carbon:
        """Return it as a carbon."""
        density = self.quantity("true_density", "g_per_cm3")
        area = self.quantity("specific_area", "m2_per_g")
        usual = carbons()["carbon black"]
        return Carbon(self.label, area or usual.specific_area, density or usual.density)


_SPREAD: Mapping[str, float] = {
    "ionic_conductivity": 1.5,
    "relative_density": 3.0,
    "true_density": 1.02,
    "youngs_modulus": 1.2,
    "specific_area": 1.2,
}
"""How far pellets and powders of one laboratory lie apart, as a factor (points of relative
density), where it does not say; judged. Laboratories differ by more."""
UNITS: Mapping[str, str] = {
    "s_per_cm": "S/cm",
    "percent": "%",
    "g_per_cm3": "g/cm3",
    "gpa": "GPa",
    "m2_per_g": "m2/g",
    "mah_per_g": "mAh/g",
    "ev_per_atom": "eV/atom",
    "mpa": "MPa",
    "v": "V vs. Li/Li+",
}
"""Unit of a field, by the end of its name."""
_MOST_USED = 1.15  # Of the theoretical capacity; rounding of formulas, and side reactions.
_NEEDED = (
    "charged", "discharged", "assembled", "voltage_low_v", "voltage_high_v", "mean_voltage_v",
    "first_capacity_mah_per_g", "first_return_percent", "true_density_g_per_cm3",
    "specific_area_m2_per_g", "recipe",
)  # fmt: skip
_COMMON = {"label", "kind", "source", "note"}
_PELLET = {
    "relative_density_percent", "relative_density_low_percent", "relative_density_high_percent",
    "pressed_at_mpa",
}  # fmt: skip


def _with_ends(*names: str) -> set[str]:
    """Return fields with those of the ends of their intervals."""
    fields = Material.model_fields
    return {
        field
        for name in names
        for field in fields
        if field.startswith(name) and field.removeprefix(name).lstrip("_").split("_")[0]
    }


_FIELDS: Mapping[str, set[str]] = {
    "sse": _COMMON
    | {"formula", "above_hull_ev_per_atom"}
    | _PELLET
    | _with_ends("ionic_conductivity", "true_density", "youngs_modulus"),
    "coating": _COMMON | {"formula"} | _with_ends("ionic_conductivity", "true_density"),
    "cathode": _COMMON
    | {"similar_to", "above_hull_ev_per_atom", *_NEEDED}
    | _with_ends("true_density", "specific_area"),
    "carbon": _COMMON | _with_ends("true_density", "specific_area"),
}
"""Fields that each kind of material has."""


def _field_faults(one: Material) -> Iterable[str]:
    """Yield what is given and not used, or missing."""
    given = {name for name in type(one).model_fields if getattr(one, name) not in {None, ""}}
    if useless := sorted(given - _FIELDS[one.kind]):
        yield f"{', '.join(useless)}: not used for a {one.kind}; leave it out"
    if one.kind in {"sse", "coating"} and one.formula is None:
        yield f"formula is missing; a {one.kind} needs one"
    if one.kind == "sse" and one.formula and (fault := lithium_fault(one.formula)):
        yield f"formula: {fault}"
    if (one.relative_density_percent is None) != (one.pressed_at_mpa is None):
        yield "relative_density_percent and pressed_at_mpa go together; give both"
    if one.kind == "carbon" and one.specific_area_m2_per_g is None:
        yield "specific_area_m2_per_g is missing; a carbon needs its surface"
    if not one.label.isprintable() or one.label != one.label.strip():
        yield f"label {one.label!r} has blanks around it or a control character; write a plain name"


def _interval_faults(one: Material) -> Iterable[str]:
    for name, unit in (
        ("ionic_conductivity", "s_per_cm"), ("relative_density", "percent"),
        ("true_density", "g_per_cm3"), ("youngs_modulus", "gpa"), ("specific_area", "m2_per_g"),
    ):  # fmt: skip
        value = getattr(one, f"{name}_{unit}")
        low, high = (getattr(one, f"{name}_{end}_{unit}") for end in ("low", "high"))
        if value is None and (low is not None or high is not None):
            yield f"{name}_{unit} is missing, and ends of its interval are given; give it too"
        elif value is not None and not (low or value) <= value <= (high or value):
            yield f"{name}_{unit} {value:g} is not between its ends; swap or correct them"


def _cathode_with(one: Material, base: Cathode | None) -> Cathode:
    """Return a cathode from what is given; all else is of `base`.

    Raises
    ------
    CatalogueError
        If its two states are not those of one cathode.
    """
    given: dict[str, Any] = {
        "charged": one.charged,
        "discharged": one.discharged,
        "assembled": State(one.assembled) if one.assembled else None,
        "voltage_low": one.voltage_low_v,
        "voltage_high": one.voltage_high_v,
        "voltage": one.mean_voltage_v,
        "specific_area": one.quantity("specific_area", "m2_per_g"),
        "density": one.quantity("true_density", "g_per_cm3"),
        "recipe": catalogue.recipe(one.recipe).name if one.recipe else None,
    }
    known = {name: value for name, value in given.items() if value is not None}
    said = f"{one.label}: {one.source}"
    known |= {"name": one.label, "source": said, "note": one.note or "a material of one's own"}
    if base:
        made = replace(base, labels=(), **known)
    else:
        unknown = Quantity(0.0, 0.0, 0.0, "1", Kind.ASSUMED, "not given")
        known |= {"utilisation": unknown, "return_fraction": unknown, "voltage_source": said}
        made = Cathode(**known)
    if not _takes_up_lithium(made):
        raise CatalogueError(
            f"cathode {one.label}: {made.discharged} is not {made.charged} with more lithium; "
            "write both with the same formula unit"
        )
    if one.first_capacity_mah_per_g is not None:
        used = one.first_capacity_mah_per_g / made.theoretical_capacity
        made = replace(made, utilisation=_near(used, said), measured_to=made.voltage_high)
    if one.first_return_percent is not None:
        made = replace(made, return_fraction=_near(one.first_return_percent / 100.0, said))
    return replace(made, charged_above_hull=one.above_hull_ev_per_atom or made.charged_above_hull)


def _near(value: float, source: str) -> Quantity:
    """Return a share that was measured on one cell or a few. [1]."""
    return Quantity(value, 0.97 * value, 1.03 * value, "1", Kind.MEASURED, f"{source} [3 %]")


def _takes_up_lithium(one: Cathode) -> bool:
    charged = dict(composition(one.charged).amounts)
    discharged = dict(composition(one.discharged).amounts)
    return discharged.pop("Li", 0.0) > charged.pop("Li", 0.0) and charged == discharged
