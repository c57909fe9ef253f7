from pathlib import Path
from shutil import copytree

import pytest

from descriptors.composite.carbon import carbons
from descriptors.quantity import Kind
from screening.catalogue.materials import (
    State,
    cathode,
    cathodes,
    electrolyte,
    electrolytes,
    known_cathodes,
    read_catalogue,
    recipe,
    recipes,
)
from screening.errors import CatalogueError, UnknownNameError
from stability.formula import composition

DATA = Path(__file__).parents[3] / "screening" / "data"
QUANTITIES = ("utilisation", "return_fraction", "specific_area", "density")


def lithium(formula):
    return composition(formula).amounts.get("Li", 0.0)


def theoretical(row):
    """Return mAh per gram as assembled: n F / (3.6 M), with F = 96485 C/mol."""
    n = lithium(row.discharged) - lithium(row.charged)
    return n * 96485 / 3.6 / composition(row.name).molar_mass


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("LiFePO4", 1),
        ("S", 2),
        ("Li2S", 2),
        ("LiCoO2", 1),
        ("LiNiO2", 1),
        ("LiNi0.5Mn1.5O4", 1),
        ("LiMn2O4", 1),
        ("TiS2", 1),
        ("FeS2", 4),
    ],
)
def test_the_two_states_differ_by_the_lithium_of_the_reaction(name, n):
    """Sulfur takes two Li, pyrite four, everything else one."""
    row = cathode(name)

    assert lithium(row.discharged) - lithium(row.charged) == n


@pytest.mark.parametrize(
    ("name", "capacity"),
    [
        ("LiFePO4", 26801.4 / 157.76),  # F / 3.6 = 26801.4 mAh/mol
        ("S", 2 * 26801.4 / 32.06),
        ("Li2S", 2 * 26801.4 / 45.94),
        ("FeS2", 4 * 26801.4 / 119.97),
    ],
)
def test_theoretical_capacities_are_those_of_the_textbook(name, capacity):
    """170, 1672, 1167 and 894 mAh/g."""
    assert theoretical(cathode(name)) == pytest.approx(capacity, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("LiCoO2", 135, 145), ("LiNiO2", 199, 240), ("LiMn2O4", 110, 126), ("LiFePO4", 140, 165)],
)
def test_liquid_cells_give_the_published_discharge(name, low, high):
    """Theoretical capacity x utilisation x return is what the sources of the row print."""
    row = cathode(name)

    assert low <= theoretical(row) * row.utilisation.value * row.return_fraction.value <= high


@pytest.mark.parametrize(
    ("name", "units", "volume"),
    [
        ("LiFePO4", 4, 291.2),
        ("LiCoO2", 3, 96.5),
        ("LiNiO2", 3, 101.8),
        ("LiNi0.5Mn1.5O4", 8, 8.17**3),
        ("LiMn2O4", 8, 8.247**3),
        ("TiS2", 1, 57.2),
        ("FeS2", 4, 5.418**3),
    ],
)
def test_densities_follow_from_the_unit_cells(name, units, volume):
    """Z M / (N_A V), with 1 g/mol/A3 = 1.66054 g/cm3, rounds to the density of the row."""
    row = cathode(name)

    x_ray = 1.66054 * units * composition(name).molar_mass / volume

    assert row.density.value == pytest.approx(x_ray, rel=0.003)


@pytest.mark.parametrize("row", known_cathodes().values(), ids=lambda row: row.name)
def test_every_figure_of_a_cathode_has_a_source_and_an_ordered_interval(row):
    """No figure without a source; fractions stay within 0 and 1; the window holds the mean."""
    for key in QUANTITIES:
        quantity = getattr(row, key)
        assert quantity.source
        assert quantity.low <= quantity.value <= quantity.high
    assert row.utilisation.low > 0
    assert row.utilisation.high <= 1
    assert row.return_fraction.low > 0
    assert row.return_fraction.high <= 1
    assert 0 < row.voltage_low < row.voltage < row.voltage_high
    assert row.voltage_source
    assert row.source


def test_cathodes_are_named_as_they_are_assembled():
    """Sulfur starts charged and Li2S discharged, though they are one couple."""
    assert (cathode("S").assembled, cathode("Li2S").assembled) == (State.CHARGED, State.DISCHARGED)
    assert cathode("S").discharged == cathode("Li2S").name
    assert cathode("Li2S").charged == cathode("S").name


