"""What a phase table lacks."""

from stability.energies.corrected_table import loaded_table
from stability.tables.gaps import gaps
from stability.tables.phase_table import Phase, phase_table


def test_a_pair_without_a_binary_is_a_gap_of_any_table():
    """Without ErBr3, Li3ErBr6 has nothing to fall apart into."""
    rows = [Phase("LiBr", -1.8), Phase("Li3ErBr6", -2.0), Phase("ErCl3", -2.6)]
    table = phase_table(rows, name="hand")

    assert gaps(table, ["Er", "Br"]) == ("hand holds no binary compound of Er and Br",)
    assert gaps(phase_table([*rows, Phase("ErBr3", -2.1)], name="hand"), ["Er", "Br"]) == ()


def test_the_built_in_table_knows_where_it_is_complete():
    """For the systems that it was selected for, and their subsystems; not for bromides of Y."""
    table = loaded_table("reference")

    assert gaps(table, ["P", "S", "Cl"]) == gaps(table, ["Fe", "P", "O", "S", "Cl"]) == ()
    (first, *_) = gaps(table, ["Y", "Br"])
    assert "not complete for Br-Li-Y" in first
    assert "--table" in first


def test_a_molecule_needs_no_binary():
    """Between sulfur and oxygen there are some, but nothing hinges on nitrogen and iodine."""
    assert gaps(phase_table([Phase("Li3N", -0.4)], name="hand"), ["N", "I"]) == ()
