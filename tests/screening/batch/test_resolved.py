import resource
import time

import pytest

from screening.batch.candidates import CandidateCount, CandidateFilter
from screening.batch.model import Batch
from screening.batch.resolved import MOST_PAIRS, resolved
from screening.catalogue.gates import Gate
from screening.catalogue.materials import cathodes, electrolytes
from screening.errors import BatchError
from stability.errors import TableError
from stability.tables.phase_table import Phase, phase_table


@pytest.fixture
def listed(tmp_path):
    """Return a function from the rows of a list to a batch that names it."""

    def make(rows, **keys):
        path = tmp_path / "list.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        return Batch(candidates=str(path), **keys)

    return make


def test_pairs_have_numbers():
    """One SSE in all composites, then the next; the sequence is what its parts say."""
    found = resolved(Batch(sses=("LZC", "LPSCl"), cathodes=("S", "Li2S")))

    assert found.n_pairs == len(found) == 4
    assert found.sses == ("Li6PS5Cl", "Li2ZrCl6")  # Cl-Li-P-S before Cl-Li-Zr
    assert [(pair.sse, pair.cathode.name) for pair in found] == [
        ("Li6PS5Cl", "Li2S"),
        ("Li6PS5Cl", "S"),
        ("Li2ZrCl6", "Li2S"),
        ("Li2ZrCl6", "S"),
    ]
    assert found[1:3] == [found.pair(1), found.pair(2)]
    assert {one.name for one in found.cathodes} == {"S", "Li2S"}
    assert {one.name for one in found.recipes} == {"sulfur-ab-milled"}


@pytest.mark.parametrize("number", [-1, 4])
def test_a_pair_that_is_not_there_is_refused(number):
    """Numbers go from 0 to one less than there are."""
    found = resolved(Batch(sses=("LZC", "LPSCl"), cathodes=("S", "Li2S")))

    with pytest.raises(IndexError, match="of 4"):
        found.pair(number)


def test_the_order_does_not_depend_on_that_of_the_file():
    """So that chunks are the same."""
    sses = ("LZC", "LPSCl", "Li3N", "LiCl", "Li2S")

    there = Batch(sses=sses, cathodes=("S", "Li2S"), recipes=("tis2-hand", "lfp-vgcf-hand"))
    back = Batch(sses=sses[::-1], cathodes=("Li2S", "S"), recipes=("lfp-vgcf-hand", "tis2-hand"))

    assert list(resolved(there)) == list(resolved(back))


def test_systems_stand_together():
    """Chlorides of zirconium, then those of yttrium, whatever their formulas."""
    found = resolved(Batch(sses=("Li3YCl6", "Li2ZrCl6", "LiYCl4", "LiZrCl5"), cathodes=("S",)))

    assert [sse.replace("Y", "Zr") == sse for sse in found.sses] == [False, False, True, True]


def test_a_list_of_candidates_is_read_once_each(listed):
    """Labels and formulas of one material are one SSE; the counts say so."""
    found = resolved(listed(["sse", "LPSCl", "Li6PS5Cl", "Li3N"], cathodes=("S",)))

    assert found.sses == ("Li6PS5Cl", "Li3N")
    assert [(count.step, count.left) for count in found.counts] == [
        ("rows of list.csv", 3),
        ("each row once", 2),
        ("SSEs, each once", 2),
    ]


def test_a_printed_ranking_is_a_list_of_pairs(listed):
    """The best of one batch are the next: what else the ranking says is not asked for."""
    nmc = "LiNi0.8Mn0.1Co0.1O2"  # Not among the cathodes of a batch that names none.
    rows = ["rank,rank_in_cathode,sse,cathode,score_0_to_1", f"1,1,Li2ZrCl6,{nmc},0.7"]

    found = resolved(listed(rows))

    assert [(pair.sse, pair.cathode.name) for pair in found] == [("Li2ZrCl6", nmc)]


def test_a_list_with_cathodes_names_the_pairs(listed):
    """Only those, each once, in the recipes of their cathodes."""
    rows = ["sse,cathode", "LZC,LiFePO4", "LPSCl,S", "LPSCl,S", "LPSCl,Li2S"]

    found = resolved(listed(rows))

    assert [(pair.sse, pair.cathode.name, pair.recipe.name) for pair in found] == [
        ("Li6PS5Cl", "Li2S", "sulfur-ab-milled"),
        ("Li6PS5Cl", "S", "sulfur-ab-milled"),
        ("Li2ZrCl6", "LiFePO4", "lfp-vgcf-hand"),
    ]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("rows", "keys", "said"),
    [
        (["sse,cathode", "LPSCl,LFX"], {}, "list.csv, line 2: no cathode is named 'LFX'"),
        (["sse,cathode", "LPSCl,S"], {"sses": ("LZC",)}, "leave sses and filter out"),
        (["sse,cathode", "LPSCl,S"], {"cathodes": ("Li2S",)}, "S of the list is not among them"),
    ],
)
def test_a_faulty_list_is_refused_with_its_line(rows, keys, said, listed):
    """One line that says where."""
    with pytest.raises(BatchError, match=said):
        resolved(listed(rows, **keys))


