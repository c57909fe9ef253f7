import json

from jobs.show.predicted_cells import print_predicted
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
