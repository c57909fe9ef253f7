from jobs.lab.kept_materials import add_materials
from jobs.studies.relatives import conductivity_relatives, obstacles_of
from screening.catalogue.own_material import Material


def test_relatives_are_measured_materials(tmp_path):
    """Of a garnet they hold zirconium and oxygen; the prediction is inside its interval."""
    found = conductivity_relatives(tmp_path, "Li7La3Zr2O12")
    low, value, high = (found[f"ionic_conductivity_{end}s_per_cm"] for end in ("low_", "", "high_"))

    assert found["relatives"]
    assert all("O" in one["formula"] for one in found["relatives"])
    assert low < value < high


def test_nothing_is_predicted_without_lithium(tmp_path):
    """Null in place of a number, and no relatives of that are told as if they conducted."""
    found = conductivity_relatives(tmp_path, "ZrO2")

    assert found["ionic_conductivity_s_per_cm"] is None


def test_obstacles_are_those_of_the_command(tmp_path):
    """An argyrodite with sulfur passes all gates; one with iron is a host."""
    fine, metal = (obstacles_of(tmp_path, name, "S") for name in ("LPSCl", "Li2FeCl4"))

    assert fine["formula"] == "Li6PS5Cl"
    assert fine["refused_by"] is None
    assert metal["refused_by"] == "host"
    assert min(metal["factors"], key=metal["factors"].get) == metal["limited_by"]


def test_obstacles_know_what_was_measured_here(tmp_path):
    """A conductivity of one's own goes before the one of the catalogue."""
    mine = Material(
        label="bad halide", kind="sse", formula="Li3YCl6", source="we",
        ionic_conductivity_s_per_cm=3e-8,
    )  # fmt: skip
    add_materials(tmp_path, [mine])

    found = obstacles_of(tmp_path, "bad halide", "LiFePO4")

    assert found["ionic_conductivity_s_per_cm"] == 3e-8
    assert found["ionic_conductivity_kind"] == "measured"
