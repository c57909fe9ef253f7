from dataclasses import replace

from jobs.ranking.measured_values import measured_values
from screening.first_cycle.measured_cells import thesis_cells


def test_the_mean_of_the_cells_of_a_pair_is_given():
    """Two cells with 100 and 110 mAh/g: 105 of 2; the same figure again changes nothing."""
    one = next(cell for cell in thesis_cells() if cell.id == "T19")
    figures = [replace(one, value=100.0), replace(one, id="x", cell="x", value=110.0)]

    found = measured_values([*figures, figures[0]])

    assert found == {
        (one.sse, one.cathode, one.recipe.name): {
            "measured_first_charge_mah_per_g": 105.0,
            "measured_cells": 2,
        }
    }


def test_only_what_is_also_predicted_counts():
    """An onset is no first cycle, and carbon no cathode."""
    one = next(cell for cell in thesis_cells() if cell.id == "T19")
    onset = replace(one, quantity="oxidation_onset", unit="V", value=2.5)

    assert measured_values([onset, replace(one, cathode=None)]) == {}
