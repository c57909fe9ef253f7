"""Structure types of decomposition products."""

import pytest

from jobs.structures.product_energies import product_energies
from jobs.structures.structure_types import built_structure, structure_types
from stability.errors import TableError
from stability.formula import composition


def types():
    return {kind.name: kind for kind in structure_types()}


def test_each_product_has_one_of_the_types_that_were_tried_for_it():
    """Both files hold the same products, and each type says where it comes from."""
    found = types()
    tried = {composition(name).shares for kind in found.values() for name in kind.compounds}

    assert tried >= product_energies().keys()
    assert all(one.formula in found[one.structure_type].compounds
               for one in product_energies().values())  # fmt: skip
    assert all(kind.source for kind in found.values())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:spglib")
@pytest.mark.parametrize(
    ("name", "formula", "group"),
    [("rock salt", "LiBr", "Fm-3m"), ("antifluorite", "Li2S", "Fm-3m"), ("AlCl3", "YCl3", "C2/m"),
     ("UCl3", "LaBr3", "P6_3/m"), ("ZrCl4", "HfCl4", "P2/c"), ("enargite", "Li3PS4", "Pmn2_1")],
)  # fmt: skip
def test_a_compound_is_built_with_the_symmetry_of_its_type(name, formula, group):
    """Elements change places; the space group stays."""
    pytest.importorskip("pymatgen.core", reason="the extra mp or structure is not installed")

    cell = built_structure(types()[name], formula)

    assert cell.composition.reduced_formula == formula
    assert cell.get_space_group_info(symprec=0.01)[0] == group


def test_another_stoichiometry_is_refused():
    """LiCl2 is no rock salt."""
    pytest.importorskip("pymatgen.core", reason="the extra mp or structure is not installed")
    with pytest.raises(TableError, match="YCl3 has not the stoichiometry of rock salt"):
        built_structure(types()["rock salt"], "YCl3")
