import numpy as np
import pyarrow as pa
import pytest

from jobs.errors import ServiceError
from jobs.ranking.ranked import ranked
from jobs.service.kept_ranking import KeptRanking, Wishes, coded, packed, unpacked
from jobs.store.published import snapshot


@pytest.fixture(scope="module")
def ranking(screened):
    """Return the ranking of the store with four pairs."""
    with snapshot(screened) as there:
        return ranked(there)


@pytest.fixture
def kept(ranking):
    """Return it as it is kept."""
    return KeptRanking(ranking._replace(table=coded(ranking.table)), (), 0.0)


def test_coding_loses_nothing(ranking, kept):
    """All rows, as they were, with their types."""
    there = kept.table(np.arange(len(kept)))

    assert there.to_pylist() == ranking.rows
    assert there.schema.types == ranking.table.schema.types


def test_a_text_is_held_once():
    """A long text in a thousand rows takes what it takes in one, and a number for each."""
    table = pa.table({"source": ["x" * 1000] * 1000, "none": pa.nulls(1000, pa.string())})

    assert coded(table).nbytes < 10_000
    assert unpacked(packed(coded(table))) == coded(table)


def test_rows_of_one_electrolyte(kept):
    """With a cathode, with one that is not there, and of none."""
    rows = kept.ranking.table.to_pylist()

    def named(found):
        table = kept.table(found)
        return list(zip(table["sse"].to_pylist(), table["cathode"].to_pylist(), strict=True))

    assert named(kept.of("Li2ZrCl6", "S")) == [("Li2ZrCl6", "S")]
    assert len(kept.of("Li2ZrCl6", "LiCoO2")) == 2
    assert len(kept.of("Li2O", None)) == 0
    assert set(named(kept.first(1))) == {
        (row["sse"], row["cathode"]) for row in rows if row["rank_in_cathode"] == 1
    }


def test_no_more_than_the_first_few(ranking):
    """Where all four share the first place, two of each cathode are the first two still."""
    table = ranking.table
    place = table.column_names.index("rank_in_cathode")
    equal = table.set_column(place, "rank_in_cathode", pa.array([1] * 4))
    kept = KeptRanking(ranking._replace(table=coded(equal)), (), 0.0)

    assert len(kept.first(2)) == 4
    assert sorted(kept.table(kept.first(1))["cathode"].to_pylist()) == ["LiFePO4", "S"]


@pytest.mark.parametrize("name", ["first_charge_mah_per_g", "reason", "best_probability"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_any_column_sorts(kept, name, sign):
    """Numbers and texts, up and down, by arrow on the plain table."""
    order = "descending" if sign else "ascending"
    plain = kept.table(np.arange(len(kept))).sort_by([(name, order), ("rank", "ascending")])

    assert kept.table(kept.found(Wishes(sort=f"{sign}{name}"))) == plain


def test_a_place_that_is_no_column(kept):
    """One line."""
    with pytest.raises(ServiceError, match="no column 'colour'"):
        kept.found(Wishes(sort="colour"))


def test_an_empty_field_of_a_form_is_no_wish():
    """A form sends all of its fields."""
    assert Wishes(batch="", cathode="", by="", sort="") == Wishes()


def test_the_whole_state_can_be_wished_for(kept):
    """Columns with commas between, or one by one; a field left empty wishes nothing."""
    both = Wishes(columns=["coating, score_0_to_1", "coating"], probability="", chemistry="")

    assert both == Wishes(columns=("coating", "score_0_to_1"))
    assert len(kept.found(both)) == 4
    with pytest.raises(ServiceError, match="no column 'coat' to show"):
        kept.found(Wishes(columns=("coat",)))


def test_pairs_whose_chance_nobody_knows_are_left_out(ranking):
    """Those below the leaders have no probability: they are not likely."""
    table = ranking.table
    place = table.column_names.index("top_probability")
    chances = pa.array([0.9, None, 0.5, 0.2])
    known = KeptRanking(
        ranking._replace(table=coded(table.set_column(place, "top_probability", chances))), (), 0.0
    )

    assert known.found(Wishes(probability=0.5)).tolist() == [0, 2]
    assert len(known.found(Wishes())) == 4
