from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.cell.cell_energy import cell_energies, cell_energy
from descriptors.cell.stack import InvalidStackError, default_stack
from descriptors.cell.volume_change import Anode
from descriptors.errors import DescriptorError
from descriptors.recipe import Mixing, Recipe

LITHIUM = 6.94 / 26801.48 * 1e3
"""Lithium per charge. [mg/mAh]"""


def sulfur(fraction=0.3):
    rest = 1 - fraction
    carbon = rest * 2 / 7
    return Recipe(
        "S",
        fraction,
        1 - fraction - carbon,
        carbon,
        "acetylene black",
        Mixing.MILLED,
        375.0,
        "thesis",
    )


def cell(anode=Anode.LITHIUM, stack=None, fraction=0.3, **change):
    usual = {
        "areal_capacity": 10.0,
        "capacity": 1314.0,
        "voltage": 2.1,
        "composite_density": 1.75,
        "brings_lithium": False,
    }
    return cell_energy(sulfur(fraction), anode, stack=stack, **{**usual, **change})


def test_a_sulfur_cell_by_hand():
    """25.37 composite + 3.36 separator + 2.85 lithium + (2.70 + 5.38) / 2 foils: 35.61 mg/cm2."""
    made = cell()

    assert made.cathode_mass == pytest.approx(1e4 / (0.3 * 1314))
    assert made.separator_mass == pytest.approx(20e-4 * 1.68 * 1e3)
    assert made.anode_mass == pytest.approx(1.1 * 10 * LITHIUM)
    assert made.collector_mass == pytest.approx((10e-4 * 2.70 + 6e-4 * 8.96) * 1e3 / 2)
    assert made.areal_energy == pytest.approx(21.0)
    assert made.specific_energy == pytest.approx(1e3 * 21.0 / 35.61, rel=1e-3)


def test_its_thickness_by_hand():
    """145.0 composite + 20 + 8 foils, and 53.3 lithium when charged, 4.8 when discharged."""
    made = cell(growth=0.2)

    composite = 25.37e-3 / 1.75 * 1e4
    lithium = 10 * LITHIUM / 0.534 * 10  # [um]: mg/cm2 over g/cm3 is 10 um
    assert made.thickness_charged == pytest.approx(composite + 28 + 1.1 * lithium, rel=1e-3)
    assert made.thickness_discharged == pytest.approx(
        1.2 * composite + 28 + 0.1 * lithium, rel=1e-3
    )
    assert made.energy_density == pytest.approx(21.0e4 / made.thickness_charged)


def test_sulfur_reaches_500_with_a_quarter_of_it():
    """T57: 21 mWh/cm2 over 42.0 mg; 10.25 are not composite, so 1e4 / (31.75 x 1314) = 0.24."""
    fraction = 1e4 / ((42.0 - 10.25) * 1314)

    assert fraction == pytest.approx(0.24, abs=0.001)
    assert cell(fraction=fraction).specific_energy == pytest.approx(500, abs=1)
    assert cell(fraction=0.3).specific_energy > 500


def test_lithium_sulfide_reaches_what_the_thesis_projects():
    """T58 at the 1077 mAh/g of its pouch: 17.0 over 41.4 mg with silicon, 21.0 over 39.3 without.

    30.95 composite + 3.36 + 4.04, and 3.07 silicon or 1.00 plating layer.
    """
    pouch = {"capacity": 1077.0, "brings_lithium": True}

    silicon = cell(Anode.SILICON, **pouch)
    free = cell(Anode.ANODE_FREE, **pouch)

    assert silicon.specific_energy == pytest.approx(17.0e3 / 41.42, rel=1e-3)
    assert silicon.specific_energy > 400
    assert free.specific_energy == pytest.approx(21.0e3 / 39.35, rel=1e-3)
    assert free.specific_energy > 500


@pytest.mark.parametrize(("change", "short"), [(50.0, True), (20.0, False)])
def test_the_projection_needs_a_thinner_separator_than_the_pouch_had(change, short):
    """50 um weigh 8.4 mg/cm2 instead of 3.4: 366 and 473 Wh/kg, both below T58."""
    stack = replace(default_stack(), separator_thickness=change)
    pouch = {"capacity": 1077.0, "brings_lithium": True, "stack": stack}

    assert (cell(Anode.SILICON, **pouch).specific_energy < 400) is short
    assert (cell(Anode.ANODE_FREE, **pouch).specific_energy < 500) is short


