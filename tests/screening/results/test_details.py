import pytest

from screening.catalogue.materials import cathode
from screening.pairs.contacts import contacts
from screening.results.details import CHEMICAL, kink_rows, step_rows, window_rows


@pytest.fixture(scope="module")
def found(known):
    """Return Li6PS5Cl and Li2ZrCl6 against S and Li2S, which have the same two states."""
    return contacts(
        [(sse, cathode(name)) for sse in ("Li6PS5Cl", "Li2ZrCl6") for name in ("S", "Li2S")],
        known,
        draws=0,
    )


def test_an_electrolyte_has_one_window(found):
    """Two SSEs in four contacts; limits of PHYSICS.md 1.2."""
    rows = {row["sse"]: row for row in window_rows(found)}

    assert list(rows) == ["Li6PS5Cl", "Li2ZrCl6"]
    assert len(window_rows(found)) == 2
    assert rows["Li6PS5Cl"]["oxidation_limit_v"] == pytest.approx(2.341, abs=0.003)
    assert rows["Li2ZrCl6"]["reduction_limit_v"] == pytest.approx(1.723, abs=0.003)


def test_steps_are_numbered_from_zero_volts_up(found):
    """The first begins at 0 V, each where the last ended; the top one has no end."""
    steps = [row for row in step_rows(found) if row["sse"] == "Li6PS5Cl"]

    assert [row["step"] for row in steps] == list(range(len(steps)))
    assert steps[0]["voltage_low_v"] == 0.0
    assert steps[-1]["voltage_high_v"] is None
    # PHYSICS.md 1.2: above 2.633 V -5 Li: 1/2 P2S5 + 5/2 S + LiCl.
    at_3 = next(row for row in steps if row["voltage_low_v"] < 3.0 < row["voltage_high_v"])
    assert at_3["li_change"] == pytest.approx(-5.0)
    assert set(at_3["products"].split(" + ")) == {"0.5 P2S5", "2.5 S", "1 LiCl"}


def test_kinks_run_from_the_cathode_to_the_electrolyte(found):
    """Numbered from the pure cathode (0) to the pure SSE (1), at the ends without energy."""
    by_reaction: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in kink_rows(found):
        key = row["sse"], row["cathode_state"], row["voltage_v"]
        by_reaction.setdefault(key, []).append(row)

    for (_, _, voltage), rows in by_reaction.items():
        fractions = [row["sse_fraction"] for row in rows]
        assert [row["kink"] for row in rows] == list(range(len(rows)))
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)
        if voltage == CHEMICAL:
            assert rows[0]["energy_ev_per_atom"] == rows[-1]["energy_ev_per_atom"] == 0.0
            assert rows[0]["total_ev_per_non_li_atom"] is None


def test_states_that_two_cathodes_share_stand_once(found):
    """S and Li2S are the ends of both; from 1 V, to 3 V assembled charged and 3.5 V discharged."""
    keys = [
        (row["sse"], row["cathode_state"], row["voltage_v"], row["kink"])
        for row in kink_rows(found)
    ]

    assert len(keys) == len(set(keys))
    assert {key[1] for key in keys} == {"S", "Li2S"}
    assert {key[2] for key in keys} == {CHEMICAL, 1.0, 3.0, 3.5}


def test_the_worst_kink_is_the_reaction_of_the_contact(found):
    """Li2ZrCl6 with Li2S: -152.2 meV/atom (PHYSICS.md 1.4)."""
    energies = [
        row["energy_ev_per_atom"]
        for row in kink_rows(found)
        if (row["sse"], row["cathode_state"], row["voltage_v"]) == ("Li2ZrCl6", "Li2S", CHEMICAL)
    ]

    assert min(energies) == pytest.approx(-0.1522, abs=1e-3)
