import tomllib

import pytest

from screening.text.places import places

TOML = '''# name = "no key"
name = "a # no remark, ] no bracket"
sses = [
  "LPSCl", # "Li"
  'LZC]', {x = [1, 2], y.z = 3},
]
a."b.c" = 4
text = """
[no] = 3 \\""" and on"""
[filter]
anions = ["Cl"]
[[exclude]]
formula = "A"
[[exclude]]
formula = "B"
[exclude.more]
when = 1979-05-27T07:32:00Z
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("name",), (2, 1)),
        (("sses",), (3, 1)),
        (("sses", 0), (4, 3)),
        (("sses", 1), (5, 3)),
        (("sses", 2, "x", 1), (5, 20)),
        (("sses", 2, "y", "z"), (5, 24)),
        (("a", "b.c"), (7, 1)),
        (("text",), (8, 1)),
        (("filter",), (10, 2)),
        (("filter", "anions", 0), (11, 11)),
        (("exclude", 0, "formula"), (13, 1)),
        (("exclude", 1, "formula"), (15, 1)),
        (("exclude", 1, "more", "when"), (17, 1)),
    ],
)
def test_places_are_those_that_an_editor_shows(path, place):
    """Counted by hand; what a parser finds under the path is what stands there."""
    value = tomllib.loads(TOML)
    for part in path:
        value = value[part]

    assert places(TOML).place(path) == place


def test_parts_that_the_text_does_not_hold_are_skipped():
    """As a checker adds names of its own, and a missing key has no place but its table."""
    assert places(TOML).place(("filter", "<table>", "anions", "<x>", 0)) == (11, 11)
    assert places(TOML).place(("filter", "absent")) == (10, 2)
    assert places(TOML).place(()) == (1, 1)
