"""Whatever stands in a file: a reader returns something, or refuses it in one line of ours."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.errors import REFUSALS
from jobs.lab.experiment_file import experiment_rows
from jobs.lab.experiment_row import FIELDS, experiment
from jobs.phase_tables.importing import read_phases
from screening.batch.batch_file import read_batch
from screening.batch.model import Batch
from screening.catalogue.names import read_list
from stability.tables.phase_rows import COLUMNS
from stability.tables.phase_table import load_phase_table

pieces = st.sampled_from([
    "formula", "sse", "cathode", "formation_energy_ev_per_atom", "known", "LPSCl", "Li2S", "S",
    "-1.5", "1,5", "nan", "1e999", "\u0663", "\ud7ff", "true", "=", "[", "]", "{", "}", '"', "'",
    ",", ";", "\t", "\n", "\r\n", "\ufeff", "\\", "#", "0_1", " ", "\0", "voltage_window",
])  # fmt: skip
texts = st.lists(pieces | st.text(max_size=4), max_size=25).map("".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.sampled_from(["LPSCl", "S", "lfp-vgcf-hand", "reference", "known"])
    | st.text(max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "ratio", "formula", "contains"]), inner)
    ),
    max_leaves=6,
)
batches = st.dictionaries(st.sampled_from(list(Batch.model_fields)), values, max_size=3)
cells = st.dictionaries(
    st.sampled_from([*FIELDS, "voltage"]),
    st.sampled_from(["LPSCl", "S", "2024-05-01", "114.3", "1,5", "-1", "C/20", "x"]) | st.text(),
)


def of_table(path):
    return load_phase_table(str(path))


def of_list(path):
    return read_list(path, ("sse",), optional=("cathode",))


def of_experiments(path):
    return list(experiment_rows(path))


def said_of(reader, argument):
    """Return what a reader says where it refuses; any other exception is the failure."""
    try:
        reader(argument)
    except REFUSALS as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (of_table, "any.csv"), (read_phases, "any.csv"), (read_phases, "any.json"),
        (of_list, "any.csv"), (of_experiments, "any.csv"),
        (read_batch, "any.toml"), (read_batch, "any.json"),
    ],
)  # fmt: skip
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_any_text_is_read_or_refused_in_one_line(reader, name, text, tmp_path):
    """No traceback, and no line break that a text could smuggle into the terminal."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", errors="replace", newline="")

    assert "\n" not in said_of(reader, path)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=batches)
def test_any_batch_is_read_or_refused_in_one_line(document, tmp_path):
    """Right keys with any values: numbers of any size, texts, lists and tables."""
    path = tmp_path / "any.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    assert "\n" not in said_of(read_batch, path)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(given=cells)
def test_any_cell_is_read_or_refused_fault_by_fault(given):
    """Each fault on a line of its own, and each says something."""
    said = said_of(experiment, given)

    assert all(line.strip() for line in said.split("\n")) or said == ""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(st.text(max_size=6) | pieces, min_size=3, max_size=3), max_size=4))
def test_any_cells_of_a_table_are_read_or_refused(rows, tmp_path):
    """Under the right header, quoted as a spreadsheet would."""
    lines = [",".join(COLUMNS[:3])]
    lines += [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = tmp_path / "any.csv"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace", newline="")

    assert "\n" not in said_of(of_table, path)
