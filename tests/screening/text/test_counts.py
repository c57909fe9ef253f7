import pytest

from screening.text.counts import counted


@pytest.mark.parametrize(
    ("n", "words", "said"),
    [
        (1, ("fault",), "1 fault"),
        (0, ("fault",), "0 faults"),
        (12, ("cell",), "12 cells"),
        (1, ("was", "were"), "1 was"),
        (2, ("was", "were"), "2 were"),
    ],
)
def test_one_is_singular(n, words, said):
    """And nothing else is."""
    assert counted(n, *words) == said
