"""What can be wrong with a job.

JobsError (ValueError)
├── StoreError        a store that cannot be used as it is
│   └── BusyError     a store that another process is writing
└── QueryError        a query that is refused, or fails

Whatever is wrong with the user's input, in any package, is one of ``REFUSALS``: one clear line.
"""

from descriptors.errors import DescriptorError
from screening.errors import ScreeningError
from stability.errors import StabilityError


class JobsError(ValueError):
    """A job that cannot be done as asked."""


class StoreError(JobsError):
    """A store that cannot be used as it is."""


class BusyError(StoreError):
    """A store that another process is writing."""


class QueryError(JobsError):
    """A query that is refused, or fails."""


REFUSALS: tuple[type[ValueError], ...] = (
    StabilityError,
    DescriptorError,
    ScreeningError,
    JobsError,
)
"""What the packages raise when the input is at fault."""
