import pytest

from screening.catalogue.gates import GGA_GAP, Gate, refused, verdicts
from screening.catalogue.materials import electrolytes
from stability.errors import FormulaError

GOOD = [
    "Li3YBr6",
    "Li2.5Y0.5Zr0.5Cl6",
    "Li5.5PS4.5Cl1.5",
    "Li0.388Ta0.238La0.475Cl3",
    "LiTaCl6",
    "LiTa2PO8",
    "Li3OCl",
    "Li6.4La3Zr1.4Ta0.6O12",
    "Li1.3Al0.3Ti1.7(PO4)3",
    "Li7P2S8I",
    "Li3.25Ge0.25P0.75S4",
    "Li2.25Zr0.75Fe0.25Cl6",
    "LiBH4",
    "Li2B12H12",
]
BAD = {
    "Li13Si4": Gate.FRAMEWORK,
    "LiIn": Gate.FRAMEWORK,
    "Li3P": Gate.FRAMEWORK,
    "Cs2LiYCl6": Gate.LITHIUM,
    "CsLiBr2": Gate.LITHIUM,
    "KLiICl": Gate.LITHIUM,
    "Li0.3333Na0.3333Cl0.6666": Gate.LITHIUM,
    "LiCdCl4": Gate.BALANCE,
    "LiUF5": Gate.ELEMENTS,
    "Li2CdCl4": Gate.ELEMENTS,
    "LiReO4": Gate.ELEMENTS,
    "LiZn(ClO3)3": Gate.REACTIVE,
    "LiNO3": Gate.REACTIVE,
    "LiIO3": Gate.REACTIVE,
    "LiBF4": Gate.REACTIVE,
    "LiH2ClO": Gate.REACTIVE,
    "LiNH2": Gate.REACTIVE,
    "LiCoO2": Gate.HOST,
    "Li2CrCl4": Gate.HOST,
    "LiTi2O4": Gate.HOST,
    "LiBiTe2": Gate.INSULATOR,
}


def first_refusal(formula):
    return next((one.gate for one in verdicts(formula) if not one.passed), None)


@pytest.mark.parametrize("formula", [*electrolytes(), *GOOD])
def test_known_electrolytes_pass_every_gate(formula):
    """A gate that holds back what cells are made of would be wrong."""
    assert first_refusal(formula) is None


@pytest.mark.parametrize(("formula", "gate"), BAD.items())
def test_what_a_specialist_refuses_is_refused_for_that_reason(formula, gate):
    """Alloys, caesium salts, cadmium, chlorates, hydrates, metals: each by its own gate."""
    assert first_refusal(formula) is gate


@pytest.mark.parametrize("other", ["Na", "K", "Rb", "Cs", "Ag", "Cu"])
def test_lithium_is_the_majority_of_what_can_move(other):
    """As many others carry as much of the current: half is too many, a little more is not."""
    assert first_refusal(f"Li2{other}2S2") is Gate.LITHIUM
    shares = {
        one.passed for n in (1.01, 1.5, 3.0) for one in verdicts(f"Li{n}{other}S{(n + 1) / 2}")
        if one.gate is Gate.LITHIUM
    }  # fmt: skip
    assert shares == {True}


def test_every_refusal_says_why():
    """Value, limit and words."""
    for formula in BAD:
        refusal = next(one for one in verdicts(formula) if not one.passed)
        assert refusal.reason
        assert refusal.value != refusal.threshold or "must be more than half" in refusal.reason


def test_a_gate_that_is_switched_off_lets_through():
    """Li2CdCl4 is refused for its cadmium alone."""
    without = [gate for gate in Gate if gate is not Gate.ELEMENTS]

    assert any(out for _, out in refused(["Li2CdCl4"], gaps={}))
    assert not any(out for _, out in refused(["Li2CdCl4"], without, gaps={}))


def test_each_candidate_is_refused_once_by_the_first_gate():
    """What a gate refuses does not reach the next; together they refuse as one by one."""
    found = {one: gate for gate, out in refused([*BAD, "Li3YCl6"], gaps={}) for one in out}

    assert found == BAD


def test_a_tabulated_gap_goes_before_the_predicted_one():
    """Li3YCl6 with a gap of a metal would be refused."""
    said = verdicts("Li3YCl6", gap=GGA_GAP / 2)[-1]

    assert (said.gate, said.passed, said.value) == (Gate.INSULATOR, False, GGA_GAP / 2)
    assert "tabulated" in said.reason


def test_text_that_is_no_formula_is_refused():
    """Before any gate."""
    with pytest.raises(FormulaError):
        verdicts("argyrodite")


def test_blocks_change_nothing(monkeypatch):
    """Gates see many candidates a block at a time; each gets the verdict that it gets alone."""
    names = ["LiClO4", "Li3YCl6", "Li2CoCl4", "LiGaCl3", "Li6PS5Cl", "Li13Si4"]
    whole = dict(refused(names, gaps={}))

    monkeypatch.setattr("screening.catalogue.gates._BLOCK", 2)

    assert dict(refused(names, gaps={})) == whole
    assert sum(map(len, whole.values())) == 4
