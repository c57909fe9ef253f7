import pytest

from jobs.engines.choice import chosen
from jobs.engines.engine_name import EngineName
from jobs.errors import EngineError

AUTO, SERIAL, RAY = EngineName


@pytest.fixture
def without_ray(monkeypatch):
    """Let Ray not be installed."""
    monkeypatch.setattr("jobs.engines.choice.find_spec", lambda _: None)


@pytest.fixture
def with_ray(monkeypatch):
    """Let Ray be installed."""
    monkeypatch.setattr("jobs.engines.choice.find_spec", lambda _: object())


@pytest.mark.usefixtures("with_ray")
@pytest.mark.parametrize(
    ("n_pairs", "cpus", "address", "expected", "why"),
    [
        (135, 2, None, SERIAL, "about 2 s of work"),
        (1_000_000, 2, None, RAY, "worth its start"),
        (1_000_000, 1, None, SERIAL, "one processor"),
        (1, 1, "host:6379", RAY, "a cluster is given"),
    ],
)
def test_auto_takes_ray_where_it_pays(n_pairs, cpus, address, expected, why):
    """Its start takes ten seconds; a cluster that is named is meant."""
    choice = chosen(AUTO, n_pairs, cpus=cpus, address=address)

    assert choice.engine is expected
    assert why in choice.why


@pytest.mark.usefixtures("without_ray")
def test_without_ray_everything_is_serial_or_refused():
    """Nobody is given another engine than the one asked for."""
    assert chosen(AUTO, 10**6, cpus=8).engine is SERIAL
    for name, address in ((RAY, None), (AUTO, "host:6379")):
        with pytest.raises(EngineError, match="Ray is not installed"):
            chosen(name, 1, address=address)


@pytest.mark.usefixtures("with_ray")
def test_the_estimate_is_work_over_processors():
    """1000 pairs of 0.1 s: 100 s on one core, 50 s and the start of Ray on two."""
    one, two = (chosen(name, 1000, seconds_per_pair=0.1, cpus=2).seconds for name in (SERIAL, RAY))

    assert one == pytest.approx(100.0)
    assert two == pytest.approx(60.0)


def test_serial_takes_no_address():
    """A wish that cannot be met is refused."""
    with pytest.raises(EngineError, match="--ray-address goes with the engine ray"):
        chosen(SERIAL, 1, address="host:6379")
