from benchmarks.generated import LATER, _doubled
from screening.batch.generated import Generation, generated_candidates
from screening.catalogue.gates import refused
from screening.catalogue.materials import electrolytes
from stability.formula import composition
from stability.tables.phase_table import Phase, phase_table


def test_what_came_later_is_made_and_passes_every_gate():
    """All of it by substitution into older structures, none refused."""
    elements = sorted({element for one in LATER for element in composition(one).amounts} - {"Li"})
    nothing = phase_table([Phase("LiCl", -2.0)], name="nothing")

    made, _ = generated_candidates(Generation(allowed_elements=tuple(elements)), nothing)

    assert {composition(one).shares for one in LATER} <= {composition(one).shares for one in made}
    assert not [one for _, out in refused(list(LATER), gaps={}) for one in out]


def test_hidden_names_are_no_names_of_the_catalogue():
    """Twice the atoms are the same compound, which no list has under that name."""
    assert _doubled("Li5YZrCl12") == "Li10Y2Zr2Cl24"
    assert not {_doubled(one) for one in LATER} & electrolytes().keys()
    assert {composition(_doubled(one)).shares for one in LATER} == {
        composition(one).shares for one in LATER
    }
