import tomllib
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.text.toml_text import toml_text

PLAIN = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from([date(2026, 5, 4), time(12, 30), datetime(2026, 5, 4, tzinfo=UTC)])
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.dictionaries(
    KEYS,
    PLAIN
    | st.lists(PLAIN | st.dictionaries(KEYS, PLAIN, max_size=3), max_size=5)
    | st.dictionaries(KEYS, PLAIN | st.lists(PLAIN, max_size=30), max_size=3),
    max_size=5,
)


@given(values=VALUES)
def test_what_is_written_is_read_again(values):
    """All that TOML can hold: texts with quotes and control characters, dates, tables in arrays."""
    assert tomllib.loads(toml_text(values)) == values


def test_a_long_array_has_a_line_for_each_entry():
    """So that a list of SSEs can be read, and a short one stays in its line."""
    names = tuple(f"Li{n}N" for n in range(1, 31))

    assert toml_text({"sses": names}).count("\n") == 1 + 30 + 1
    assert toml_text({"sses": names[:3]}) == 'sses = ["Li1N", "Li2N", "Li3N"]\n'


@pytest.mark.parametrize("value", [0.1, 1e-9, 298.15, 1e300])
def test_numbers_stay_the_same(value):
    """To the last digit."""
    assert tomllib.loads(toml_text({"a": value}))["a"] == value
