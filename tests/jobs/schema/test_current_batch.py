import duckdb

from jobs.schema.current_batch import CHOICE


def test_the_best_match_wins():
    """An id before a name, a name before beginnings; the rows name id and name first."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE batches (batch_id VARCHAR, name VARCHAR, run_at BIGINT)")
        connection.execute(
            "INSERT INTO batches VALUES ('a', 'ab', 1), ('ab', 'x', 2), ('c', 'a', 3)"
        )

        def found(text):
            return [row[:2] for row in connection.execute(CHOICE, [text]).fetchall()]

        assert found("a") == [("a", "ab")]
        assert found("ab") == [("ab", "x")]
        assert found("x") == [("ab", "x")]
        assert found(None) == [("c", "a")]
        assert found("y") == []
