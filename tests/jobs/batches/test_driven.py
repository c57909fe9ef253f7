from pathlib import Path

import pytest

from jobs.batches.driven import command, ended
from jobs.batches.driver import Outcome
from jobs.engines.choice import Wanted
from jobs.engines.engine_name import EngineName
from jobs.process.ending import SOME_FAILED
from jobs.schema import store_schema as schema
from jobs.store.ledger import State
from jobs.store.writer import writing
from jobs.work.engine import Limits


@pytest.fixture
def store(tmp_path):
    """Return a store in which seven pairs have failed for six reasons."""
    none = dict.fromkeys(field.name for field in schema.PAIRS.fields)
    reasons = ["no Na"] * 4 + [f"reason {number}" for number in range(6)]
    with writing(tmp_path) as writer:
        pairs = [
            none | {"batch_id": "b", "status": "failed", "sse": f"A{number}", "cathode": "S"}
            | {"recipe": "r", "reason": reason}
            for number, reason in enumerate(reasons)
        ]  # fmt: skip
        writer.insert({schema.PAIRS: pairs})
        writer.publish()
    return tmp_path


def test_why_pairs_have_failed_is_said_by_reason(store, capsys):
    """The commonest first, with some of the SSEs; the rest is counted."""
    code = ended(Outcome("b", 20, 10, 20, State.DONE), store)

    lines = capsys.readouterr().err.splitlines()
    assert code == SOME_FAILED
    assert lines[0] == "10 of 20 pairs failed:"
    assert lines[1].strip() == "4 no Na (A0, A1, A2 and 1 more SSEs)"
    assert lines[2].strip() == "1 reason 0 (A4)"
    assert lines[-1].strip() == "2 for 2 other reasons, in the rows of `pairs`"


def test_the_command_names_store_batch_and_options():
    """A driver of its own gets all that it has to know."""
    line = command(Path("store"), "b", Wanted(EngineName.AUTO, 2, None), Limits())

    assert line[1:5] == ["-m", "jobs.batches.driven", "store", "b"]
