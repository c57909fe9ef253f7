import pytest
from pydantic import ValidationError

from screening.batch.batch_tables import CathodeTable, Exclusion, RecipeTable


def test_a_ratio_is_in_any_whole():
    """30 : 65 : 5 of 100 are 6 : 13 : 1 of 20."""
    keys = {"name": "a", "carbon": "VGCF", "mixing": "hand"}

    made = RecipeTable(ratio=(30, 65, 5), **keys).recipe()

    assert made == RecipeTable(ratio=(6, 13, 1), **keys).recipe()
    assert (made.cathode_fraction, made.sse_fraction, made.carbon_fraction) == (0.3, 0.65, 0.05)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ((2.0, 2.0), "does not rise"),
        ((-1.0, 2.0), "give it against Li/Li"),
        ((2.0, 6.5), "outside 0 to 6 V"),
        ((2500.0, 4000.0), "looks like mV; write 2.5"),
    ],
)
def test_a_window_rises_within_what_a_cell_can_have(window, said):
    """From 0 to 6 V."""
    assert CathodeTable(name="S", voltage_window=(0.0, 6.0)).voltage_window == (0.0, 6.0)
    with pytest.raises(ValidationError, match=said):
        CathodeTable(name="S", voltage_window=window)


def test_a_phase_to_leave_out_is_a_formula():
    """Whether the table holds it is seen later."""
    assert Exclusion(formula="SCl2", reason="doubtful").formula == "SCl2"
    with pytest.raises(ValidationError, match="no element"):
        Exclusion(formula="SCx2", reason="doubtful")
