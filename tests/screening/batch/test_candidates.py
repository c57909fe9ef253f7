import pytest

from screening.batch.candidates import CandidateFilter, filtered_candidates, table_band_gaps
from screening.errors import BatchError
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import Phase, load_phase_table, phase_table

PHASES = {
    "LiCl": (-2.0, True),
    "Li2S": (-1.5, True),
    "LiF": (-3.0, True),
    "NaCl": (-2.0, True),
    "Li3ClO": (-1.9, True),
    "Li2SO4": (-2.2, True),
    "Li6PS5Cl": (-1.2, False),
    "LiMn2O4": (-2.0, True),
    "LiAl": (-0.2, True),
}
TABLE = phase_table((Phase(name, *row) for name, row in PHASES.items()), name="small")


def found(**keys):
    """Return the formulas that a filter lets through."""
    formulas, counts = filtered_candidates(
        CandidateFilter(**keys),
        TABLE,
        competing=lambda: competing_phases(TABLE, Policy.KNOWN),
        band_gaps=lambda: {"LiCl": 6.0, "Li2S": 3.4},
    )
    assert counts[-1].left == len(formulas)
    assert [count.left for count in counts] == sorted((c.left for c in counts), reverse=True)
    return set(formulas)


LITHIUM = set(PHASES) - {"NaCl"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, LITHIUM),
        ({"contains": ("Li", "Cl")}, {"LiCl", "Li3ClO", "Li6PS5Cl"}),
        ({"contains": ("Li", "Xe")}, set()),
        ({"contains": ("Cl",), "min_elements": 2, "max_elements": 2}, {"LiCl", "NaCl"}),
        ({"min_elements": 4}, {"Li6PS5Cl"}),
        ({"allowed_elements": ("Li", "S", "Cl", "P")}, {"LiCl", "Li2S", "Li6PS5Cl"}),
        ({"forbidden_elements": ("O", "S", "Al")}, {"LiCl", "LiF"}),
        ({"anions": ("Cl", "O")}, {"LiCl", "Li3ClO", "Li2SO4", "LiMn2O4"}),
        ({"anions": ("S", "Cl")}, {"LiCl", "Li2S", "Li6PS5Cl"}),
        ({"known_only": True}, LITHIUM - {"Li6PS5Cl"}),
        ({"charge_balanced": True}, LITHIUM - {"LiMn2O4", "LiAl"}),
        ({"min_band_gap_ev": 3.4}, {"LiCl", "Li2S"}),
        ({"min_band_gap_ev": 4.0}, {"LiCl"}),
    ],
)
def test_each_condition_leaves_what_it_says(keys, expected):
    """Chosen by hand; the elements themselves are never candidates."""
    assert found(**keys) == expected


def test_the_distance_to_the_hull_counts():
    """Li3ClO is LiCl, two of its five atoms, with Li and O: this table holds no Li2O."""
    hull = 2 / 5 * -2.0
    table = phase_table(
        [Phase("LiCl", -2.0, known=True), Phase("Li3ClO", hull + 0.05, known=False)], name="two"
    )

    def within(above):
        formulas, _ = filtered_candidates(
            CandidateFilter(max_above_hull_ev_per_atom=above),
            table,
            competing=lambda: competing_phases(table, Policy.KNOWN),
            band_gaps=dict,
        )
        return set(formulas)

    assert within(0.049) == {"LiCl"}
    assert within(0.05) == {"LiCl", "Li3ClO"}


def test_what_is_not_asked_for_is_not_computed():
    """Neither a hull nor a band gap."""

    def never():
        raise AssertionError

    formulas, _ = filtered_candidates(CandidateFilter(), TABLE, competing=never, band_gaps=never)

    assert set(formulas) == LITHIUM


def test_counts_are_in_words():
    """Each with the number that is left after it."""
    _, counts = filtered_candidates(
        CandidateFilter(forbidden_elements=("S",)), TABLE, competing=None, band_gaps=None
    )

    assert [(count.step, count.left) for count in counts] == [
        ("compounds of small", 9),
        ("with Li", 8),
        ("without S", 5),
        ("of 2 to 20 elements", 5),
    ]


def test_band_gaps_are_those_of_the_table(tmp_path):
    """An empty cell is no gap, and elements have none."""
    csv = tmp_path / "gaps.csv"
    csv.write_text(
        "formula,formation_energy_ev_per_atom,band_gap_ev\nLiCl,-2.1,6.0\nLi2S,-1.5,\n",
        encoding="utf-8",
    )

    assert table_band_gaps(load_phase_table(str(csv))) == {"LiCl": 6.0}


def test_a_table_without_gaps_says_so():
    """The built-in table has none."""
    with pytest.raises(BatchError, match="has no column band_gap_ev; add one, or leave"):
        table_band_gaps(load_phase_table("reference"))
