import pytest

from jobs.engines.choice import Wanted, chosen, processors
from jobs.engines.engine_name import EngineName
from jobs.errors import EngineError

_, LOCAL, RAY = EngineName


@pytest.mark.parametrize("cpus", [1, 2, 64])
def test_one_machine_needs_no_ray(cpus, monkeypatch):
    """However many processors: they are those of this machine."""
    monkeypatch.setattr("jobs.engines.choice.find_spec", lambda _: object())

    choice = chosen(Wanted(cpus=cpus))

    assert (choice.engine, choice.cpus) == (LOCAL, cpus)
    assert chosen(Wanted()).cpus == processors()


def test_a_cluster_that_is_named_is_meant(monkeypatch):
    """And then it is Ray that computes."""
    monkeypatch.setattr("jobs.engines.choice.find_spec", lambda _: object())

    assert chosen(Wanted(address="host:6379")).engine is RAY


@pytest.mark.parametrize("wanted", [Wanted(RAY), Wanted(address="host:6379")])
def test_without_ray_it_is_refused(wanted, monkeypatch):
    """Nobody is given another engine than the one asked for."""
    monkeypatch.setattr("jobs.engines.choice.find_spec", lambda _: None)

    with pytest.raises(EngineError, match="Ray is not installed"):
        chosen(wanted)


def test_processes_of_this_machine_take_no_address():
    """A wish that cannot be met is refused."""
    with pytest.raises(EngineError, match="--ray-address goes with the engine ray"):
        chosen(Wanted(LOCAL, address="host:6379"))
