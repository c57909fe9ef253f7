from dataclasses import replace

import pytest

from descriptors.cell.volume_change import Anode
from descriptors.composite.microstructure import ParticleSizes, thesis_fractions
from jobs.figures.curves import density_picture
from jobs.figures.fronts import front_picture
from jobs.figures.funnel import Stage, funnel_picture
from jobs.figures.intervals import Estimate, agreement_picture, ranking_picture
from jobs.figures.masses import cell_picture
from jobs.figures.parity import parity_picture
from jobs.figures.reactions import reaction_picture
from jobs.figures.sections import section_picture
from jobs.figures.tiles import tile_picture
from jobs.figures.windows import window_picture
from jobs.work.material_records import described, reactions, windows
from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.measured_cells import thesis_cells
from screening.first_cycle.validation import Comparison
from screening.results.cell_design import Wishes, cell_design
from screening.results.cell_record import cell_record
from screening.results.model_electrode import model_electrode
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table
from stability.uncertainty import MARGIN


@pytest.fixture(scope="session")
def phases():
    return competing_phases(reference_table(), margin=MARGIN)


@pytest.fixture(scope="session")
def window_records(phases):
    return windows(["LPSCl", "Li2ZrCl6"], phases, draws=50)


@pytest.fixture(scope="session")
def pair_record(phases):
    (record,) = reactions([("LPSCl", "LiFePO4")], phases, (3.5,), (2.5, 4.0))
    return record


@pytest.fixture(scope="session")
def material_record(phases):
    return described("LPSCl", phases, pressure=375.0)


@pytest.fixture(scope="session")
def electrode():
    return model_electrode(thesis_fractions(0.3), ParticleSizes(2.0, 4.0, 20.0), seed=1, voxels=20)


@pytest.fixture(scope="session")
def compared():
    """Return a figure of 100 mAh/g, inside its interval, and one of 40 %, outside, not fitted."""
    one = next(one for one in thesis_cells() if one.unit == "mAh/g")
    other = next(one for one in thesis_cells() if one.unit == "%")
    return [
        Comparison(replace(one, value=100.0, used_for="fit"), 105.0, 80.0, 130.0),
        Comparison(replace(other, value=40.0, used_for="check"), 60.0, 50.0, 70.0),
    ]


@pytest.fixture(scope="session")
def ranked_rows():
    """Return three pairs of one cathode; nothing is known of the last."""
    rows = [("Li6PS5Cl", 0.9, 0.8, 1.0, "a"), ("Li2ZrCl6", 0.5, 0.4, 0.6, "b")]
    rows.append(("Li3N", None, None, None, ""))
    return [
        {
            "sse": sse, "cathode": "LiFePO4", "group": group, "reason": "so it is",
            "objective_value": value, "objective_low": low, "objective_high": high,
            "efficiency_percent": None if value is None else 100 * value,
            "ionic_conductivity_s_per_cm": 1e-3, "pareto_front": sse == "Li6PS5Cl",
        }
        for sse, value, low, high, group in rows
    ]  # fmt: skip


@pytest.fixture(scope="session")
def cell_of_sulfur():
    chosen = cathode("S")
    design = cell_design(
        "Li6PS5Cl", chosen, recipe(chosen.recipe), Anode.SILICON, Wishes(areal_capacity=5.0)
    )
    return cell_record(design)


@pytest.fixture(scope="session")
def pictures(
    window_records, pair_record, material_record, electrode, compared, ranked_rows, cell_of_sulfur
):
    """Return one picture of each kind."""
    stages = [Stage("enumerated", 1000), Stage("close to the hull", 20), Stage("proposed", 0)]
    estimates = [Estimate("LPSCl", 42, 38, 45, 40), Estimate("LZC", 90, 86, 95)]
    return {
        "windows": window_picture(window_records),
        "reactions": reaction_picture(pair_record),
        "tiles": tile_picture(pair_record),
        "densities": density_picture(material_record),
        "section": section_picture(electrode),
        "parity": parity_picture(compared),
        "ranking": ranking_picture(ranked_rows, "score"),
        "front": front_picture(ranked_rows, "efficiency_percent", "ionic_conductivity_s_per_cm"),
        "masses": cell_picture(cell_of_sulfur),
        "funnel": funnel_picture(stages, title="A search"),
        "agreement": agreement_picture(estimates, title="First cycle", axis="efficiency [%]"),
    }


def tables(specification):
    """Yield the rows of each data set in a chart, wherever it is nested."""
    if isinstance(specification, dict):
        if "values" in (data := specification.get("data", {})):
            yield data["values"]
        for value in specification.values():
            yield from tables(value)
    elif isinstance(specification, list):
        for value in specification:
            yield from tables(value)


@pytest.fixture(scope="session")
def drawn_rows():
    """Return how to find the rows that a picture is drawn from; a table of several marks once."""

    def rows(picture):
        seen = []
        for table in tables(picture.specification()):
            if table not in seen:
                seen.append(table)
        return [row for table in seen for row in table]

    return rows
