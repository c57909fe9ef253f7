from jobs.show.energy_table import print_energies
from jobs.work.energy_records import energy_records


def test_values_stand_in_a_table_and_reasons_below(capsys):
    """LiCl with its interval; what has none says why in a line of its own."""
    print_energies(energy_records(["LiCl", "LiXe2"], "reference", None))

    page = capsys.readouterr().out
    assert "-2.1" in page
    assert " to " in page
    assert "measured" in page
    assert page.index("LiCl") < page.index("Xe")
