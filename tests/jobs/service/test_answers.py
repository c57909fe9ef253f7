from jobs.service import answers
from jobs.service.answers import Answers


def test_an_answer_is_written_once():
    """Until something that it follows from is another."""
    kept, written = Answers(), []

    def write():
        written.append(1)
        return b"answer"

    assert [kept.of(("page", one), write) for one in (1, 1, 2)] == [b"answer"] * 3
    assert len(written) == 2


def test_what_is_kept_is_bounded(monkeypatch):
    """Ten bytes: of three answers of four the oldest goes, and one of eleven is not kept."""
    monkeypatch.setattr(answers, "MOST_BYTES", 10)
    kept = Answers()
    for name in ("a", "b", "c"):
        kept.of((name,), lambda: b"four")

    assert kept.of(("a",), lambda: b"anew") == b"anew"
    assert kept.of(("c",), lambda: b"anew") == b"four"
    assert kept.of(("d",), lambda: b"eleven char") == b"eleven char"
    assert kept.of(("d",), lambda: b"other") == b"other"
