import json

import pytest


def test_coatings_as_json(command):
    """One object with the pair, the funnel, and a row for each coating, refused ones included."""
    code, output, errors = command(
        "coat", "LPSCl", "LiCoO2", "--coating", "LNbO", "--coating", "Li2S", "--json"
    )

    record = json.loads(output)
    assert (code, errors) == (0, "")
    assert (record["sse"], record["cathode"]) == ("Li6PS5Cl", "LiCoO2")
    assert record["funnel"][0] == {"step": "named", "left": 2}
    first, second = record["coatings"]
    assert (first["coating"], first["rank"], first["refused_by"]) == ("LiNbO3", 1, None)
    assert second["rank"] is None
    assert second["refused_by"].startswith("not oxidised")
    low, high = first["area_resistance_low_ohm_cm2"], first["area_resistance_high_ohm_cm2"]
    assert low < first["area_resistance_ohm_cm2"] < high


def test_coatings_for_people(command):
    """Funnel, table and reasons; what the built-in table cannot compute is named."""
    code, output, _ = command("coat", "LPSCl", "LiCoO2", "--coating", "LNbO", "--coating", "LiBiO2")

    assert code == 0
    assert "LiNbO3" in output
    assert "worst contact" in output
    assert "holds no phase with Bi" in output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--voltage-range", "4.2", "3"], "does not rise"),
        (["--coverage", "90"], "coverage 90 is outside 0 to 1"),
        (["--thickness", "0"], "thickness 0 nm is outside"),
        (["--coating", "nothing here"], "unexpected character"),
    ],
)
def test_impossible_requests(command, options, message):
    """One line, exit 2, nothing printed."""
    code, output, errors = command("coat", "LPSCl", "LiCoO2", *options)

    assert (code, output) == (2, "")
    assert errors.count("\n") == 1
    assert message in errors
