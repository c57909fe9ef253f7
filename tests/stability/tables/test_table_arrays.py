import numpy as np
import pytest

from stability.tables.phase_table import Phase, PhaseTable, phase_table, reference_table
from stability.tables.table_arrays import table_arrays, table_fields

KNOWN, COMPUTED = True, False
SOME = [
    Phase("Li2O", -2.0, KNOWN, "", "ours", 5.0, 2.0, 8.0, "BY-C"),
    Phase("LiS4", -0.5, COMPUTED, "never made", "theirs"),
]


@pytest.mark.parametrize("table", [phase_table(SOME, name="t"), reference_table()])
def test_a_table_that_was_taken_apart_is_the_same(table):
    """Every field, to the last bit."""
    again = PhaseTable(name=table.name, **table_fields(table_arrays(table)))

    assert again.id == table.id
    for name, value in vars(table).items():
        if name.startswith("_") or name not in PhaseTable.__dataclass_fields__:
            continue
        if name == "covered":  # Of the built-in table alone, whose reader adds it.
            continue
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(again, name), value)
        else:
            assert getattr(again, name) == value, name


def test_what_is_put_together_is_frozen():
    """Nobody changes the numbers that results are named after."""
    again = PhaseTable(name="t", **table_fields(table_arrays(phase_table(SOME, name="t"))))

    for column in (again.fractions, again.energies, again.known, again.band_gap):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
