from jobs.pages.shown_columns import USUAL, choices, shown_column


def test_every_column_of_the_ranking_can_be_shown(reader):
    """But for names, which always are, and the ends of intervals, which come along."""
    row = reader.get("/api/v1/pairs").json()[0]
    known = {one.name: one for one in choices()}
    ends = {end for one in choices() for end in one.ends or ()}

    assert set(USUAL) <= set(known) <= set(row)
    assert ends <= set(row)
    assert not ends & set(known)
    assert all(one.said and one.heading for one in choices())


def test_units_stand_behind_a_comma():
    """As on axes; a plain number has none."""
    assert shown_column("ionic_conductivity_s_per_cm").heading == "ionic conductivity, S/cm"
    assert shown_column("score_0_to_1").heading == "score"
    assert shown_column("best_probability").heading == "best probability"
