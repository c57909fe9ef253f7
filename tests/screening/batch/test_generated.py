import pytest

from screening.batch.generated import Generation, generated_candidates
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.catalogue.gates import Gate
from screening.catalogue.materials import cathode
from screening.catalogue.own_materials import stated_materials
from screening.pairs.contacts import contacts
from screening.pairs.lifted_reactants import lifted_reactants
from stability.formula import composition
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, load_phase_table, phase_table
from stability.uncertainty import MARGIN

_FEW = Generation(prototypes=("Li3MX6",), allowed_elements=("Y", "Zr", "Cl"), mixed_sites=0)


def test_what_the_table_has_is_not_made_again():
    """However it is written there: Li6Y2Cl12 is Li3YCl6."""
    table = phase_table([Phase("Li6Y2Cl12", -2.0), Phase("LiCl", -2.0)], name="t")

    made, counts = generated_candidates(_FEW, table)

    assert made == ("Li2ZrCl6",)
    assert [(one.step, one.left) for one in counts] == [
        ("substituted into 1 prototypes", 2),
        ("not in t", 1),
    ]


def test_each_composition_is_made_once():
    """Li6Sc2Cl12 stands in two structures, and is one candidate."""
    table = phase_table([Phase("LiCl", -2.0)], name="t")
    wanted = Generation(allowed_elements=("Sc", "Zr", "Cl", "Br", "S", "P", "O", "La"))

    made, _ = generated_candidates(wanted, table)

    assert len({composition(one).shares for one in made}) == len(made) > 20


@pytest.mark.slow
def test_more_than_a_hundred_thousand_can_be_made():
    """With two ions on up to two sites."""
    table = phase_table([Phase("LiCl", -2.0)], name="t")

    made, _ = generated_candidates(Generation(mixed_sites=2), table)

    assert len(made) > 100_000


def test_gates_apply_to_what_was_made():
    """Manganese changes its charge, so Li2MnCl4 is made and refused; LiErBr4 passes."""
    batch = Batch(generate=Generation(prototypes=("Li2MX4",), mixed_sites=0), cathodes=("S",))

    found = resolved(batch)

    assert "LiErBr4" in found.sses
    assert Gate.HOST in {one.gate for one in found.refused.values()}  # Li2MnCl4 and its like.
    assert not [one for one in found.sses if "Mn" in one]


def test_ignorance_is_not_rewarded():
    """What no table has is above the hull: on contact it reacts more, in every draw.

    A mutual reaction is that of what it has become, and stays.
    """
    table = load_phase_table("reference")
    phases = competing_phases(table, margin=MARGIN)
    own = stated_materials({"generate": {"above_hull_ev_per_atom": 0.05}})
    couples = [("Li3YCl3Br3", cathode("LiFePO4")), ("Li3YCl6", cathode("LiFePO4"))]

    plain = contacts(couples, phases, draws=200)
    lifted = contacts(couples, phases, draws=200, untabulated=own.untabulated)

    for state in (0, 1):
        difference = lifted.chemical_energy(state) - plain.chemical_energy(state)
        assert -0.05 - 1e-9 <= difference[0] <= 0.0
        assert difference[1] == 0.0
    now, before = lifted.redraws[0].interface, plain.redraws[0].interface
    assert (now <= before).all()
    assert (now < before).any()
    (far,) = lifted_reactants(["Li3YCl3Br3"], phases, untabulated=own.untabulated)
    assert (now >= before - far.lifts(1.0, 200) - 1e-9).all()  # More it cannot set free.
    assert lifted.worst_mutual_energy[0] == plain.worst_mutual_energy[0]
    assert (lifted.redraws[1].interface == plain.redraws[1].interface).all()
