import os
import subprocess
import sys

from jobs.process.processes import alive, started


def test_a_process_lives_until_it_ends():
    """Also one that has ended and was not waited for counts as dead."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        since = started(process.pid)
        assert alive(process.pid, since)
        assert not alive(process.pid, since + "1")
        process.stdin.close()
        while alive(process.pid, since):
            pass
    assert not alive(process.pid, since)


def test_two_processes_are_told_apart_by_their_start():
    """The number of a dead process is given again; its start is not."""
    assert not alive(os.getpid(), started(1))
    assert alive(os.getpid(), started(os.getpid()))
    assert not alive(2**22 + 1, "")
