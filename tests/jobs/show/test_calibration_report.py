import json
from dataclasses import replace

import pytest

from jobs.lab.calibrations import Kept
from jobs.ranking.moved_places import Moved
from jobs.show.calibration_report import as_record, print_calibration, print_kept, print_moved
from screening.first_cycle.calibration import default_calibration
from screening.first_cycle.measured_cells import thesis_cells
from screening.first_cycle.priors import Parameters
from screening.first_cycle.validation import Comparison, LeftOut, comparisons, orders

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def compared():
    """Return the figures of the thesis beside what the shipped calibration predicts."""
    return comparisons(default_calibration())


@pytest.fixture(scope="module")
def record(compared):
    """Return the shipped calibration as plain values, one cell left out."""
    calibration = default_calibration()
    wrong = replace_capacities(orders(calibration)[0], (40.0, 50.0))
    left_out = LeftOut("lfp-lzc", compared[:1], (wrong,))
    return as_record(calibration, compared, [left_out])


def replace_capacities(order, capacities):
    return order._replace(capacities=capacities, probability=0.25)


def comparison(value, low, high, **changes):
    """Return a figure of 100 mAh/g beside a prediction."""
    figure = next(one for one in thesis_cells() if one.id == "T23")
    return Comparison(replace(figure, value=100.0, **changes), value, low, high)


def test_a_record_is_plain_and_complete(record):
    """It survives JSON; every parameter, every figure with its width."""
    assert json.loads(json.dumps(record)) == record
    assert len(record["parameters"]) == len(Parameters._fields)
    assert len(record["predictions"]) == len(default_calibration().measurements)
    for row in record["predictions"]:
        assert row["width"] == pytest.approx(row["predicted_high"] - row["predicted_low"])
        assert row["inside"] == (row["predicted_low"] <= row["measured"] <= row["predicted_high"])


def test_the_screen_names_what_went_wrong(record, capsys):
    """A pair in the wrong order without a cell is said, with the cell and both numbers."""
    print_calibration(record, as_json=False)

    text = capsys.readouterr().out
    assert "without lfp-lzc: LiFePO4: Li2ZrCl6 WRONGLY below Li6PS5Cl, 40 and 50 mAh/g" in text
    assert "(in 25 % of the draws)" in text
    assert "outside, not fitted" in text
    assert "not identified" in text


def test_json_is_the_record(record, capsys):
    """Nothing else is printed."""
    print_calibration(record, as_json=True)

    assert json.loads(capsys.readouterr().out) == record


def test_kept_calibrations_are_listed(capsys):
    """One row each, on the screen and as JSON."""
    rows = [Kept("a1", "2026-01-02T03:04:05+00:00", 11, 20, current=True)]

    print_kept(rows, as_json=True)
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": "a1",
            "made_at": "2026-01-02T03:04:05+00:00",
            "cells": 11,
            "figures": 20,
            "current": True,
        }
    ]
    print_kept(rows, as_json=False)
    assert "2026-01-02T03:04:05+00:00" in capsys.readouterr().out


def test_places_that_moved_name_the_composite_where_there_are_several(capsys):
    """The same SSE with and without a coating are two pairs."""
    moved = [
        Moved("Li3YCl6", "LiFePO4", "hand", 2, 1),
        Moved("Li3YCl6", "LiFePO4", "hand with 10 nm LiNbO3", 1, 2),
        Moved("Li6PS5Cl", "S", "milled", 3, 1),
    ]

    print_moved(moved, "batch")

    said = " ".join(capsys.readouterr().out.split())
    assert "Li3YCl6 in hand 2 to 1; Li3YCl6 in hand with 10 nm LiNbO3 1 to 2" in said
    assert "S: Li6PS5Cl 3 to 1" in said
