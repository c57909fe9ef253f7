import pytest

from stability.errors import TableError
from stability.formula import composition
from stability.tables.phase_rows import Phase
from stability.tables.row_checks import check, check_unique


@pytest.mark.parametrize(
    ("formula", "energy", "message"),
    [
        ("LiCl", float("nan"), "LiCl: energy nan is not finite"),
        ("LiCl", -30.0, "-30 eV/atom is beyond 20; give formation energies per atom"),
        ("Li", -0.1, "an element at -0.1 eV/atom"),
    ],
)
def test_energies_that_no_phase_has(formula, energy, message):
    """Each is refused with its value, the limit and what to give instead."""
    with pytest.raises(TableError, match=message):
        check(Phase(formula, energy), composition(formula))


def test_sound_rows_pass():
    """A compound with a formation energy, and an element at 0."""
    check(Phase("LiCl", -2.1), composition("LiCl"))
    check(Phase("Li", 0.0), composition("Li"))


def test_a_composition_stands_once():
    """Li2Cl2 is LiCl written twice as large."""
    seen = {}
    check_unique(Phase("LiCl", -2.1), composition("LiCl"), seen)

    with pytest.raises(TableError, match=r"Li2Cl2 stands twice \(also as LiCl\)"):
        check_unique(Phase("Li2Cl2", -2.0), composition("Li2Cl2"), seen)
