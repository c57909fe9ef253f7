import pytest

from jobs.suggest.control_cells import CONTROLS
from screening.catalogue.materials import cathode, electrolyte, recipe
from screening.first_cycle.measured_cells import thesis_cells


@pytest.mark.parametrize("one", CONTROLS, ids=lambda one: f"{one.sse} {one.cathode}")
def test_a_control_is_of_the_catalogue_and_as_it_was_measured(one):
    """SSE, cathode and recipe are known, and the efficiency is that of the project's own table."""
    assert electrolyte(one.sse).name == one.sse
    assert cathode(one.cathode).recipe == recipe(one.recipe).name
    number = one.place.rsplit(" ", maxsplit=1)[-1]
    (cell,) = [cell for cell in thesis_cells() if cell.id == number]
    assert (cell.sse, cell.cathode, cell.value) == (one.sse, one.cathode, one.efficiency)
