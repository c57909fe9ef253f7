import pytest

from descriptors.composite.porosity import COMPOSITES, composite_porosity, hollow, porosity_of_parts
from descriptors.composite.volume import volume_fractions
from descriptors.electrolyte.densification import relative_density
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind
from descriptors.recipe import Mixing, Recipe

DENSITIES = {"cathode_density": 3.6, "carbon_density": 2.0}


@pytest.mark.parametrize(
    ("sse", "density", "percent"), [("Li6PS5Cl", 1.865, 17), ("Li2ZrCl6", 2.56, 12)]
)
def test_the_porosities_of_the_thesis_are_inside(lfp, sse, density, percent):
    """T11 and T12, which nothing was fitted to; the values within 3.5 points."""
    porosity = composite_porosity(lfp, sse, sse_density=density, **DENSITIES)

    assert porosity.low < percent < porosity.high
    assert porosity.value == pytest.approx(percent, abs=3.5)
    assert porosity.kind is Kind.PREDICTED


def test_the_composites_of_the_thesis_taught_nothing():
    """Not one of the fitted composites comes from there."""
    assert not [pressed for pressed in COMPOSITES if "Cronk" in pressed.recipe.source]


def test_pure_electrolyte_has_the_pores_of_its_pellet():
    """Without rigid particles, porosity = 1 - D."""
    pure = Recipe("pure", 0.0, 1.0, 0.0, None, Mixing.HAND, 375.0, "test")

    porosity = composite_porosity(
        pure, "Li6PS5Cl", cathode_density=3.6, sse_density=1.865, carbon_density=None
    )

    assert porosity.value == pytest.approx(100 - relative_density("Li6PS5Cl", 375).value)


def test_what_the_fit_learned_from_is_inside_its_interval():
    """Five composites of two laboratories, each within a factor of 2 in h."""
    for pressed in COMPOSITES:
        predicted = composite_porosity(
            pressed.recipe,
            "Li6PS5Cl",
            cathode_density=4.75,
            sse_density=1.865,
            carbon_density=2.0 if pressed.recipe.carbon else None,
        )
        assert predicted.low < pressed.porosity < predicted.high


def test_rigid_particles_hold_open_less_than_their_own_packing():
    """Spheres packed at random hold 36 / 64 = 0.56 voids per volume of them."""
    assert 0 < hollow().value < 0.36 / 0.64


def test_a_density_below_zero(lfp):
    """One clear line."""
    with pytest.raises(ImpossibleValueError, match="sse_density -1"):
        composite_porosity(lfp, "Li6PS5Cl", sse_density=-1.0, **DENSITIES)


def test_many_porosities_are_each_the_porosity_alone(lfp):
    """The equation of one composite, for arrays: the value in the middle of the interval."""
    alone = composite_porosity(lfp, "Li6PS5Cl", sse_density=1.865, **DENSITIES)
    solid = volume_fractions(lfp, sse_density=1.865, **DENSITIES)
    density = relative_density("Li6PS5Cl", 375).value

    many = porosity_of_parts([solid.cathode + solid.carbon] * 2, density, hollow().value)

    assert many == pytest.approx([alone.value] * 2)


@pytest.mark.parametrize(
    ("rigid", "density"), [(1.0, 85.0), (-0.1, 85.0), (0.5, 0.0), (0.5, 101.0)]
)
def test_parts_that_nobody_can_press_are_refused(rigid, density):
    """A share from 0 to below 1, a density above 0 and at most 100 %."""
    with pytest.raises(ImpossibleValueError, match="outside 0 to"):
        porosity_of_parts(rigid, density, 0.2)
