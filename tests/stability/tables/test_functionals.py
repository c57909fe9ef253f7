import pytest

from stability.errors import TableError
from stability.tables.functionals import shared_functional
from stability.tables.phase_table import PhaseTable


class Composition(dict):
    """What is asked of a composition of pymatgen."""

    get_el_amt_dict = dict.copy
    reduced_formula = property("".join)


class Entry:
    """What is asked of an entry of pymatgen."""

    def __init__(self, amounts, energy, run_type):
        self.composition, self.energy = Composition(amounts), energy
        self.parameters = {"run_type": run_type} if run_type else {}


@pytest.mark.parametrize(
    "names", [["GGA", "R2SCAN"], ["GGA", "GGA_GGA+U_R2SCAN"], ["PBE", "HSE06"]]
)
def test_methods_with_different_zeros_are_refused(names):
    """Whatever else is in the table."""
    with pytest.raises(TableError, match="t mixes functionals"):
        shared_functional(names, of="t")


@pytest.mark.parametrize(
    ("names", "method"), [(["GGA", "PBE+U", None], "GGA_GGA+U"), (["r2SCAN"], "R2SCAN"), ([], "")]
)
def test_methods_of_one_family_are_one(names, method):
    """GGA with and without U share a scheme of corrections."""
    assert shared_functional(names, of="t") == method


def test_the_python_door_refuses_them_as_the_command_does():
    """R2SCAN elements and a compound of GGA make no formation energy."""
    elements = [Entry({"Li": 1}, -2.3, "R2SCAN"), Entry({"S": 1}, -7.0, "R2SCAN")]

    with pytest.raises(TableError, match="mixes functionals"):
        PhaseTable.from_entries([*elements, Entry({"Li": 2, "S": 1}, -12.0, "GGA")], name="t")

    table = PhaseTable.from_entries([*elements, Entry({"Li": 2, "S": 1}, -15.0, None)], name="t")
    assert table.energies[-1] == pytest.approx((-15.0 + 2 * 2.3 + 7.0) / 3)
