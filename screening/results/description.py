"""Everything about one solid electrolyte on one page, each value with its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from descriptors import measured
from descriptors.cell.supply import composite_supply, raw_material_cost, supply_risk
from descriptors.composite.carbon import carbon_area, carbon_of
from descriptors.composite.percolation import carbon_network
from descriptors.composite.porosity import composite_porosity
from descriptors.composite.transport import bruggeman_conductivity
from descriptors.composite.volume import volume_fractions
from descriptors.electrolyte import densification
from descriptors.electrolyte.band_gap import band_gap, electronic_conductivity
from descriptors.electrolyte.conductivity import predicted_ionic_conductivity
from descriptors.electrolyte.moduli import elastic_moduli
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity, weakest
from screening.catalogue.own_materials import NO_MATERIALS
from screening.catalogue.properties import properties
from screening.results.records import Record, finite
from stability.uncertainty import interval, redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_material import Material
    from screening.catalogue.own_materials import OwnMaterials
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase

PRESSURES = tuple(float(p) for p in range(25, 801, 25))
"""Pressures of the density curve. [MPa]"""
DRAWS = 500
"""Redraws behind the intervals of the window."""

_PRESSURE = 375.0  # [MPa] Of the thesis; the conductivity of the ranking does not depend on it.


class Line(NamedTuple):
    """One property."""

    group: str
    """What it belongs to."""
    name: str
    """What it is."""
    quantity: Quantity
    """Its value with interval, unit, kind and source."""

    @property
    def origin(self) -> str:
        """One word: measured, fitted, computed, predicted, estimated or assumed."""
        return self.quantity.kind.value


def description(
    sse: str,
    staircase: Staircase,
    phases: CompetingPhases,
    *,
    pressure: float,
    composite: tuple[Recipe, Cathode] | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> list[Line]:
    """Return all that is known of a solid electrolyte.

    Parameters
    ----------
    sse : str
        Its formula.
    staircase : Staircase
        Its redox staircase.
    phases : CompetingPhases
        With a margin above the hull, for the intervals of the window.
    pressure : float
        Uniaxial pressure for its density. [MPa]
    composite : (Recipe, Cathode), optional
        A composite to put it into.
    own : OwnMaterials, optional
        Materials of one's own: their figures go before all others.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    ImpossibleValueError
        If the pressure is negative or not finite.
    """
    lines = [
        *_thermodynamics(staircase, phases),
        *_own(own.figures(sse)),
        *_conduction(sse, own),
        *_mechanics(sse, pressure),
        *_supply(sse),
    ]
    if composite:
        lines += _composite(sse, *composite, own)
    return lines


def density_curve(sse: str) -> densification.Curve:
    """Return the relative density of a solid electrolyte against pressure, for a plot."""
    return densification.relative_density_curve(sse, PRESSURES)


def description_record(sse: str, lines: list[Line], flags: list[str]) -> Record:
    """Return a description as ``catholyte describe --json`` prints it."""
    curve = density_curve(sse)
    return {
        "formula": sse,
        "properties": [
            {
                "group": line.group,
                "name": line.name,
                "value": finite(line.quantity.value),
                "low": finite(line.quantity.low),
                "high": finite(line.quantity.high),
                "unit": line.quantity.unit,
                "origin": line.origin,
                "source": line.quantity.source,
            }
            for line in lines
        ],
        "flags": flags,
        "density_curve": {
            "pressure_mpa": curve.pressure.tolist(),
            "relative_density_percent": curve.value.tolist(),
            "relative_density_low_percent": curve.low.tolist(),
            "relative_density_high_percent": curve.high.tolist(),
        },
    }


def supply_flags(sse: str) -> list[str]:
    """Return what to mind about the elements of a compound, one line each."""
    try:
        return [f"{flag.element}: {flag.reason}" for flag in supply_risk(sse).flags]
    except NoMeasurement as error:
        return [str(error)]


def _thermodynamics(staircase: Staircase, phases: CompetingPhases) -> Iterator[Line]:
    drawn = redrawn_windows(phases, staircase.reactant.fractions[None, :], draws=DRAWS)
    source = f"{phases.statement}; interval from {DRAWS} redraws of all phase energies"
    for name, value, draws in (
        ("reduction limit", staircase.window.reduction, drawn.reduction[0]),
        ("oxidation limit", staircase.window.oxidation, drawn.oxidation[0]),
    ):
        low, high = interval(draws)
        yield Line(
            "window",
            name,
            Quantity(value, float(low), float(high), "V", Kind.COMPUTED, source),
        )


def _own(one: Material | None) -> Iterator[Line]:
    """Yield what the laboratory has measured of its own material."""
    if one is None:
        return
    for name, unit, called in (
        ("ionic_conductivity", "s_per_cm", "ionic conductivity"),
        ("relative_density", "percent", f"relative density at {one.pressed_at_mpa or 0:g} MPa"),
        ("true_density", "g_per_cm3", "true density"),
        ("youngs_modulus", "gpa", "Young's modulus"),
    ):
        if quantity := one.quantity(name, unit):
            yield Line("your own", called, quantity)


def _conduction(sse: str, own: OwnMaterials) -> Iterator[Line]:
    yield from _first("conduction", "ionic conductivity", sse, measured.ionic_conductivity)
    yield from _first(
        "conduction", "ionic conductivity, as if unmeasured", sse, predicted_ionic_conductivity
    )
    taken = properties(sse, pressure=_PRESSURE, own=own).ionic_conductivity
    yield Line("conduction", "ionic conductivity, as the ranking takes it", taken)
    yield from _first("conduction", "electronic conductivity", sse, electronic_conductivity)
    yield from _first("conduction", "band gap, as GGA finds it", sse, band_gap)


def _mechanics(sse: str, pressure: float) -> Iterator[Line]:
    at = f"at {pressure:g} MPa"
    yield from _first(
        "pressing", f"relative density {at}, pellet", sse,
        lambda formula: measured.relative_density(formula, pressure),
    )  # fmt: skip
    law = densification.relative_density(sse, pressure)
    yield Line("pressing", f"relative density {at}, law", law)
    yield from _first("pressing", "true density", sse, measured.true_density)
    for name, quantity in elastic_moduli(sse)._asdict().items():
        yield Line("pressing", f"{name} modulus".replace("youngs", "Young's"), quantity)


def _supply(sse: str) -> Iterator[Line]:
    yield from _first("supply", "raw material cost", sse, raw_material_cost)
    yield from _first(
        "supply", "concentration of supply", sse, lambda f: supply_risk(f).concentration
    )


def _first(group: str, name: str, sse: str, figure: Callable[[str], Quantity]) -> Iterator[Line]:
    """Yield a figure if there is one."""
    try:
        yield Line(group, name, figure(sse))
    except NoMeasurement:
        return


def _composite(sse: str, recipe: Recipe, cathode: Cathode, own: OwnMaterials) -> Iterator[Line]:
    figures = properties(sse, pressure=recipe.pressure, own=own)
    densities = {
        "cathode_density": cathode.density.value,
        "sse_density": figures.true_density.value,
    }
    carbon = carbon_of(recipe).density.value if recipe.carbon else None
    group = f"{cathode.name}, {recipe.name}"
    porosity = composite_porosity(recipe, sse, **densities, carbon_density=carbon)
    yield Line(group, "porosity", porosity)
    share = volume_fractions(
        recipe, **densities, carbon_density=carbon, porosity=porosity.value / 100
    ).sse
    sigma = figures.ionic_conductivity
    value, low, high = (float(bruggeman_conductivity(end, share)) for end in sigma[:3])
    yield Line(
        group,
        "effective ionic conductivity",
        sigma._replace(
            value=value,
            low=low,
            high=high,
            kind=weakest(Kind.COMPUTED, sigma.kind),
            source=f"Bruggeman at {100 * share:.0f} % SSE by volume; of {sigma.source}",
        ),
    )
    area = carbon_area(recipe, cathode_area=cathode.specific_area)
    yield Line(group, "conducting surface per gram of SSE", area)
    yield from _first(
        group, "elements of the composite", sse,
        lambda formula: composite_supply(recipe, sse=formula, cathode=cathode.formula).cost,
    )  # fmt: skip
    if recipe.carbon:
        network = carbon_network(recipe, **densities)
        yield Line(
            group, f"carbon over its percolation threshold ({network.verdict})", network.ratio
        )
