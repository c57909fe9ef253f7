"""Generated composites with surface and tortuosity."""

from __future__ import annotations

import json

import pytest

from descriptors.composite.microstructure import (
    InvalidMicrostructureError,
    ParticleSizes,
    active_surface,
    thesis_fractions,
)
from descriptors.composite.porosity import composite_porosity
from descriptors.composite.volume import VolumeFractions
from descriptors.errors import ImpossibleValueError, UnknownCarbonError
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.materials import cathode, recipe
from screening.results.model_electrode import electrode_record, model_electrode, recipe_fractions

SMALL = ParticleSizes(2.0, 4.0, 20.0)


@pytest.fixture(scope="module")
def small():
    return model_electrode(thesis_fractions(0.3), SMALL, seed=1, voxels=20)


def test_the_same_seed_gives_the_same_electrode(small):
    """Voxels, surface and tortuosity; another seed gives others."""
    again = model_electrode(thesis_fractions(0.3), SMALL, seed=1, voxels=20)
    other = model_electrode(thesis_fractions(0.3), SMALL, seed=2, voxels=20)

    assert electrode_record(again) == electrode_record(small)
    assert (other.made.voxels != small.made.voxels).any()


def test_obstacles_make_detours(small):
    """Tortuosity along each axis is above 1, and above Bruggeman's with clusters in the way."""
    assert all(path.tortuosity > small.bruggeman > 1 for path in small.paths)
    assert small.tortuosity == pytest.approx(sum(p.tortuosity for p in small.paths) / 3)


def test_electrolyte_alone_is_straight():
    """With 2 % of cathode little stands in the way; Bruggeman: 0.98^-0.5 = 1.01."""
    almost = VolumeFractions(0.02, 0.98, 0.0, 0.0)
    made = model_electrode(almost, SMALL, seed=0, voxels=20, axes=(0,))

    assert made.tortuosity == pytest.approx(1.01, abs=0.02)


def test_islands_do_not_conduct():
    """5 % of electrolyte joins no faces: no tortuosity, but the reason."""
    islands = VolumeFractions(0.3, 0.05, 0.45, 0.2)
    record = electrode_record(model_electrode(islands, SMALL, seed=0, voxels=20))

    assert record["tortuosity"] is None
    assert record["conductivity_ratio"] is None
    assert "does not join the two faces" in record["axes"][0]["reason"]


def test_the_record_is_plain_json(small):
    """Fractions add up, and the surface is that of the voxels."""
    record = json.loads(json.dumps(electrode_record(small)))

    total = sum(record[f"{name}_volume_percent"] for name in ("cathode", "sse", "carbon", "pore"))
    assert total == pytest.approx(100)
    assert record["active_area_m2_per_cm3"] == active_surface(small.made).area
    assert [one["axis"] for one in record["axes"]] == ["x", "y", "z"]


def test_a_recipe_has_the_porosity_that_is_predicted_for_it():
    """Volume fractions of the thesis' LiFePO4 composite, pores included."""
    lfp = cathode("LiFePO4")
    one = recipe(lfp.recipe)
    found = recipe_fractions("Li6PS5Cl", lfp, one)
    porosity = composite_porosity(
        one, "Li6PS5Cl", cathode_density=3.6, sse_density=1.865, carbon_density=2.0
    )

    assert sum(found) == pytest.approx(1)
    assert found.pores == pytest.approx(porosity.value / 100, rel=0.02)


def test_what_cannot_be_generated_is_refused():
    """No electrolyte, radii below a voxel, a carbon that nobody knows: one line each."""
    with pytest.raises(ImpossibleValueError, match="volume fraction 0 is outside"):
        model_electrode(VolumeFractions(0.5, 0.0, 0.4, 0.1), SMALL, seed=0, voxels=20)
    with pytest.raises(InvalidMicrostructureError, match="resolution must be at least 10"):
        model_electrode(thesis_fractions(0.3), SMALL, seed=0, voxels=5)
    odd = Recipe("odd", 0.4, 0.5, 0.1, "soot", Mixing.HAND, 375.0, "test")
    with pytest.raises(UnknownCarbonError, match="no carbon 'soot'"):
        recipe_fractions("Li6PS5Cl", cathode("LiFePO4"), odd)
