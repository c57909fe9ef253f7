import pytest

from jobs.lab.experiment_row import experiment
from jobs.lab.possible_capacity import capacity_fault
from screening.catalogue.layered_oxides import any_cathode
from screening.catalogue.materials import cathode
from screening.first_cycle.literature import literature_cells
from screening.first_cycle.measured_cells import thesis_cells

CELL = {"id": "A1", "date": "2024-05-01", "source": "notebook 7", "first_charge_mah_per_g": "100"}


def fault(sse, name, **changes):
    """Return what is said of a cell in its usual recipe."""
    texts = CELL | {"sse": sse, "cathode": name, "first_discharge_mah_per_g": "100"}
    made = experiment(texts).model_copy(update=changes)
    return capacity_fault(made, cathode(name))


def test_what_the_electrolyte_does_not_give_back_is_no_discharge():
    """LiFePO4 holds 1.1 x 169.9 = 187 mAh/g; Li6PS5Cl comes back below 2.3 V only."""
    said = fault("LPSCl", "LiFePO4", first_discharge_mah_per_g=410.0)

    assert "first_discharge_mah_per_g 410 is more than 187, all that LiFePO4" in said
    assert "from 2.5 to 4 V (187 and 0); give mAh per gram of cathode" in said
    assert not fault("LPSCl", "LiFePO4", first_discharge_mah_per_g=186.0)


def test_what_the_electrolyte_gives_off_may_be_charged():
    """All six Li of Li6PS5Cl, 6 x 26801 / 268.4 = 599 mAh/g, times 57/40: 854 beside 187."""
    assert not fault("LPSCl", "LiFePO4", first_charge_mah_per_g=410.0)
    assert "1042 is more than 1041" in fault("LPSCl", "LiFePO4", first_charge_mah_per_g=1042.0)


def test_a_sulfide_adds_to_sulfur_what_a_chloride_does_not():
    """Between 1 and 3 V an argyrodite takes up lithium, 1.67 g of it per gram of sulfur."""
    assert not fault("LPSCl", "S", first_discharge_mah_per_g=2000.0)
    assert "more than" in fault("LPSCl", "LiCoO2", first_discharge_mah_per_g=2000.0)


def test_what_the_table_cannot_tell_counts_as_all_the_lithium():
    """Without phases of Pu the lithium of the SSE stands, and 700 mAh/g for a discharge."""
    assert not fault("Li3PuCl6", "LiFePO4", first_discharge_mah_per_g=1100.0)
    assert "more than" in fault("Li3PuCl6", "LiFePO4", first_discharge_mah_per_g=1300.0)


@pytest.mark.parametrize(
    "one",
    [
        one
        for one in (*thesis_cells(), *literature_cells())
        if one.cathode is not None and one.quantity in {"charge", "discharge"}
    ],
    ids=lambda one: one.id,
)
def test_no_cell_of_the_package_is_refused(one):
    """Whatever laboratories have published can be."""
    made = experiment(CELL | {"sse": "LPSCl", "cathode": "LiFePO4"}).model_copy(
        update={
            "sse": one.sse,
            "voltage_low_v": one.cutoff_low,
            "voltage_high_v": one.cutoff_high,
            "sse_parts": one.recipe.sse_fraction,
            "cathode_parts": one.recipe.cathode_fraction,
            f"first_{one.quantity}_mah_per_g": one.value,
        }
    )

    assert capacity_fault(made, any_cathode(one.cathode)) == ""