def test_the_reversible_capacity_of_the_pouch_is_not_enough():
    """At 900 mAh/g, what it delivers, 37.0 mg/cm2 of composite: 358 and 462 Wh/kg."""
    pouch = {"capacity": 900.0, "brings_lithium": True}

    assert cell(Anode.SILICON, **pouch).specific_energy == pytest.approx(358, abs=1)
    assert cell(Anode.ANODE_FREE, **pouch).specific_energy == pytest.approx(462, abs=1)


@given(st.floats(0.1, 100), st.floats(50, 2000), st.floats(1, 5))
def test_without_other_layers_the_composite_decides(areal_capacity, capacity, voltage):
    """Fraction x capacity x voltage of the composite, where all else has vanished."""
    nothing = replace(
        default_stack(),
        cathode_collector_thickness=0.0,
        anode_collector_thickness=0.0,
        plating_layer_thickness=0.0,
        separator_thickness=1e-9,
    )
    made = cell(
        Anode.ANODE_FREE,
        stack=nothing,
        areal_capacity=areal_capacity,
        capacity=capacity,
        voltage=voltage,
        brings_lithium=True,
    )

    assert made.specific_energy == pytest.approx(0.3 * capacity * voltage, rel=1e-6)


@given(st.floats(1, 20), st.floats(1.1, 3))
def test_a_thicker_cathode_dilutes_the_rest(areal_capacity, more):
    """More capacity per area, more energy per mass."""
    thin, thick = (cell(areal_capacity=q) for q in (areal_capacity, areal_capacity * more))

    assert thick.specific_energy > thin.specific_energy


def test_packaging_takes_its_share_of_mass_and_volume():
    """A fifth of the cell leaves four fifths of both energies."""
    packed = cell(stack=replace(default_stack(), packaging_fraction=0.2))

    assert packed.specific_energy == pytest.approx(0.8 * cell().specific_energy)
    assert packed.energy_density == pytest.approx(0.8 * cell().energy_density)
    parts = packed.cathode_mass + packed.separator_mass + packed.anode_mass + packed.collector_mass
    assert packed.packaging_mass == pytest.approx(parts / 4)


def test_the_lithium_of_the_cathode_need_not_be_bought_twice():
    """With Li2S only the excess of 10 % is lithium at first, and silicon needs none."""
    assert cell(brings_lithium=True).anode_mass == pytest.approx(0.1 * 10 * LITHIUM)
    bare = cell(Anode.SILICON, brings_lithium=True).anode_mass
    assert bare == pytest.approx(1.1 * 1e4 / 3579)
    assert cell(Anode.SILICON).anode_mass == pytest.approx(bare + 10 * LITHIUM)


def test_an_anode_free_cell_grows_by_its_lithium():
    """4.85 um per mAh/cm2, of which a cathode that shrinks takes some back."""
    made = cell(Anode.ANODE_FREE, brings_lithium=True)

    grown = made.thickness_charged - made.thickness_discharged
    assert grown == pytest.approx(10 * LITHIUM / 0.534 * 10, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"areal_capacity": 0.0}, "areal_capacity .* is 0, it must be above 0"),
        ({"capacity": -1.0}, "capacity .* is -1, it must be above 0"),
        ({"composite_density": nan}, "composite_density .* is nan"),
        ({"voltage": inf}, "voltage .* is inf"),
        ({"anode": Anode.SILICON, "voltage": 0.3}, "voltage .* is -0.1"),
        ({"growth": -1.0}, "growth . 1 is 0"),
        ({"fraction": 0.0}, "cathode_fraction of the recipe is 0"),
        ({"anode": Anode.ANODE_FREE}, "takes its lithium from the cathode"),
    ],
)
def test_a_cell_that_cannot_be_built_is_refused(change, says):
    """One line: the value, the limit, the remedy."""
    with pytest.raises(InvalidStackError, match=says) as caught:
        cell(**change)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, DescriptorError)


