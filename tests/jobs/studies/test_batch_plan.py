from jobs.engines.choice import Wanted
from jobs.engines.engine_name import EngineName
from jobs.store.spec import batch_spec
from jobs.studies.batch_plan import batch_plan, funnel, plan_record
from screening.batch.model import Batch

BATCH = Batch(name="one", sses=("LZC", "LPSCl"), cathodes=("S",), draws=0)


def test_a_plan_is_that_of_the_batch(tmp_path):
    """The counts of its search, its pairs, and the wish for an engine; the store stays empty."""
    spec = batch_spec(BATCH)
    plan = batch_plan(BATCH, spec, tmp_path, Wanted(EngineName.LOCAL, cpus=2))

    assert [one.left for one in plan.counts] == [2, 2]
    assert (plan.choice.engine, plan.choice.cpus, plan.done) == (EngineName.LOCAL, 2, 0)
    assert plan.estimate.seconds > plan.estimate.start
    assert list(tmp_path.iterdir()) == []


def test_counts_alone_are_part_of_the_plan(tmp_path):
    """Both say the same of the same batch."""
    counted, planned = funnel(tmp_path, BATCH), plan_record(tmp_path, BATCH)

    assert counted == {name: planned[name] for name in counted}
    assert counted["pairs_total"] == 2
    assert planned["id"] == batch_spec(BATCH).batch_id
