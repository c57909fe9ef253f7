import pytest
from hypothesis import given
from hypothesis import strategies as st

from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError
from stability.formula import composition, exact

amounts_of_elements = st.dictionaries(
    st.sampled_from(list(ATOMIC_WEIGHT)), st.integers(1, 99), min_size=1, max_size=6
)


@given(amounts_of_elements)
def test_a_formula_gives_back_what_was_written(amounts):
    """Writing amounts as a formula and reading it changes nothing, order included."""
    text = "".join(f"{element}{n}" for element, n in amounts.items())

    assert list(composition(text).amounts.items()) == list(amounts.items())


@given(amounts_of_elements, st.integers(2, 9))
def test_brackets_multiply_what_they_hold(amounts, factor):
    """(X)n holds n times X; its mass is n times that of X."""
    inner = "".join(f"{element}{n}" for element, n in amounts.items())
    once, outer = composition(inner), composition(f"({inner}){factor}")

    assert outer.amounts == {element: factor * n for element, n in amounts.items()}
    assert outer.molar_mass == pytest.approx(factor * once.molar_mass)
    assert outer.n_atoms == factor * once.n_atoms


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Li6PS5Cl", {"Li": 6, "P": 1, "S": 5, "Cl": 1}),
        ("LiTi2(PO4)3", {"Li": 1, "Ti": 2, "P": 3, "O": 12}),
        ("Ca[Li{O(H)2}3]2", {"Ca": 1, "Li": 2, "O": 6, "H": 12}),
        ("LiNi0.5Mn1.5O4", {"Li": 1, "Ni": 0.5, "Mn": 1.5, "O": 4}),
        ("Li.5CoO2", {"Li": 0.5, "Co": 1, "O": 2}),
        ("Li2Sc2/3Cl4", {"Li": 2, "Sc": 2 / 3, "Cl": 4}),
        ("NH4NO3", {"N": 2, "H": 4, "O": 3}),
        ("Li1.5Al0.5Ti1.5P3O12", {"Li": 1.5, "Al": 0.5, "Ti": 1.5, "P": 3, "O": 12}),
        ("Li5.4(PS4)S0.4Cl1.0Br0.6", {"Li": 5.4, "P": 1, "S": 4.4, "Cl": 1, "Br": 0.6}),
        ("Li(PO4)1.5(SiO4)1.5", {"Li": 1, "P": 1.5, "O": 12, "Si": 1.5}),
        ("LiSO4.5", {"Li": 1, "S": 1, "O": 4.5}),
        ("Fe0.00009Ni0.99991", {"Fe": 0.00009, "Ni": 0.99991}),
        ("S", {"S": 1}),
    ],
)
def test_forms_that_a_chemist_writes_are_read(text, amounts):
    """Nested brackets, decimals, fractions and repeated elements."""
    assert composition(text).amounts == pytest.approx(amounts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Li\u2087La\u2083Zr\u2082O\u2081\u2082", "Li7La3Zr2O12"),
        ("LiNi\u2080.\u2085Mn\u2081.\u2085O\u2084", "LiNi0.5Mn1.5O4"),
        (" Li6 PS5\u00a0Cl\n", "Li6PS5Cl"),
    ],
)
def test_typography_is_read_as_plain_text(text, plain):
    """Subscripts and blanks of any kind mean what they show."""
    assert composition(text).formula == plain
    assert composition(text).amounts == composition(plain).amounts


