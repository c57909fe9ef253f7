from math import log

import pytest

from jobs.work.material_records import compared_windows, metastability, reactions, windows
from screening.errors import BatchError
from stability.errors import QuantityError, VoltageError
from stability.hull import BOLTZMANN
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import reference_table
from stability.uncertainty import MARGIN


@pytest.fixture(scope="module")
def known():
    return competing_phases(reference_table(), margin=MARGIN)


def test_labels_and_formulas_are_the_same_material(known):
    """LPSCl, Li6PS5Cl and the same atoms in another order have one window."""
    by_label, by_formula, in_disorder = windows(["LPSCl", "Li6PS5Cl", "ClS5PLi6"], known)

    assert by_label == by_formula == in_disorder


def test_intervals_hold_the_limits_and_say_how_they_were_drawn(known):
    """The undrawn limit lies within the 90 % of its own redraws."""
    (record,) = windows(["Li6PS5Cl"], known, draws=200, covers=(1.9, 2.1))

    assert record["draws"] == 200
    assert record["error_model"]["independent_ev_per_atom"] > 0
    for limit in ("reduction", "oxidation"):
        low, high = record[f"{limit}_limit_low_v"], record[f"{limit}_limit_high_v"]
        assert low < record[f"{limit}_limit_v"] < high
    # 1.9 to 2.1 V is 0.18 and 0.24 V inside 1.72 to 2.34 V, more than two standard errors.
    assert record["covers"]["probability"] > 0.9


def test_a_probability_needs_draws_and_a_range_that_rises(known):
    """Without draws there is no chance, and without a range nothing to cover."""
    with pytest.raises(BatchError, match="--draws"):
        windows(["Li2S"], known, covers=(1.0, 2.0))
    with pytest.raises(VoltageError, match="do not rise"):
        windows(["Li2S"], known, draws=5, covers=(2.0, 1.0))


def test_policies_are_compared_with_the_phases_that_make_the_difference(known):
    """LiS4 takes the oxidation of Li2S from 2.34 to 2.14 V (PHYSICS 1.1), for a reason."""
    everything = competing_phases(reference_table(), Policy.ALL)

    (comparison,) = compared_windows(["Li2S"], known, everything)

    assert "LiS4" in comparison["only_with_all"]
    assert comparison["reasons"]["LiS4"]
    limits = [policy["oxidation_limit_v"] for policy in comparison["policies"]]
    assert limits == pytest.approx([2.341, 2.139], abs=0.003)


def test_metastability_from_options():
    """Nothing said is None; disorder counts at room temperature unless another is given."""
    assert metastability(None, None, None, 0.0) is None
    assert metastability(None, 0.05, ["1,1"], 0.0).temperature == 298.15
    assert metastability(None, None, ["1,1"], 350.0).temperature == 350.0
    with pytest.raises(BatchError, match="exclude each other"):
        metastability(-1.0, 0.1, None, 0.0)
    with pytest.raises(QuantityError, match=r"--sse-mixing '1;1' is no number"):
        metastability(None, None, ["1;1"], 0.0)


def test_a_metastable_sse_gives_its_excess_energy_to_every_reaction(known):
    """Alone at 3.5 V, 13 atoms with 7 other than Li: 0.05 eV/atom is 0.05 * 13 / 7 per non-Li."""
    (plain,) = reactions([("LPSCl", "LiFePO4")], known, [3.5])
    (above,) = reactions(
        [("LPSCl", "LiFePO4")], known, [3.5], known=metastability(None, 0.05, None, 0.0), draws=100
    )

    shift = [record["electrochemical"][0]["self_ev_per_non_li_atom"] for record in (plain, above)]
    assert shift[1] - shift[0] == pytest.approx(-0.05 * 13 / 7)
    assert above["sse_energy_source"] == "user"
    ends = above["intervals"]["electrochemical"][0]
    assert ends["self_low_ev_per_non_li_atom"] < shift[1] < ends["self_high_ev_per_non_li_atom"]


def test_disorder_lowers_the_energy_by_its_entropy(known):
    """Two sites of two kinds mixed over 13 atoms: T * 2 k ln 2 / 13 less at 300 K."""
    disordered = metastability(None, None, ["1,1"], 300.0)

    (plain,) = reactions([("LPSCl", "LiFePO4")], known, [3.5])
    (mixed,) = reactions([("LPSCl", "LiFePO4")], known, [3.5], known=disordered)

    gain = 300.0 * 2 * BOLTZMANN * log(2) / 13
    change = (
        mixed["electrochemical"][0]["self_ev_per_non_li_atom"]
        - plain["electrochemical"][0]["self_ev_per_non_li_atom"]
    )
    assert change == pytest.approx(gain * 13 / 7)
