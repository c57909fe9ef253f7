import pytest

from catholyte.agreement import Calibration, Comparison
from jobs.errors import JobsError

FIGURES = [
    {
        "id": "A1", "sse": "Li2ZrCl6", "cathode": "LiFePO4", "quantity": quantity,
        "measured": 120.0, "predicted": predicted, "predicted_low": low, "predicted_high": high,
        "inside": inside, "outside_domain": "", "reason": reason, "fitted": False,
    }
    for quantity, predicted, low, high, inside, reason in (
        ("first_charge_mah_per_g", 130.0, 110.0, 150.0, True, ""),
        ("first_discharge_mah_per_g", 140.0, 130.0, 150.0, False, ""),
        ("efficiency_percent", None, None, None, None, "no curve"),
    )
]  # fmt: skip


def test_a_cell_of_the_laboratory_is_compared_figure_by_figure():
    """120 is inside 110 to 150 and outside of 130 to 150; what has no answer says why."""
    found = Comparison({"calibration": "x", "figures": FIGURES})

    assert [row["verdict"] for row in found.rows] == ["agree", "miss", "no answer"]
    assert found.title == "1 of 3 measured figures inside their 90 % intervals"
    first, second, third = found.verdicts.splitlines()
    assert first == "A1, first charge: measured 120 mAh/g, predicted 130 (110 to 150): agree"
    assert second.endswith("predicted 140 (130 to 150): miss")
    assert third == "A1, efficiency: measured 120 %: not modelled: no curve"
    assert found.plot().alt == "1 of 2 measured figures are inside"
    with pytest.raises(JobsError, match="one unit"):
        found.agreement("All of it")


def test_what_moved_is_a_part_of_a_calibration():
    """Without a ranking nothing is known to have moved."""
    moved = [{"sse": "Li2ZrCl6", "cathode": "S", "recipe": "r", "before": 2, "after": 1}]

    assert Calibration({"moved_places": moved}, ()).moved == moved
    assert Calibration({"moved_places": None}, ()).moved == []
