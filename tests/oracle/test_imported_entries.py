"""Entries that pymatgen's users have, imported as we do it: the same hull as pymatgen's."""

import pytest

from jobs.phase_tables.importing import Corrections, read_phases
from jobs.phase_tables.snapshot import Description, make_snapshot
from stability.hull import reactant
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import PhaseTable, load_phase_table, reference_table

ABSENT = "pymatgen, the second implementation, comes with the extra `oracle`"
pytest.importorskip("pymatgen.core", reason=ABSENT)

from monty.serialization import dumpfn  # noqa: E402  # Only where pymatgen is installed.
from pymatgen.analysis.phase_diagram import PhaseDiagram  # noqa: E402  # Only where pymatgen is installed.
from pymatgen.core import Structure  # noqa: E402  # Only where pymatgen is installed.
from pymatgen.entries.computed_entries import (  # noqa: E402  # Only where pymatgen is installed.
    ComputedEntry,
    ComputedStructureEntry,
)

SYSTEM = {"Li", "Fe", "P", "O"}
ENERGY = 1e-6  # [eV/atom]


@pytest.fixture(scope="module")
def entries():
    """Return the built-in table's phases of Li-Fe-P-O, its computed-only ones included."""
    return [
        one
        for one in reference_table().to_entries(ComputedEntry)
        if {element.symbol for element in one.composition} <= SYSTEM
    ]


@pytest.fixture(scope="module")
def totals(entries):
    """Return them as totals, as calculations give them: each element has an energy of its own."""
    of_element = {"Li": -1.9089, "Fe": -8.4693, "P": -5.4133, "O": -4.9480}
    return [
        ComputedEntry(
            one.composition,
            one.energy + sum(of_element[str(e)] * n for e, n in one.composition.items()),
            entry_id=f"own-{number}",
        )
        for number, one in enumerate(entries)
    ]


def above_hull(table, entries):
    """Return our distances to the hull, of each compound of the table."""
    phases = competing_phases(table, Policy.ALL)
    formulas = [one.composition.reduced_formula for one in entries if len(one.composition) > 1]
    return {formula: reactant(formula, phases).energy_above_hull for formula in formulas}


@pytest.mark.parametrize("kind", ["formation", "totals"])
@pytest.mark.parametrize("route", ["file", "objects"])
def test_distances_to_the_hull_are_pymatgens(entries, totals, kind, route, tmp_path, monkeypatch):
    """Of each of the system's compounds, from a JSON file and from the entries themselves."""
    given = entries if kind == "formation" else totals
    if route == "file":
        monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
        dumpfn(given, tmp_path / "entries.json.gz")
        own = read_phases(tmp_path / "entries.json.gz", corrections=Corrections.GIVEN)
        make_snapshot(own.rows, Description("own", "test"))
        table = load_phase_table("own")
    else:
        table = PhaseTable.from_entries(given, name="own")

    diagram = PhaseDiagram(given)
    theirs = {
        one.composition.reduced_formula: diagram.get_e_above_hull(one)
        for one in given
        if len(one.composition) > 1
    }

    assert len(theirs) > 15
    assert above_hull(table, given) == pytest.approx(theirs, abs=ENERGY)


@pytest.mark.filterwarnings("ignore:Failed to guess oxidation states")  # Of a peroxide.
@pytest.mark.parametrize("corrections", list(Corrections))
def test_entries_that_pymatgen_has_written_have_pymatgens_energies(tmp_path, corrections):
    """A peroxide, told by its structure, with the corrections that pymatgen has made.

    They are undone and made again, or taken as they are: in both cases the energy is pymatgen's.
    """
    from pymatgen.entries.compatibility import (  # noqa: PLC0415  # It takes seconds to load.
        MaterialsProject2020Compatibility,
    )

    cell = [[6, 0, 0], [0, 6, 0], [0, 0, 10]]
    places = [[0, 0, 0], [0, 0, 0.5], [0.5, 0.5, 0.2], [0.5, 0.5, 0.35]]
    kinds = (["Li", "Li", "O", "O"], -19.0), (["Li"] * 4, -7.6), (["O"] * 4, -19.6)
    made = [
        ComputedStructureEntry(
            Structure(cell, species, places),
            energy,
            parameters={
                "run_type": "GGA",
                "potcar_symbols": [
                    f"PAW_PBE {one}" for one in sorted({{"Li": "Li_sv"}.get(e, e) for e in species})
                ],
            },
            entry_id=f"own-{number}",
        )
        for number, (species, energy) in enumerate(kinds)
    ]
    done = MaterialsProject2020Compatibility().process_entries(made)
    dumpfn(done, tmp_path / "m.json.gz")

    own = read_phases(tmp_path / "m.json.gz", corrections=corrections)

    peroxide, lithium, oxygen = (one.energy_per_atom for one in done)
    assert [row.phase.source for row in own.rows] == ["own-0", "own-1", "own-2"]
    assert own.rows[0].phase.formula == "Li2O2"
    assert own.rows[0].phase.energy == pytest.approx(peroxide - (lithium + oxygen) / 2)
