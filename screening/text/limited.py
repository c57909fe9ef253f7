"""Numbers of pydantic models, held to the limits of their quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

from stability.quantities import SCALES, checked

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


@dataclass(frozen=True)
class Limited:
    """The limits of a field, as ``Annotated[float, Limited("pressure_mpa")]``.

    Examples
    --------
    >>> from typing import Annotated
    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(Annotated[float, Limited("pressure_mpa")]).validate_python(375)
    375.0
    """

    scale: str
    """Name of the quantity in :data:`stability.quantities.SCALES`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return the schema of the type with the check behind it."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON Schema of the type with the limits, which editors show."""
        limits = SCALES[self.scale]
        spread = {"minimum": limits.least, "maximum": limits.most}
        plain = handler(schema)
        if limits.also is None:
            return plain | spread
        return {"anyOf": [plain | spread, {"const": limits.also}]}

    def _checked(self, value: float) -> float:
        return checked(value, self.scale)
