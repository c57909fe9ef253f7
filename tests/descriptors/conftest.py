from pathlib import Path

import pytest

from descriptors.recipe import Mixing, Recipe

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture
def lfp() -> Recipe:
    """Return the thesis' LiFePO4 composite."""
    return Recipe("LFP", 0.40, 0.57, 0.03, "VGCF", Mixing.HAND, 375.0, "Cronk 2024")


@pytest.fixture
def reference() -> Path:
    """Return the folder of reference data beside the repository, or skip."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside this working copy")
    return REFERENCE