def test_the_figures_of_the_thesis_are_in_their_place():
    """4 V for LiFePO4, 1 to 3 V for S, and the measured return of T26."""
    assert cathode("LiFePO4").voltage_high == 4.0
    assert (cathode("S").voltage_low, cathode("S").voltage_high) == (1.0, 3.0)
    assert cathode("LiFePO4").return_fraction.value == 0.913
    assert cathode("LiFePO4").return_fraction.kind is Kind.MEASURED


def test_insulators_have_no_conducting_surface():
    """Electrons reach the electrolyte of a sulfur cathode through carbon only."""
    assert cathode("S").specific_area.high == 0
    assert cathode("Li2S").specific_area.high == 0


@pytest.mark.parametrize("row", recipes().values(), ids=lambda row: row.name)
def test_recipes_are_whole_and_their_carbon_is_known(row):
    """Fractions sum to 1, and the carbon has a specific area."""
    total = row.cathode_fraction + row.sse_fraction + row.carbon_fraction

    assert total == pytest.approx(1, abs=1e-12)
    assert row.carbon is None or row.carbon in carbons()
    assert row.source


def test_the_recipes_of_the_thesis():
    """40:57:3 by hand for LiFePO4, 30:50:20 milled for S and Li2S, all at 375 MPa."""
    lfp, sulfur = recipe(cathode("LiFePO4").recipe), recipe(cathode("S").recipe)

    assert (lfp.cathode_fraction, lfp.sse_fraction, lfp.carbon_fraction) == (0.40, 0.57, 0.03)
    assert (lfp.carbon, lfp.mixing, lfp.pressure) == ("VGCF", "hand", 375)
    assert (sulfur.cathode_fraction, sulfur.sse_fraction, sulfur.carbon_fraction) == (0.3, 0.5, 0.2)
    assert (sulfur.carbon, sulfur.mixing, sulfur.pressure) == ("acetylene black", "milled", 375)
    assert cathode("Li2S").recipe == sulfur.name


@pytest.mark.parametrize("row", electrolytes().values(), ids=lambda row: row.label)
def test_an_electrolyte_is_found_by_formula_and_by_label(row):
    """Both names lead to the same material."""
    assert electrolyte(row.name) is row
    assert electrolyte(row.label) is row
    assert row.source


def test_the_chemistry_is_that_of_the_anions():
    """Sulfides hold S, halides a halogen without O, oxyhalides both, phosphates P and O."""
    halogens = {"F", "Cl", "Br", "I"}
    for row in electrolytes().values():
        elements = set(composition(row.name).amounts)
        expected = (
            "sulfide"
            if "S" in elements
            else ("oxyhalide" if "O" in elements else "halide")
            if elements & halogens
            else "phosphate"
            if "P" in elements
            else "oxide"
        )
        assert row.chemistry == expected


@pytest.mark.parametrize(
    ("ask", "name", "meant"),
    [
        (cathode, "LiFeP04", "did you mean LiFePO4"),
        (cathode, "lifepo4", "did you mean LiFePO4"),
        (electrolyte, "lpscl", "did you mean LPSCl"),
        (electrolyte, "Li6PS5CI", "did you mean Li6PS5Cl"),
        (recipe, "lfp-vgcf", "did you mean lfp-vgcf-hand"),
    ],
)
def test_a_near_miss_names_what_was_meant_and_all_there_is(ask, name, meant):
    """One line: the value, the likely name, the names."""
    with pytest.raises(UnknownNameError) as error:
        ask(name)

    text = str(error.value)
    assert "\n" not in text
    assert name in text
    assert meant in text
    assert "known: " in text


def test_a_name_like_no_other_gets_the_list_without_a_guess():
    """No guess is better than a wild one."""
    with pytest.raises(UnknownNameError, match="no cathode is named 'xyz'; known: LiFePO4, S, "):
        cathode("xyz")