def test_molar_mass_of_argyrodite():
    """6 * 6.94 + 30.974 + 5 * 32.06 + 35.45 = 268.364 g/mol."""
    assert composition("Li6PS5Cl").molar_mass == pytest.approx(268.364)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Lx7PS6", "Lx is no element.*Li"),
        ("li6ps5cl", "did you mean Li6PS5Cl"),
        ("licoo2", "did you mean LiCoO2"),
        ("Li6PS5-", "'-' at position 7.*no charges"),
        ("Cl-", "'-' at position 3.*no charges"),
        ("Li+", "no charges"),
        ("Li3(PS4", r"bracket \( is never closed"),
        ("Li3PS4)", r"bracket \) at character 7 closes none"),
        ("Li3(PS4]", "closes none"),
        ("Li3()", "empty brackets"),
        ("", "empty"),
        ("  \n", "empty"),
        ("\u041b\u0456\u2082S", "CYRILLIC"),
        ("Li\u0421l", "CYRILLIC CAPITAL LETTER ES"),
        ("Li\u039f2", "GREEK CAPITAL LETTER OMICRON"),
        ("7Li", "follows no element"),
        ("Li2 3.5.1S", "follows no element"),
        ("Li0S", r"amount 0 is outside"),
        ("Li1/0S", "divides by zero"),
        ("Li99999S", "outside"),
        ("Li2S?", r"'\?'"),
        ("Li" * 101, "202 characters"),
        ("nan", "Na"),
        ("lifepo4", "did you mean LiFePO4"),
        ("D2O", "deuterium; write H"),
        ("LiD", "deuterium; write H"),
        ("Ni0,8Co0,1Mn0,1", r"decimal comma; write Ni0\.8Co0\.1Mn0\.1"),
        ("CuSO4\u00b75H2O", r"write CuSO4\(H2O\)5"),
        ("LiCl\u00b72(H2O)", r"write LiCl\(H2O\)2"),
        ("LiCl*H2O", r"write LiCl\(H2O\)"),
        ("LiCl.H2O", r"write LiCl\(H2O\)"),
        ("CuSO4.5H2O", r"dot of an adduct; write CuSO4\(H2O\)5, or O only once"),
        ("Ca(NO3)2.4H2O", r"write Ca\(NO3\)2\(H2O\)4"),
        ("Li3PO4.5Li2S", r"write Li3PO4\(Li2S\)5, or Li only once"),
        ("Li\u0663N", "ARABIC-INDIC DIGIT THREE"),
        ("Li\uff13N", "FULLWIDTH DIGIT THREE"),
        ("((Li10000)10000)10000Cl", r"1e\+12 atoms of one element"),
        ("75Li2S\u00b725P2S5", "follows no element"),
        ("Li6-xPS5-xCl1+x", "'-' at position 4"),
        ("Dy3N@C80", "'@' at position 5"),
        ("x", "unexpected character 'x'"),
    ],
)
def test_what_is_no_formula_is_refused_in_one_line(text, says):
    """The message names the place or the likely remedy, and fits on a line."""
    with pytest.raises(FormulaError, match=says) as refused:
        composition(text)

    assert "\n" not in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    """No text leads to another error, an empty composition or an impossible amount."""
    try:
        found = composition(text)
    except FormulaError as refused:
        assert "\n" not in str(refused)  # noqa: PT017  # Either outcome is right, each in its form.
        return

    assert found.amounts
    assert all(0 < n <= 1e4 and element in ATOMIC_WEIGHT for element, n in found.amounts.items())


def test_a_mixed_fraction_is_not_run_together():
    """Li 1 1/2 S, with a vulgar half, is 1.5 Li or refused; never 11/2."""
    try:
        amount = composition("Li1\u00bdS").amounts["Li"]
    except FormulaError:
        return

    assert amount == 1.5


def test_a_roman_numeral_is_not_read_as_iodine():
    """FeIII with the Roman numeral sign is an oxidation state, not FeI3."""
    with pytest.raises(FormulaError):
        composition("Fe\u2162")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Li3.0001PS4", "Li3PS4"),
        ("Li2.999PS4", "Li3PS4"),
        ("Li2.0001ZrCl6", "Li2ZrCl6"),
        ("Li1.33333Ti1.66667O4", "Li4Ti5O12"),
        ("Li3.33Mg0.33P2S6", "Li10MgP6S18"),
        ("LiNi0.333Mn0.333Co0.333O2", "Li3NiMnCoO6"),
        ("Li0.50CoO2", "LiCo2O4"),
    ],
)
def test_compositions_are_equal_within_the_digits_written(written, meant):
    """Nobody weighs a ten-thousandth of a lithium: the digits round thirds, or slip by one."""
    assert composition(written).shares == composition(meant).shares
    assert composition(written).amounts != composition(exact(written)).amounts or "50" in written


@pytest.mark.parametrize(
    "written",
    [
        "Li3.01PS4", "Li3.285Sn0.28P0.72S4", "Fe0.00009Ni0.99991", "Li0.33La0.55TiO3",
        "LiNi0.999Al0.001O2", "Li9.54Si1.74P1.44S11.7Cl0.3", "Li6PS5Br0.25I0.75", "Li6PS5Cl",
    ],
)  # fmt: skip
def test_what_is_no_rounding_stays_as_it_is_written(written):
    """A dopant, a vacancy, a quarter; and one amount that is none leaves all of them alone."""
    assert exact(written) == written
    assert composition(written).meant is composition(written)
