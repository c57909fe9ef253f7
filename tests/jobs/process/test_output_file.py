import os
import signal
import subprocess
import sys

import pytest

from jobs.errors import OutputError
from jobs.process.output_file import whole_output, write_output, write_template

KILLED = """
import os, signal, sys
from pathlib import Path
from jobs.process.output_file import whole_output
with whole_output(Path(sys.argv[1])) as draft:
    draft.write_text("half")
    (draft.parent / "spill").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_to_its_place_as_a_whole(tmp_path):
    """While it is written the old one stands there; then the new one, and nothing else."""
    output = tmp_path / "out.csv"
    output.write_text("old", encoding="utf-8")

    with whole_output(output) as draft:
        draft.write_text("new", encoding="utf-8")
        assert output.read_text(encoding="utf-8") == "old"

    assert output.read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["out.csv"]


def test_a_body_that_fails_leaves_what_stood_there(tmp_path):
    """And no draft."""
    write_output(tmp_path / "out", b"old")

    with pytest.raises(ZeroDivisionError), whole_output(tmp_path / "out") as draft:
        draft.write_bytes(bytes(1 // 0))

    assert (tmp_path / "out").read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_what_the_killed_leave_goes_with_the_next_file(tmp_path):
    """Draft and spill of a process that is no more."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "out")], check=False, env=os.environ
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 1

    with whole_output(tmp_path / "living") as draft:
        draft.write_bytes(b"1")
        assert [path.name for path in tmp_path.iterdir()] == [draft.parent.name]

    assert names(tmp_path) == ["living"]


def _pipe(path):
    os.mkfifo(path)


def _link(path):
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("make", "said"),
    [(_pipe, "no ordinary file"), (os.mkdir, "no ordinary file"), (_link, "is a link to")],
)
def test_only_ordinary_files_are_written(make, said, tmp_path):
    """Nobody waits for the reader of a pipe, and nothing behind a link is changed."""
    make(tmp_path / "out.html")

    with pytest.raises(OutputError, match=said):
        write_output(tmp_path / "out.html", b"x")
    assert names(tmp_path) == ["out.html"]


@pytest.mark.parametrize("name", ["jobs.sqlite", "work.lock", "laboratory.sqlite"])
def test_nothing_is_written_into_a_store(name, tmp_path):
    """Whichever command it is, and through whatever folder."""
    (tmp_path / "store" / "batches").mkdir(parents=True)
    (tmp_path / "store" / name).touch()
    (tmp_path / "door").symlink_to(tmp_path / "store")

    for place in ("store/sheet.html", "store/batches/x", "door/x", f"store/{name}"):
        with pytest.raises(OutputError, match="inside the store"):
            write_output(tmp_path / place, b"x")
    assert (tmp_path / "store" / name).read_bytes() == b""


def test_a_template_replaces_no_file_but_itself(tmp_path):
    """Hours of typing are not overwritten; the same template is, which changes nothing."""
    output = tmp_path / "cells.csv"
    write_template(output, "id,sse\n")
    write_template(output, "id,sse\n")
    output.write_text("id,sse\nA1,LPSCl\n", encoding="utf-8")

    with pytest.raises(
        OutputError, match=r"is there already, .* choose another name, or remove it"
    ):
        write_template(output, "id,sse\n")
    assert output.read_text(encoding="utf-8") == "id,sse\nA1,LPSCl\n"
    assert names(tmp_path) == ["cells.csv"]
