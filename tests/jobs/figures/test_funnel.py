from jobs.figures.funnel import Stage, funnel_picture


def test_a_stage_that_leaves_nothing_is_there(drawn_rows):
    """Zero has no place on a logarithmic axis: its bar has no length, its number says 0."""
    rows = drawn_rows(funnel_picture([Stage("all", 1200), Stage("good", 0)], title="A search"))

    assert [(row["said"], row["length"]) for row in rows] == [("1,200", 1200), ("0", 0.5)]
