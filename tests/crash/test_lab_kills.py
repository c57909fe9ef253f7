"""Commands of the laboratory are killed: an entry is there whole or not at all, and once."""

import os
import random
import signal
import subprocess
import sys
from itertools import cycle

import pytest
import torture

from jobs.lab.laboratory import Kind, laboratory

CELL = "{id},2026-05-04,LZC,LiFePO4,lfp-vgcf-hand,140,notebook {id}\n"
CELL_HEADER = "id,date,sse,cathode,recipe,first_charge_mah_per_g,source\n"
MOMENTS = ("lab-committing", "lab-committed", "")
"""Named points, and a moment by chance."""
COMMANDS = ("suggest", "import cells", "accept", "add cell", "import materials", "calibrate")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a store with a finished batch."""
    store = tmp_path_factory.mktemp("laboratory") / "store"
    torture.finish(store)
    return store


def everything(store):
    with laboratory(store) as lab:
        return list(lab.everything())


def words_of(kind, number, store, folder):
    """Return the arguments of a command that enters something new."""
    if kind == "suggest":
        return ["suggest", "-n", "3", "--exclude", ("LPSCl", "LZC", "LYC", "LGPS")[number % 4]]
    if kind == "accept":
        with laboratory(store) as lab:
            rows = [one.values for one in lab.current(Kind.SUGGESTION).values()]
        first, second, *_ = [row["id"] for row in rows if row["state"] == "suggested"]
        return ["suggest", "--accept", first, "--reject", second, "--note", "killed"]
    if kind == "add cell":
        cell = zip(CELL_HEADER.split(","), CELL.format(id=f"K{number}").split(","), strict=True)
        return ["experiment", "add", *("=".join(one).replace("\n", "") for one in cell)]
    if kind == "calibrate":
        return ["calibrate", "--no-leave-one-out"]
    path = folder / f"{number}.csv"
    if kind == "import cells":
        path.write_text(CELL_HEADER + "".join(CELL.format(id=f"E{number}-{i}") for i in range(3)))
        return ["experiment", "import", str(path)]
    rows = [f"m{number}-{i},sse,Li{3 * number + i + 10}N3,notebook\n" for i in range(3)]
    path.write_text("label,kind,formula,source\n" + "".join(rows))
    return ["material", "import", str(path)]


def start(store, words, fault=""):
    """Start the program."""
    return subprocess.Popen(
        [sys.executable, "-m", "jobs.cli", *words, "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(torture.ROOT), "CATHOLYTE_FAULT": fault},
    )


def killed(store, words, moment, seconds):
    """Start a command and kill it; return whether that came before its end."""
    running = start(store, words, f"{moment}:1" if moment else "")
    if not moment:
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            running.kill()
    _, errors = running.communicate(timeout=torture.LONG)
    assert running.returncode in {0, -signal.SIGKILL}, errors
    return running.returncode != 0


@pytest.mark.parametrize("n", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_an_entry_is_whole_or_none_and_once(finished, tmp_path, n):
    """What was there before stays as it was; the same command again makes up for the killed one."""
    chance = random.Random(n)  # noqa: S311  # No secret.
    store, kills, number = finished, 0, 100 * n
    for kind, moment in zip(cycle(COMMANDS), cycle((*MOMENTS, *MOMENTS, MOMENTS[1])), strict=False):
        if kills == n:
            break
        number += 1
        words = words_of(kind, number, store, tmp_path)
        before = everything(store)
        kills += killed(store, words, moment, chance.uniform(0.5, 4))
        after = everything(store)

        again = start(store, words)
        _, errors = again.communicate(timeout=torture.LONG)
        assert again.returncode == 0, errors
        whole = everything(store)

        assert after[: len(before)] == before
        assert whole[: len(after)] == after
        assert len(after) in {len(before), len(whole)}, f"half of {words} is there"
        assert len({one[:3] for one in whole}) == len(whole)
        if moment:
            assert (len(after) > len(before)) is (moment == "lab-committed")
