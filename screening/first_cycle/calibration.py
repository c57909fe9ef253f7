"""The model of the first cycle, calibrated on measured cells.

``python -m screening.first_cycle.calibration`` renews the calibration that the package ships, from
``data/cells.csv`` and ``data/first_cycle.toml``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.conditions import stated_conditions
from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials, stated_materials
from screening.errors import CalibrationError
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.domain import Covered, covered
from screening.first_cycle.equations import Effects, Fitted, Known
from screening.first_cycle.fitting import posterior
from screening.first_cycle.literature import reference_cells
from screening.first_cycle.measured_cells import (
    FIT,
    OWN_LABORATORY,
    Measurement,
    cells_of,
)
from screening.first_cycle.priors import Parameters, priors
from screening.pairs.drawn import interval
from stability.energies.corrected_table import loaded_table
from stability.phases import competing_phases
from stability.quantities import ROOM_TEMPERATURE
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.first_cycle.fitting import Spreads
    from screening.pairs.features import Features
    from stability.phases import CompetingPhases

MODEL = "3"
"""Version of the equations; calibrations of another one are refused."""
SHIPPED = "calibration.json"
"""File of the calibration that the package ships, in its folder ``data``."""
TEMPERATURE = ROOM_TEMPERATURE
"""Temperature of the phase energies behind the cells, those of the reference table. [K]"""


@dataclass(frozen=True)
class Calibration:
    """Parameters of the first cycle with the cells that they come from."""

    measurements: tuple[Measurement, ...]
    """Figures of cells, fitted and compared with."""
    fitted: Fitted
    """Parameters: the most probable ones, and draws."""
    covered: Covered
    """What the fitted cells are like: :func:`screening.first_cycle.domain.outside_domain`."""
    phase_table: str
    """Id of the phase table behind the cells."""
    own: OwnMaterials = NO_MATERIALS
    """Materials of one's own that cells are made of."""

    @cached_property
    def id(self) -> str:
        """Hash of all that the calibration holds."""
        text = json.dumps(_plain(self), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def laboratory(self) -> str | None:
        """Whose cells are predicted: those of the user, where some of them are among the cells."""
        own = any(one.laboratory == OWN_LABORATORY for one in self.fits)
        return OWN_LABORATORY if own else None

    @property
    def fits(self) -> tuple[Measurement, ...]:
        """Figures that were fitted."""
        return tuple(one for one in self.measurements if one.used_for == FIT)

    @cached_property
    def quantities(self) -> Mapping[str, Quantity]:
        """Parameters as quantities with the 90 % interval of the draws."""
        found: dict[str, Quantity] = {}
        for name, prior in priors().items():
            value = getattr(self.fitted.central, name)
            low, high = interval(getattr(self.fitted.drawn, name))
            source = f"calibration {self.id}; prior: {prior.source}"
            found[name] = Quantity(value, low, high, prior.unit, Kind.ESTIMATED, source)
        return MappingProxyType(found)

    def with_cells(
        self,
        measurements: Sequence[Measurement],
        phases: CompetingPhases | None = None,
        *,
        own: OwnMaterials | None = None,
    ) -> Calibration:
        """Return the calibration on these cells as well.

        Parameters
        ----------
        measurements : sequence of Measurement
            More figures; one with the number of a figure that is there takes its place.
        phases : CompetingPhases, optional
            Phases behind all cells; those of the reference table without.
        own : OwnMaterials, optional
            Materials of one's own that the cells may be made of; those that it holds without.

        Raises
        ------
        CellError
            If the figures of a cell contradict each other.
        """
        new = {one.id for one in measurements}
        kept = [one for one in self.measurements if one.id not in new]
        own = self.own if own is None else own
        return calibrate([*kept, *measurements], phases, own=own)


def calibrate(
    measurements: Sequence[Measurement],
    phases: CompetingPhases | None = None,
    *,
    features: Features | None = None,
    spreads: Spreads | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> Calibration:
    """Return the model of the first cycle, calibrated on measured cells.

    Parameters
    ----------
    measurements : sequence of Measurement
        Figures of cells, as :func:`screening.first_cycle.literature.reference_cells` has them.
    phases : CompetingPhases, optional
        What the SSEs may become, with a margin; those of the reference table without.
    features : Features, optional
        The cells that are fitted as inputs of the model, where they are known already.
    spreads : Spreads, optional
        As for :func:`screening.first_cycle.fitting.posterior`.
    own : OwnMaterials, optional
        Materials of one's own that cells of one's own laboratory may be made of.

    Raises
    ------
    CellError
        If the figures of a cell contradict each other.
    CalibrationError
        If there is nothing to fit, or two figures have the same number.

    Notes
    -----
    How: :func:`screening.first_cycle.fitting.posterior`.
    """
    phases = phases or reference_phases()
    fitted = tuple(one for one in measurements if one.used_for == FIT)
    if not fitted:
        raise CalibrationError("no figure to fit; give at least one measured cell")
    if len({one.id for one in measurements}) < len(measurements):
        raise CalibrationError("two figures have the same number; give each its own")
    cells = cells_of(fitted)
    features = features or cell_features(cells, phases, own)
    return Calibration(
        measurements=tuple(measurements),
        fitted=posterior(fitted, features, spreads=spreads),
        covered=covered(
            features,
            np.array([one.cathode is not None for one in cells]),
            [stated_conditions(one.rate, one.areal_capacity) for one in cells],
        ),
        phase_table=phases.table.id,
        own=_used(own, measurements),
    )


def _used(own: OwnMaterials, measurements: Sequence[Measurement]) -> OwnMaterials:
    """Return those materials of one's own that cells of one's own laboratory are made of."""
    cells = [one for one in measurements if one.laboratory == OWN_LABORATORY]
    names = {name for one in cells for name in (one.sse, one.cathode, one.recipe.carbon) if name}
    return OwnMaterials(own.named_by(sorted(names))) if names else NO_MATERIALS


@cache
def reference_phases() -> CompetingPhases:
    """Return the phases behind the cells: of the reference table, known ones, at 25 C."""
    table = at_temperature(loaded_table("reference"), TEMPERATURE)
    return competing_phases(table, margin=MARGIN)


@cache
def default_calibration() -> Calibration:
    """Return the calibration that the package ships, on the cells of the thesis.

    Raises
    ------
    CalibrationError
        If its file is damaged.
    """
    return loaded((files("screening") / "data" / SHIPPED).read_text(encoding="utf-8"))


def saved(calibration: Calibration) -> str:
    """Return a calibration as JSON; :func:`loaded` reads it.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    """
    parts = {"id": calibration.id, **_plain(calibration)}
    return (
        "{\n"
        + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in parts.items())
        + "\n}"
    )


def loaded(text: str) -> Calibration:
    """Return a calibration from its JSON.

    Parameters
    ----------
    text : str
        As :func:`saved` makes it.

    Raises
    ------
    CalibrationError
        If it is no calibration, of another version of the model, or was changed.
    """
    try:
        plain = json.loads(text)
        name, model = plain["id"], plain["model"]
        found = _calibration(plain) if model == MODEL else None
    except (ValueError, KeyError, TypeError) as error:
        raise CalibrationError(f"no calibration: {error!r}; calibrate again") from error
    if found is None:
        raise CalibrationError(
            f"calibration {name} is for model {model}, this is model {MODEL}; calibrate again"
        )
    if found.id != name:
        raise CalibrationError(f"calibration {name} was changed since it was made; calibrate again")
    return found


def _plain(one: Calibration) -> dict[str, Any]:
    """Return what a calibration holds as plain values."""
    own = [made.model_dump(mode="json") for made in one.own.materials]
    return ({"materials": own} if own else {}) | {
        "model": MODEL,
        "phase_table": one.phase_table,
        "cells": [_cell_record(row) for row in one.measurements],
        "covered": {
            name: sorted(value) if isinstance(value, frozenset) else list(value)
            for name, value in one.covered._asdict().items()
        },
        "central": one.fitted.central._asdict(),
        "draws": _listed(one.fitted.drawn),
        "composites": _effects_as_plain(one.fitted.known),
        "laboratories": _effects_as_plain(one.fitted.laboratories),
    }


def _effects_as_plain(effects: Mapping[str, Known]) -> dict[str, Any]:
    return {
        key: {"central": _listed(known.central), "draws": _listed(known.drawn)}
        for key, known in effects.items()
    }


def _effects_from_plain(plain: dict[str, Any]) -> dict[str, Known]:
    return {
        key: Known(Effects(**row["central"]), Effects(**_arrays(row["draws"])))
        for key, row in plain.items()
    }


def _listed(columns: Parameters | Effects) -> dict[str, Any]:
    return {name: np.asarray(row).tolist() for name, row in columns._asdict().items()}


def _lines(value: Any) -> str:
    """Return JSON with one line for each cell, and for each parameter."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in value) + "\n]"
    if isinstance(value, dict):
        rows = (f"{json.dumps(key)}: {json.dumps(row)}" for key, row in value.items())
        return "{\n" + ",\n".join(rows) + "\n}"
    return json.dumps(value)


def _calibration(plain: dict[str, Any]) -> Calibration:
    return Calibration(
        measurements=tuple(_measurement(row) for row in plain["cells"]),
        fitted=Fitted(
            Parameters(**plain["central"]),
            Parameters(**_arrays(plain["draws"])),
            _effects_from_plain(plain["composites"]),
            _effects_from_plain(plain["laboratories"]),
        ),
        covered=_covered(plain["covered"]),
        phase_table=plain["phase_table"],
        own=stated_materials(plain),
    )


def _arrays(rows: dict[str, list[float]]) -> dict[str, Any]:
    return {name: np.array(row) for name, row in rows.items()}


def _cell_record(row: Measurement) -> dict[str, Any]:
    """Return a measured figure as plain values; what a recipe does not have is left out."""
    record = asdict(row)
    own = {"carbon_area", "carbon_density"}
    recipe = record["recipe"].items()
    record["recipe"] = {name: value for name, value in recipe if value or name not in own}
    stated = {"rate", "areal_capacity"}
    return {name: value for name, value in record.items() if value or name not in stated}


def _measurement(row: dict[str, Any]) -> Measurement:
    recipe = dict(row["recipe"])
    recipe["mixing"] = Mixing(recipe["mixing"])
    for name in {"carbon_area", "carbon_density"} & set(recipe):
        value, low, high, unit, kind, source = recipe[name]
        recipe[name] = Quantity(value, low, high, unit, Kind(kind), source)
    return Measurement(**{**row, "recipe": Recipe(**recipe)})


def _covered(row: dict[str, Any]) -> Covered:
    return Covered(
        oxidised=frozenset(row["oxidised"]),
        reduced=frozenset(row["reduced"]),
        chemistries=frozenset(row["chemistries"]),
        mixed=frozenset((name, milled) for name, milled in row["mixed"]),
        area=tuple(row["area"]),
        ratio=tuple(row["ratio"]),
        rate=tuple(row["rate"]),
        areal_capacity=tuple(row["areal_capacity"]),
    )


def main() -> None:
    """Renew the calibration that the package ships."""
    path = Path(__file__).parents[1] / "data" / SHIPPED
    cells = reference_cells(reference_phases())
    for cell, reason in cells.left_out.items():
        print(f"{cell} is left out: {reason}")  # noqa: T201  # Who renews it should know.
    path.write_text(saved(calibrate(cells.measurements)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
