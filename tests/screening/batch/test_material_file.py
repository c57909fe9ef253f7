import csv

import pytest

from screening.batch.material_file import FIELDS, material, read_materials, template, usable
from screening.errors import BatchError, CatalogueError


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CSV file."""

    def write(text):
        path = tmp_path / "materials.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_template_can_be_read_as_it_is(file):
    """One material of each kind, all fields in the header."""
    found = read_materials(file(template()))

    assert [one.kind for one in found] == ["sse", "cathode", "carbon"]
    assert tuple(next(csv.reader(template().splitlines()))) == FIELDS


def test_every_wrong_cell_is_named_by_line_and_column(file):
    """And none of the others is taken."""
    text = (
        "label,kind,source,formula,ionic_conductivity_s_per_cm\n"
        "a,sse,me,Li3N,2\nb,sse,me,Li3P,1e-4\nc,sse,,Xx,x\n"
    )

    with pytest.raises(BatchError) as refused:
        read_materials(file(text))

    lines = str(refused.value).splitlines()
    assert lines[0].endswith("4 faults, so none was taken")
    assert lines[1].startswith("line 2, ionic_conductivity_s_per_cm: 2 S/cm is outside")
    assert {line.split(":")[0] for line in lines[2:]} == {
        "line 4, ionic_conductivity_s_per_cm", "line 4, source", "line 4, formula",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("label;kind", "separate them with commas"),
        ("label,label", "stands twice"),
        ("label,ionic_conductivity", "name its unit: ionic_conductivity_s_per_cm"),
        ("label,true density", "name its unit: true_density_g_per_cm3"),
        ("label,colour", "known: label"),
        ("label,kind", "no rows below the header"),
        ("label\tkind\na\tsse", "tabs separate the columns"),
        ("\nlabel,kind\na,sse", "the first line is empty"),
    ],
)
def test_a_header_without_units_is_refused(header, said, file):
    """With what to write."""
    with pytest.raises(BatchError, match=said):
        read_materials(file(header + "\n"))


def test_a_material_is_read_from_texts():
    """As options and forms give them; numbers in plain digits."""
    one = material({"label": "a", "kind": "sse", "source": "me", "formula": "Li3N", "note": ""})

    assert one.formula == "Li3N"
    with pytest.raises(CatalogueError, match="true_density_g_per_cm3: '1,8' is no number"):
        material(
            {"label": "a", "kind": "sse", "source": "me", "formula": "Li3N",
             "true_density_g_per_cm3": "1,8"}
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [("9.4e-3 S/cm", "write 9.4e-3 alone"), ("9.4 mS/cm", "give it in S/cm, the number alone")],
)
def test_a_number_with_a_unit_is_refused_with_that_of_the_field(text, said):
    """What is told can be followed: 9.4 alone would be another conductivity."""
    with pytest.raises(CatalogueError, match=f"^ionic_conductivity_s_per_cm: .*{said}"):
        material({
            "label": "a", "kind": "sse", "source": "me", "formula": "Li3N",
            "ionic_conductivity_s_per_cm": text,
        })  # fmt: skip


def test_a_label_of_something_else_is_refused_with_its_line(file):
    """And taken where it is not to be used."""
    row = {"label": "LPSCl", "kind": "sse", "source": "me", "formula": "Li3YCl6"}

    with pytest.raises(BatchError, match=r"1 fault, so none was taken\nline 2, label: LPSCl, of"):
        read_materials(file("label,kind,source,formula\nLPSCl,sse,me,Li3YCl6\n"))
    shadow = material(row, used=False)
    with pytest.raises(CatalogueError, match=r"^materials, label: LPSCl, of the catalogue, is"):
        usable((shadow,))
    assert usable(()) == ()
