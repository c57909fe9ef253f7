import numpy as np
import pytest

from descriptors.errors import ImpossibleValueError
from descriptors.training.conductivity_figures import conductivity_table

OBELIX = "True Composition,Ionic conductivity (S cm-1),DOI\n"
COLLECTION = "composition,ionic_conductivity_s_per_cm,below_detection_limit,temperature_c,doi\n"


@pytest.fixture
def tables(tmp_path):
    def written(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return [tmp_path / f"{name}.csv" for name in texts]

    return written


def test_a_limit_of_detection_is_known_as_one(tables):
    """<1E-10 is -10, and marked."""
    read = conductivity_table(tables(a=OBELIX + "Li3N,1e-3,10.1/a\nLi2S,<1E-10,10.1/b\n"))

    assert read.target.tolist() == pytest.approx([-3.0, -10.0])
    assert read.censored.tolist() == [False, True]


@pytest.mark.parametrize(
    "row",
    [
        "Li2.61Y1.13Cl6 (SS),1e-3,False,25,10.1/x",  # A note that reads as S2.
        "Li3YCl6,1e-3,False,60,10.1/x",  # Hot.
        "LiCdCl4,1e-3,False,25,10.1/x",  # Misread Li2CdCl4: one charge of four is missing.
        "Li13Si4,1e-3,False,25,10.1/x",  # An alloy.
        "Li3YCl6,2.0,False,25,10.1/x",  # A metal's conductivity.
        "Na3YCl6,1e-3,False,25,10.1/x",  # Not of lithium.
        "LiSn2(PO4,1e-3,False,25,10.1/x",  # No formula.
    ],
)
def test_a_row_that_a_machine_misread_is_held_back(tables, row):
    """One sound row passes; the other does not."""
    read = conductivity_table(tables(a=COLLECTION + "Li3InCl6,1e-3,False,25,10.1/y\n" + row + "\n"))

    assert read.formula.tolist() == ["Li3InCl6"]
    assert read.secondhand.all()


def test_a_figure_that_two_collections_hold_counts_once(tables):
    """Same material, and the same paper or the same figure within 3 %."""
    read = conductivity_table(
        tables(
            a=OBELIX + "Li6In2Cl12,1e-3,10.1/A\n",
            b=COLLECTION
            + "Li3InCl6,5e-4,False,25,10.1/a\n"
            + "Li3InCl6,1.02e-3,False,25,10.1/b\n"
            + "Li3InCl6,2e-3,False,25,10.1/c\n",
        )
    )

    assert 10**read.target == pytest.approx([1e-3, 2e-3])
    assert set(read.formula) == {"Li3InCl6"}


def test_what_judges_is_left_out_by_paper_and_by_composition(tables):
    """Li6In2Cl12 is Li3InCl6, whoever measured it; Li3YCl6 is of the judging paper."""
    learned, judge = tables(
        a=OBELIX + "Li3InCl6,1e-3,10.1/p\nLi3YCl6,5e-4,10.1/q|10.1/r\nLi3N,1e-3,10.1/s\n",
        b=OBELIX + "Li6In2Cl12,2e-3,10.1/t\nLi3ErCl6,3e-4,10.1/R\n",
    )

    read = conductivity_table([learned], without=[judge])

    assert read.formula.tolist() == ["Li3N"]


@pytest.mark.parametrize(
    "text", [OBELIX, "formula\nLi\n", OBELIX + "Li3N,fast,a\n", OBELIX + "Li3N,0,a\n"]
)
def test_a_table_that_cannot_be_learned_from_is_refused(tables, text):
    """Empty, without its columns, without a number, not above 0."""
    with pytest.raises(ImpossibleValueError, match=r"bad\.csv"):
        conductivity_table(tables(bad=text))


def test_the_reference_holds_no_paper_and_no_composition_of_the_test_split(reference):
    """Leakage-free by construction: no DOI in common, and no composition within 0.4 at%."""
    obelix = reference / "obelix"
    read = conductivity_table(
        [obelix / "train.csv", reference / "conductivity" / "laskowski_liverpool.csv"],
        without=[obelix / "test.csv"],
    )
    judge = conductivity_table([obelix / "test.csv"])

    assert not set(read.paper) & set(judge.paper)
    for share in judge.shares:
        assert np.abs(read.shares - share).sum(axis=1).min() / 2 >= 0.004
