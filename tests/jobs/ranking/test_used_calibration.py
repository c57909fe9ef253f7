from jobs.ranking.used_calibration import used_calibration
from jobs.store.published import snapshot
from screening.first_cycle.calibration import default_calibration


def test_without_a_name_it_is_that_of_the_batch(stored):
    """The batch says which."""
    with snapshot(stored) as there:
        batch = there.batch()

    assert batch.calibration == default_calibration().id
    assert used_calibration(stored, None, batch).id == batch.calibration
    assert used_calibration(stored, "shipped", batch).id == batch.calibration
