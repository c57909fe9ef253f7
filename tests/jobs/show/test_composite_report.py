import pytest

from descriptors.cell.volume_change import Anode
from descriptors.composite.microstructure import ParticleSizes, thesis_fractions
from jobs.show.composite_report import print_cell, print_electrode
from screening.catalogue.materials import cathode, recipe
from screening.results.cell_design import Wishes, cell_design
from screening.results.cell_record import cell_record
from screening.results.model_electrode import electrode_record, model_electrode


@pytest.fixture(scope="module")
def electrode():
    sizes = ParticleSizes(2.0, 4.0, 20.0)
    return model_electrode(thesis_fractions(0.3), sizes, seed=1, voxels=20)


def test_the_page_of_a_cell_shows_every_input(capsys):
    """Energies on top, below each input with value, unit and origin."""
    chosen = cathode("LiCoO2")
    design = cell_design(
        "Li3InCl6", chosen, recipe(chosen.recipe), Anode.SILICON, Wishes(areal_capacity=5.0)
    )
    record = cell_record(design)

    print_cell(record)

    page = capsys.readouterr().out
    assert f"cell {record['cell_energy_wh_per_kg']:.0f} Wh/kg" in page
    assert "mind Co, In" in page
    for one in record["inputs"]:
        assert one["name"] in page
        assert one["origin"] in page


def test_the_page_of_an_electrode(electrode, capsys):
    """What it is made of, its surface, three directions and their mean."""
    record = electrode_record(electrode)

    print_electrode(record)

    page = capsys.readouterr().out
    assert "20^3 voxels of 1 um" in page
    assert f"mean tortuosity {record['tortuosity']:.3g}" in page
    assert all(f"tortuosity along {axis}:" in page for axis in "xyz")
