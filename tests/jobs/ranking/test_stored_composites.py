import pytest

from jobs.batches.run import run
from jobs.ranking.stored_composites import stored_composites
from screening.batch.model import Batch
from screening.catalogue.layers import Layers


@pytest.fixture(scope="module")
def coated(tmp_path_factory):
    """Return a store with a pair of an own recipe under a coating, and the id of its batch."""
    store = tmp_path_factory.mktemp("coated") / "store"
    own = {"name": "mine", "ratio": (50, 45, 5), "carbon": "VGCF", "mixing": "hand",
           "pressure_mpa": 300}  # fmt: skip
    batch = Batch.model_validate(
        {"sses": ("LPSCl",), "cathodes": ("LiFePO4",), "recipes": (own,), "coatings": ("LiNbO3",),
         "draws": 0}
    )  # fmt: skip
    return store, run(batch, store).batch_id


def test_a_composite_is_that_of_its_batch(coated):
    """With the parts of an own recipe and the coating that its name states."""
    found = stored_composites(*coated)
    made = found["LiFePO4", "mine with 10 nm LiNbO3"]

    assert made.layers == Layers("LiNbO3")
    assert made.recipe.cathode_fraction == pytest.approx(0.5)
    assert made.cathode.name == "LiFePO4"


def test_results_that_have_gone_have_none(coated, tmp_path):
    """Neither an unknown batch nor a store that is missing is an error."""
    assert stored_composites(coated[0], "unknown") == {}
    assert stored_composites(tmp_path / "nothing", coated[1]) == {}
