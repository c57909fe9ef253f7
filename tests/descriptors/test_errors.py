import pytest

from descriptors import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidRecipeError,
        errors.ImpossibleValueError,
        errors.UnknownCarbonError,
        errors.NoMeasurement,
    ],
)
def test_one_root_catches_every_error(error):
    """A caller that knows only the root, or only ValueError, misses none."""
    assert issubclass(error, errors.DescriptorError)
    assert issubclass(error, ValueError)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code():
    """Every error is drawn in the module docstring."""
    defined = [name for name, thing in vars(errors).items() if isinstance(thing, type)]

    assert all(name in errors.__doc__ for name in defined)
