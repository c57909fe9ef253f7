"""What can be wrong with a job.

JobsError (ValueError)
├── StoreError        a store that cannot be used as it is
│   └── BusyError     a store that another process is writing
├── OutputError      a file that cannot be written where people want it
├── QuestionError     a question in Python with an argument of the wrong kind
├── QueryError        a query that is refused, or fails
├── CommandError      a command line that cannot be understood
├── EngineError       an engine that cannot be had
│   └── EngineLostError  one that has died
├── ExperimentError   a measured cell that cannot be taken as it is
├── MaterialError     a material of one's own that cannot be kept as it is
├── SuggestionError   a suggestion that cannot be made or changed
├── ServiceError      a request, or a start, that the service refuses
│   └── NotYetError   an answer that is being made
└── SheetError        a sheet for the laboratory that cannot be written

Whatever is wrong with the user's input, in any package, is one of ``REFUSALS``: one clear line.
"""

from http import HTTPStatus

from descriptors.errors import DescriptorError
from screening.errors import ScreeningError
from stability.errors import StabilityError


class JobsError(ValueError):
    """A job that cannot be done as asked."""


class StoreError(JobsError):
    """A store that cannot be used as it is."""


class BusyError(StoreError):
    """A store that another process is writing."""


class OutputError(JobsError):
    """A file that cannot be written where people want it."""


class QuestionError(JobsError):
    """A question with an argument that is of the wrong kind."""


class QueryError(JobsError):
    """A query that is refused, or fails."""


class CommandError(JobsError):
    """A command line that cannot be understood."""


class EngineError(JobsError):
    """An engine that cannot compute at all."""


class EngineLostError(EngineError):
    """An engine that has died on the way; another may be started."""


class ExperimentError(JobsError):
    """An experiment that cannot be kept as it is."""


class MaterialError(JobsError):
    """A material of one's own that cannot be kept as it is."""


class SheetError(JobsError):
    """A sheet that cannot be made as asked."""


class ServiceError(JobsError):
    """A request that the service refuses, or a start that it does."""

    def __init__(self, text: str, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        super().__init__(text)
        self.status = status
        """Status of the answer."""


class NotYetError(ServiceError):
    """An answer that is being made; who asks again gets it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, HTTPStatus.SERVICE_UNAVAILABLE)


class SuggestionError(JobsError):
    """A suggestion that cannot be made or changed as asked."""


REFUSALS: tuple[type[ValueError], ...] = (
    StabilityError,
    DescriptorError,
    ScreeningError,
    JobsError,
)
"""What the packages raise when the input is at fault."""
