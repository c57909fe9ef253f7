import numpy as np
import pytest

from screening.catalogue.materials import cathode, cathodes, electrolytes
from screening.pairs.contacts import contacts
from screening.results.columns import CHARGED, DISCHARGED
from stability.errors import FormulaError, LithiumReactantError, MissingElementError
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.staircase import redox_staircase
from stability.voltage_range import reaction_over_range

PER_LI_OF_LPSCL = 96485.33 / 3.6 / (6 * 6.94 + 30.974 + 5 * 32.06 + 35.45)  # mAh/g: 99.9


@pytest.fixture(scope="module")
def couples():
    """Return every SSE of the catalogue with every cathode, one after the other."""
    return [(sse, one) for sse in electrolytes() for one in cathodes().values()]


@pytest.fixture(scope="module")
def found(couples, known):
    """Return their contacts, without draws."""
    return contacts(couples, known, draws=0)


@pytest.fixture(scope="module")
def row(couples):
    """Return a function from an SSE and a cathode to their row."""
    names = [(sse, one.name) for sse, one in couples]
    return lambda sse, name: names.index((sse, name))


@pytest.mark.parametrize(
    ("sse", "name", "discharged", "charged"),
    [
        ("Li6PS5Cl", "LiFePO4", -0.1067, -0.1962),
        ("Li2ZrCl6", "LiFePO4", -0.0405, -0.0371),
        ("Li6PS5Cl", "S", 0.0, 0.0),
        ("Li6PS5Cl", "Li2S", 0.0, 0.0),
        ("Li2ZrCl6", "Li2S", -0.1522, None),
    ],
)
def test_chemical_reactions_are_those_of_the_physics_page(
    sse, name, discharged, charged, found, row
):
    """PHYSICS.md 1.4, in eV/atom: the discharged cathode first, to 1 meV."""
    place = row(sse, name)

    assert found.chemical_energy(DISCHARGED)[place] == pytest.approx(discharged, abs=1e-3)
    if charged is not None:
        assert found.chemical_energy(CHARGED)[place] == pytest.approx(charged, abs=1e-3)


@pytest.mark.parametrize("sse", ["Li6PS5Cl", "Li2ZrCl6", "Li7La3Zr2O12"])
@pytest.mark.parametrize("name", cathodes())
def test_many_at_once_are_to_the_bit_what_each_is_alone(sse, name, found, row, known):
    """Computed one by one, with the functions for one pair: the same energies and products."""
    place, one = row(sse, name), cathode(name)
    electrolyte = reactant(sse, known)

    for state, formula, voltage in (
        (DISCHARGED, one.discharged, one.voltage_low),
        (CHARGED, one.charged, one.voltage_high),
    ):
        other = reactant(formula, known)
        closed = chemical_reaction(electrolyte, other, known)
        (at_end,) = electrochemical_reactions(electrolyte, other, known, [voltage])
        ends = one.voltage_low, one.voltage_high
        worst = reaction_over_range(electrolyte, other, known, *ends).worst
        side = found.sides[state]

        assert side.chemical.energy[place] == closed.energy
        assert found.chemical_products[state][place] == closed.products
        assert side.at_end.mutual[place, 0] == at_end.mutual
        assert side.at_end.total[place, 0] == at_end.total
        # A state that does the same but for rounding, and is not the one that counts, is no other.
        beside = 0.0 if found.worst_mutual[place] == state else 1e-9
        assert abs(side.over_window.energy[place] - worst.mutual.energy) <= beside
    assert found.staircases[place].steps == redox_staircase(electrolyte, known).steps


def test_the_order_of_the_couples_is_kept(couples, found, known):
    """Backwards in, backwards out: sorting by chemical system stays inside."""
    backwards = contacts(couples[::-1], known, draws=0)

    assert np.array_equal(backwards.worst_mutual_energy, found.worst_mutual_energy[::-1])
    assert [one.name for one in backwards.cathodes] == [one.name for one in found.cathodes[::-1]]
    assert backwards.redox == found.redox[::-1]


