import duckdb

from jobs.schema import store_schema as schema
from jobs.store.publication import PUBLISHED
from jobs.store.writer import writing


def test_only_what_people_read_is_published(tmp_path):
    """Notes about chunks and raw draws stay in the working file; tables come in order of keys."""
    row = {field.name: None for field in schema.BATCHES.fields}
    with writing(tmp_path) as writer:
        writer.insert({schema.BATCHES: [row | {"batch_id": name} for name in "cab"]})
        writer.publish()

    with duckdb.connect(str(tmp_path / PUBLISHED), read_only=True) as opened:
        tables = {name for (name,) in opened.sql("SHOW TABLES").fetchall()}
        ids = opened.sql("SELECT batch_id FROM batches").fetchall()
        ranked = opened.sql("SELECT count(*) FROM ranked_pairs").fetchall()
    assert tables == {"schema_version", *(table.name for table in schema.TABLES)}
    assert ids == [("a",), ("b",), ("c",)]
    assert ranked == [(0,)]


def test_the_published_file_needs_nothing_beside_it(tmp_path):
    """It can be copied and opened anywhere, views included."""
    with writing(tmp_path / "store") as writer:
        writer.publish()
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes((tmp_path / "store" / PUBLISHED).read_bytes())

    with duckdb.connect(str(copy), read_only=True) as opened:
        assert opened.sql("FROM ranked_pairs").fetchall() == []
