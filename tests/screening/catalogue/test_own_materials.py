from dataclasses import replace

import pytest

from descriptors.composite.carbon import carbon_area
from descriptors.quantity import Kind
from descriptors.recipe import Mixing, Recipe
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials, own_materials
from screening.catalogue.properties import properties
from screening.errors import CatalogueError

OURS = Material(
    label="our argyrodite", kind="sse", source="notebook", formula="Li5.5PS4.5Cl1.5",
    ionic_conductivity_s_per_cm=9.4e-3, relative_density_percent=88.0, pressed_at_mpa=375.0,
)  # fmt: skip
NMC = Material(label="our 811", kind="cathode", source="me", similar_to="NMC811")
FILM = Material(
    label="sol-gel LNO", kind="coating", source="me", formula="LiNbO3",
    ionic_conductivity_s_per_cm=1e-6,
)  # fmt: skip
CARBON = Material(label="our soot", kind="carbon", source="me", specific_area_m2_per_g=100.0)
OWN = own_materials((OURS, NMC, CARBON))


def test_own_materials_are_found_by_label_and_the_catalogue_by_its_own():
    """Spelling does not matter in either."""
    assert OWN.sse_formula("Our Argyrodite") == "Li5.5PS4.5Cl1.5"
    assert OWN.sse_formula("LPSCl") == "Li6PS5Cl"
    assert OWN.cathode("our-811").name == "our 811"
    assert OWN.cathode("LFP").name == "LiFePO4"
    assert NO_MATERIALS.cathode("LFP").name == "LiFePO4"


def test_measured_figures_go_before_all_others():
    """By composition, however it is written; a pellet only near its own pressure."""
    near = properties("Li5.5PS4.5Cl1.5", pressure=375.0, own=OWN)
    far = properties("Li5.5PS4.5Cl1.5", pressure=50.0, own=OWN)
    without = properties("Li5.5PS4.5Cl1.5", pressure=50.0)

    assert near.ionic_conductivity.value == far.ionic_conductivity.value == 9.4e-3
    assert near.relative_density.value == 88.0
    assert "our argyrodite" in near.relative_density.source
    assert far.relative_density == without.relative_density
    assert near.true_density.kind is not Kind.MEASURED


def test_a_carbon_of_ones_own_brings_its_surface():
    """20 parts at 100 m2/g on 50 parts of SSE: 40 m2/g."""
    made = Recipe("x", 0.3, 0.5, 0.2, OWN.carbon_name("our soot"), Mixing.HAND, 375.0, "me")

    assert carbon_area(OWN.with_carbon(made), cathode_area=0.0).value == pytest.approx(40.0)
    for carbon in ("VGCF", "our 811"):  # The catalogue's, and the name of a cathode.
        other = replace(made, carbon=carbon)
        assert OWN.with_carbon(other) is other


def test_names_pick_what_a_batch_uses():
    """By label or by composition; nothing else becomes part of it."""
    assert OWN.named_by(["Li5.5PS4.5Cl1.5", "S"]) == (OURS,)
    assert OWN.named_by(["our soot", "LFP"]) == (CARBON,)
    assert own_materials((OURS, FILM)).named_by(["Li2Nb2O6"]) == (FILM,)


def test_two_materials_of_one_name_or_composition_are_refused():
    """Results are named by formula."""
    twin = OURS.model_copy(update={"label": "another"})

    with pytest.raises(CatalogueError, match="stands twice"):
        own_materials((OURS, OURS))
    with pytest.raises(CatalogueError, match="our argyrodite and another are both"):
        own_materials((OURS, twin))


def test_two_films_of_one_composition_are_never_told_apart_by_their_order():
    """Results name a film by its formula: both are named, and neither answers for the other."""
    twin = FILM.model_copy(update={"label": "ALD LNO", "ionic_conductivity_s_per_cm": 1e-8})
    said = "coatings sol-gel LNO and ALD LNO are both LiNbO3"

    with pytest.raises(CatalogueError, match=said):
        own_materials((FILM, twin))
    with pytest.raises(CatalogueError, match=said):
        OwnMaterials((FILM, twin)).film_conductivity("LiNbO3")
    electrolyte = FILM.model_copy(update={"label": "bulk LNO", "kind": "sse"})
    assert own_materials((FILM, electrolyte)).film_conductivity("LiNbO3").value == 1e-6
    assert OwnMaterials((FILM, twin)).film_conductivity("Li3PO4") is None
