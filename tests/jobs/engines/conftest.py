import pytest


@pytest.fixture(autouse=True)
def _processes(processes):
    """All tests here are about processes."""
