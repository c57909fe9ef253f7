from tests.jobs.conftest import _here, processes

__all__ = ["_here", "processes"]
