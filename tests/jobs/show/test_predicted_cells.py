import json

from jobs.show.predicted_cells import print_compared, print_predicted
from jobs.work.cell_predictions import PREDICTED

FAILED = {
    "id": "a", "status": "failed", "sse": None, "cathode": None, "recipe": None,
    **dict.fromkeys(PREDICTED), "area_resistance_ohm_cm2": None, "reason": "no cathode",
    "assumed": "", "not_used": "",
}  # fmt: skip
GOOD = FAILED | {
    "status": "ok", "sse": "Li3N", "first_charge_mah_per_g": 150.0,
    "first_charge_low_mah_per_g": 140.0, "first_charge_high_mah_per_g": 160.0,
    "not_used": "coating",
}  # fmt: skip


def test_programs_get_one_object_a_line(capsys):
    """With the id and every column."""
    print_predicted([GOOD, FAILED], style="json")

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["first_charge_mah_per_g"], second["status"]) == (150.0, "failed")


def test_people_see_intervals_and_what_the_model_leaves_out(capsys):
    """And why a row has no answer."""
    print_predicted([GOOD, FAILED])

    out = capsys.readouterr().out
    assert "150 (140-160)" in out
    assert "not in the model: coating" in out
    assert "no cathode" in out


def test_coverage_tells_fitted_cells_from_others(capsys):
    """One of two of the others, and a row without a prediction that counts for neither."""
    row = {
        "id": "a", "sse": "Li3N", "cathode": "S", "quantity": "efficiency_percent",
        "measured": 90.0, "predicted": 91.0, "predicted_low": 86.0, "predicted_high": 95.0,
        "inside": True, "outside_domain": "", "reason": "", "fitted": False,
    }  # fmt: skip
    none = dict.fromkeys(("predicted", "predicted_low", "predicted_high", "inside"))

    print_compared([row, row | {"inside": False}, row | none | {"reason": "no element"}], "c1")

    out = capsys.readouterr().out
    assert "1 of 2 figures of cells that calibration c1 was not fitted to are inside" in out
    assert "86-95" in out
