import pytest

from jobs.process.printable import printable


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\x07b", "\x9b31m", "over\rwritten", "\u202etxt.exe", "\x7f"]
)
def test_what_steers_a_terminal_is_shown(text):
    """Escapes of both kinds, bells, returns and turned writing; as long as before."""
    shown = printable(text)

    assert "\ufffd" in shown
    assert len(shown) == len(text)
    assert printable(shown) == shown


def test_all_else_is_left_as_it_is():
    """Lines, tabs, and letters of all scripts."""
    text = "Li\u2086PS\u2085Cl\t\u03b2-Li\u2083PS\u2084\n\u786b\u9ec4"

    assert printable(text) == text
