import json
from itertools import count

from benchmarks import measure
from benchmarks.measure import Figure, figure, median_seconds, peak_memory, wall_seconds


def test_a_figure_is_one_line_of_json_with_four_digits():
    """Name, value and unit; 1234.56 is 1235."""
    line = Figure("pairs_per_s", 1234.56, "pairs/s").line

    assert json.loads(line) == {"name": "pairs_per_s", "value": 1235.0, "unit": "pairs/s"}
    assert "\n" not in line


def test_a_line_is_read_back():
    """What was printed is the figure again."""
    said = Figure("seconds", 0.25, "s")

    assert figure(said.line) == said


def test_the_median_ignores_a_single_slow_run(monkeypatch):
    """Runs of 1, 1, 50, 1 and 1 s take 1 s."""
    clock = iter([0, 1, 1, 2, 2, 52, 52, 53, 53, 54])
    monkeypatch.setattr(measure, "process_time", lambda: next(clock))

    assert median_seconds(lambda: None) == 1


def test_works_are_timed_in_turns(monkeypatch):
    """One, other, one, other: a disturbance that comes and goes meets both."""
    done = []
    ticks = count()
    monkeypatch.setattr(measure, "perf_counter", lambda: next(ticks))

    seconds = wall_seconds(lambda: done.append("one"), lambda: done.append("other"), repeats=3)

    assert done == ["one", "other"] * 3
    assert seconds == [1, 1]


def test_memory_is_counted_in_megabytes():
    """An interpreter with numpy has tens of MB, and a peak never falls."""
    before = peak_memory()
    filled = bytes(range(250)) * 400_000  # 100 MB, written to.

    assert len(filled) == 100_000_000
    assert 95 < peak_memory() < 20_000
    assert peak_memory() >= before
