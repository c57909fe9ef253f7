import numpy as np
import pytest

from jobs.errors import JobsError
from jobs.figures.cycles import (
    MOST_CELLS,
    changed_cycle_picture,
    cycle_picture,
    differential_picture,
    planned_picture,
)
from jobs.work.cycle_curve import CellCurve
from screening.first_cycle.voltage_curve import Half

HALF = {"voltage_v": [2.5, 4.0], "capacity_mah_per_g": [0.0, 120.0], "sse_mah_per_g": [0.0, 30.0]}
BACK = {"voltage_v": [4.0, 2.5], "capacity_mah_per_g": [0.0, 80.0], "sse_mah_per_g": [0.0, 0.0]}


VOLTS = np.linspace(2.5, 4.0, 400)


def row(name, status="ok"):
    ends = {
        f"first_{half}_{end}mah_per_g": value
        for half in ("charge", "discharge")
        for end, value in (("", 100.0), ("low_", 80.0), ("high_", 130.0))
    }
    return ends | {
        "id": name, "status": status, "sse": "Li6PS5Cl", "cathode": "LiFePO4",
        "voltage_low_v": 2.5, "voltage_high_v": 4.0,
    }  # fmt: skip


def test_a_curve_and_both_intervals_are_drawn():
    """Two half-cycles of one cell, each to its last point; two bars at the cutoffs."""
    rising = Half(VOLTS, np.linspace(0, 90, 400), np.linspace(0, 10, 400))
    falling = Half(VOLTS[::-1], np.linspace(0, 100, 400), np.zeros(400))

    picture = planned_picture([row("A1")], [CellCurve("A1", rising, falling)])

    bars, points, lines = (layer["data"]["values"] for layer in picture.chart.to_dict()["layer"])
    assert bars == points
    assert {(one["low"], one["high"]) for one in bars} == {(80.0, 130.0)}
    last = {one["half"]: (one["capacity"], one["voltage"]) for one in lines}
    assert last == {"charge": (100.0, 4.0), "discharge": (100.0, 2.5)}
    assert "A1: Li₆PS₅Cl / LiFePO₄: charge 100" in picture.alt


def test_a_cell_without_a_curve_has_its_bars():
    """And cells beyond the most are counted."""
    picture = planned_picture([row(f"A{k}") for k in range(MOST_CELLS + 2)], [])

    assert "2 more cells" in picture.chart.to_dict()["title"]["subtitle"]
    assert len(picture.chart.to_dict()["layer"]) == 2


def test_without_an_answer_there_is_nothing_to_draw():
    """It says so instead of an empty plane."""
    with pytest.raises(JobsError, match="no cell has an answer"):
        planned_picture([row("A1", status="failed")], [])


def test_both_halves_and_the_part_of_the_sse():
    """Capacities stand in words; axes have units; the two panels share capacity."""
    picture = cycle_picture({"sse": "Li6PS5Cl", "cathode": "LiFePO4", "charge": HALF,
                             "discharge": BACK})  # fmt: skip
    drawn = picture.svg()

    assert picture.alt == (
        "first charge 120 mAh/g, 30 of it by Li\u2086PS\u2085Cl; "
        "first discharge 80 mAh/g, 0 of it by Li\u2086PS\u2085Cl"
    )
    assert "capacity [mAh per g of cathode]" in drawn
    assert "voltage against" in drawn


@pytest.mark.parametrize(("part", "domain"), [(7e-6, [0.0, 1.0]), (30.0, None)])
def test_a_part_that_is_nothing_is_drawn_as_nothing(part, domain):
    """A millionth of a mAh/g lies on the axis of 0 to 1; 30 have an axis of their own."""
    charge = HALF | {"sse_mah_per_g": [0.0, part]}
    picture = cycle_picture({"sse": "Li2ZrCl6", "cathode": "LiFePO4", "charge": charge,
                             "discharge": BACK})  # fmt: skip
    _, below = picture.chart.to_dict()["vconcat"]

    assert below["encoding"]["y"]["scale"].get("domain") == domain


def test_what_passes_at_each_voltage():
    """120 mAh/g over 1.5 V are 80 per V, a quarter of it by the SSE; a discharge goes down."""
    picture = differential_picture({"sse": "Li6PS5Cl", "cathode": "LiFePO4", "charge": HALF,
                                    "discharge": BACK})  # fmt: skip
    rows = picture.chart.to_dict()["data"]["values"]
    rates = {(one["half"], one["part"]): [] for one in rows}
    for one in rows:
        rates[one["half"], one["part"]].append(one["rate"])

    assert {names: pytest.approx(np.mean(found)) for names, found in rates.items()} == {
        ("first charge", "all of it"): 120 / 1.5,
        ("first charge", "of it by Li\u2086PS\u2085Cl"): 30 / 1.5,
        ("first discharge", "all of it"): -80 / 1.5,
        ("first discharge", "of it by Li\u2086PS\u2085Cl"): 0.0,
    }
    assert 2.5 < min(one["voltage"] for one in rows) < max(one["voltage"] for one in rows) < 4.0
    assert "dQ/dV [mAh per g of cathode and V]" in picture.svg()


def test_a_plateau_is_a_peak():
    """100 of 120 mAh/g at 3.4 V: the highest step is there, and the area is what passes."""
    charge = {
        "voltage_v": [2.5, 3.395, 3.405, 4.0],
        "capacity_mah_per_g": [0.0, 10.0, 110.0, 120.0],
        "sse_mah_per_g": [0.0] * 4,
    }
    picture = differential_picture({"sse": "Li2ZrCl6", "cathode": "LiFePO4", "charge": charge,
                                    "discharge": BACK})  # fmt: skip
    rows = [
        one for one in picture.chart.to_dict()["data"]["values"]
        if one["half"] == "first charge" and one["part"] == "all of it"
    ]  # fmt: skip

    assert max(rows, key=lambda one: one["rate"])["voltage"] == pytest.approx(3.4, abs=0.02)
    assert sum(one["rate"] for one in rows) * 1.5 / len(rows) == pytest.approx(120.0)
    assert "most of the charge at 3.4" in picture.alt


def test_a_change_is_drawn_over_what_was_before():
    """In grey below, the same planes for both: the axis of the SSE's part holds both parts."""
    before = {"sse": "Li6PS5Cl", "cathode": "LiFePO4", "charge": HALF, "discharge": BACK}
    less = BACK | {"capacity_mah_per_g": [0.0, 60.0]}
    after = before | {"charge": HALF | {"sse_mah_per_g": [0.0, 0.2]}, "discharge": less}
    picture = changed_cycle_picture(before, after)
    upper, lower = picture.chart.to_dict()["vconcat"]
    greys = [one["layer"][0]["encoding"]["color"] for one in (upper, lower)]

    assert greys[0] == greys[1] == {"value": "#9a9a9a"}
    assert "domain" not in lower["layer"][1]["encoding"]["y"]["scale"]
    assert "before, in grey: first charge 120 mAh/g, 30 of it by" in picture.alt
    assert "first discharge 60 mAh/g" in picture.alt
    assert picture.svg().startswith("<svg")
