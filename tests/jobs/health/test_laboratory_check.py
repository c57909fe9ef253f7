import duckdb

from jobs.health.finding import Health
from jobs.health.laboratory_check import laboratory_finding
from jobs.lab.backup import import_laboratory
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add, experiments
from jobs.lab.laboratory import LABORATORY
from jobs.schema import store_schema as schema

CELL = {
    "id": "A1", "date": "2024-05-01", "sse": "LZC", "cathode": "S", "source": "me",
    "efficiency_percent": "90.1",
}  # fmt: skip


def test_a_sound_laboratory_is_counted(tmp_path):
    """Nothing, and then one experiment."""
    assert laboratory_finding(tmp_path).health is Health.OK
    add(tmp_path, experiment(CELL))

    found = laboratory_finding(tmp_path)

    assert found.health is Health.OK
    assert "1 experiment, " in found.said


def test_a_damaged_laboratory_is_a_problem(tmp_path):
    """A page in the middle is overwritten."""
    for number in range(60):
        add(tmp_path, experiment(CELL | {"id": f"C{number}", "note": str(number)}))
    path = tmp_path / LABORATORY
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)

    found = laboratory_finding(tmp_path)

    assert found.health is Health.PROBLEM
    assert "lab import" in found.step


def test_a_lost_laboratory_is_a_problem_with_a_way_out(tmp_path):
    """The remedy that is printed, done: what the published copy shows is there again."""
    add(tmp_path, experiment(CELL))
    rows = [one.__dict__ for one in experiments(tmp_path)]
    with duckdb.connect(tmp_path / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        for row in rows:
            row |= {"version": 1, "entered_at": "2024-05-01", "reason": "", "withdrawn": False}
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO experiments ({', '.join(row)}) VALUES ({marks})",  # noqa: S608  # Ours.
                list(row.values()),
            )
    (tmp_path / LABORATORY).unlink()

    found = laboratory_finding(tmp_path)
    assert found.health is Health.PROBLEM
    assert "held 1 experiment" in found.said
    assert f"catholyte lab import {tmp_path / 'results.duckdb'}" in found.step

    import_laboratory(tmp_path, tmp_path / "results.duckdb")
    assert len(experiments(tmp_path)) == 1
    assert laboratory_finding(tmp_path).health is Health.OK
