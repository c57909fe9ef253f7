from stability.formula import composition
from stability.tables.reference_rows import (
    curated_exclusions,
    reference_phases,
    reference_text,
    unphysical_energies,
)


def test_every_row_is_flagged_and_cites_its_source():
    """The table says of each of its rows whether it is known, and why not."""
    phases = reference_phases()

    assert len(phases) == len(reference_text().splitlines()) - 1
    assert all(one.source and one.known is not None for one in phases)
    assert all(bool(one.reason) is not one.known for one in phases)


def test_energies_that_are_wrong_are_told_from_phases_that_were_never_made():
    """P2S7 is a substance, and its energy is wrong; LiS4 nobody has made."""
    assert composition("P2S7").shares in unphysical_energies()
    assert composition("LiS4").shares in curated_exclusions()
    assert composition("LiS4").shares not in unphysical_energies()


def test_exclusions_are_found_by_composition():
    """LiS4 is computed-only, however it is written; Li2S is not."""
    assert curated_exclusions()[composition("Li2S8").shares]
    assert composition("Li2S").shares not in curated_exclusions()
