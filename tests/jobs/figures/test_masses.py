import pytest

from jobs.figures.masses import cell_picture


def test_layers_are_those_of_the_cell(cell_of_sulfur, drawn_rows):
    """Each mass of the record, and shares of 100 %."""
    picture = cell_picture(cell_of_sulfur)
    rows = drawn_rows(picture)

    assert {row["name"]: row["mass"] for row in rows} == cell_of_sulfur["masses_mg_per_cm2"]
    shares = [float(row["said"].split("(")[1].split()[0]) for row in rows]
    assert sum(shares) == pytest.approx(100, abs=len(rows) / 2)
    assert f"{cell_of_sulfur['cell_energy_wh_per_kg']:.0f} Wh/kg" in picture.alt
