"""What can be wrong with a question about a composite or an electrolyte.

DescriptorError (ValueError)
├── InvalidRecipeError    a recipe that nobody could weigh out and press
├── ImpossibleValueError  a density, porosity, pressure or area that no material has
├── UnknownCarbonError    a carbon without figures in the carbon tables
└── NoMeasurement         nobody's figure is on record: the caller states an assumption, or stops
"""


class DescriptorError(ValueError):
    """A question about a composite or an electrolyte that has no answer as asked."""


class InvalidRecipeError(DescriptorError):
    """A recipe that nobody could weigh out and press."""


class ImpossibleValueError(DescriptorError):
    """A density, porosity, pressure or area that no material has."""


class UnknownCarbonError(DescriptorError):
    """A carbon without figures in the carbon tables."""


class NoMeasurement(DescriptorError):  # noqa: N818  # A gap in the literature is nobody's error.
    """No figure on record for this material; nothing is wrong with the question."""
