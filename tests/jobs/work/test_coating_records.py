from jobs.work.coating_records import coated
from screening.catalogue.materials import cathode
from screening.coating.coating_order import CoatingRules
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table


def test_what_a_table_cannot_compute_does_not_stop_the_others():
    """Every coating asked for has a row or a reason."""
    phases = competing_phases(reference_table(), margin=0.1)
    record = coated(
        "Li6PS5Cl", cathode("LiCoO2"), phases, CoatingRules(), names=["Li3PO4", "LiXeF7"]
    )

    assert [row["coating"] for row in record["coatings"]] == ["Li3PO4"]
    assert [row["coating"] for row in record["not_computed"]] == ["LiXeF7"]
    assert "Xe" in record["not_computed"][0]["reason"]
