import numpy as np
import pytest

from stability.draws.redrawn_pairs import redrawn_pairs
from stability.formula import composition
from stability.kernels.redraw_kernels import standard_normals
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table
from stability.uncertainty import MARGIN, ErrorModel, errors

NONE = np.empty((1, 0))


def test_the_errors_are_those_of_every_other_redraw():
    """Li2S oxidises at -3 E / 2, E redrawn with the number that belongs to its composition."""
    table = phase_table([Phase("Li2S", -1.5, known=True)], name="one")
    phases = competing_phases(table, margin=MARGIN)
    model = ErrorModel(independent=0.02, shared=0.0, seed=5)
    fractions = np.stack([table.atom_fractions(composition(one)) for one in ("Li2S", "S")])

    found = redrawn_pairs(
        phases, fractions, np.array([[0, 0, 1]]), NONE, [()], draws=8, model=model
    )

    seed = errors(phases, model, 8).seeds[-1:]
    energy = -1.5 + 0.02 * standard_normals(seed, 5, 8)[0]
    assert found.oxidation[0] == pytest.approx(-1.5 * energy)


def test_both_states_open_to_lithium_are_one_line_or_two():
    """Li2S and S are S without lithium; CoO2 and Co are two lines, and the worse one counts."""
    rows = [Phase("Li2S", -1.5, known=True), Phase("CoO2", -1.0, known=True)]
    rows.append(Phase("CoS", -0.6, known=True))
    table = phase_table(rows, name="two")
    phases = competing_phases(table, margin=MARGIN)
    names = ("S", "CoO2", "Co")
    fractions = np.stack([table.atom_fractions(composition(one)) for one in names])
    quiet = ErrorModel(independent=0.0, shared=0.0)

    def interface(*pair):
        made = redrawn_pairs(
            phases, fractions, np.array([pair]), NONE, [(3.0,)], draws=1, model=quiet
        )
        return min(made.chemical[0, 0], made.mutual[0, 0])

    assert interface(0, 1, 2) == min(interface(0, 1, 1), interface(0, 2, 2)) == pytest.approx(-0.6)
    assert interface(0, 2, 1) == interface(0, 1, 2)
