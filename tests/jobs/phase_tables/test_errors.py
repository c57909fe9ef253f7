from jobs.errors import REFUSALS
from jobs.phase_tables.errors import DataError, ServiceError


def test_they_are_refusals():
    """The command line turns each into one line and exit code 2, or 1 where a service failed."""
    assert issubclass(ServiceError, DataError)
    assert issubclass(DataError, REFUSALS)
