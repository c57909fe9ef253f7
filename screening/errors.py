"""What can be wrong with a question about a pair.

ScreeningError (ValueError)
├── UnknownNameError  a name that the catalogue does not hold
├── CatalogueError    a catalogue file that cannot be used
└── BatchError        a batch that cannot be run
"""


class ScreeningError(ValueError):
    """A question about a pair that has no answer as asked."""


class UnknownNameError(ScreeningError):
    """A name that the catalogue does not hold."""


class CatalogueError(ScreeningError):
    """A catalogue file that cannot be used as it is."""


class BatchError(ScreeningError):
    """A batch that cannot be run as it is."""
