from dataclasses import dataclass
from typing import ClassVar

import pytest

from descriptors.quantity import Kind, Quantity
from screening.catalogue.catalogue_file import (
    STRICT,
    catalogue_rows,
    formula_fault,
    quantity_fault,
)
from screening.errors import CatalogueError


@dataclass(frozen=True)
class Salt:
    """A row with one key beside its name."""

    __pydantic_config__: ClassVar = STRICT

    name: str
    melts: float


def test_rows_are_named_by_their_tables(tmp_path):
    """In the order of the file, and nobody can change them."""
    file = tmp_path / "salts.toml"
    file.write_text("[LiCl]\nmelts = 605.0\n[LiI]\nmelts = 469.0\n")

    rows = catalogue_rows(file, Salt)

    assert list(rows.values()) == [Salt("LiCl", 605.0), Salt("LiI", 469.0)]
    with pytest.raises(TypeError):
        rows["LiF"] = None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[LiCl]\n", "salts.toml, table LiCl, key melts: is missing"),
        ("[LiCl]\nmelts = 605.0\nboils = 1360.0\n", "table LiCl, key boils: is not known here"),
        ("[LiCl]\nmelts = nan\n", "table LiCl, key melts: "),
        ('[LiCl]\nname = "LiCl"\nmelts = 605.0\n', "write a table [LiCl] without a name key"),
        ("[LiCl\n", "salts.toml cannot be read: "),
    ],
)
def test_a_fault_has_its_place(tmp_path, text, said):
    """One line with file, table and key."""
    file = tmp_path / "salts.toml"
    file.write_text(text)

    with pytest.raises(CatalogueError) as error:
        catalogue_rows(file, Salt)

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_right_has_no_fault():
    """A formula that is one; an interval of the right unit with its source."""
    found = Quantity(2.0, 1.0, 3.0, "g/cm3", Kind.MEASURED, "a paper")

    assert formula_fault("LiCl") is None
    assert "Xx" in formula_fault("LiXx")
    assert quantity_fault(found, "g/cm3") is None
    assert "unit" in quantity_fault(found, "m2/g")
    assert "interval" in quantity_fault(found._replace(low=2.5), "g/cm3")
    assert "source" in quantity_fault(found._replace(source=""), "g/cm3")
