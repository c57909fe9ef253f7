import pytest

from jobs.phase_tables.importing import Corrections, read_phases
from jobs.phase_tables.snapshot import Description, make_snapshot


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Keep a table of two compounds beside the built-in one."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    file = tmp_path / "mine.csv"
    file.write_text("formula,formation_energy_ev_per_atom\nLi2S,-1.5\nLi9Zr9Cl9,-1\n")
    found = read_phases(file, corrections=Corrections.GIVEN, functional="PBE", licence="CC0")
    described = Description(
        name="mine", source="our <b>oven</b>", functional="PBE", attribution="notebook 12"
    )
    make_snapshot(found.rows, described)


def test_one_table_has_nothing_to_be_compared_with(reader, tmp_path, monkeypatch):
    """It is told with source, licence and how to cite it; the way to another one too."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path))
    page = reader.get("/data").text

    assert "CC BY 4.0" in page
    assert "10.1038/s41524-020-00362-y" in page
    assert "catholyte data import" in page


@pytest.mark.usefixtures("mine")
def test_two_tables_are_compared_from_the_address(served):
    """What both are, and where they differ; what people wrote stays text."""
    client, _ = served
    page = client.get("/data", params={"first": "reference", "second": "mine"}).text

    assert "1 compounds are in both. The energies of 1 of them differ" in page
    assert "-1.5000" in page
    assert "notebook 12" in page
    assert "our &lt;b&gt;oven&lt;/b&gt;" in page
    assert "<option selected>mine</option>" in page


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            "reference",
            "yours",
            "no phase table is named &#39;yours&#39;; there are reference, mine",
        ),
        ("mine", "mine", "mine is compared with itself"),
        ("reference", "/etc/passwd", "no phase table is named"),
    ],
)
def test_tables_that_cannot_be_compared(reader, first, second, said):
    """One line, and no file of the server is read because somebody names it."""
    answer = reader.get("/data", params={"first": first, "second": second})

    assert answer.status_code == 422
    assert said in answer.text
