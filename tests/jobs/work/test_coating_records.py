from jobs.work.coating_records import coated
from jobs.work.competitors import competitors
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


def test_inert_is_said_only_of_what_is_inert_in_the_window_too():
    """Li3PO4 and NMC811 do nothing on contact; with electrons, as in a cell, they react."""
    phases = competitors("reference", redrawn=True)
    record = coated("Li6PS5Cl", cathode("NMC811"), phases, CoatingRules(), names=["Li3PO4"])
    (film,) = record["coatings"]
    energy = 1000 * film["cathode_over_window_ev_per_non_li_atom"]

    assert min(film["discharged_cathode_ev_per_atom"], film["charged_cathode_ev_per_atom"]) > -1e-3
    assert energy < -50
    assert f"not to the cathode in its window ({energy:.0f} meV/non-Li atom)" in film["reason"]
    assert record["bare_over_window_ev_per_non_li_atom"] < 0
