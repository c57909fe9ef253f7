from screening.first_cycle.literature import literature_cells, reference_cells
from stability.formula import composition
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table


def test_each_figure_has_a_place_a_spread_and_a_laboratory():
    """Two figures of a cell at most: the third would follow from them."""
    counts = {}
    for one in literature_cells():
        assert one.place
        assert one.laboratory
        assert one.spread > 0.0
        assert composition(one.sse).amounts
        counts[one.cell] = counts.get(one.cell, 0) + 1

    assert len(counts) > 20
    assert max(counts.values()) <= 2


def test_an_assumed_composite_counts_with_its_doubt():
    """The spread of an efficiency is 2 points, or 4 where the recipe is not given."""
    spreads = {one.spread for one in literature_cells() if one.quantity == "efficiency"}

    assert spreads == {2.0, 4.0}


def test_a_cell_that_the_table_cannot_compute_is_left_out_with_its_reason():
    """A table of Li, P and S knows no chlorine."""
    rows = [Phase("Li2S", -1.4), Phase("P2S5", -0.3), Phase("Li3PS4", -1.1)]
    found = reference_cells(competing_phases(phase_table(rows, name="small")))

    assert found.left_out
    assert any("Cl" in reason for reason in found.left_out.values())
    assert all("Cl" not in composition(one.sse).amounts for one in found.measurements)