def test_the_catalogue_cannot_be_changed():
    """Mappings are views, so one caller cannot spoil another's."""
    for rows in (electrolytes(), cathodes(), recipes()):
        with pytest.raises(TypeError):
            rows["X"] = None


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cathodes.toml", "value = 3.6\n", "", "table LiFePO4, key density.value: is missing"),
        ("cathodes.toml", "voltage = 3.4\n", "", "table LiFePO4, key voltage: is missing"),
        (
            "cathodes.toml",
            "voltage = 3.4",
            "volatge = 3.4\nvoltage = 3.4",
            "table LiFePO4, key volatge: is not known here",
        ),
        (
            "cathodes.toml",
            "value = 3.6\n",
            "value = 3.6\nvalu = 3.6\n",
            "table LiFePO4, key density.valu: is not known here",
        ),
        (
            "cathodes.toml",
            "value = 3.6\n",
            "value = 3.7\n",
            "key density: 3.7 with 3.55 to 3.65 is no interval",
        ),
        ("cathodes.toml", "value = 3.6\n", "value = nan\n", "key density: nan with "),
        ("cathodes.toml", 'unit = "m2/g"', 'unit = "cm2/g"', "area: the unit is m2/g, not cm2/g"),
        ("cathodes.toml", "voltage = 3.4", "voltage = 4.4", "4.4 V is outside 2.5 to 4.0 V"),
        ("cathodes.toml", '= "FePO4"', '= "FeXO4"', "table LiFePO4, key charged: FeXO4"),
        ("cathodes.toml", '= "FePO4"', '= "CoPO4"', "LiFePO4 is not CoPO4 with more Li"),
        ("cathodes.toml", '= "discharged"', '= "charged"', "assembled: charged is not the state"),
        ("cathodes.toml", "lfp-vgcf-hand", "lfp", "lfp is not in recipes.toml, which holds "),
        (
            "cathodes.toml",
            '"handbook values 1.64 and 1.66, from memory"',
            '""',
            "key density: the source is empty",
        ),
        ("electrolytes.toml", '"sulfide"', '"sulphide"', "table Li6PS5Cl, key chemistry"),
        ("electrolytes.toml", '"LPSBr"', '"LPSCl"', "key label: LPSCl names two materials"),
        ("electrolytes.toml", "[Li6PS5Cl]", "[Li6PS5Cl", "electrolytes.toml cannot be read"),
        ("recipes.toml", "[40, 57, 3]", "[40, 57]", "table lfp-vgcf-hand, key ratio"),
        ("recipes.toml", "[40, 57, 3]", "[40, 0, 3]", "table lfp-vgcf-hand, key ratio"),
        ("recipes.toml", "[40, 57, 3]", "[43, 57, 0]", "table lfp-vgcf-hand: "),
        ("recipes.toml", "[lfp-vgcf-hand]", 'x = 1\n[lfp-vgcf-hand]\nname = "x"', "write a table"),
    ],
)
def test_a_broken_file_is_refused_in_one_line_with_its_place(tmp_path, file, old, new, said):
    """The line names the file, and the table and the key where there are any."""
    folder = copytree(DATA, tmp_path / "data")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as error:
        read_catalogue(folder)

    assert "\n" not in str(error.value)
    assert file in str(error.value)
    assert said in str(error.value)


def test_an_absent_file_is_refused(tmp_path):
    """A folder without the catalogue is no empty catalogue."""
    with pytest.raises(CatalogueError, match=r"recipes\.toml cannot be read"):
        read_catalogue(tmp_path)


LABELS = (
    "NMC111 NMC532 NMC622 NMC811 NMC9055 NCM811 NMC-811 ncm_811 NCA LNO LMR LFMP LMFP LNMO LMO LCO "
    "LFP LTO sulfur SPAN TiS2 FeS2 MoS2 V2O5 CuS FeF3 LiNi0.8Co0.1Mn0.1O2 LCO-4.5V"
)


@pytest.mark.parametrize("label", LABELS.split())
def test_cathodes_have_the_names_that_people_write(label):
    """Each means one row; its formula is a formula, whatever its name."""
    found = cathode(label)

    assert composition(found.formula).formula
    assert known_cathodes()[found.name] is found


def test_layered_oxides_are_one_family():
    """All of them hold 274 to 279 mAh/g, one lithium each, and are assembled discharged."""
    for label in ("NMC111", "NMC532", "NMC622", "NMC811", "NMC90", "NCA", "LNO", "LCO"):
        assert 273.0 < cathode(label).theoretical_capacity < 280.0
        assert cathode(label).assembled is State.DISCHARGED


def test_an_inert_host_dilutes_the_capacity():
    """SPAN with 58 % of host: 0.42 of the 1672 mAh/g of sulfur."""
    span, sulfur = cathode("SPAN"), cathode("S")

    assert span.theoretical_capacity == pytest.approx(0.42 * sulfur.theoretical_capacity)
    assert span.formula == "S"
