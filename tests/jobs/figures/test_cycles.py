from jobs.figures.cycles import cycle_picture

HALF = {"voltage_v": [2.5, 4.0], "capacity_mah_per_g": [0.0, 120.0], "sse_mah_per_g": [0.0, 30.0]}
BACK = {"voltage_v": [4.0, 2.5], "capacity_mah_per_g": [0.0, 80.0], "sse_mah_per_g": [0.0, 0.0]}


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
