import pytest

from jobs.errors import MaterialError
from jobs.lab.pasted_materials import MOST_ROWS, Column, guessed, pasted
from screening.batch.material_file import read_materials

USUAL = {"kind": "sse", "source": "notebook 12"}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("label", Column("label")),
        ("Sample", Column("label")),
        ("ionic_conductivity_s_per_cm", Column("ionic_conductivity_s_per_cm")),
        ("Ionic conductivity [S/m]", Column("ionic_conductivity_s_per_cm", "S/m")),
        ("true density (kg/m3)", Column("true_density_g_per_cm3", "kg/m3")),
        ("density (kg m^-3)", Column("true_density_g_per_cm3", "kg/m3")),
        ("sigma [mS cm⁻¹]", Column("ionic_conductivity_s_per_cm", "mS/cm")),
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


@pytest.mark.parametrize(
    "columns", [None, [Column("label"), Column("formula"), Column("ionic_conductivity_s_per_cm")]]
)
def test_a_unit_that_is_not_known_is_a_fault_of_its_column(columns):
    """It is never read as that of the field, nor where the field is chosen by hand."""
    text = "label,formula,sigma (mS/dm)\na,Li3N,5\nb,Lx2,1\n"
    found = pasted(text, columns, usual=USUAL)
    (fault,) = found.faults

    assert (fault.row, fault.column) == (None, 2)
    assert fault.said.startswith("unit 'mS/dm' is not known; choose one of S/cm, mS/cm, ")
    assert found.materials == ()


def test_a_unit_that_is_chosen_goes_before_the_heading():
    """And without a choice the heading counts, where the field was chosen by hand too."""
    text = "a,b,total (mS/cm)\nours,Li3N,5\n"
    said = Column("label"), Column("formula"), Column("ionic_conductivity_s_per_cm")
    (by_heading,) = pasted(text, said, usual=USUAL).materials
    (chosen,) = pasted(text, (*said[:2], said[2]._replace(unit="S/m")), usual=USUAL).materials

    assert by_heading.ionic_conductivity_s_per_cm == pytest.approx(5e-3)
    assert chosen.ionic_conductivity_s_per_cm == pytest.approx(5e-2)


def test_a_heading_of_a_text_has_no_unit():
    """What stands in brackets there is said to people only."""
    (one,) = pasted("label,formula (nominal)\na,Li3N\n", usual=USUAL).materials

    assert one.formula == "Li3N"


@pytest.mark.parametrize(
    ("labels", "formulas", "row"),
    [
        (["c", "c", "a"], ["Li3N", "Li3P", "Li2S"], 1),
        (["x", "y", "are", "b"], ["Li3N", "Li3N", "Li2S", "Li3P"], 1),
        (["x", "y", "Y", "x"], ["Li3N", "Li2S", "Li3P", "Li2O"], 2),
    ],
)
def test_a_clash_stands_at_the_row_that_makes_it(labels, formulas, row):
    """Whatever words the message shares with other rows: `a` is in `material`."""
    text = "label,formula\n" + "".join(
        f"{label},{formula}\n" for label, formula in zip(labels, formulas, strict=True)
    )
    (fault,) = pasted(text, usual=USUAL).faults

    assert (fault.row, fault.column) == (row, None)


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
        ("label,formula\nGr\ufffdn,Li3N\n", None, "1 characters were lost"),
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


def test_a_unit_in_a_cell_is_told_with_that_of_its_column():
    """The number alone is right only in the unit of the heading."""
    text = "label,formula,sigma (mS/cm)\na,Li3N,{}\n"
    heading, other = (
        pasted(text.format(cell), usual=USUAL).faults[0].said for cell in ("5 mS/cm", "5 S/cm")
    )

    assert heading.endswith("write 5 alone, without a unit")
    assert other.endswith("give it in mS/cm, the number alone")
