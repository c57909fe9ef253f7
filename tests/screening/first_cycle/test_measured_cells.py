from dataclasses import replace

import numpy as np
import pytest

from descriptors.errors import InvalidRecipeError
from screening.catalogue.materials import recipe
from screening.first_cycle.calibration import reference_phases
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.equations import NO_EFFECTS, cycle, inputs
from screening.first_cycle.measured_cells import (
    CHECK,
    UNITS,
    CellError,
    cells_of,
    known_recipe,
    predicted,
    thesis_cells,
)
from screening.first_cycle.priors import Parameters, priors
from stability.hull import reactant
from stability.staircase import redox_staircase

LISTED = {
    "T14", "T18", *(f"T{n}" for n in range(19, 26)), *(f"T{n}" for n in range(38, 46)),
    "T49", "T50",
}  # fmt: skip
MIDDLE = Parameters(**{name: prior.value for name, prior in priors().items()})


def one(number):
    return next(row for row in thesis_cells() if row.id == number)


def test_all_figures_of_first_cycles_are_transcribed():
    """T14, T18, T19 to T25, T38 to T45, T49 and T50, none of them only to compare with."""
    found = {row.id: row for row in thesis_cells()}

    assert set(found) >= LISTED
    assert all(found[number].used_for != CHECK for number in LISTED)


def test_the_transcription_is_that_of_the_table(thesis):
    """The same values as the project's table of the thesis, by T number."""
    found = {row.id: row.value for row in thesis_cells() if row.id in thesis}

    assert len(found) >= len(LISTED)
    assert found == {number: thesis[number] for number in found}


def test_every_figure_has_a_place_and_a_spread():
    """Where it is printed, and how far to trust it."""
    for row in thesis_cells():
        assert row.place.startswith("thesis, ch. ")
        assert row.spread > 0


def test_a_cell_has_one_composition():
    """Two figures of one cell cannot have different cutoffs."""
    first, second = one("T19"), one("T20")

    assert cells_of([first, second]) == (first,)
    with pytest.raises(CellError, match=r"T19 and T20 differ in cutoff_high"):
        cells_of([first, replace(second, cutoff_high=4.2)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": "colour"}, "no quantity 'colour'; choose from charge"),
        ({"unit": "Ah/kg"}, "charge in Ah/kg; convert it to mAh/g"),
        ({"spread": 0.0}, "give a number and a spread above 0"),
        ({"value": float("nan")}, "give a number and a spread above 0"),
        ({"cutoff_low": 4.5}, "cutoffs 4.5 and 4 V do not rise"),
        ({"used_for": "fun"}, "choose fit, derived or check"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(change, said):
    """One line with the cell, the figure, the value and the remedy."""
    with pytest.raises(CellError, match=said) as refused:
        replace(one("T19"), **change)

    assert str(refused.value).startswith("cell lfp-lpscl, T19: ")


def test_a_known_composite_has_its_name():
    """40:57:3 with fibres by hand at 375 MPa is the catalogue's; at another pressure it is not."""
    assert known_recipe("LiFePO4", (40, 57, 3), "VGCF", "hand", 375) == recipe("lfp-vgcf-hand")
    assert known_recipe("LiFePO4", (4, 5.7, 0.3), "VGCF", "hand", 300).name == "4:5.7:0.3 VGCF hand"
    with pytest.raises(InvalidRecipeError):
        known_recipe("LiFePO4", (40, 0, 3), "VGCF", "hand", 375)
    with pytest.raises(CellError, match="cathode none with 40 parts of it"):
        known_recipe(None, (40, 57, 3), "VGCF", "hand", 375)


@pytest.mark.parametrize("quantity", UNITS)
def test_every_quantity_is_predicted(quantity):
    """A number for each cell, whatever was measured."""
    features = cell_features([one("T41")], reference_phases())
    x = inputs(features)

    value = predicted(quantity, 0, x, MIDDLE, cycle(x, MIDDLE, NO_EFFECTS))

    assert value.shape == (1,)
    assert np.isfinite(value).all()


def test_what_is_measured_after_a_reduction_holds_it():
    """The charge of T39 follows T38: both capacities; reversible is what comes back, and that."""
    x = inputs(cell_features([one("T39")], reference_phases()))
    found = cycle(x, MIDDLE, NO_EFFECTS)

    after = predicted("oxidised_after_reduction", 0, x, MIDDLE, found)
    back = predicted("reversible_redox", 0, x, MIDDLE, found)

    assert after == pytest.approx(found.oxidised[0] + found.reduced[0])
    assert back == pytest.approx(after)  # to 3 V all of it comes back


def test_an_onset_is_the_limit_with_its_overpotential():
    """That of LiCl, 3.98 V, and 0.1 V for chlorine (T16); less 0.4 V for the reduction (T36)."""
    phases = reference_phases()
    x = inputs(cell_features([one("T16"), one("T36")], phases))
    limit = redox_staircase(reactant("Li6PS5Cl", phases), phases).window.reduction
    found = cycle(x, MIDDLE, NO_EFFECTS)

    chlorine = predicted("oxidation_onset", 0, x, MIDDLE, found)
    reduction = predicted("reduction_onset", 1, x, MIDDLE, found)

    assert chlorine == pytest.approx(3.98 + 0.1, abs=0.02)
    assert reduction == pytest.approx(limit - 0.4, abs=0.02)
