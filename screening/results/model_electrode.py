"""A generated composite and what it lets through: what ``catholyte microstructure`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from descriptors.composite.carbon import carbon_area, carbon_of
from descriptors.composite.microstructure import (
    Constituent,
    active_surface,
    counted_fractions,
    sphere_composite,
)
from descriptors.composite.porosity import composite_porosity
from descriptors.composite.transport import NotPercolatingError, bruggeman_tortuosity, tortuosity
from descriptors.composite.volume import volume_fractions
from screening.catalogue.properties import properties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from descriptors.composite.microstructure import ActiveSurface, Microstructure, ParticleSizes
    from descriptors.composite.transport import Tortuosity
    from descriptors.composite.volume import VolumeFractions
    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode
    from screening.results.records import Record


@dataclass(frozen=True)
class ModelElectrode:
    """One random composite with its surface and its tortuosity."""

    fractions: VolumeFractions
    """What it is made of."""
    sizes: ParticleSizes
    """Its cathode particles, and the box."""
    seed: int
    """The same seed gives the same voxels."""
    made: Microstructure
    """The voxels."""
    surface: ActiveSurface
    """Where cathode and SSE touch."""
    axes: tuple[int, ...]
    """Directions of transport."""
    paths: tuple[Tortuosity | str, ...]
    """Transport through the SSE along each of them, or why there is none."""
    bruggeman: float
    """Tortuosity factor after Bruggeman at the same volume of SSE."""

    @property
    def tortuosity(self) -> float | None:
        """Mean tortuosity factor of the axes; None if the SSE does not percolate along one."""
        found = [path.tortuosity for path in self.paths if not isinstance(path, str)]
        return float(np.mean(found)) if found and len(found) == len(self.paths) else None


def model_electrode(
    fractions: VolumeFractions,
    sizes: ParticleSizes,
    *,
    seed: int,
    voxels: int,
    axes: Sequence[int] = (0, 1, 2),
) -> ModelElectrode:
    """Return a generated composite with its active surface and its tortuosity.

    Parameters
    ----------
    fractions : VolumeFractions
        What it is made of; with some cathode and some SSE.
    sizes : ParticleSizes
        Radii of the cathode spheres, and the box. [um]
    seed : int
        Of the random numbers.
    voxels : int
        Along an edge.
    axes : sequence of int, optional
        Directions of transport; the spread between them shows how random one box is.

    Raises
    ------
    InvalidMicrostructureError
        If it cannot be generated.
    ImpossibleValueError
        If there is no SSE.
    """
    factor = bruggeman_tortuosity(fractions.sse)
    made = sphere_composite(fractions, sizes, seed=seed, resolution=voxels)
    surface = active_surface(made)
    sse = made.voxels == Constituent.SSE
    paths: list[Tortuosity | str] = []
    for axis in axes:
        try:
            paths.append(tortuosity(sse, axis=axis))
        except NotPercolatingError as error:
            paths.append(str(error))
    return ModelElectrode(fractions, sizes, seed, made, surface, tuple(axes), tuple(paths), factor)


def recipe_fractions(sse: str, cathode: Cathode, recipe: Recipe) -> VolumeFractions:
    """Return the volume fractions of a recipe as pressed, with its predicted porosity.

    Parameters
    ----------
    sse : str
        Formula of the SSE.
    cathode : Cathode
        The cathode.
    recipe : Recipe
        The composite.

    Raises
    ------
    DescriptorError
        If the recipe names an unknown carbon, or nothing can be said of the SSE.
    FormulaError
        If the SSE cannot be read.
    """
    carbon_area(recipe, cathode_area=0.0)  # Refuses an unknown carbon, with the nearest name.
    carbon = carbon_of(recipe).density.value if recipe.carbon else None
    densities = {
        "cathode_density": cathode.density.value,
        "sse_density": properties(sse, pressure=recipe.pressure).true_density.value,
    }
    porosity = composite_porosity(recipe, sse, **densities, carbon_density=carbon)
    return volume_fractions(
        recipe, **densities, carbon_density=carbon, porosity=porosity.value / 100
    )


def electrode_record(electrode: ModelElectrode) -> Record:
    """Return a generated composite as ``catholyte microstructure --json`` prints it.

    Parameters
    ----------
    electrode : ModelElectrode
        From :func:`model_electrode`.
    """
    counted = counted_fractions(electrode.made)
    factor = electrode.tortuosity
    return {
        **{
            f"{name.rstrip('s') if name == 'pores' else name}_volume_percent": 100 * share
            for name, share in counted._asdict().items()
        },
        "radius_low_um": electrode.sizes.low,
        "radius_high_um": electrode.sizes.high,
        "box_um": electrode.sizes.box,
        "voxels": electrode.made.voxels.shape[0],
        "voxel_um": electrode.made.edge,
        "seed": electrode.seed,
        "active_surface_fraction": electrode.surface.fraction,
        "active_area_m2_per_cm3": electrode.surface.area,
        "tortuosity": factor,
        "tortuosity_bruggeman": electrode.bruggeman,
        "conductivity_ratio": None if factor is None else counted.sse / factor,
        "axes": [
            {"axis": "xyz"[axis], "tortuosity": None, "reason": path}
            if isinstance(path, str)
            else {
                "axis": "xyz"[axis],
                "tortuosity": path.tortuosity,
                "percolating_fraction": path.percolating,
            }
            for axis, path in zip(electrode.axes, electrode.paths, strict=True)
        ],
    }
