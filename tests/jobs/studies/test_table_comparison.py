import pytest

from jobs.errors import ServiceError
from jobs.phase_tables.importing import Corrections, read_phases
from jobs.phase_tables.snapshot import Description, make_snapshot
from jobs.studies.table_comparison import compared_tables, refuse_table, table_facts, table_names

ONE = "formula,formation_energy_ev_per_atom,known\nLi2S,-1.5,true\nLiCl,-2.1,true\nLi2O,-2,true\n"
TWO = (
    "formula,formation_energy_ev_per_atom,known\nS1Li2,-1.4,true\nLiCl,-2.1,false\nLi3N,-0.4,true\n"
)


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Keep two tables of three compounds each, and return where a store would be."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    for name, text in (("one", ONE), ("two", TWO)):
        file = tmp_path / f"{name}.csv"
        file.write_text(text)
        found = read_phases(file, corrections=Corrections.GIVEN, functional="PBE", licence="CC0")
        make_snapshot(found.rows, Description(name=name, source=name, functional="PBE"))
    return tmp_path


def test_differences_are_counted_by_composition(tables):
    """Li2S moves by 0.1 eV/atom, LiCl loses its flag, Li2O goes, Li3N comes; 0.1/2 on average."""
    found = compared_tables(tables, "one", "two")

    assert (found["common"], found["only_first"], found["only_second"]) == (2, 1, 1)
    assert (found["shifted"], found["flagged"]) == (1, 1)
    assert found["mean_difference_ev_per_atom"] == pytest.approx(0.1 / 2)
    assert [one["difference_ev_per_atom"] for one in found["largest"]] == pytest.approx([0.1])
    assert [one["formula"] for one in found["first_alone"]] == ["Li2O"]
    assert [one["formula"] for one in found["second_alone"]] == ["Li3N"]
    assert [one["formula"] for one in found["flagged_otherwise"]] == ["LiCl"]
    assert [(one["phases"], one["known"]) for one in found["tables"]] == [(3, 3), (3, 2)]
    assert found["tables"][0]["licences"] == {"CC0": 3}


@pytest.mark.usefixtures("tables")
def test_all_tables_are_told():
    """The built-in one first, then snapshots, by the names that are compared."""
    assert [one["name"] for one in table_facts()] == table_names()
    assert set(table_names()) == {"reference", "one", "two"}


def test_a_name_is_one_of_them(tables):
    """Neither a path, nor the same twice."""
    with pytest.raises(ServiceError, match="no phase table is named"):
        compared_tables(tables, "one", str(tables / "two.csv"))
    with pytest.raises(ServiceError, match="compared with itself"):
        compared_tables(tables, "one", "one")


def test_a_batch_names_tables_that_are_kept(tables):
    """By name, id, the beginning of it, and with what may follow; anything else is refused."""
    kept = table_facts()[1]
    for name in ("reference", "one", "two+by-nc", "one+partial", kept["id"], kept["id"][:6]):
        refuse_table(name)
    for name in ("three", "one.csv", "", "+partial", str(tables), "one/../one", "reference.csv"):
        with pytest.raises(ServiceError, match="no phase table is named"):
            refuse_table(name)
