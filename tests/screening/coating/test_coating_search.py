import pytest

from screening.catalogue.gates import UNWANTED
from screening.coating.coating_search import lithium_compounds
from screening.errors import BatchError
from stability.formula import composition
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table


def test_candidates_hold_lithium_and_nothing_that_nobody_would_use(phases):
    """Every formula has lithium and another element, and none of the refused ones."""
    found, counts = lithium_compounds(phases)
    refused = {symbol for symbols in UNWANTED.values() for symbol in symbols}

    assert len(found) == counts[-1].left > 10
    for formula in found:
        elements = composition(formula).amounts.keys()
        assert "Li" in elements
        assert len(elements) > 1
        assert refused.isdisjoint(elements)
    assert [one.left for one in counts] == sorted((one.left for one in counts), reverse=True)


def test_what_is_far_from_the_hull_is_left_out():
    """Li3N at -0.4 eV/atom is the hull; LiN at -0.1 is 0.17 eV/atom above it."""
    table = phase_table(
        [Phase("Li3N", -0.4, known=True), Phase("LiN", -0.1, known=True)],
        name="two",
    )

    found, _ = lithium_compounds(competing_phases(table, margin=1.0))

    assert found == ["Li3N"]


def test_what_the_table_knows_no_rivals_of_is_left_out():
    """Without ErBr3 nothing takes bromine from Li3ErBr6: its window would be too wide."""
    known = [Phase("LiBr", -1.8, known=True), Phase("Li3ErBr6", -1.75, known=True)]
    for more, found in (((), ["LiBr"]), ((Phase("ErBr3", -1.6, known=True),), None)):
        table = phase_table([*known, *more], name="hand")
        left, counts = lithium_compounds(competing_phases(table, margin=1.0))

        assert left == (found or ["LiBr", "Li3ErBr6"])
        assert counts[-1].left == len(left)


def test_a_table_without_candidates():
    """A table whose only compound is poisonous has nothing to offer."""
    table = phase_table([Phase("LiTl", -0.3, known=True)], name="toxic")

    with pytest.raises(BatchError, match="holds no lithium compound that could be a coating"):
        lithium_compounds(competing_phases(table))
