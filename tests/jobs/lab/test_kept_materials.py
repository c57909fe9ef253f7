import pytest

from jobs.errors import MaterialError
from jobs.lab.kept_materials import (
    add_materials,
    correct_material,
    import_materials,
    kept_materials,
    material_history,
    material_rows,
    own_in,
)
from jobs.lab.laboratory import laboratory
from jobs.schema.arrow import arrow_table
from jobs.schema.lab_tables import OWN_MATERIALS
from screening.batch.material_file import template
from screening.catalogue.own_material import Material
from screening.errors import BatchError, CatalogueError

OURS = Material(
    label="ours", kind="sse", source="me", formula="Li3YBr6", ionic_conductivity_s_per_cm=1.7e-3
)


def test_what_is_kept_is_used(tmp_path):
    """Equal to what was given, and found by its label; twice is once."""
    assert add_materials(tmp_path, [OURS]) == (["ours"], [])
    assert add_materials(tmp_path, [OURS]) == ([], ["ours"])

    assert kept_materials(tmp_path) == (OURS,)
    assert own_in(tmp_path).sse_formula("Ours") == "Li3YBr6"
    assert kept_materials(tmp_path / "none") == ()


def test_a_label_stands_for_one_material(tmp_path):
    """Other values are a correction; nothing of the same visit is kept."""
    add_materials(tmp_path, [OURS])
    other = OURS.model_copy(update={"label": "second", "formula": "Li3N"})

    with pytest.raises(MaterialError, match="ours is there with other values"):
        add_materials(tmp_path, [other, OURS.model_copy(update={"source": "you"})])
    assert kept_materials(tmp_path) == (OURS,)


def test_two_electrolytes_or_films_of_one_composition_are_refused(tmp_path):
    """However it is written, by import and by correction; one that was removed may stay."""
    twin = OURS.model_copy(update={"label": "second", "formula": "Li6Y2Br12"})
    third = OURS.model_copy(update={"label": "third", "formula": "Li3N"})
    add_materials(tmp_path, [OURS])

    with pytest.raises(MaterialError, match=r"^sse second is Li6Y2Br12, and so is ours, .*"):
        add_materials(tmp_path, [third, twin])
    assert kept_materials(tmp_path) == (OURS,)
    add_materials(tmp_path, [third])
    with pytest.raises(MaterialError, match=r"and so is ours, .* correct ours .* or remove it"):
        correct_material(tmp_path, "third", {"formula": "Li3YBr6"}, reason="typed wrongly")
    correct_material(tmp_path, "ours", {}, reason="used up", remove=True)
    add_materials(tmp_path, [twin])
    with pytest.raises(MaterialError, match="and so is second"):
        add_materials(tmp_path, [OURS])
    coating = OURS.model_copy(update={"label": "film", "kind": "coating"})
    assert add_materials(tmp_path, [coating]) == (["film"], [])
    with pytest.raises(MaterialError, match="coating film B is Li3YBr6, and so is film, "):
        add_materials(tmp_path, [coating.model_copy(update={"label": "film B"})])


def test_a_label_of_something_else_can_only_be_corrected_or_removed(tmp_path):
    """A store of an earlier program may hold one."""
    add_materials(tmp_path, [OURS.model_copy(update={"label": "LPSCl"})])

    with pytest.raises(CatalogueError, match="LPSCl, of the catalogue, is Li6PS5Cl"):
        correct_material(tmp_path, "LPSCl", {"note": "x"}, reason="y")
    assert correct_material(tmp_path, "LPSCl", {"formula": "Li6PS5Cl"}, reason="y")
    add_materials(tmp_path, [OURS.model_copy(update={"label": "LZC"})])
    correct_material(tmp_path, "LZC", {}, reason="y", remove=True)
    assert [one.label for one in kept_materials(tmp_path)] == ["LPSCl"]


def test_a_correction_keeps_what_stood_before(tmp_path):
    """And a removal too; a material that was removed can come back."""
    add_materials(tmp_path, [OURS])

    made = correct_material(
        tmp_path, "OURS", {"ionic_conductivity_s_per_cm": "2e-3"}, reason="dried"
    )
    correct_material(tmp_path, "ours", {}, reason="used up", remove=True)

    assert made.ionic_conductivity_s_per_cm == 2e-3
    values = [row["ionic_conductivity_s_per_cm"] for row in material_history(tmp_path, "ours")]
    assert values == [1.7e-3, 2e-3, 2e-3]
    assert kept_materials(tmp_path) == ()
    assert add_materials(tmp_path, [OURS]) == (["ours"], [])
    assert kept_materials(tmp_path) == (OURS,)


@pytest.mark.parametrize(
    ("name", "changes", "reason", "said"),
    [
        ("ours", {}, "why", "like that already"),
        ("ours", {"note": "x"}, " ", "needs a reason"),
        ("theirs", {"note": "x"}, "why", "no material 'theirs'"),
        ("ours", {"label": "x"}, "why", "never changed"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(name, changes, reason, said, tmp_path):
    """And leaves one version."""
    add_materials(tmp_path, [OURS])

    with pytest.raises(MaterialError, match=said):
        correct_material(tmp_path, name, changes, reason=reason)
    with pytest.raises(CatalogueError, match="looks like mS/cm"):
        correct_material(tmp_path, "ours", {"ionic_conductivity_s_per_cm": "2"}, reason="x")
    assert len(material_history(tmp_path, "ours")) == 1


def test_a_file_is_kept_whole_or_not_at_all(tmp_path):
    """The template as it is; with one wrong cell, nothing."""
    path = tmp_path / "m.csv"
    path.write_text(template().replace("9.4e-3", "9.4"))

    with pytest.raises(BatchError, match="line 2, ionic_conductivity_s_per_cm"):
        import_materials(tmp_path, path)
    assert kept_materials(tmp_path) == ()
    path.write_text(template())
    assert len(import_materials(tmp_path, path)[0]) == 3


def test_rows_fit_the_published_table(tmp_path):
    """By name and type."""
    add_materials(tmp_path, [OURS])

    with laboratory(tmp_path) as lab:
        (row,) = arrow_table(OWN_MATERIALS, material_rows(lab)).to_pylist()

    assert (row["id"], row["version"], row["withdrawn"]) == ("ours", 1, False)
    assert row["ionic_conductivity_s_per_cm"] == 1.7e-3