def test_names_lists_and_filters_add_up(listed):
    """Each composition once, under the name of the catalogue where it has one."""
    table = phase_table([Phase("LiCl", -2.0), Phase("Li4S2", -1.5), Phase("NaCl", -2)], name="t")

    found = resolved(
        listed(["sse", "Li2S"], sses=("LZC", "LiCl"), filter=CandidateFilter(), cathodes=("S",)),
        table,
    )

    assert found.sses == ("LiCl", "Li2ZrCl6", "Li2S")


SALTS = phase_table(
    [Phase("LiCl", -2.0), Phase("CsLi2Cl3", -2.0), Phase("Cs2LiCl3", -2.1), Phase("Li3P", -1.0)],
    name="t",
)


def test_what_a_gate_refuses_is_kept_with_its_reason():
    """Cs2LiCl3: two of three cations that move are Cs. Li3P: no anion holds a lattice together."""
    found = resolved(Batch(filter=CandidateFilter(), cathodes=("S",)), SALTS)

    assert found.sses == ("CsLi2Cl3", "LiCl")
    assert {formula: said.gate for formula, said in found.refused.items()} == {
        "Cs2LiCl3": Gate.LITHIUM,
        "Li3P": Gate.FRAMEWORK,
    }
    assert found.refused["Cs2LiCl3"].value == pytest.approx(1 / 3)
    assert CandidateCount("gate lithium", 2) in found.counts


def test_gates_are_switched_off_by_name():
    """Without any, everything that the filter finds is a candidate."""
    every = resolved(Batch(filter=CandidateFilter(), cathodes=("S",), gates=()), SALTS)
    some = resolved(Batch(filter=CandidateFilter(), cathodes=("S",), gates=("framework",)), SALTS)

    assert len(every.sses) == 4
    assert not every.refused
    assert set(some.refused) == {"Li3P"}


def test_a_list_is_taken_as_it_is_unless_gates_are_asked_for(listed):
    """Whoever lists an alloy wants it; with the key, the list passes the gates too."""
    taken = resolved(listed(["sse", "Li3P", "LiCl"], cathodes=("S",)))
    gated = resolved(listed(["sse", "Li3P", "LiCl"], cathodes=("S",), gates=("framework",)))

    assert set(taken.sses) == {"Li3P", "LiCl"}
    assert gated.sses == ("LiCl",)


def test_nothing_left_is_refused_with_the_counts():
    """So that one sees which condition was too much."""
    batch = Batch(filter=CandidateFilter(contains=("Li", "Xe")))

    with pytest.raises(BatchError, match=r"no candidate is left \(compounds of reference.*: 0"):
        resolved(batch)


def test_a_phase_that_is_left_out_and_not_there_is_refused():
    """The hull is that of the competing phases of the batch."""
    batch = Batch(
        filter=CandidateFilter(max_above_hull_ev_per_atom=0.1),
        exclude=({"formula": "Li7Cl", "reason": "a trial"},),
    )

    with pytest.raises(TableError, match="Li7Cl cannot be left out"):
        resolved(batch)


def test_a_batch_of_the_reference_table_is_ready_at_once():
    """All of the catalogue with all cathodes."""
    assert len(resolved(Batch())) == len(electrolytes()) * len(cathodes())


@pytest.mark.slow
def test_a_million_pairs_are_allowed_and_one_more_is_not(tmp_path):
    """And they cost little memory and time, as they are never listed."""
    path = tmp_path / "many.csv"
    names = [f"Li{i}S{j}Cl" for i in range(1, 501) for j in range(1, 251)]
    recipes = ("lfp-vgcf-hand", "oxide-vgcf-hand", "sulfur-ab-milled", "sulfur-kb-milled")
    batch = Batch(candidates=str(path), cathodes=("S", "Li2S"), recipes=recipes)
    path.write_text("\n".join(["sse", *names, "Li3N"]), encoding="utf-8")
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    with pytest.raises(BatchError, match=r"1000008 pairs .* are more than 1000000"):
        resolved(batch)
    path.write_text("\n".join(["sse", *names]), encoding="utf-8")
    found = resolved(batch)

    assert len(found) == MOST_PAIRS == 500 * 250 * 2 * 4
    assert found.pair(999_999).sse == found.sses[-1]
    assert time.process_time() - start < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB


def test_labels_mean_cathodes_in_files_and_lists(listed):
    """NCM-811 and LFP, by name in the batch and in the rows of a list."""
    found = resolved(Batch(sses=("LPSCl",), cathodes=("NCM-811", "LFP")))
    rows = resolved(listed(["sse,cathode", "LPSCl,lfp"], cathodes=("NMC811", "LiFePO4")))

    assert [one.name for one in found.cathodes] == ["LiFePO4", "LiNi0.8Mn0.1Co0.1O2"]
    assert [one.cathode.name for one in rows] == ["LiFePO4"]


def test_a_text_that_is_no_formula_keeps_its_row(listed):
    """It is an SSE like the others, whose pairs will say why they have no answer."""
    found = resolved(listed(["sse", "LPSCl", "Xx3", "LiCl\u00b7H2O", "Xx3"], cathodes=("S",)))

    assert sorted(found.sses) == ["Li6PS5Cl", "LiCl\u00b7H2O", "Xx3"]
    assert found.n_pairs == 3
