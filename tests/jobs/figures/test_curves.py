import numpy as np

from jobs.figures.curves import Axis, Curve, curve_picture, density_picture


def test_bands_and_points_are_drawn_where_they_are_given(drawn_rows):
    """A line with a band, and measured points without one; arrays are as good as lists."""
    line = Curve("line", np.array([1.0, 2.0]), [3.0, 4.0], np.array([2.0, 3.0]), [4.0, 5.0])
    points = Curve("lab", [1.5], [3.3], measured=True)
    picture = curve_picture(
        [line, points], Axis("x [V]"), Axis("y [%]", log=True), title="a title", alt_text="words"
    )
    marks = [layer["mark"]["type"] for layer in picture.specification()["layer"]]

    assert marks == ["area", "line", "point"]
    assert {"curve": "lab", "x": 1.5, "y": 3.3} in drawn_rows(picture)
    assert {"curve": "line", "x": 2.0, "y": 4.0, "low": 3.0, "high": 5.0} in drawn_rows(picture)


def test_the_density_curve_is_that_of_the_record(material_record, drawn_rows):
    """All pressures, and the interval around them."""
    curve = material_record["density_curve"]
    rows = [row for row in drawn_rows(density_picture(material_record)) if "low" in row]

    assert [row["x"] for row in rows] == curve["pressure_mpa"]
    assert [row["high"] for row in rows] == curve["relative_density_high_percent"]


def test_what_was_measured_is_named_with_its_mark():
    """Lines have a colour in the legend, points a shape: no point is named by a line."""
    line = Curve("model", [0, 1], [1, 2])
    found = curve_picture(
        [line, Curve("thesis", [1], [2], measured=True)],
        Axis("x"),
        Axis("y"),
        title="t",
        alt_text="a",
    ).specification()

    *lines, points = found["layer"]
    assert [one["encoding"]["color"]["scale"]["domain"] for one in lines] == [["model"]]
    assert points["encoding"]["shape"]["scale"]["domain"] == ["thesis"]
    assert "color" not in points["encoding"]
