"""What can be wrong with data.

DataError (JobsError)      data that cannot be had, kept or used as asked
└── ServiceError           a service that does not answer, or not in a usable way
    └── UnreachableError   no connection to a service
"""

from jobs.errors import JobsError


class DataError(JobsError):
    """Data that cannot be had, kept or used as asked."""


class ServiceError(DataError):
    """A service that does not answer, or not in a usable way; try again later."""


class UnreachableError(ServiceError):
    """No connection to a service: no network, an unknown host, or a refused connection."""
