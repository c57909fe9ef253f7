from dataclasses import replace

import pytest

from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import OwnMaterials
from screening.errors import UnknownNameError
from screening.first_cycle.calibration import default_calibration, loaded, reference_phases, saved
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.measured_cells import OWN_LABORATORY, THESIS, thesis_cells
from screening.first_cycle.validation import comparisons

OURS = OwnMaterials(
    (
        Material(
            label="our 811", kind="cathode", similar_to="NMC811", source="me",
            first_capacity_mah_per_g=230.0, specific_area_m2_per_g=0.3,
        ),
        Material(label="our soot", kind="carbon", source="me", specific_area_m2_per_g=500.0),
        Material(
            label="our argyrodite", kind="sse", formula="Li6PS5Cl", source="me",
            ionic_conductivity_s_per_cm=7e-3,
        ),
    )
)  # fmt: skip


def one(number):
    return next(row for row in thesis_cells() if row.id == number)


def ours(number="T19", **change):
    """Return a figure as if it were of a cell made here, of our own cathode."""
    made = {"cathode": "our 811", "laboratory": OWN_LABORATORY, "cutoff_low": 2.7}
    return replace(one(number), id=f"our {number}", cell="our cell", **(made | change))


def test_a_cell_of_ones_own_cathode_has_its_figures():
    """230 of 275 mAh/g, ours; without our materials the cathode is refused by name."""
    (own,) = cell_features([ours()], reference_phases(), OURS).take([0]).cathode
    found = cell_features([ours()], reference_phases(), OURS)

    assert own == "our 811"
    assert found.conductivity.value == pytest.approx([7e-3])
    assert found.theoretical == pytest.approx([OURS.cathode("our 811").theoretical_capacity])
    with pytest.raises(UnknownNameError, match="our 811"):
        cell_features([ours()], reference_phases())


def test_carbon_of_ones_own_gives_its_surface():
    """500 m2/g of soot instead of fibres."""
    soot = replace(one("T19").recipe, name="soot", carbon="our soot")

    bare, black = (
        cell_features([cell], reference_phases(), OURS).area.value
        for cell in (ours(), ours(recipe=soot))
    )

    assert black > 5 * bare


def test_cells_of_others_are_of_the_catalogue():
    """What one has measured of Li6PS5Cl says nothing of the pellets of the thesis."""
    named = OwnMaterials((Material(label="LiFePO4", kind="cathode", similar_to="LFP", source="me",
                                   first_capacity_mah_per_g=100.0), *OURS.materials))  # fmt: skip
    cells = [one("T19"), replace(one("T19"), id="x", cell="x", laboratory=OWN_LABORATORY)]

    theirs, here = cell_features(cells, reference_phases(), named).utilisation.value
    same, _ = cell_features(cells, reference_phases()).utilisation.value

    assert cells[0].laboratory == THESIS
    assert theirs == pytest.approx(same)
    assert here < theirs


@pytest.mark.slow
def test_a_calibration_holds_the_materials_that_its_cells_are_made_of():
    """So it is compared with its cells, saved and read again without the store."""
    cells = [ours("T19", value=200.0), ours("T20", value=160.0)]

    found = default_calibration().with_cells(cells, own=OURS)

    again = loaded(saved(found))
    assert [material.label for material in again.own.materials] == ["our 811", "our argyrodite"]
    assert again.id == found.id != default_calibration().id
    assert ("our 811", False) in again.covered.mixed
    row = comparisons(again)[-1]
    assert row.low < 160.0 < row.high


def test_a_sample_without_cathode_counts_per_gram_of_electrolyte():
    """70:30 with carbon black of 60 m2/g: 25.7 m2/g, a ratio of 1, the SSE's capacity alone."""
    found = cell_features([one("T14"), one("T38")], reference_phases())

    assert found.ratio.tolist() == [1.0, 1.0]
    assert found.area.value == pytest.approx([60 * 30 / 70, 62.0 * 20 / 50], rel=0.01)
    assert found.high.tolist() == [4.0, 3.0]
    assert not found.gas.any()


def test_a_cell_has_the_redox_of_its_own_cutoffs():
    """Li6PS5Cl loses 6 Li to 4 V, 599 mAh/g, and 5 Li to 3 V, 499 mAh/g (T15)."""
    found = cell_features([one("T14"), one("T39")], reference_phases())

    assert found.oxidation.value == pytest.approx([599.2, 499.3], abs=0.5)
    assert found.oxidation.draws.shape == (2, 200)


def test_chlorine_is_a_gas_and_sulfur_is_none():
    """Li2ZrCl6 begins with Cl2 (T16), Li6PS5Cl with sulfur (T13)."""
    assert cell_features([one("T18"), one("T14")], reference_phases()).gas.tolist() == [True, False]
