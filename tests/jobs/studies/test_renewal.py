from jobs.studies import renewal as module
from jobs.studies.renewal import renewal, renewed
from screening.first_cycle.calibration import default_calibration, loaded


def test_without_cells_it_is_the_shipped_one(screened):
    """Nothing moves, nothing is kept, and the text gives the calibration back."""
    found = renewal(screened)

    assert found["id"] == found["current"] == default_calibration().id
    assert found["moved_places"] == []
    assert loaded(found["calibration"]).id == found["id"]
    assert not (screened / "laboratory.sqlite").exists() or found["cells"] == []


def test_without_a_ranking_nothing_can_move(tmp_path):
    """That is said, not shown as no place that moves."""
    assert renewal(tmp_path / "store")["moved_places"] is None


def test_the_calibration_alone_needs_no_ranking(screened, monkeypatch):
    """It is the one that was looked at."""
    looked_at = renewal(screened)
    monkeypatch.setattr(module, "moved_by", None)
    found = renewed(screened)

    assert found == {name: looked_at[name] for name in ("id", "calibration")}
