from math import cos, log, pi, sqrt

import numpy as np
import pytest
from scipy.stats import kstest

from stability.errors import LargeSystemError
from stability.formula import composition
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.phases import Policy, competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import Phase, phase_table, reference_table
from stability.uncertainty import (
    MARGIN,
    ErrorModel,
    errors,
    redrawn_reactions,
    redrawn_windows,
)

MANY = 100_000
ALONE = ErrorModel(independent=0.02, shared=0.0, seed=7)
WORD = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST, SECOND = np.array([0]), np.array([1])


@pytest.fixture(scope="module")
def known():
    """Return the known phases of the reference table, those near the hull included."""
    return competing_phases(reference_table(), margin=MARGIN)


def normals(phases, fractions_of, formula, energy, model, draws=MANY):
    """Return what the energy per atom of a compound errs by, in standard errors.

    It is the only compound of lithium with its partner: it oxidises at V = - E / n_Li.
    """
    unit = composition(formula)
    found = redrawn_windows(phases, fractions_of(phases, formula), draws=draws, model=model)
    redrawn = -found.oxidation[0] * unit.amounts["Li"] / unit.n_atoms
    return (redrawn - energy / unit.n_atoms) / model.independent


def test_draws_are_standard_normal(competing, fractions_of):
    """100,000 draws: mean 0, variance 1 within 4 errors of theirs, and Kolmogorov has no doubt."""
    drawn = normals(competing({"Li2O": -6.0}), fractions_of, "Li2O", -6.0, ALONE)

    assert abs(drawn.mean()) < 4 / sqrt(MANY)
    assert abs(drawn.var() - 1) < 4 * sqrt(2 / MANY)
    assert kstest(drawn, "norm").pvalue > 0.01


@pytest.mark.parametrize("seed", [0, 1, 2, 2024, 2**40])
def test_every_seed_draws_normal_numbers(competing, fractions_of, seed):
    """No series is special, small seeds included."""
    model = ALONE._replace(seed=seed)

    drawn = normals(competing({"Li2O": -6.0}), fractions_of, "Li2O", -6.0, model, 20_000)

    assert kstest(drawn, "norm").pvalue > 0.001


def test_draws_phases_and_seeds_are_independent(competing, fractions_of):
    """No correlation with the next draw, another phase, or another seed beyond 4 errors of zero."""
    phases = competing({"Li2O": -6.0, "Li2S": -4.5})
    oxide = normals(phases, fractions_of, "Li2O", -6.0, ALONE)
    sulfide = normals(phases, fractions_of, "Li2S", -4.5, ALONE)
    reseeded = normals(phases, fractions_of, "Li2O", -6.0, ALONE._replace(seed=8))

    for one, other in ((oxide[1:], oxide[:-1]), (oxide, sulfide), (oxide, reseeded)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / sqrt(MANY)


def test_reactions_and_windows_see_the_same_draws(competing, fractions_of):
    """2 Li + O -> Li2O gains what its oxidation costs: E = -2 V / 3 per atom, in every draw."""
    phases = competing({"Li2O": -6.0})
    windows = redrawn_windows(phases, fractions_of(phases, "Li2O"), draws=50, model=ALONE)
    reactions = redrawn_reactions(
        phases, fractions_of(phases, "Li", "O"), FIRST, SECOND, draws=50, model=ALONE
    )

    assert reactions.chemical[0] == pytest.approx(-2 * windows.oxidation[0] / 3, abs=1e-12)


def mixed(word):
    """Return splitmix64's next word."""
    word = (word + GOLDEN) & WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


def normal(key, seed, draw):
    """Return the number of a key in a draw, in Python's own integers."""
    word = mixed((key + mixed((seed * GOLDEN + draw) & WORD)) & WORD)
    first, second = (word >> 11) + 0.5, mixed(word) >> 11
    return sqrt(-2 * log(first / 2**53)) * cos(2 * pi * second / 2**53)


def redrawn_table(phases, model, draw):
    """Return the competing phases as a table with the energies of one draw."""
    said = errors(phases, model, draw + 1)
    shared = [model.shared * normal(c + 1, model.seed, draw) for c in range(said.numbers.max() + 1)]
    n_elements = len(phases.table.elements)
    return phase_table(
        (
            Phase(
                phases.table.formulas[phases.rows[column]],
                phases.columns.energies[column]
                + model.independent * normal(int(said.seeds[column]), model.seed, draw)
                + sum(
                    said.shares[k] * shared[said.numbers[k]]
                    for k in range(said.starts[column], said.starts[column + 1])
                ),
            )
            for column in range(n_elements, len(phases.rows))
        ),
        name="redrawn",
    )


@pytest.mark.parametrize("draw", [0, 1, 5])
def test_a_draw_is_the_engine_on_a_redrawn_table(known, fractions_of, draw):
    """Energies redrawn in Python, put into a table, and computed the usual way: the same."""
    model, volts = ErrorModel(seed=11), (2.5, 3.5, 4.0)
    pair = ("Li6PS5Cl", "LiFePO4")
    fractions = fractions_of(known, *pair)
    drawn = redrawn_reactions(known, fractions, FIRST, SECOND, volts, draws=6, model=model)
    windows = redrawn_windows(known, fractions, volts, draws=6, model=model)

    table = competing_phases(redrawn_table(known, model, draw), Policy.ALL)
    sse, cathode = (reactant(formula, table) for formula in pair)
    closed = chemical_reaction(sse, cathode, table)
    assert drawn.chemical[0, draw] == pytest.approx(closed.energy, abs=1e-9)
    for v, there in enumerate(electrochemical_reactions(sse, cathode, table, volts)):
        assert drawn.total[0, v, draw] == pytest.approx(there.total, abs=1e-9)
        assert drawn.sse_alone[0, v, draw] == pytest.approx(there.sse_alone, abs=1e-9)
        assert drawn.mutual[0, v, draw] == pytest.approx(there.mutual, abs=1e-9)
    for row, material in enumerate((sse, cathode)):
        staircase = redox_staircase(material, table)
        rest = material.material.n_atoms - material.material.amounts["Li"]
        assert windows.reduction[row, draw] == pytest.approx(staircase.window.reduction, abs=1e-9)
        assert windows.oxidation[row, draw] == pytest.approx(staircase.window.oxidation, abs=1e-9)
        for v, voltage in enumerate(volts):
            expected = staircase.at(voltage).li_change / rest
            assert windows.li_change[row, v, draw] == pytest.approx(expected, abs=1e-6)


def test_a_system_that_does_not_fit_is_refused(fractions_of):
    """Seventeen elements with lithium: more than the work space has rows."""
    others = (
        *("Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba"),
        *("Al", "Ga", "In", "Ti", "Zr", "Hf", "Nb", "Ta"),
    )
    table = phase_table(
        [Phase("Li2O", -2.0), *(Phase(f"{other}O", -2.0) for other in others)], name="wide"
    )
    phases = competing_phases(table, Policy.ALL)
    fractions = fractions_of(phases, "Li" + "".join(others), "Li2O")

    with pytest.raises(LargeSystemError):
        redrawn_windows(phases, fractions, draws=2)
    with pytest.raises(LargeSystemError):
        redrawn_reactions(phases, fractions, FIRST, SECOND, draws=2)
