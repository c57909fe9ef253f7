"""What can be wrong with a question about a pair.

ScreeningError (ValueError)
├── UnknownNameError  a name that the catalogue does not hold
├── CatalogueError    a catalogue file that cannot be used
├── BatchError        a batch that cannot be run
├── CellError         a measured cell that cannot be used
├── CalibrationError  a calibration that cannot be made or read
└── ObjectiveError    an objective that cannot be read or computed
"""


class ScreeningError(ValueError):
    """A question about a pair that has no answer as asked."""


class UnknownNameError(ScreeningError):
    """A name that the catalogue does not hold."""


class CatalogueError(ScreeningError):
    """A catalogue file that cannot be used as it is."""


class BatchError(ScreeningError):
    """A batch that cannot be run as it is."""


class CellError(ScreeningError):
    """A measured cell that cannot be used as it is."""


class CalibrationError(ScreeningError):
    """A calibration that cannot be made, or cannot be read."""


class ObjectiveError(ScreeningError):
    """An objective that cannot be read or computed as it stands."""
