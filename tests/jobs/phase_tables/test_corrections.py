import pytest

from jobs.phase_tables.corrections import corrected, one_functional
from jobs.phase_tables.entry_file import PlainEntry
from jobs.phase_tables.errors import DataError

POTCARS = {
    "Li": "PAW_PBE Li_sv",
    "Fe": "PAW_PBE Fe_pv",
    "O": "PAW_PBE O",
    "S": "PAW_PBE S",
    "B": "PAW_PBE B",
    "Cl": "PAW_PBE Cl",
    "P": "PAW_PBE P",
    "N": "PAW_PBE N",
}


def entry(
    amounts, energy, run_type="GGA", correction=0.0, structure=None, oxide="oxide", **parameters
):
    how = {
        "run_type": run_type,
        "hubbards": {"Fe": 5.3} if run_type == "GGA+U" else {},
        "potcar_symbols": [POTCARS[element] for element in amounts],
    }
    data = {"oxide_type": oxide} if oxide else {}
    return PlainEntry(amounts, energy, correction, how | parameters, data, "x", structure)


def test_an_oxide_is_corrected_by_the_oxygen_it_holds():
    """Table 1 of the scheme: -0.687 eV for each oxide ion, and nothing for elements."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    energies = corrected([entry({"Li": 4, "O": 2}, -28.6), entry({"Li": 1}, -1.9)], name="t")

    assert energies == pytest.approx([-28.6 - 2 * 0.687, -1.9])


def test_iron_with_u_is_corrected_too():
    """Table 1 of the scheme: -2.256 eV for each iron in oxides, beside that of oxygen."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    (energy,) = corrected([entry({"Fe": 2, "O": 3}, -33.0, "GGA+U")], name="t")

    assert energy == pytest.approx(-33.0 - 3 * 0.687 - 2 * 2.256)


def test_corrections_made_before_are_undone():
    """The stored one of -9 eV plays no part."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    (energy,) = corrected([entry({"Li": 4, "O": 2}, -28.6, correction=-9.0)], name="t")

    assert energy == pytest.approx(-28.6 - 2 * 0.687)


def test_a_structure_tells_a_peroxide():
    """Two oxygens 1.5 Angstrom apart: -0.465 eV each, not -0.687."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")
    places = [("Li", 0, 0, 0), ("Li", 0, 0, 0.5), ("O", 0.5, 0.5, 0.2), ("O", 0.5, 0.5, 0.35)]
    structure = {
        "lattice": {"matrix": [[6, 0, 0], [0, 6, 0], [0, 0, 10]]},
        "sites": [
            {"species": [{"element": element, "occu": 1}], "abc": where}
            for element, *where in places
        ],
    }

    (energy,) = corrected(
        [entry({"Li": 2, "O": 2}, -19.0, structure=structure, oxide=None)], name="t"
    )

    assert energy == pytest.approx(-19.0 - 2 * 0.465)


@pytest.mark.parametrize("amounts", [{"Li": 2, "O": 2}, {"Li": 4, "O": 2}])
@pytest.mark.parametrize(
    ("oxide", "says"),
    [(None, "neither a structure nor oxide_type"), ("banana", "oxide_type 'banana': write one of")],
)
def test_a_peroxide_is_not_guessed_from_its_formula(amounts, oxide, says):
    """Without structure and oxide_type, or with an unknown one, oxides are refused."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    with pytest.raises(DataError, match=rf"t: row 2 \(Li2O2?\), field data: {says}") as refused:
        corrected([entry({"O": 1}, -4.9, oxide=None), entry(amounts, -19.0, oxide=oxide)], name="t")

    assert "peroxide" in str(refused.value)


def test_a_stated_peroxide_is_corrected_as_one():
    """-0.465 eV for each oxygen of a peroxide."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    (energy,) = corrected([entry({"Li": 2, "O": 2}, -19.0, oxide="peroxide")], name="t")

    assert energy == pytest.approx(-19.0 - 2 * 0.465)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            entry({"Li": 4, "O": 2}, -28.6, run_type=None),
            r"row 2 \(Li2O\), field parameters: no run",
        ),
        (entry({"Li": 4, "O": 2}, -28.6, "R2SCAN"), "invalid run type R2SCAN"),
        (entry({"Fe": 2, "O": 3}, -33.0, "GGA"), r"row 2 \(Fe2O3\), field parameters: "),
        (entry({"Li": 4, "O": 2}, -28.6, potcar_symbols=["PAW_PBE Li", "PAW_PBE O"]), "POTCAR"),
        (entry({"Li": 4, "O": 2}, -28.6, potcar_symbols=None), "row 2"),
    ],
)
def test_what_may_not_be_corrected_is_refused_with_the_reason(wrong, says):
    """Another functional, iron oxide without U, other potentials, or nothing said of them."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    with pytest.raises(DataError, match=says) as refused:
        corrected([entry({"Li": 1}, -1.9), wrong], name="t")

    assert "--corrections given" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "method"),
    [
        (["GGA", "GGA+U"], "GGA_GGA+U"),
        (["PBE", None, ""], "GGA_GGA+U"),
        (["r2SCAN", "R2SCAN"], "R2SCAN"),
        (["GGA_GGA+U_R2SCAN", None], "GGA_GGA+U_R2SCAN"),
        (["HSE06"], "HSE06"),
        ([None], ""),
    ],
)
def test_methods_of_one_family_are_one(names, method):
    """GGA and GGA+U share a scheme of corrections; r2SCAN is written in two ways."""
    assert one_functional(names, of="t") == method


@pytest.mark.parametrize(
    "names", [["GGA", "R2SCAN"], ["GGA", "GGA_GGA+U_R2SCAN"], ["PBE", "HSE06"]]
)
def test_mixed_methods_are_refused(names):
    """Their energies have different zeros."""
    with pytest.raises(DataError, match="t mixes functionals"):
        one_functional(names, of="t")


@pytest.mark.parametrize(
    ("amounts", "correction"),
    [
        ({"Li": 2, "S": 1, "O": 4}, -0.687 * 4),  # S6+ is no sulfide.
        ({"Li": 10, "B": 14, "Cl": 2, "O": 25}, -0.687 * 25 - 0.614 * 2),  # 41 sites, no guess.
        ({"Li": 6, "P": 1, "S": 5, "Cl": 1}, -0.503 * 5 - 0.614),
        ({"Li": 3, "P": 1, "S": 3, "O": 1}, -0.503 * 3 - 0.687),  # An oxysulfide has both.
        ({"Li": 3, "O": 1, "Cl": 1}, -0.687 - 0.614),
        ({"Li": 2, "S": 2, "O": 3}, -0.687 * 3),  # A thiosulfate.
        ({"Li": 2, "P": 1, "O": 2, "N": 1}, -0.687 * 2 - 0.361),
    ],
)
def test_anions_are_told_by_what_the_cations_can_pay(amounts, correction):
    """Table 1 of the scheme (O -0.687, S -0.503, Cl -0.614, N -0.361 eV), as with structures."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")

    (energy,) = corrected([entry(amounts, -30.0)], name="t")

    assert energy == pytest.approx(-30.0 + correction, abs=1e-9)


def test_stated_anions_count_more_than_derived_ones():
    """An entry that says its sulfur is a sulfide, or which states its elements have."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")
    sulfate = entry({"Li": 2, "S": 1, "O": 4}, -30.0)
    stated = sulfate._replace(data={**sulfate.data, "sulfide_type": "sulfide"})

    (energy,) = corrected([stated], name="t")

    assert energy == pytest.approx(-30.0 - 4 * 0.687 - 0.503)
