import re

import pytest

from screening.catalogue import names as module
from screening.catalogue.names import (
    cathode_formula,
    read_list,
    read_pairs,
    refuse_swapped,
    sse_formula,
)
from screening.errors import BatchError, UnknownNameError
from stability.errors import FormulaError


@pytest.fixture
def written(tmp_path):
    """Return a function from the content of a file to its path."""

    def write(content, name="pairs.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("name", "formula"),
    [("LPSCl", "Li6PS5Cl"), ("Li6PS5Cl", "Li6PS5Cl"), ("Li₃N", "Li3N"), (" Li3 N ", "Li3N")],
)
def test_an_electrolyte_is_a_label_or_a_formula(name, formula):
    """Of the catalogue, or any other."""
    assert sse_formula(name) == formula


@pytest.mark.parametrize(
    ("name", "meant"),
    [("li6ps5cl", "Li6PS5Cl"), ("lifepo4", "LiFePO4"), ("LPSCk", "LPSCl"), ("LZCl", "LZC")],
)
def test_a_near_name_gets_the_one_that_was_meant(name, meant):
    """And is refused: two formulas may differ by capitals alone, as CO and Co do."""
    with pytest.raises(FormulaError, match=f"did you mean {meant}( or .*)?[?]"):
        sse_formula(name)


def test_rounded_digits_are_no_other_material():
    """Li2.0001ZrCl6 is Li2ZrCl6 of the catalogue, with its measured figures."""
    assert sse_formula("Li2.0001ZrCl6") == "Li2ZrCl6"


def test_a_cathode_is_of_the_catalogue_or_a_formula():
    """A pair may be asked about any cathode; a name that is neither gets the list."""
    assert cathode_formula("Li2S") == "Li2S"
    assert cathode_formula("LiVPO4F") == "LiVPO4F"
    with pytest.raises(UnknownNameError, match=r"known: LiFePO4, .*; nor is it a formula: "):
        cathode_formula("lfx")


def test_pairs_are_read_from_csv(written):
    """Columns by name, in any order; a byte-order mark of a spreadsheet is no part of a name."""
    path = written("\ufeffcathode,note,sse\nS,x,LPSCl\nLi2S,,LZC\n", "pairs.csv")

    assert read_pairs(path) == [("LPSCl", "S"), ("LZC", "Li2S")]


def test_blanks_around_names_do_not_count(written):
    """A space behind a comma is how people write lists."""
    assert read_pairs(written("sse, cathode\nLPSCl, S \n", "pairs.csv")) == [("LPSCl", "S")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the first line is empty; write the names of the columns there"),
        ("sse,cathode\n", "no rows with the columns sse and cathode"),
        ("SSE,cathode\nLPSCl,S\n", "sse is missing; it has SSE, cathode"),
        ("sse,cathode\nLPSCl,S\nLPSCl\n", "line 3: 1 cell, the header has 2"),
        ("sse,cathode\nLPSCl,S,x\n", "line 2: 3 cells, the header has 2"),
        ("sse;cathode\nLPSCl;S\n", "semicolons separate the columns"),
        ("sse\tcathode\nLPSCl\tS\n", "tabs separate the columns"),
        (
            "sse,cathode,Ionic conductivity\nLPSCl,S,1\n",
            "; figures of your own come in by `catholyte material import`",
        ),
        ("sse,cathode,density\nLPSCl,S,1.9\n", "the column 'density' would not be used"),
        ("sse,cathode,sse\nLPSCl,S,LZC\n", "line 1: the column sse stands twice"),
        ("sse,cathode\nLPSCl,\0S\n", "line 2: a NUL byte"),
        ("sse,cathode\n" + "x" * 200_000 + ",S\n", "line 2: no CSV: field larger"),
        ("sse,cathode\n,S\n", "line 2: sse or cathode is empty"),
        ("sse,cathode\nLPSCl,S\n\nLPSCl,\n", "line 4: sse or cathode is empty"),
    ],
)
def test_a_faulty_csv_is_refused_in_one_line(text, said, written):
    """The line names the file and, where there is one, the line."""
    with pytest.raises(BatchError) as error:
        read_pairs(written(text, "pairs.csv"))

    assert "\n" not in str(error.value)
    assert said in str(error.value)


def test_a_csv_that_cannot_be_read_is_refused(tmp_path):
    """Absent, or not text."""
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"sse,cathode\n\xff,S\n")

    for path in (tmp_path / "absent.csv", binary):
        with pytest.raises(BatchError, match=re.escape(str(path))):
            read_pairs(path)


def test_lines_may_end_as_on_windows(written):
    """And a quoted cell may hold a comma and a line end."""
    path = written('note,sse,cathode\r\n"a, b\r\nc",LPSCl,S\r\n')

    assert read_pairs(path) == [("LPSCl", "S")]


def test_a_list_in_utf_16_is_named_as_such(written):
    """As an old spreadsheet writes it."""
    with pytest.raises(BatchError, match="this is UTF-16"):
        read_pairs(written("sse,cathode\nLPSCl,S\n".encode("utf-16")))


def test_a_list_that_is_too_large_is_refused_unread(written, monkeypatch):
    """One gigabyte on one line is never in memory."""
    monkeypatch.setattr(module, "LARGEST_LIST", 10)

    with pytest.raises(BatchError, match="split it"):
        read_pairs(written("sse,cathode\nLPSCl,S\n"))


def test_an_optional_column_is_empty_or_filled(written):
    """It is missing, or each row has it."""
    lines = read_list(written("sse\nLPSCl\n\nLZC\n"), ("sse",), optional=("cathode",))
    assert [(line, names) for line, names in lines] == [(2, ("LPSCl", "")), (4, ("LZC", ""))]

    with pytest.raises(BatchError, match="line 2: sse or cathode is empty"):
        read_list(written("sse,cathode\nLPSCl,\n"), ("sse",), optional=("cathode",))


def test_what_this_program_printed_is_read_as_it_is(written):
    """With a column that it alone writes, its figures are no fault; without, they are."""
    text = "rank,sse,score\n1,LPSCl,0.9\n"

    (line,) = read_list(written(text), ("sse",), printed="rank")
    assert line.names == ("LPSCl",)

    with pytest.raises(BatchError, match="the column 'rank', 'score' would not be used, only sse"):
        read_list(written(text), ("sse",), printed="place")


def test_a_file_of_many_other_columns_is_refused_in_one_line(written):
    """Five are named, and how many more there are."""
    header = ",".join(f"c{n}" for n in range(9))
    with pytest.raises(BatchError, match="'c4' and 4 more would not be used"):
        read_list(written(f"sse,{header}\nLPSCl{',' * 9}\n"), ("sse",))


def test_swapped_materials_are_told_apart():
    """Labels and formulas; two electrolytes, or one of one's own, are no mistake."""
    for sse, other in (("LFP", "LPSCl"), ("LiFePO4", "Li6PS5Cl")):
        with pytest.raises(UnknownNameError, match=f"{sse} is a cathode and {other} a solid"):
            refuse_swapped(sse, other)
    refuse_swapped("LPSCl", "LiFePO4")
    refuse_swapped("LPSCl", "LZC")
    refuse_swapped("LiFePO4", "NaCl")
