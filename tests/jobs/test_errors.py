import inspect

import pytest

from descriptors.errors import DescriptorError
from jobs import errors
from screening.errors import ScreeningError
from stability.errors import SolverError, StabilityError


def test_the_tree_in_the_docstring_names_every_class():
    """A reader finds each error of the package in the drawing, and nothing else."""
    classes = {
        name
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    }
    drawn = {word for word in errors.__doc__.split() if word.endswith("Error")}

    assert drawn == classes


@pytest.mark.parametrize(
    "error",
    [
        errors.StoreError,
        errors.BusyError,
        errors.OutputError,
        errors.QueryError,
        errors.EngineError,
        errors.EngineLostError,
        errors.ExperimentError,
        errors.SuggestionError,
        errors.SheetError,
    ],
)
def test_one_root_catches_every_error(error):
    """A caller that knows only the root, or only ValueError, misses none."""
    assert issubclass(error, errors.JobsError)
    assert issubclass(error, ValueError)


def test_a_busy_store_is_a_store_that_cannot_be_used():
    """Whoever handles unusable stores handles one in use; only the exit code tells them apart."""
    assert issubclass(errors.BusyError, errors.StoreError)


@pytest.mark.parametrize("root", [StabilityError, DescriptorError, ScreeningError])
def test_refusals_are_the_roots_of_all_packages(root):
    """Whatever a package refuses becomes one line, never a traceback."""
    assert root in errors.REFUSALS
    assert errors.JobsError in errors.REFUSALS


def test_a_fault_of_the_program_is_no_refusal():
    """A solver without an answer, or a bug, must not look like wrong input."""
    assert not issubclass(SolverError, errors.REFUSALS)
    assert not issubclass(KeyError, errors.REFUSALS)
    assert not any(issubclass(ValueError, root) for root in errors.REFUSALS)
