import pytest

from jobs.errors import JobsError
from jobs.figures.style import written
from jobs.figures.tiles import tile_picture


def test_tiles_cover_the_plane(pair_record, drawn_rows):
    """Their areas add up to 1 times the range of voltage, 1.5 V."""
    tiles = [row for row in drawn_rows(tile_picture(pair_record)) if "products" in row]

    area = sum((row["x2"] - row["x"]) * (row["y2"] - row["y"]) for row in tiles)
    assert area == pytest.approx(1.5)


def test_names_are_whole_or_not_there(pair_record, drawn_rows):
    """The lines in one tile hold all of its products."""
    rows = drawn_rows(tile_picture(pair_record))
    tiles = [row for row in rows if "products" in row]
    lines = [row for row in rows if "text" in row]

    assert lines
    for tile in tiles:
        inside = [
            line
            for line in lines
            if tile["x"] < line["x"] < tile["x2"] and tile["y"] < line["y"] < tile["y2"]
        ]
        if inside:
            names = {name for line in inside for name in line["text"].split()}
            assert names == set(tile["products"].split(" + "))


def test_the_worst_is_said(pair_record):
    """Energy and products of the worst that the contact adds."""
    worst = pair_record["worst_over_range"]
    alt = tile_picture(pair_record).alt

    assert f"{1000 * worst['mutual_ev_per_non_li_atom']:.0f} meV" in alt
    assert all(written(one["formula"]) in alt for one in worst["mutual_products"])


def test_without_a_range_there_are_no_tiles(pair_record):
    """The option that is missing is named."""
    record = {name: value for name, value in pair_record.items() if name != "worst_over_range"}

    with pytest.raises(JobsError, match="--voltage-range"):
        tile_picture(record)
