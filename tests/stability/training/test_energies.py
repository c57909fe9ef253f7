import numpy as np
import pytest

from stability.formula import composition
from stability.training.energies import computed_energies, groups_of, residuals_of
from stability.training.measurements import Merged


@pytest.fixture
def table(tmp_path):
    """Return a table of three rows, two of them of one composition."""
    path = tmp_path / "computed.csv"
    path.write_text(
        "formula,formation_energy_ev_per_atom\nLiCl,-2.0\nLi2Cl2,-2.1\nLi2O,-2.05\n",
        encoding="utf-8",
    )
    return computed_energies(f"mine={path}")


def test_the_lowest_of_a_composition_stands(table):
    """LiCl and Li2Cl2 are one compound, at -2.1."""
    assert table.name == "mine"
    assert table.energies[composition("LiCl").shares][1] == -2.1
    assert len(table.energies) == 2


def test_residuals_are_measured_minus_computed(table):
    """-2.118 - (-2.1) = -0.018 eV/atom."""
    keys = [composition("LiCl").shares]
    found = residuals_of(table, keys, [Merged(-2.118, 0.005, None, ("CRC",))])

    assert found.values == pytest.approx(np.array([-0.018]))
    assert found.spreads.tolist() == [0.005]


def test_compounds_are_left_out_by_themselves_by_cation_and_by_system():
    """NaCl and NaBr share a cation; LiCl and NaCl share no system."""
    keys = [composition(one).shares for one in ("NaCl", "NaBr", "LiCl")]
    groups = groups_of(keys)

    assert len(groups) == 3
    for names in groups.values():
        assert len(names) == 3
        assert names[0] != names[2]
