from math import isnan

import pytest

from jobs.phase_tables.document_rows import THEORETICAL, document_rows

SUMMARY = {
    "theoretical": False, "band_gap": 4.5, "density": 2.0, "volume": 60.0, "nsites": 6,
    "bulk_modulus": {"vrh": 70.0}, "shear_modulus": None,
}  # fmt: skip


def document(number, energy=-1.0, summary=SUMMARY, formula="Li2O"):
    named = {"material_id": f"mp-{number}", "formula": formula, "licence": "BY-C"}
    return {**named, "energy": energy, "summary": summary}


def rows(*documents, thermo_type="GGA_GGA+U"):
    return document_rows(documents, "Materials Project 2026", thermo_type)


def test_a_document_is_a_row_of_the_same_figures():
    """A volume of 60 A^3 for 6 atoms is 10 an atom; the modulus that is not there is unknown."""
    ((phase, origin, bulk, shear, _),), notes = rows(document(1))

    assert phase[:5] == ("Li2O", -1.0, True, "", "mp-1 GGA_GGA+U")
    assert phase[5:] == (4.5, 2.0, 10.0, "BY-C")
    assert (origin, bulk) == ("Materials Project 2026", 70.0)
    assert isnan(shear)
    assert notes == ()


@pytest.mark.parametrize(
    ("theoretical", "known", "reason"),
    [(True, False, THEORETICAL), (False, True, ""), (None, None, "")],
)
def test_what_no_experiment_has_found_does_not_compete(theoretical, known, reason):
    """And what nobody has said anything about is left to the curated list."""
    ((phase, *_),), _ = rows(document(1, summary={**SUMMARY, "theoretical": theoretical}))

    assert (phase.known, phase.reason) == (known, reason)


def test_what_is_missing_is_counted():
    """Two without an energy are left out; three without a summary are kept."""
    found, notes = rows(
        *(document(number, energy=None) for number in range(2)),
        *(document(number, summary=None) for number in range(2, 5)),
        document(5),
    )

    assert [one.phase.source.split()[0] for one in found] == ["mp-2", "mp-3", "mp-4", "mp-5"]
    assert notes == (
        "2 documents without a formation energy left out",
        "3 documents have no summary: flagged by the curated list",
    )
