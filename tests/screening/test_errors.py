import inspect

import pytest

from screening import errors


def test_the_tree_in_the_docstring_names_every_class():
    """A reader finds each error of the package in the drawing, and nothing else."""
    classes = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    drawn = {word for word in errors.__doc__.split() if word.endswith("Error")}

    assert drawn == classes


@pytest.mark.parametrize(
    "error",
    [
        errors.UnknownNameError,
        errors.CatalogueError,
        errors.BatchError,
        errors.CellError,
        errors.CalibrationError,
        errors.ObjectiveError,
    ],
)
def test_one_root_catches_every_error(error):
    """A caller that knows only the root, or only ValueError, misses none."""
    assert issubclass(error, errors.ScreeningError)
    assert issubclass(error, ValueError)
