from pathlib import Path

from jobs.lab.experiment_row import INPUTS
from jobs.schema.experiment_fields import FIELDS, NUMBERS, RESULTS, Experiment
from jobs.schema.lab_tables import EXPERIMENTS
from stability.quantities import SCALES

PAGE = Path(__file__).parents[3] / "docs" / "experiments.md"


def test_sql_schema_and_page_have_every_field_of_the_model():
    """The fields are written once."""
    names = [field.name for field in EXPERIMENTS.fields]
    page = PAGE.read_text(encoding="utf-8")

    assert names[: len(FIELDS)] == list(FIELDS)
    assert set(Experiment.model_json_schema()["properties"]) == set(FIELDS)
    assert [name for name in INPUTS if f"`{name}`" not in page] == []


def test_every_number_has_limits():
    """And results are fields."""
    kinds = {field.name: field.type for field in EXPERIMENTS.fields}

    assert {name for name in FIELDS if kinds[name] != "VARCHAR"} == set(NUMBERS)
    assert set(NUMBERS.values()) <= set(SCALES)
    assert set(RESULTS) <= set(FIELDS)
