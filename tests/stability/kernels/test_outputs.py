import numpy as np
import pytest

from stability.arrays import closed_reactions, hull_energies, open_reactions, staircases
from stability.formula import composition
from stability.interface import PAIR
from stability.kernels import outputs
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table
from stability.uncertainty import redrawn_reactions, redrawn_windows
from stability.voltage_range import range_reactions


@pytest.fixture(scope="module")
def results():
    """Return one of each output for Li2O and FeO."""
    table = phase_table([Phase("Li2O", -2.0, known=True), Phase("FeO", -1.4, known=True)], name="t")
    phases = competing_phases(table)
    fractions = np.stack([table.atom_fractions(composition(f)) for f in ("Li2O", "FeO")])
    pair = (phases, fractions, hull_energies(phases, fractions).energy, *PAIR)
    return table, [
        hull_energies(phases, fractions),
        closed_reactions(*pair, max_kinks=8),
        open_reactions(*pair, np.array([1.0, 2.0]), max_kinks=8),
        range_reactions(*pair, 1.0, 2.0),
        staircases(phases, fractions, max_steps=8),
        redrawn_reactions(phases, fractions, *PAIR, (1.0,), draws=3),
        redrawn_windows(phases, fractions, (1.0,), draws=3),
    ]


def test_every_output_is_used(results):
    """What the module names is what the functions return."""
    made = {type(result).__name__ for result in results[1]}

    assert made == {name for name in vars(outputs) if name.endswith(("Batch", "Draws"))}


def test_products_are_rows_of_the_table_with_amounts(results):
    """Where there is a row there is an amount, and where there is none there is none."""
    table, batches = results
    for batch in batches:
        fields = batch._asdict()
        for name in (name for name in fields if name.endswith("product")):
            rows, amounts = fields[name], fields[name.replace("product", "amount")]
            assert rows.shape == amounts.shape
            assert rows.max() < len(table.formulas)
            assert ((rows >= 0) == (np.nan_to_num(amounts) > 0)).all()
