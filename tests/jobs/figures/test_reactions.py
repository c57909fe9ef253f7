import pytest

from jobs.figures.reactions import reaction_picture


def test_corners_are_those_of_the_record(pair_record, drawn_rows):
    """Every kink of the chemical reaction, in meV, and the ring at the lowest of them."""
    rows = drawn_rows(reaction_picture(pair_record))
    contact = [row for row in rows if row.get("series", "").startswith("on contact")]
    (ring,) = [row for row in rows if "series" not in row]

    kinks = pair_record["chemical"]["kinks"]
    assert [row["x"] for row in contact] == [kink["sse_fraction"] for kink in kinks]
    assert min(row["energy"] for row in contact) == ring["energy"]
    assert ring["energy"] == pytest.approx(1000 * pair_record["chemical"]["energy_ev_per_atom"])


def test_a_pair_that_does_not_react_has_no_ring(pair_record, drawn_rows):
    """Energy 0: a flat line."""
    kinks = [{"sse_fraction": x, "energy_ev_per_atom": 0.0, "products": []} for x in (0.0, 1.0)]
    chemical = {"energy_ev_per_atom": 0.0, "sse_fraction": 0.0, "products": [], "kinks": kinks}
    picture = reaction_picture(pair_record | {"chemical": chemical, "electrochemical": []})

    assert all("series" in row for row in drawn_rows(picture))
    assert "nothing reacts" in picture.alt
