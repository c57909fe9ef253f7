from jobs.phase_tables.difference import difference
from stability.tables.phase_table import Phase, phase_table

EARLIER = phase_table(
    [
        Phase("Li2S", -1.4, known=True),
        Phase("Li2O", -2.0, known=True),
        Phase("LiCl", -2.1, known=True),
        Phase("LiS4", -0.5, known=True),
    ],
    name="earlier",
)
LATER = phase_table(
    [
        Phase("Li4S2", -1.5, known=True),
        Phase("Li2O", -2.0004, known=True),
        Phase("Li3N", -0.4, known=False),
        Phase("LiS4", -0.5, known=False),
    ],
    name="later",
)


def test_every_kind_of_change_is_found_once():
    """LiCl has gone, Li3N has come, Li2S has moved by 0.1, LiS4 is computed-only now.

    0.0004 eV/atom are rounding.
    """
    assert difference(EARLIER, LATER) == [
        ("LiCl", "removed", -2.1, None, True, None),
        ("Li3N", "added", None, -0.4, None, False),
        ("Li4S2", "shifted", -1.4, -1.5, True, True),
        ("LiS4", "flagged", -0.5, -0.5, True, False),
    ]


def test_a_smaller_amount_shows_more():
    """With 0.1 meV, Li2O has moved too."""
    found = difference(EARLIER, LATER, amount=1e-4)

    assert [one.formula for one in found if one.what == "shifted"] == ["Li2O", "Li4S2"]


def test_a_table_does_not_differ_from_itself():
    """No change."""
    assert difference(EARLIER, EARLIER) == []
