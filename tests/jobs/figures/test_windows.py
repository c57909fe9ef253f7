import pytest

from jobs.figures.windows import TOP, window_picture


def test_rows_follow_the_staircase(window_records, drawn_rows):
    """Each step below the end of the axis is a bar between its voltages, in rising order."""
    record = window_records[1]
    bars = [row for row in drawn_rows(window_picture([record])) if "products" in row]

    steps = [step for step in record["steps"] if step["voltage_low_v"] < TOP]
    assert [bar["low"] for bar in bars] == [step["voltage_low_v"] for step in steps]
    assert bars[-1]["high"] == TOP
    (window,) = [bar for bar in bars if bar["kind"] == "stable"]
    assert (window["low"], window["high"]) == pytest.approx(
        (record["reduction_limit_v"], record["oxidation_limit_v"])
    )


def test_charges_have_the_side_of_their_step(window_records, drawn_rows):
    """Below the window lithium is taken up, above it is given off."""
    for record in window_records:
        for bar in drawn_rows(window_picture([record])):
            if bar.get("kind") == "takes up Li":
                assert bar["high"] <= record["reduction_limit_v"] + 1e-9
            if bar.get("kind") == "gives off Li":
                assert bar["low"] >= record["oxidation_limit_v"] - 1e-9


def test_intervals_are_drawn_where_there_are_some(window_records, drawn_rows):
    """Two whiskers with draws, none without."""
    record = window_records[0]
    bare = {name: value for name, value in record.items() if "_limit_low" not in name}

    def whiskers(one):
        return [row for row in drawn_rows(window_picture([one])) if "products" not in row]

    assert [row["low"] for row in whiskers(record)] == [
        record["reduction_limit_low_v"],
        record["oxidation_limit_low_v"],
    ]
    assert whiskers(bare) == []
