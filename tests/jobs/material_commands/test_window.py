import json
from itertools import pairwise

import pytest

PUBLISHED = ("--energies", "dft", "--temperature", 0)
WINDOW_FIELDS = [
    "formula", "phase_table", "policy", "energy_source", "energy_above_hull_ev_per_atom",
    "reduction_limit_v", "oxidation_limit_v", "steps",
]  # fmt: skip
STEP_FIELDS = [
    "voltage_low_v", "voltage_high_v", "li_change", "capacity_mah_per_g", "rounding", "products"
]  # fmt: skip
PAIR_FIELDS = ["sse", "cathode", "phase_table", "chemical", "electrochemical"]
CHEMICAL_FIELDS = ["energy_ev_per_atom", "sse_fraction", "products", "kinks"]
KINK_FIELDS = ["sse_fraction", "energy_ev_per_atom", "products"]
OPEN_FIELDS = [
    "voltage_v", "total_ev_per_non_li_atom", "self_ev_per_non_li_atom",
    "mutual_ev_per_non_li_atom", "sse_fraction", "products",
]  # fmt: skip
TWO_COLUMNS = "formula,formation_energy_ev_per_atom\n"


def fields(record, names):
    """Return those of the names that a record has, in its order."""
    return [name for name in record if name in names]


# --- window ---


