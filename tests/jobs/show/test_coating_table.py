from jobs.show.coating_table import print_coatings
from jobs.work.coating_records import coated
from screening.catalogue.materials import cathode
from screening.coating.coating_order import CoatingRules
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table


def test_all_that_matters_is_on_the_page(capsys):
    """The pair, the funnel, the best with their reasons, and why the others are out."""
    phases = competing_phases(reference_table(), margin=0.1)
    names = ["Li3PO4", "LiNbO3", "Li2S"]
    record = coated("Li6PS5Cl", cathode("LiCoO2"), phases, CoatingRules(), names=names)

    print_coatings(record, most=1)

    page = capsys.readouterr().out
    assert "coating of 10 nm" in page
    assert "meV/atom" in page
    best = record["coatings"][0]
    assert f"1 {best['coating']}: {best['reason']}"[:40] in page
    assert "- Li2S fails" in page
    assert f"{1000 * record['bare_over_window_ev_per_non_li_atom']:.0f} meV/non-Li atom" in page
    assert f" {1000 * best['cathode_over_window_ev_per_non_li_atom']:.0f} " in page
    assert record["phase_table"] in page
