import pytest

from stability.phases import competing_phases
from stability.tables.phase_table import reference_table
from stability.temperature import at_temperature


@pytest.fixture(scope="session")
def phases():
    """Return the known phases of the built-in table at 298.15 K, those near the hull too."""
    return competing_phases(at_temperature(reference_table(), 298.15), margin=0.1)
