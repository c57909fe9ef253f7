import pytest

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.importing import Import
from jobs.phase_tables.merging import base, merged
from jobs.phase_tables.row_table import Row
from jobs.phase_tables.snapshot import Description, make_snapshot
from stability.tables.phase_rows import Phase
from stability.tables.phase_table import reference_table

KNOWN, COMPUTED = True, False
GGA = "GGA_GGA+U"
BELOW = (
    Phase("Li2S", -1.40, KNOWN, "", "mp-1"),
    Phase("Li4S2", -1.30, COMPUTED, "never made", "mp-2"),
    Phase("Li2O", -2.00, KNOWN, "", "mp-3"),
    Phase("LiCl", -2.10, KNOWN, "", "mp-4"),
)


@pytest.fixture
def below():
    """Return a snapshot to put things on, as a base."""
    rows = [Row(one, "database") for one in BELOW]
    make_snapshot(rows, Description("below", "test", functional=GGA))
    return base("below")


def own(*phases, functional=GGA):
    return Import(tuple(Row(one, "mine.csv") for one in phases), functional, ())


def test_the_users_energy_takes_the_place_of_all_rows_of_its_composition(below):
    """Both forms of Li2S give way; each row says where it came in."""
    both = merged(below, own(Phase("Li2S", -1.45), Phase("Li3N", -0.4)), amount=0.1, name="t")

    assert both.replaced == 2
    assert [(row.phase.formula, row.phase.energy, row.origin) for row in both.rows] == [
        ("Li2O", -2.0, "database"),
        ("LiCl", -2.1, "database"),
        ("Li2S", -1.45, "mine.csv"),
        ("Li3N", -0.4, "mine.csv"),
    ]


def test_what_is_known_below_is_known_above(below):
    """The user says nothing of Li2S, which is known; of Li2O they do; of Li3N nobody does."""
    phases = Phase("Li2S", -1.45), Phase("Li2O", -2.0, known=False), Phase("Li3N", -0.4)

    both = merged(below, own(*phases), amount=0.1, name="t")

    assert [row.phase.known for row in both.rows[-3:]] == [True, False, None]


def test_only_larger_differences_are_listed_the_largest_first(below):
    """0.05 is listed, 0.3 before it, and 0.01 is not; the lowest form of Li2S is compared."""
    phases = Phase("Li2S", -1.45), Phase("Li2O", -1.7), Phase("LiCl", -2.11)

    both = merged(below, own(*phases), amount=0.04, name="t")

    assert [one.formula for one in both.disagreements] == ["Li2O", "Li2S"]
    assert [one.difference for one in both.disagreements] == pytest.approx([0.3, -0.05])


@pytest.mark.parametrize("functional", ["R2SCAN", ""])
def test_energies_of_another_method_are_refused(below, functional):
    """Another one, or one that nobody has named."""
    with pytest.raises(DataError, match=r"only energies of one method can be merged"):
        merged(below, own(Phase("Li3N", -0.4), functional=functional), amount=0.1, name="t")


def test_the_built_in_table_can_be_below():
    """Its rows carry its id."""
    below = base("reference")

    assert below.functional == GGA
    assert {row.origin for row in below.rows} == {reference_table().id}


def test_a_partial_snapshot_is_no_base_unless_asked_for():
    """What is missing below would be missing above."""
    rows = [Row(one, "database") for one in BELOW]
    make_snapshot(rows, Description("half", "test", partial_because="the database has changed"))

    with pytest.raises(DataError, match="is partial: the database has changed"):
        base("half")
    assert len(base("half+partial").rows) == len(BELOW)


def test_uncorrected_totals_go_onto_uncorrected_ones_only(below):
    """The table below is corrected; another import of plain totals is not."""
    totals = own(Phase("Li2O", -1.9))
    totals = Import(totals.rows, GGA, ("1 total energies, uncorrected",), uncorrected=True)
    described = Description("plain", "test", functional=GGA, notes=totals.notes)
    make_snapshot(totals.rows, described)

    for table in (below, base("reference")):
        with pytest.raises(DataError, match="t holds total energies without corrections"):
            merged(table, totals, amount=0.1, name="t")
    assert merged(base("plain"), totals, amount=0.1, name="t").replaced == 1
