from shutil import copytree

import duckdb

from jobs.lab import experiments
from jobs.lab.experiment_row import experiment
from jobs.lab.laboratory import laboratory
from jobs.schema.experiment_fields import FIELDS
from jobs.schema.lab_tables import EXPERIMENTS, LAB_TABLES, SUGGESTIONS
from jobs.suggest import kept_suggestions, suggestions


def test_every_field_of_an_experiment_is_published():
    """And what a correction adds."""
    names = {field.name for field in EXPERIMENTS.fields}

    assert set(FIELDS) | {"version", "entered_at", "reason", "withdrawn"} == names


def test_rows_fit_the_tables(stored, tmp_path):
    """What the laboratory holds can be inserted as it is, by name and type."""
    store = copytree(stored, tmp_path / "copy")
    suggestions.suggest(store, 2, controls=True)
    experiments.add(
        store,
        experiment({"date": "2024-05-01", "sse": "LZC", "cathode": "LiFePO4", "source": "me",
                    "efficiency_percent": "90.1"}),
    )  # fmt: skip
    with laboratory(store) as lab:
        found = {EXPERIMENTS: experiments.rows(lab), SUGGESTIONS: kept_suggestions.rows(lab)}

    with duckdb.connect() as database:
        for table, rows in found.items():
            columns = ", ".join(f"{field.name} {field.type}" for field in table.fields)
            database.execute(f"CREATE TABLE {table.name} ({columns})")
            marks = ", ".join("?" for _ in table.fields)
            for row in rows:
                values = [row[field.name] for field in table.fields]
                database.execute(f"INSERT INTO {table.name} VALUES ({marks})", values)  # noqa: S608  # Our names.
            ((count,),) = database.table(table.name).count("*").fetchall()
            assert count == len(rows) > 0


def test_each_column_says_what_it_holds():
    """Names are unique, comments are there, the key is a column."""
    for table in LAB_TABLES:
        names = [field.name for field in table.fields]
        assert len(set(names)) == len(names)
        assert all(field.comment for field in table.fields)
        assert set(table.key) <= set(names)