def test_a_window_as_json(command):
    """One object a line with the fields of ARCHITECTURE.md; limits of PHYSICS.md 1.2."""
    code, output, errors = command("window", *PUBLISHED, "Li6PS5Cl", "LZC", "S", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert (code, errors) == (0, "")
    assert [record["formula"] for record in found] == ["Li6PS5Cl", "Li2ZrCl6", "S"]
    for record in found:
        assert fields(record, WINDOW_FIELDS) == WINDOW_FIELDS
        for step in record["steps"]:
            assert list(step) == STEP_FIELDS
            assert all(product.keys() == {"formula", "amount"} for product in step["products"])
    limits = [(record["reduction_limit_v"], record["oxidation_limit_v"]) for record in found]
    assert limits[0] == pytest.approx((1.721, 2.341), abs=0.003)
    assert limits[1] == pytest.approx((1.723, 4.255), abs=0.003)
    assert limits[2][1] is None  # sulfur has no lithium to lose


def test_steps_go_up_touch_and_end_open(command):
    """Uptake is positive at the bottom, loss negative at the top, the open end null."""
    _, output, _ = command("window", *PUBLISHED, "Li6PS5Cl", "--json")

    steps = json.loads(output)["steps"]
    assert steps[0]["voltage_low_v"] == 0.0
    assert all(one["voltage_high_v"] == two["voltage_low_v"] for one, two in pairwise(steps))
    assert all(one["li_change"] > two["li_change"] for one, two in pairwise(steps))
    assert steps[-1]["voltage_high_v"] is None
    assert steps[0]["li_change"] == pytest.approx(8.0)  # 5 Li2S + Li3P + LiCl hold 14 of 6 + 8
    assert 0.0 in [step["li_change"] for step in steps]


@pytest.mark.parametrize("name", ["Li₆PS₅Cl", "LPSCl", " Li6 PS5 Cl ", "Li6P(S5)Cl"])
def test_the_same_material_has_the_same_window(name, command):
    """Unicode subscripts, labels, blanks and brackets are read."""
    _, plain, _ = command("window", *PUBLISHED, "Li6PS5Cl", "--json")

    code, output, _ = command("window", *PUBLISHED, name, "--json")

    assert code == 0
    one, other = json.loads(plain), json.loads(output)
    assert {**other, "formula": ""} == {**one, "formula": ""}


def test_the_policy_is_an_option(command):
    """LiS4 and its like take 0.2 V off the window (PHYSICS.md 1.1), and the record says so."""
    _, output, _ = command("window", *PUBLISHED, "Li6PS5Cl", "--json", "--policy", "all")

    record = json.loads(output)
    assert record["policy"] == "all"
    assert record["oxidation_limit_v"] == pytest.approx(2.14, abs=0.01)


def test_another_table_is_an_option(command, tmp_path):
    """Li2S at -4.5 eV oxidises at 4.5 / 2 = 2.25 V."""
    (tmp_path / "own.csv").write_text(TWO_COLUMNS + "Li2S,-1.5\n", encoding="utf-8")

    _, output, _ = command("window", *PUBLISHED, "Li2S", "--json", "--table", "own.csv")

    record = json.loads(output)
    assert record["oxidation_limit_v"] == pytest.approx(2.25)
    assert record["phase_table"].startswith("own-")
    assert record["energy_source"] == "entry"


# --- pair ---


def test_a_pair_as_json(command):
    """The fields of ARCHITECTURE.md and the numbers of PHYSICS.md 1.4."""
    code, output, errors = command(
        "pair", *PUBLISHED, "LPSCl", "LiFePO4", "--voltage", 3.5, "--voltage", 2.5, "--json"
    )

    record = json.loads(output)
    assert (code, errors) == (0, "")
    assert fields(record, PAIR_FIELDS) == PAIR_FIELDS
    assert (record["sse"], record["cathode"]) == ("Li6PS5Cl", "LiFePO4")
    assert list(record["chemical"]) == CHEMICAL_FIELDS
    assert all(list(kink) == KINK_FIELDS for kink in record["chemical"]["kinks"])
    assert all(fields(one, OPEN_FIELDS) == OPEN_FIELDS for one in record["electrochemical"])
    assert "worst_over_range" not in record
    assert record["chemical"]["energy_ev_per_atom"] == pytest.approx(-0.1067, abs=1e-3)
    high, low = record["electrochemical"]
    assert (high["voltage_v"], low["voltage_v"]) == (3.5, 2.5)
    assert high["total_ev_per_non_li_atom"] == pytest.approx(-0.747, abs=1e-3)
    assert high["self_ev_per_non_li_atom"] == pytest.approx(-0.747, abs=1e-3)
    assert high["mutual_ev_per_non_li_atom"] == pytest.approx(-0.121, abs=1e-3)
    assert low["total_ev_per_non_li_atom"] == pytest.approx(-0.178, abs=1e-3)


def test_a_pair_over_a_range(command):
    """The worst from 2.5 to 4 V is no milder than at any voltage between, and lies inside."""
    _, output, _ = command(
        "pair", *PUBLISHED, "LPSCl", "LiFePO4", "--json", "--voltage-range", 2.5, 4.0,
        *(word for tenth in range(25, 41) for word in ("--voltage", tenth / 10)),
    )  # fmt: skip

    record = json.loads(output)
    worst = record["worst_over_range"]
    for name in ("total_ev_per_non_li_atom", "mutual_ev_per_non_li_atom"):
        assert worst[name] <= min(one[name] for one in record["electrochemical"]) + 1e-9
    assert 2.5 <= worst["mutual_voltage_v"] <= 4.0


def test_a_pair_that_does_not_react_has_no_mixture(command):
    """Li6PS5Cl and Li2S: 0, no fraction, no products."""
    _, output, _ = command("pair", *PUBLISHED, "LPSCl", "Li2S", "--json")

    chemical = json.loads(output)["chemical"]
    assert chemical["energy_ev_per_atom"] == 0.0
    assert chemical["sse_fraction"] is None
    assert chemical["products"] == []


def test_pairs_from_a_file(command, tmp_path):
    """One object for each line, in order; names of the catalogue or formulas."""
    (tmp_path / "pairs.csv").write_text(
        "sse,cathode\nLPSCl,LiFePO4\nLi3YBr6,LiVO2\nLPSCl,FePO4\n".replace("LiVO2", "TiS2"),
        encoding="utf-8",
    )

    code, output, _ = command("pair", *PUBLISHED, "--from", "pairs.csv", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert [(one["sse"], one["cathode"]) for one in found] == [
        ("Li6PS5Cl", "LiFePO4"), ("Li3YBr6", "TiS2"), ("Li6PS5Cl", "FePO4")
    ]  # fmt: skip
    assert found[2]["chemical"]["energy_ev_per_atom"] == pytest.approx(-0.1962, abs=1e-3)
    assert all(one["electrochemical"] == [] for one in found)


def test_the_fraction_counts_all_atoms_of_the_electrolyte(command):
    """At the kink of x, products hold x atoms per atom from the SSE: S comes from it alone."""
    _, output, _ = command("pair", *PUBLISHED, "Li2S", "LiCl", "--json")
    _, other, _ = command("pair", *PUBLISHED, "LPSCl", "LiFePO4", "--json")

    assert json.loads(output)["chemical"]["energy_ev_per_atom"] == 0.0
    chemical = json.loads(other)["chemical"]
    sulfur = {"FeS2": 2, "FePS": 1, "Li2S": 1, "S": 1, "FeS": 1, "Li3PS4": 4}
    atoms_of_s = sum(p["amount"] * sulfur.get(p["formula"], 0) for p in chemical["products"])
    assert atoms_of_s == pytest.approx(chemical["sse_fraction"] * 5 / 13)  # S5 of 13 atoms


def test_lithium_metal_reacts_on_contact(command):
    """1/9 Li6PS5Cl + 8/9 Li -> 5/9 Li2S + 1/9 Li3P + 1/9 LiCl, 13 atoms of 21; as pymatgen does."""
    code, output, _ = command("pair", "LPSCl", "Li", *PUBLISHED, "--json")

    chemical = json.loads(output)["chemical"]
    made = {one["formula"]: one["amount"] for one in chemical["products"]}
    assert code == 0
    assert chemical["energy_ev_per_atom"] == pytest.approx(-0.5426, abs=0.0005)
    assert chemical["sse_fraction"] == pytest.approx(13 / 21)
    assert made["Li2S"] == pytest.approx(5 * made["Li3P"]) == pytest.approx(5 * made["LiCl"])
    code, output, errors = command("pair", "LPSCl", "Li", "--voltage", 1)
    assert (code, output) == (2, "")
    assert "the reservoir is lithium already" in errors


def test_a_material_without_lithium_is_said_to_have_none(command):
    """Its voltages are those of taking lithium up; nobody is told "never oxidised" without that."""
    output = command("window", "FePO4")[1]

    assert "FePO4: holds no lithium" in " ".join(output.split())
    assert "holds no lithium" not in command("window", "LiFePO4")[1]
    assert "ZrCl4 holds no lithium: it is no electr" in command("pair", "ZrCl4", "LiFePO4")[1]
    assert "holds no lithium" not in command("pair", "LPSCl", "S")[1]


# --- several ---


def test_one_of_several_without_an_answer_does_not_stop_the_others(command):
    """Its row has the reason, in order; exit code 3, and one line says so."""
    code, output, errors = command("window", "LPSCl", "Li3Bi", "Xx", "LZC", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert code == 3
    assert [row["formula"] for row in found] == ["Li6PS5Cl", "Li3Bi", "Xx", "Li2ZrCl6"]
    assert [row.get("status") for row in found] == [None, "failed", "failed", None]
    assert "holds no phase with Bi" in found[1]["reason"]
    assert "Xx is no element" in found[2]["reason"]
    assert errors == "2 of 4 have no answer; their rows say why\n"
    assert "Xx: no answer: " in command("window", "LPSCl", "Xx")[1]


def test_one_pair_of_a_file_without_an_answer_does_not_stop_the_others(command, tmp_path):
    """Unknown, unreadable or uncovered: SSE or cathode."""
    text = "sse,cathode\nLi3Bi,S\nLPSCl,nosuch\nLPSCl,S\n"
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")

    code, output, _ = command("pair", "--from", "pairs.csv", "--json")

    found = [json.loads(line) for line in output.splitlines()]
    assert code == 3
    assert [row.get("status") for row in found] == ["failed", "failed", None]
    assert (found[1]["sse"], found[1]["cathode"]) == ("LPSCl", "nosuch")


# --- one temperature ---


def test_one_material_has_one_answer_whoever_is_asked(command, stored):
    """Window, pair, describe and rank: Li2ZrCl6 oxidises at 3.983 V, and all say at 298.15 K."""
    told = json.loads(command("window", "LZC", "--json")[1])
    described = json.loads(command("describe", "LZC", "--json")[1])
    paired = json.loads(command("pair", "LZC", "S", "--voltage", 2, "--json")[1])
    sql = "SELECT temperature_k, oxidation_limit_v FROM pairs WHERE sse = 'Li2ZrCl6' LIMIT 1"
    (row,) = json.loads(command("query", sql, "--store", stored, "--json")[1])

    limit = told["oxidation_limit_v"]
    assert limit == pytest.approx(3.983, abs=0.001)
    assert row == {"temperature_k": 298.15, "oxidation_limit_v": pytest.approx(limit, abs=1e-9)}
    by_name = {one["name"]: one["value"] for one in described["properties"]}
    assert by_name["oxidation limit"] == pytest.approx(limit, abs=1e-9)
    assert told["temperature_k"] == paired["temperature_k"] == 298.15
    assert " at 298.15 K" in command("window", "LZC")[1]
