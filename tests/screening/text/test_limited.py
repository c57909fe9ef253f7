from typing import Annotated, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from screening.batch.batch_tables import CathodeTable, RecipeTable
from screening.batch.candidates import CandidateFilter
from screening.batch.model import Batch
from screening.text.limited import Limited
from stability.quantities import SCALES

VOLTAGE = TypeAdapter(Annotated[float, Limited("voltage_v")])


def test_a_value_inside_is_taken_and_one_outside_refused_with_the_remedy():
    """3,900 V looks like mV."""
    assert VOLTAGE.validate_python(3.9) == 3.9
    with pytest.raises(ValidationError, match=r"looks like mV; write 3\.9"):
        VOLTAGE.validate_python(3900)


def test_the_json_schema_tells_the_limits():
    """Editors underline what is outside; 0 K is allowed beside the range."""
    limits = SCALES["temperature_k"]
    kelvin = TypeAdapter(Annotated[float, Limited("temperature_k")]).json_schema()

    assert VOLTAGE.json_schema()["maximum"] == SCALES["voltage_v"].most
    assert kelvin["anyOf"][0]["minimum"] == limits.least
    assert kelvin["anyOf"][1] == {"const": 0.0}


def numbers(annotation, *, limited=False):
    """Yield for each number of an annotation whether it is limited."""
    if get_origin(annotation) is Annotated:
        inner, *about = get_args(annotation)
        limited = limited or any(isinstance(one, Limited) for one in about)
        yield from numbers(inner, limited=limited)
    elif annotation in {int, float}:
        yield limited
    else:
        for one in get_args(annotation):
            yield from numbers(one)


@pytest.mark.parametrize("model", [Batch, RecipeTable, CathodeTable, CandidateFilter])
def test_no_number_of_a_batch_file_is_without_limits(model):
    """By its quantity, or, where it only counts, by a field or a check of its own."""
    counts = {"draws", "min_elements", "max_elements"}
    assert issubclass(model, BaseModel)

    hints = {
        name: field.rebuild_annotation()
        for name, field in model.model_fields.items()
        if name not in counts
    }
    assert [name for name, hint in hints.items() if not all(numbers(hint))] == []