def test_the_worst_over_the_window_is_no_milder_than_at_its_end(found):
    """In each state the whole window holds its end; the worst lies inside it, if anywhere."""
    low = np.array([one.voltage_low for one in found.cathodes])
    high = np.array([one.voltage_high for one in found.cathodes])

    for side in found.sides:
        assert (side.over_window.energy <= side.at_end.mutual[:, 0] + 1e-9).all()
        inside = ~np.isnan(side.over_window.voltage)
        assert (side.over_window.voltage[inside] >= low[inside]).all()
        assert (side.over_window.voltage[inside] <= high[inside]).all()


def test_the_worst_is_the_most_negative_of_both_states(found):
    """Of two states that do the same but for rounding, the one that belongs to the voltage."""
    chemical = np.stack([side.chemical.energy for side in found.sides])
    mutual = np.stack([side.over_window.energy for side in found.sides])
    rows = np.arange(len(found))

    assert np.array_equal(chemical[found.worst_chemical, rows], chemical.min(axis=0))
    assert found.worst_mutual_energy == pytest.approx(mutual.min(axis=0), abs=1e-9)
    assert (mutual.min(axis=0) <= 0.0).all()


def test_of_equal_reactions_the_state_that_belongs_to_the_voltage_is_named(found):
    """Above the mean voltage the charged cathode, below it the discharged one."""
    mutual = np.round([side.over_window.energy for side in found.sides], 9)
    voltages = np.stack([side.over_window.voltage for side in found.sides])
    same = np.flatnonzero((mutual[0] == mutual[1]) & (np.abs(voltages[0] - voltages[1]) < 1e-9))
    middle = np.array([one.voltage for one in found.cathodes])

    assert len(same) > 0
    assert np.array_equal(found.worst_mutual[same] == CHARGED, voltages[0, same] > middle[same])


def test_what_lpscl_gives_to_lfp_is_lost_and_to_sulfur_comes_back(found, row):
    """To 4 V P2S5, S and SCl2 (6 Li) for good; to 3 V P2S5 and S (5 Li), and all back by 1 V."""
    lfp, sulfur = (found.redox[row("Li6PS5Cl", name)] for name in ("LiFePO4", "S"))

    assert lfp.oxidation == pytest.approx(6 * PER_LI_OF_LPSCL, rel=1e-4)
    assert lfp.reversible < 1e-4 * lfp.oxidation
    assert sulfur.oxidation == pytest.approx(5 * PER_LI_OF_LPSCL, rel=1e-4)
    assert sulfur.reversible == pytest.approx(sulfur.oxidation)
    # 1.0 V lies between LiP (0.936 V) and LiP7 (1.169 V): Li3P7, 5 + 3/7 Li.
    assert sulfur.reduction == pytest.approx((5 + 3 / 7) * PER_LI_OF_LPSCL, rel=1e-4)


def test_contacts_of_an_electrolyte_share_its_staircase(found, row):
    """The staircase is the SSE's own: one object for all cathodes."""
    assert len({id(found.staircases[row("Li6PS5Cl", name)]) for name in cathodes()}) == 1


def test_draws_are_there_only_where_they_were_asked_for(known):
    """Seven of them for the one contact; none without."""
    couple = [("Li6PS5Cl", cathode("S"))]

    assert contacts(couple, known, draws=0).redraws == (None,)
    (drawn,) = contacts(couple, known, draws=7).redraws
    assert drawn.interface.shape == drawn.oxidation.shape == (7,)


@pytest.mark.parametrize(
    ("sse", "error"),
    [
        ("argyrodite", FormulaError),
        ("Li3Bi", MissingElementError),  # the reference table holds no bismuth
        ("Li", LithiumReactantError),
    ],
)
def test_an_electrolyte_without_an_answer_is_refused(sse, error, known):
    """Text, an element beyond the table, and lithium metal each have their own error."""
    with pytest.raises(error):
        contacts([(sse, cathode("LiFePO4"))], known, draws=0)
