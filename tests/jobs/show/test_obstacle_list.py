import json

from descriptors.quantity import Kind, Quantity
from jobs.show.obstacle_list import obstacle_record, print_obstacles
from screening.catalogue.gates import verdicts
from screening.results.obstacles import BreakEven, Obstacles

FOUND = Obstacles(
    formula="LiClO4",
    cathode="LiFePO4",
    gates=tuple(verdicts("LiClO4")),
    conductivity=Quantity(1e-8, 1e-12, 1e-5, "S/cm", Kind.PREDICTED, "relatives"),
    score=(1e-4, 0.0, 0.1),
    factors={"capacity": 0.9, "interface": 0.8, "transport": 1e-4},
    reason="conducts only 1e-8 S/cm",
    place=16,
    rivals=16,
    break_even=(BreakEven(1e-3, 2),),
)


def test_the_record_is_plain_and_says_which_gate():
    """JSON holds the gate, the least factor and the place that a measurement would give."""
    record = json.loads(json.dumps(obstacle_record(FOUND)))

    assert record["refused_by"] == "reactive"
    assert record["limited_by"] == "transport"
    assert record["break_even"] == [{"ionic_conductivity_s_per_cm": 1e-3, "place": 2}]


def test_people_read_gate_factor_and_break_even(capsys):
    """Each on a line of its own."""
    print_obstacles(FOUND)
    said = capsys.readouterr().out

    assert "gate reactive   REFUSED" in said
    assert "least: transport" in said
    assert "2 at 1e-03 S/cm" in said
