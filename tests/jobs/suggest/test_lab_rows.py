from jobs.batches.run import run
from jobs.lab import experiments
from jobs.lab.experiment_row import experiment
from jobs.schema.lab_tables import EXPERIMENTS, LAB_TABLES
from jobs.store.published import rows
from jobs.suggest.lab_rows import lab_rows

CELL = {
    "date": "2024-05-01",
    "sse": "LZC",
    "cathode": "LiFePO4",
    "source": "me",
    "efficiency_percent": "90.1",
}


def test_a_store_without_a_laboratory_has_no_rows_to_publish(tmp_path):
    """Which is not the same as none: what was published before stays."""
    assert lab_rows(tmp_path) is None


def test_every_table_of_the_laboratory_is_published(tmp_path):
    """Those without a row too."""
    experiments.add(tmp_path, experiment(CELL))

    assert tuple(lab_rows(tmp_path)) == LAB_TABLES


def test_an_experiment_is_a_row(tmp_path):
    """With the types of the store."""
    experiments.add(tmp_path, experiment(CELL))

    (row,) = lab_rows(tmp_path)[EXPERIMENTS].to_pylist()

    assert (row["sse"], row["cathode"], row["efficiency_percent"]) == ("Li2ZrCl6", "LiFePO4", 90.1)
    assert (row["version"], row["withdrawn"]) == (1, False)


def test_people_find_it_beside_the_results(tmp_path, small):
    """Published with the next batch, and joined to its pairs in SQL."""
    experiments.add(tmp_path, experiment(CELL | {"cathode": "S"}))
    run(small, tmp_path)

    found = rows(
        tmp_path,
        """SELECT pairs.sse, made.efficiency_percent AS measured
           FROM pairs JOIN experiments AS made USING (sse, cathode)""",
    )

    assert found == [{"sse": "Li2ZrCl6", "measured": 90.1}]
    assert rows(tmp_path, "FROM suggestions") == rows(tmp_path, "FROM calibrations") == []
