import json

import pytest

from screening.batch.composite_rows import composite, composite_row
from screening.batch.model import Batch


@pytest.mark.parametrize(
    "batch",
    [
        Batch(),
        Batch(cathodes=("LiFePO4",), voltage_window=(2.6, 3.9)),
        Batch(recipes=({"name": "mine", "ratio": (50.0, 50.0, 0.0), "mixing": "milled"},)),
    ],
)
def test_a_composite_comes_back_from_its_row(batch):
    """With its window and recipe, through JSON, whatever the batch has changed."""
    for one in batch.composites():
        assert composite(json.loads(json.dumps(composite_row(one)))) == one
