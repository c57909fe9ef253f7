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


def test_a_rare_earth_gains_energy_by_going_to_state_three():
    """YbCl2 + 1/2 Cl2 would cost 4 * -2.07 - 3 * -3.01 = 0.75 eV: YbCl3 was computed wrongly."""
    rows = [Phase("LiCl", -2.1), Phase("YbCl2", -3.01)]
    said = ("hand holds no sound binary compound of Yb(III) and Cl",)

    assert gaps(phase_table(rows, name="hand"), ["Yb", "Cl"]) == said
    wrong = phase_table([*rows, Phase("YbCl3", -2.07)], name="hand")
    assert gaps(wrong, ["Yb", "Cl"]) == said
    right = phase_table([*rows, Phase("YbCl3", -2.49)], name="hand")
    assert gaps(right, ["Yb", "Cl"]) == ()


def test_the_built_in_table_knows_where_it_is_complete():
    """For the systems that it was selected for, and their subsystems; not for rubidium."""
    table = loaded_table("reference")

    assert gaps(table, ["P", "S", "Cl"]) == gaps(table, ["Fe", "P", "O", "S", "Cl"]) == ()
    assert gaps(table, ["Y", "Br"]) == gaps(table, ["H", "B"]) == ()
    (first, *_) = gaps(table, ["Rb", "Br"])
    assert "not complete for Br-Li-Rb" in first
    assert "--table" in first


def test_a_molecule_needs_no_binary():
    """Between sulfur and oxygen there are some, but nothing hinges on nitrogen and iodine."""
    assert gaps(phase_table([Phase("Li3N", -0.4)], name="hand"), ["N", "I"]) == ()
