import json

HEADER = "id,sse,cathode,recipe\n"


def test_a_cell_is_predicted_and_a_wrong_one_says_why(command, tmp_path):
    """Exit 3; ids are kept, and intervals hold their values."""
    (tmp_path / "cells.csv").write_text(
        f"{HEADER}good,LZC,LiFePO4,lfp-vgcf-hand\nbad,Lx7,LiFePO4,lfp-vgcf-hand\n",
        encoding="utf-8",
    )
    code, output, _ = command("predict", "cells.csv", "--json")

    good, bad = (json.loads(line) for line in output.splitlines())
    assert code == 3
    assert (good["id"], bad["id"]) == ("good", "bad")
    low, high = good["first_discharge_low_mah_per_g"], good["first_discharge_high_mah_per_g"]
    assert low <= good["first_discharge_mah_per_g"] <= high
    assert "Lx7" in json.dumps(bad)


def test_a_file_that_is_not_there(command):
    """One line, exit 2."""
    code, output, errors = command("predict", "none.csv")

    assert (code, output) == (2, "")
    assert "none.csv" in errors


def test_a_prediction_is_drawn(command, tmp_path):
    """One file, with the name of the cell in it."""
    (tmp_path / "cells.csv").write_text(f"{HEADER}A1,LZC,LiFePO4,\n", encoding="utf-8")

    code, _, _ = command("predict", "cells.csv", "--plot", "cells.svg")

    assert code == 0
    assert "A1: Li₂ZrCl₆" in (tmp_path / "cells.svg").read_text(encoding="utf-8")
