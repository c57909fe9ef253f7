import pytest

from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import Chemistry, electrolytes
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import own_materials
from screening.catalogue.properties import as_pressed, chemistries, chemistry, properties
from stability.errors import FormulaError

UNITS = {"ionic_conductivity": "S/cm", "relative_density": "%", "true_density": "g/cm3"}
UNHEARD_OF = {
    Chemistry.SULFIDE: "Li7SiPS8",
    Chemistry.HALIDE: "Li3LuCl6",
    Chemistry.OXYHALIDE: "LiHfOCl3",
    Chemistry.OXIDE: "Li5La3Sb2O12",
    Chemistry.PHOSPHATE: "LiSn2(PO4)3",
}


@pytest.mark.parametrize(("sse", "density"), [("Li6PS5Cl", 85.5), ("Li2ZrCl6", 94.7)])
def test_the_pellets_of_the_thesis_are_measured(sse, density):
    """T07 and T08: 85.5 and 94.7 % at 375 MPa."""
    found = properties(sse, pressure=375).relative_density

    assert found.value == density
    assert found.kind is Kind.MEASURED


def test_a_pressure_that_nobody_used_is_answered_by_a_law():
    """The 94.7 % of 375 MPa do not hold at 20 MPa, where nobody pressed Li2ZrCl6: it is less."""
    found = properties("Li2ZrCl6", pressure=20).relative_density

    assert found.kind is Kind.FITTED
    assert found.source.startswith("fitted")
    assert found.value < 94.7


@pytest.mark.parametrize(("kind", "formula"), UNHEARD_OF.items())
def test_an_unknown_electrolyte_gets_figures_that_say_where_they_come_from(kind, formula):
    """Predicted or assumed, with interval, unit and source; nothing that nobody has measured."""
    found = properties(formula, pressure=375)

    assert chemistry(formula) is kind
    for name, unit in UNITS.items():
        figure = getattr(found, name)
        assert figure.kind is Kind.ASSUMED or figure.source.startswith("predicted")
        assert 0 < figure.low < figure.value < figure.high
        assert isinstance(figure.value, float)
        assert figure.unit == unit
        assert figure.source
    assert found.relative_density.high <= 100
    assert found.youngs_modulus is None


def test_classes_of_many_are_those_of_each():
    """In any order, and where one comes twice."""
    asked = [*UNHEARD_OF.values(), "Li6PS5Cl", "Li7SiPS8"]
    told = chemistries(asked)

    assert [told[one] for one in asked] == [chemistry(one) for one in asked]


@pytest.mark.parametrize("formula", ["Li13Si4", "Li3P", "Fe2O3", "LiGe"])
def test_what_has_no_ions_to_conduct_gets_next_to_nothing(formula):
    """An alloy, a pnictide, lithium-free: assumed below the least measured of any conductor."""
    found = properties(formula, pressure=375).ionic_conductivity

    assert found.kind is Kind.ASSUMED
    assert found.value <= 1e-13
    assert found.source.startswith("no ionic framework")


def test_an_element_that_nobody_knows_is_never_a_merit():
    """Li3CmCl6 beside Li3YCl6, which is known: wider, lower, and pressed no denser."""
    known, unknown = (properties(one, pressure=375) for one in ("Li3YbCl6", "Li3CmCl6"))

    assert unknown.ionic_conductivity.low < known.ionic_conductivity.low
    assert unknown.relative_density.kind is Kind.ASSUMED
    assert unknown.relative_density.value <= known.relative_density.value
    assert unknown.relative_density.low <= known.relative_density.low


@pytest.mark.parametrize("sse", electrolytes())
def test_every_electrolyte_of_the_catalogue_has_its_figures(sse):
    """No gap in what the model needs, whatever is measured; ordered intervals throughout."""
    found = properties(sse, pressure=375)

    for name, unit in UNITS.items():
        figure = getattr(found, name)
        assert 0 < figure.low <= figure.value <= figure.high
        assert figure.unit == unit
    assert chemistry(sse) is electrolytes()[sse].chemistry


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("Li5.5PS4.5Cl1.5", Chemistry.SULFIDE),
        ("Li6PS5I", Chemistry.SULFIDE),
        ("Li3YBr6", Chemistry.HALIDE),
        ("LiAlCl2.5O0.75", Chemistry.OXYHALIDE),
        ("Li3OCl", Chemistry.OXYHALIDE),
        ("Li0.34La0.55TiO3", Chemistry.OXIDE),
        ("Li2SO4", Chemistry.OXIDE),
        ("Li1.3Al0.3Ti1.7(PO4)3", Chemistry.PHOSPHATE),
        ("Li3PS3.5O0.5", Chemistry.SULFIDE),
        ("Li6PS4.75O0.25Cl", Chemistry.SULFIDE),
        ("LiClO4", Chemistry.OXIDE),
        ("LiVPO4F", Chemistry.PHOSPHATE),
        ("LiMgSO4F", Chemistry.OXIDE),
    ],
)
def test_the_class_follows_from_the_anions(formula, kind):
    """A little oxygen leaves a sulfide one; sulfates, chlorates, fluorosulfates are oxides."""
    assert chemistry(formula) is kind


def test_text_that_is_no_formula_is_refused():
    """Nothing is assumed of something that is no material."""
    with pytest.raises(FormulaError):
        properties("argyrodite", pressure=375)


@pytest.mark.parametrize(
    ("formula", "most"),
    [("LiCl", 1e-6), ("LiMgH14Cl3O7", 1e-5), ("LiAlCl4", 1e-4)],
)
def test_what_only_looks_like_a_conductor_is_not_taken_for_one(formula, most):
    """A salt, a hydrate, and a halide of no known conductor: low, with doubt of four decades."""
    found = properties(formula, pressure=375).ionic_conductivity

    assert found.kind is Kind.PREDICTED
    assert found.low < found.value < most < 6e-4
    assert found.high / found.low > 1e4


def test_a_ceramic_conducts_as_it_is_pressed_and_a_figure_of_ones_own_counts_as_it_is():
    """A five-hundredth of the sintered pellet, both doubts in squares; halides as measured."""
    bulk = Quantity(1e-3, 1e-4, 1e-2, "S/cm", Kind.MEASURED, "a paper")
    pressed = as_pressed(bulk, "Li7La3Zr2O12")

    assert pressed.value == pytest.approx(1e-3 / 500)
    # A decade each: 10 ** hypot(1, 1).
    assert pressed.value / pressed.low == pytest.approx(10 ** (2**0.5))
    assert pressed.high / pressed.value == pytest.approx(10 ** (2**0.5))
    assert pressed.kind is Kind.ESTIMATED
    assert as_pressed(bulk, "Li3YCl6") == bulk
    ours = Material(
        label="our garnet", kind="sse", source="me", formula="Li7La3Zr2O12",
        ionic_conductivity_s_per_cm=3e-6,
    )  # fmt: skip
    taken = properties("Li7La3Zr2O12", pressure=375, own=own_materials((ours,)))
    assert taken.ionic_conductivity.value == 3e-6
