import csv
import hashlib
import re
from importlib.resources import files
from math import cos, inf, radians

import pytest

from descriptors.consensus import CLASS_SPREAD
from descriptors.quantity import Kind
from descriptors.tables import FROM_MEMORY, UNITS, figures
from stability.formula import composition

DATA = files("descriptors") / "data"

# Column suffix of each unit, as STYLE's units-at-the-border rule writes them.
SUFFIX = {
    "S/cm": "s_per_cm",
    "%": "percent",
    "GPa": "gpa",
    "g/cm3": "g_per_cm3",
    "m2/g": "m2_per_g",
}
FIGURE = "Ionic conductivity (S cm-1)"
CATALOGUE = {
    *("Li6PS5Cl", "Li6PS5Br", "Li3PS4", "Li7P3S11", "Li10GeP2S12"),
    *("Li2ZrCl6", "Li3YCl6", "Li3InCl6", "Li3ErCl6", "Li3ScCl6"),
    *("Li7La3Zr2O12", "LiTi2(PO4)3", "Li3PO4", "LiTaOCl4", "LiNbOCl4"),
}


def rows(table):
    text = (DATA / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_readme_knows_the_hash_of_every_file():
    """A figure that changes without its README entry fails here."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    present = {file.name: file.read_bytes() for file in DATA.iterdir() if file.name != "README.md"}

    for name, data in present.items():
        hashed = re.escape(hashlib.sha256(data).hexdigest())
        assert re.search(rf"`{re.escape(name)}`[^#]*`{hashed}`", readme), name


@pytest.mark.parametrize("table", UNITS)
def test_every_column_names_its_unit(table):
    """The second column is the table's name and its unit."""
    assert list(rows(table)[0])[1] == f"{table}_{SUFFIX[UNITS[table]]}"


@pytest.mark.parametrize("table", UNITS)
def test_every_row_is_a_positive_finite_figure_with_a_source(table):
    """No blank, zero or negative figure; kind and confidence are of the known ones."""
    for row in rows(table):
        assert 0 < float(list(row.values())[1]) < inf
        assert row["source"]
        assert row["kind"] in set(Kind)
        assert row["confidence"] in {"looked up", FROM_MEMORY}


OF_CATALOGUE = [
    name for name in UNITS if not name.startswith("carbon") and name != "ionic_conductivity"
]


@pytest.mark.parametrize("table", OF_CATALOGUE)
def test_only_electrolytes_of_the_catalogue_are_kept(table):
    """The tables hold what the screening can ask for, and nothing else."""
    assert set(figures(table)) <= CATALOGUE


def test_every_electrolyte_has_an_ionic_conductivity():
    """The one figure without which an electrolyte is not in the catalogue."""
    assert set(figures("ionic_conductivity")) >= CATALOGUE


def test_every_material_beyond_the_catalogue_is_another_one():
    """Nobody's figures stand under two ways of writing one composition."""
    shares = [composition(formula).shares for formula in figures("ionic_conductivity")]

    assert len(set(shares)) == len(shares)


def test_every_carbon_has_area_and_density():
    """The two carbon tables speak of the same carbons."""
    assert set(figures("carbon_specific_area")) == set(figures("carbon_density"))


def test_every_pellet_has_its_pressure_and_no_other_figure_has():
    """A relative density without its pressure is of no use."""
    for table in UNITS:
        has_pressure = table == "relative_density"
        for found in figures(table).values():
            assert all((figure.pressure is not None) is has_pressure for figure in found)


def test_every_table_is_either_pooled_or_a_curve():
    """A table without class spread has no interval."""
    assert {*CLASS_SPREAD, "relative_density"} == set(UNITS)


def test_a_figure_from_memory_is_an_estimate_and_says_so():
    """LiTaOCl4 was measured by somebody, but nobody here has looked it up."""
    (figure,) = figures("ionic_conductivity")["LiTaOCl4"]

    assert figure.kind is Kind.ESTIMATED
    assert figure.source.endswith("(from memory)")


# Formula weight, formula units per cell, and cell volume from the edges and angle of the row.
CELLS = {
    "Li6PS5Cl": (6 * 6.94 + 30.974 + 5 * 32.06 + 35.45, 4, 9.898**3),
    "Li6PS5Br": (6 * 6.94 + 30.974 + 5 * 32.06 + 79.904, 4, 10.02**3),
    "Li10GeP2S12": (69.4 + 72.63 + 2 * 30.974 + 12 * 32.06, 2, 8.69407**2 * 12.5994),
    "Li2ZrCl6": (2 * 6.94 + 91.224 + 6 * 35.45, 3, 10.97**2 * 5.93 * cos(radians(30))),
    "Li3YCl6": (3 * 6.94 + 88.906 + 6 * 35.45, 3, 11.2217**2 * 6.05517 * cos(radians(30))),
    "Li3InCl6": (3 * 6.94 + 114.818 + 6 * 35.45, 2, 6.432 * 11.093 * 6.398 * cos(radians(19.8))),
    "Li7La3Zr2O12": (48.58 + 3 * 138.905 + 2 * 91.224 + 12 * 15.999, 8, 12.968**3),
    "LiTi2(PO4)3": (6.94 + 95.734 + 92.922 + 191.988, 6, 8.512**2 * 20.858 * cos(radians(30))),
    "Li3PO4": (3 * 6.94 + 30.974 + 4 * 15.999, 4, 6.1113 * 10.4612 * 4.9208),
}


@pytest.mark.parametrize("formula", CELLS)
def test_a_density_is_what_its_cell_weighs(formula):
    """Z M / (N_A V), with 1 g/mol per cubic angstrom = 1 / 0.602214 g/cm3."""
    weight, units, volume = CELLS[formula]

    density = figures("true_density")[formula][0].value

    assert density == pytest.approx(units * weight / (0.602214 * volume), abs=2e-3)


def test_the_figures_of_the_thesis_are_the_thesis_figures(reference):
    """T01 to T05, T07 and T08 as they stand in the list of measurements; mS/cm are 1e-3 S/cm."""
    with (reference / "thesis_measurements.csv").open(encoding="utf-8") as file:
        thesis = {row["id"]: row for row in csv.DictReader(file)}

    cited = 0
    for table in UNITS:
        for row in rows(table):
            if entry := re.search(r"\bT\d\d\b", row["source"]):
                measured = thesis[entry.group()]
                scale = 1e-3 if measured["unit"] == "mS/cm" else 1.0
                assert measured["sse"] == row["formula"]
                assert measured["quantity"] == table
                value = float(list(row.values())[1])
                assert value == pytest.approx(float(measured["value"]) * scale)
                cited += 1
    assert cited == 7


def test_the_conductivities_by_obelix_are_obelix_conductivities(reference):
    """Composition, DOI and figure of each such row stand together in one row of OBELiX."""
    known = set()
    for name in ("train.csv", "test.csv"):
        with (reference / "obelix" / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                shares, figure = composition(row["True Composition"]).shares, row[FIGURE]
                if "<" not in figure:
                    dois = row["DOI"].lower().split("|")
                    known |= {(shares, doi, f"{float(figure):.3g}") for doi in dois}

    for row in rows("ionic_conductivity"):
        if row["source"].endswith("by OBELiX"):
            doi = row["source"].split("doi:")[1].removesuffix(", by OBELiX")
            figure = f"{float(row['ionic_conductivity_s_per_cm']):.3g}"
            assert (composition(row["formula"]).shares, doi.lower(), figure) in known


def test_beyond_the_catalogue_the_test_split_of_obelix_stays_out(reference):
    """Its materials are judged by, and not looked up; but for Li3YBr6, which everybody knows."""
    with (reference / "obelix" / "test.csv").open(encoding="utf-8") as file:
        judged = {composition(row["True Composition"]).shares for row in csv.DictReader(file)}
    added = set(figures("ionic_conductivity")) - CATALOGUE

    assert {one for one in added if composition(one).shares in judged} == {"Li3YBr6"}