def test_many_cells_are_each_the_cell_alone():
    """Same equations: every anode, with and without lithium in the cathode, growing or not."""
    capacities, densities, grown = [1314.0, 900.0, 500.0], [1.75, 1.6, 2.0], [0.2, -0.1, 0.0]
    for anode in Anode:
        for brings in (True, False):
            if anode is Anode.ANODE_FREE and not brings:
                continue
            many = cell_energies(
                anode,
                cathode_fraction=0.3,
                areal_capacity=10.0,
                capacity=capacities,
                voltage=2.1,
                composite_density=densities,
                brings_lithium=brings,
                growth=grown,
            )
            for row, (capacity, density, growth) in enumerate(
                zip(capacities, densities, grown, strict=True)
            ):
                one = cell(
                    anode,
                    capacity=capacity,
                    composite_density=density,
                    growth=growth,
                    brings_lithium=brings,
                )
                assert many.specific_energy[row] == pytest.approx(one.specific_energy)
                assert many.energy_density[row] == pytest.approx(one.energy_density)


def usual(**change):
    return {
        "cathode_fraction": 0.3,
        "areal_capacity": 10.0,
        "capacity": [1000.0, 0.0],
        "voltage": 2.1,
        "composite_density": 1.7,
        "brings_lithium": False,
    } | change


def test_a_cathode_that_gives_nothing_has_no_energy():
    """No capacity, or less voltage than silicon: 0, and no division by it."""
    assert cell_energies(Anode.LITHIUM, **usual()).specific_energy[1] == 0
    low = cell_energies(Anode.SILICON, **usual(voltage=[2.1, 0.3], capacity=1000.0))
    assert low.specific_energy[1] == 0
    assert low.energy_density[1] == 0


def test_what_nobody_knows_is_no_number():
    """An anode-free cell without lithium, and a volume whose growth is unknown, are nan."""
    free = cell_energies(Anode.ANODE_FREE, **usual(brings_lithium=[True, False], capacity=1000.0))
    assert free.specific_energy[0] > 0
    assert free.specific_energy[1] != free.specific_energy[1]  # nan
    unknown = cell_energies(Anode.LITHIUM, **usual(growth=nan))
    assert unknown.specific_energy[0] > 0
    assert unknown.energy_density[0] != unknown.energy_density[0]


@pytest.mark.parametrize("wrong", ["areal_capacity", "cathode_fraction", "composite_density"])
def test_many_cells_with_an_impossible_input_are_refused(wrong):
    """One row below 0 is named."""
    with pytest.raises(InvalidStackError, match=wrong):
        cell_energies(Anode.LITHIUM, **usual(**{wrong: [1.0, -1.0]}))


def test_a_graphite_cell_by_hand():
    """Charged cathode: 10 mAh/cm2 are 11 of C6 at 371.9 mAh/g and 10 of lithium; 2.1 - 0.145 V."""
    made = cell(Anode.GRAPHITE)
    carbon = 11 / 371.9  # [g/cm2]
    growth = (35.82 - 31.89) / 26801.48 * 1e4  # [um per mAh/cm2]

    assert made.anode_mass == pytest.approx(1e3 * carbon + 10 * LITHIUM, rel=1e-4)
    assert made.areal_energy == pytest.approx(10 * (2.1 - 0.145))
    assert made.thickness_charged - made.thickness_discharged == pytest.approx(10 * growth / 0.8)
    rest = 25.37e-3 / 1.75 * 1e4 + 28  # Composite, separator, foils [um].
    assert made.thickness_discharged == pytest.approx(rest + carbon / 2.26 * 1e4 / 0.8, rel=1e-3)


def test_half_lithiated_indium_has_twice_the_indium_of_the_other():
    """As much room as lithium: 22 mAh/cm2 of In at 233.4 mAh/g, and 11 of lithium, either way."""
    for brings in (True, False):
        made = cell(Anode.HALF_INDIUM, brings_lithium=brings)
        assert made.anode_mass == pytest.approx(22e3 / 233.43 + 11 * LITHIUM, rel=1e-4)
    plain = cell(Anode.INDIUM)
    assert plain.anode_mass == pytest.approx(11e3 / 233.43 + 11 * LITHIUM, rel=1e-4)


@pytest.mark.parametrize("anode", [one for one in Anode if one is not Anode.ANODE_FREE])
@pytest.mark.parametrize("brings", [True, False])
def test_many_cells_are_one_cell_many_times(anode, brings):
    """With every anode."""
    made = cell(anode, brings_lithium=brings, growth=0.1)
    many = cell_energies(
        anode,
        cathode_fraction=0.3,
        areal_capacity=10.0,
        capacity=1314.0,
        voltage=2.1,
        composite_density=1.75,
        brings_lithium=[brings],
        growth=0.1,
    )

    assert many.specific_energy[0] == pytest.approx(made.specific_energy)
    assert many.energy_density[0] == pytest.approx(made.energy_density)
