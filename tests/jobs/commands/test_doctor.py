import json

import pytest
import typer

from jobs.commands.doctor import doctor


def test_each_check_is_one_line(tmp_path, capsys):
    """How it is, what was looked at, and what was found."""
    doctor(store=tmp_path)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 8
    assert all(line.split()[0] in {"ok", "warning"} for line in lines)


def test_a_problem_is_exit_code_1(tmp_path, capsys):
    """And a program reads which."""
    (tmp_path / "results.duckdb").write_bytes(b"garbage")

    with pytest.raises(typer.Exit) as ended:
        doctor(store=tmp_path, as_json=True)

    assert ended.value.exit_code == 1
    found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["results"]["health"] == "problem"
    assert found["results"]["step"]
