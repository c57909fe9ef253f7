import pytest

from jobs.schema.table import Field, Table

THINGS = Table("things", "One thing.", (Field("name", "VARCHAR", "its name"),), ("name",))


def test_a_column_is_found_by_its_name():
    """The field itself, with type and comment."""
    assert THINGS.field("name").type == "VARCHAR"


def test_a_column_that_is_not_there_is_an_error():
    """Nobody reads a null in its place."""
    with pytest.raises(StopIteration):
        THINGS.field("mass")


def test_a_table_has_no_query_unless_it_is_a_view():
    """What a view selects; empty for a table."""
    assert THINGS.query == ""
    assert not THINGS.private
