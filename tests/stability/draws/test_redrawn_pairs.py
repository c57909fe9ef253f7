import numpy as np
import pytest

from stability.draws import redrawn_pairs as module
from stability.draws.redrawn_pairs import redrawn_pairs
from stability.energies.corrected_table import loaded_table
from stability.errors import LithiumReactantError, VoltageError
from stability.formula import composition
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table, reference_table
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN, ErrorModel, redrawn_reactions, redrawn_windows

DRAWS = 40
VOLTAGES = (0.0, 1.0, 2.53, 4.0)
SSES = ("Li6PS5Cl", "Li2ZrCl6", "Li3PS4", "Li7La3Zr2O12", "Li3PO4", "P2S5", "LiCl", "S")
STATES = {"LiFePO4": "FePO4", "Li2S": "S", "LiNiO2": "NiO2", "FeS2": "Li2FeS2"}
SAME = 1e-9  # [eV/atom], [V] or lithium: steps of the walk are as sharp as that.


def walked(phases, fractions, pairs, model):
    """Return what the walk finds of all pairs at the voltages."""
    windows = redrawn_windows(phases, fractions, VOLTAGES, draws=DRAWS, model=model)
    first = np.repeat(pairs[:, 0], 2)
    found = redrawn_reactions(
        phases, fractions, first, pairs[:, 1:].ravel(), VOLTAGES, draws=DRAWS, model=model
    )
    chemical = found.chemical.reshape(len(pairs), 2, DRAWS).min(axis=1)
    mutual = found.mutual.reshape(len(pairs), 2 * len(VOLTAGES), DRAWS).min(axis=1)
    each = pairs[:, 0]
    limits = windows.reduction[each], windows.oxidation[each]
    return *limits, windows.li_change[each], chemical, mutual


def both(phases, formulas, pairs, model=ErrorModel()):  # noqa: B008  # A tuple of numbers.
    """Return pairs by kept bases, and by the walk."""
    fractions = np.stack([phases.table.atom_fractions(composition(one)) for one in formulas])
    pairs = np.array(pairs)
    contents = np.tile(VOLTAGES, (len(pairs), 1))
    found = redrawn_pairs(
        phases, fractions, pairs, contents, [VOLTAGES] * len(pairs), draws=DRAWS, model=model
    )
    return found, walked(phases, fractions, pairs, model)


def check(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=SAME)


@pytest.fixture(scope="module", params=["corrected", "as computed", "rounded"])
def phases(request):
    """Return the reference table at 298.15 K, or with energies so round that many are equal."""
    if request.param == "corrected":
        table = loaded_table("reference", "corrected")
    else:
        table = reference_table()
    if request.param == "rounded":
        rows = zip(table.formulas, table.energies.tolist(), table.known, strict=True)
        compounds = [Phase(f, round(e, 1), bool(k)) for f, e, k in rows if e]
        return competing_phases(phase_table(compounds, name="round"), margin=MARGIN)
    return competing_phases(at_temperature(table, 298.15), margin=MARGIN)


def test_kept_bases_find_what_the_walk_finds(phases):
    """All limits, contents and reactions of 32 pairs in 40 draws, to 1e-9."""
    formulas = [*SSES, *(one for both in STATES.items() for one in both)]
    ends = range(len(SSES), len(formulas), 2)
    pairs = [(sse, end, end + 1) for sse in range(len(SSES)) for end in ends]

    check(*both(phases, formulas, pairs))


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.5])
def test_errors_of_any_size_are_followed(spread):
    """Without errors every draw is the undrawn one; with half an eV no two are alike."""
    phases = competing_phases(reference_table(), margin=MARGIN)
    model = ErrorModel(independent=spread, shared=spread, seed=3)

    found, expected = both(phases, ["Li6PS5Cl", "LiCoO2", "CoO2"], [(0, 1, 2)], model)

    check(found, expected)
    assert (np.ptp(found.chemical) == 0.0) == (spread == 0.0)


def test_few_elements_are_enough():
    """Lithium with one other element: an element, a compound and itself."""
    table = phase_table([Phase("Li2S", -1.5, known=True)], name="two")

    check(*both(competing_phases(table, margin=MARGIN), ["S", "Li2S"], [(0, 1, 0), (1, 1, 0)]))


def test_a_limit_by_hand():
    """Li2O at -2 eV/atom oxidises at 3 * 2 / 2 = 3 V, and is never reduced, without errors."""
    table = phase_table([Phase("Li2O", -2.0, known=True)], name="one")
    phases = competing_phases(table, margin=MARGIN)
    fractions = np.stack([table.atom_fractions(composition(one)) for one in ("Li2O", "O2")])
    quiet = ErrorModel(independent=0.0, shared=0.0)

    found = redrawn_pairs(
        phases, fractions, np.array([[0, 1, 0]]), np.array([[3.1, 2.9]]), [()], draws=2, model=quiet
    )

    assert found.oxidation.tolist() == [[pytest.approx(3.0)] * 2]
    assert found.reduction.tolist() == [[0.0] * 2]
    assert found.li_change[0, :, 0].tolist() == pytest.approx([-2.0, 0.0])
    assert found.chemical.tolist() == found.mutual.tolist() == [[0.0] * 2]


def test_a_program_without_an_answer_is_walked(monkeypatch):
    """A solver that gives up on all pairs changes nothing."""
    phases = competing_phases(reference_table(), margin=MARGIN)
    given = phases, ["Li6PS5Cl", "Li2S", "S"], [(0, 1, 2)]
    found, _ = both(*given)

    def give_up(*arguments):
        arguments[-1][:] = -1

    monkeypatch.setattr(module, "redraw_interfaces", give_up)

    check(both(*given)[0], found)


def test_what_cannot_be_asked_is_refused():
    """Voltages without a meaning, and lithium itself."""
    phases = competing_phases(reference_table(), margin=MARGIN)
    one = phases.table.atom_fractions(composition("Li2S"))[None, :]
    lithium = phases.table.atom_fractions(composition("Li"))[None, :]
    pair, none = np.array([[0, 0, 0]]), np.empty((1, 0))

    with pytest.raises(VoltageError):
        redrawn_pairs(phases, one, pair, none, [(11.0,)], draws=2)
    with pytest.raises(LithiumReactantError):
        redrawn_pairs(phases, lithium, pair, none, [(1.0,)], draws=2)
