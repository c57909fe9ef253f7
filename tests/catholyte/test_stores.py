import pytest

from catholyte.stores import candidates, open_store, screen
from jobs.errors import StoreError
from screening.errors import BatchError


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store with two pairs."""
    folder = tmp_path_factory.mktemp("store") / "mine"
    return screen(sses=["LPSCl", "Li2ZrCl6"], cathodes=["LiFePO4"], store=folder)


def test_a_screen_ends_in_a_ranking(store):
    """The thesis' lesson: the chloride above the argyrodite in LiFePO4."""
    ranking = store.ranking()

    assert [row["sse"] for row in ranking.rows] == ["Li2ZrCl6", "Li6PS5Cl"]
    assert ranking.to_arrow()["rank"].to_pylist() == [1, 2]
    assert "Li₂ZrCl₆" in ranking.plot().alt


def test_a_store_is_opened_again(store):
    """The batch that ran last is the one that is ranked; SQL asks the same rows."""
    again = open_store(store.path)

    assert [one["batch_id"] for one in again.batches()] == [store.batch_id]
    assert again.query("SELECT count(*) AS n FROM ranked_pairs") == [{"n": 2}]
    assert again.ranking(top=1).rows == store.ranking(top=1).rows


def test_a_front_needs_to_be_asked_for(store):
    """With it, two columns make a picture."""
    axes = ("efficiency_percent", "ionic_conductivity_s_per_cm")

    assert "Li₂ZrCl₆" in store.ranking(pareto=True).front(*axes).alt


def test_no_store_is_made_by_opening_one(tmp_path):
    """What to do is said."""
    with pytest.raises(StoreError, match=r"ca\.screen\(\)"):
        open_store(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_batch_is_said_in_one_way(tmp_path):
    """A file and keys contradict each other; an unknown key is named."""
    with pytest.raises(BatchError, match="both given"):
        screen(tmp_path / "batch.toml", sses=["LPSCl"], store=tmp_path)
    with pytest.raises(BatchError, match="temprature"):
        screen(temprature=300.0, store=tmp_path)
    with pytest.raises(BatchError, match="batch: cathodes"):
        screen(cathodes=[3], store=tmp_path)


def test_a_search_says_what_each_step_leaves(tmp_path):
    """Never more than before; the last step is what is found, and who is refused is named."""
    found = candidates(cathodes=("LiFePO4",), filter={"contains": ("Li", "Fe")})

    left = [row["left"] for row in found.rows]
    assert left == sorted(left, reverse=True)
    assert len(found.sses) == left[-1]
    assert found.record["refused"]["LiFePO4"] == "host"
    assert f"{found.rows[-1]['step']}: {left[-1]:,}" in found.plot().alt
    with pytest.raises(BatchError, match="both given"):
        candidates(tmp_path / "batch.toml", draws=0)
