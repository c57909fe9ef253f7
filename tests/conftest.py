import os
from pathlib import Path

import pytest
from hypothesis import settings

from stability.kernels import reaction_kernels
from stability.tables.phase_table import PhaseTable, load_phase_table

# The same examples on every machine and in every run; nothing is kept on disk.
settings.register_profile("project", derandomize=True, database=None, deadline=None)
settings.load_profile("project")

BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "reference"


def pytest_collection_modifyitems(config, items):
    """Leave tests marked slow out unless a -m expression or the test itself asks for them."""
    if config.option.markexpr or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


@pytest.fixture(scope="session", autouse=True)
def fresh_cache(tmp_path_factory):
    """Keep prepared tables and snapshots in folders of this run: none sees the user's own.

    Compiled kernels are the user's: they follow from the code alone, and take a minute.
    """
    cache = tmp_path_factory.mktemp("cache")
    kernels = Path(reaction_kernels.hull_kernel.stats.cache_path).parent
    (cache / kernels.name).symlink_to(kernels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATHOLYTE_CACHE", str(cache))
        patch.setenv("CATHOLYTE_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def full_table() -> PhaseTable:
    """Return the formation energies of the 2019 Materials Project, or skip."""
    folder = Path(os.environ.get("CATHOLYTE_REFERENCE", BESIDE_THE_CHECKOUT))
    path = folder / "mp2019_formation_energies.parquet"
    if not path.is_file():
        pytest.skip(
            f"{path.name} is neither in ../shared/reference nor in the folder CATHOLYTE_REFERENCE"
        )
    return load_phase_table(str(path))
