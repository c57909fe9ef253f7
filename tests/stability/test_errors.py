import inspect

import pytest

from stability import errors


def test_the_tree_in_the_docstring_names_every_class():
    """A reader finds each error of the package in the drawing, and nothing else."""
    classes = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    drawn = {word for word in errors.__doc__.split() if word.endswith("Error")}

    assert drawn == classes


@pytest.mark.parametrize(
    "error",
    [
        errors.FormulaError,
        errors.TableError,
        errors.MissingElementError,
        errors.VoltageError,
        errors.LithiumReactantError,
        errors.EnergyError,
    ],
)
def test_bad_input_is_a_stability_error_and_a_value_error(error):
    """One except clause catches every question without an answer."""
    assert issubclass(error, errors.StabilityError)
    assert issubclass(error, ValueError)


def test_a_solver_fault_is_not_the_fault_of_the_input():
    """Code that forgives bad input must not hide a broken solver."""
    assert issubclass(errors.SolverError, RuntimeError)
    assert not issubclass(errors.SolverError, ValueError)
