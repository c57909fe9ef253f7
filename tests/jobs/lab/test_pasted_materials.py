import pytest

from jobs.errors import MaterialError
from jobs.lab.pasted_materials import MOST_ROWS, UNITS, Column, guessed, pasted, units_of
from screening.batch.material_file import FIELDS, read_materials

USUAL = {"kind": "sse", "source": "notebook 12"}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("label", Column("label")),
        ("Sample", Column("label")),
        ("ionic_conductivity_s_per_cm", Column("ionic_conductivity_s_per_cm")),
        ("Ionic conductivity [S/m]", Column("ionic_conductivity_s_per_cm", "S/m")),
        ("true density (kg/m3)", Column("true_density_g_per_cm3", "kg/m3")),
        ("relative density", Column("relative_density_percent")),
        ("colour", Column("")),
        ("", Column("")),
        ("(mS/cm)", Column("")),
    ],
)
def test_headings_are_guessed(heading, column):
    """By the name of a field, without its unit, or by what people call it."""
    assert guessed(heading) == column


def test_units_become_those_of_the_file(tmp_path):
    """9.4 mS/cm are 9.4e-3 S/cm: the same material as from `catholyte material import`."""
    text = "label;formula;conductivity (mS/cm)\nours;Li5.5PS4.5Cl1.5;9.4\n"
    path = tmp_path / "same.csv"
    path.write_text(
        "label,kind,source,formula,ionic_conductivity_s_per_cm\n"
        "ours,sse,notebook 12,Li5.5PS4.5Cl1.5,9.4e-3\n"
    )

    assert pasted(text, usual=USUAL).materials == read_materials(path)


def test_cutoffs_against_indium_are_moved():
    """2.4 V against Li-In are 2.4 + 0.62 V against lithium."""
    text = "label,similar to,voltage low (V vs. Li-In)\nours,NMC811,2.4\n"
    (one,) = pasted(text, usual=USUAL | {"kind": "cathode"}).materials

    assert one.voltage_low_v == pytest.approx(3.02)


def test_every_unit_is_of_some_field():
    """The first unit of each is the field's own; all fields of numbers have some."""
    of_numbers = [name for name in FIELDS if units_of(name)]

    assert {end for end in UNITS if any(name.endswith(end) for name in of_numbers)} == set(UNITS)
    assert all((units[0].factor, units[0].offset) == (1.0, 0.0) for units in UNITS.values())


def test_faults_name_their_cell():
    """Row and column, what cannot be read once; good rows are shown, and none is lost."""
    text = "label,formula,conductivity (mS/cm)\na,Li3N,much\nb,Lx2,1\nc,Li3N,1\nc,Li3P,1\n"
    found = pasted(text, usual=USUAL)
    places = [(one.row, one.column) for one in found.faults]

    assert (0, 2) in places
    assert (1, 1) in places
    assert any(row in {2, 3} and column is None for row, column in places)
    assert len(found.rows) == 4


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("", None, "no rows"),
        ("label,formula", None, "no rows"),
        ("a\n" + "x\n" * (MOST_ROWS + 1), None, "are more than"),
        ("a,b\n1,2\n", [Column("label")], "1 columns are mapped of 2"),
        ("a,b\n1,2\n", [Column("label"), Column("label")], "two columns hold label"),
        ("a\n1\n", [Column("price")], "no field 'price'"),
        ("a\n1\n", [Column("formula", "mS/cm")], "no unit of formula"),
        ('a,b\n"1,2\n', None, "no rows|no table|cells"),
    ],
)
def test_what_cannot_be_meant_is_refused(text, columns, said):
    """In one line, with the remedy."""
    if said.endswith("cells"):
        found = pasted(text, columns, usual=USUAL)
        assert found.faults
        return
    with pytest.raises(MaterialError, match=said):
        pasted(text, columns, usual=USUAL)
