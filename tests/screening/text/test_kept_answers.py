import pytest

from screening.text.kept_answers import KeptAnswers


def answers(asked, most=100):
    """Return kept lengths of names, which write down what they are asked."""

    def lengths(names):
        asked.append(list(names))
        return {name: len(name) for name in names}

    return KeptAnswers(lengths, most)


def test_what_was_asked_before_is_not_asked_again():
    """Each name once, all new ones of a question together."""
    asked = []
    kept = answers(asked)

    assert kept.of(["Li2S", "LiCl", "Li2S"])["LiCl"] == 4
    assert kept.of(["LiCl", "S"]) == {"Li2S": 4, "LiCl": 4, "S": 1}
    assert asked == [["Li2S", "LiCl"], ["S"]]


def test_too_many_are_forgotten_and_what_was_given_stays():
    """A caller that still reads an earlier answer loses nothing."""
    kept = answers([], most=1)
    first = kept.of(["Li2S", "LiCl"])

    assert kept.of(["S"]) == {"S": 1}
    assert first["Li2S"] == 4


def test_an_error_keeps_nothing():
    """The next question finds the answer itself."""

    def refused(names):
        raise ValueError(names[0])

    kept = KeptAnswers(refused)

    for _ in range(2):
        with pytest.raises(ValueError, match="Li2S"):
            kept.of(["Li2S"])
