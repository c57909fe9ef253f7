"""The fields of the form of a batch: what its model says of each key, read from the model.

A key that is added to the model is a field of the form by itself, in the section of its place.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from jobs.pages.frame import figure
from screening.batch.model import TABLES, Batch
from screening.text.limited import Limited
from stability.quantities import SCALES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

Record = dict[str, Any]

IN_TEXT_ONLY = {
    "recipe": "recipes says the same",
    "candidates": "the service reads no file that a batch names",
}
"""Keys that are no field, and why; those that hold tables of many keys are none either."""
SECTIONS = {
    "name": "What to screen",
    "filter": "Search the phase table instead",
    "generate": "Make compounds by substitution",
    "gates": "Gates",
    "cathodes": "Cathodes",
    "recipes": "Cells",
    "table": "How it is computed",
}
"""Titles of the sections of the form, by the key that each begins with."""
_SAID = {"table": "Phase table: the built-in one, or one that `catholyte data` keeps"}
"""What holds of a key where the service reads it, in place of what the model says."""
_OPEN = {"separator"}  # Its choices are not all that is taken.
_SPELT = {"%": "percent"}  # Units that names spell otherwise.
_LONG_LIST = 1000  # Names; for shorter lists a line is enough.


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    """One line."""
    NUMBER = "number"
    """A number."""
    CHOICE = "choice"
    """One of some texts, or none."""
    NAMES = "names"
    """Names in a line, with commas between."""
    LINES = "lines"
    """Names below each other."""
    TICKS = "ticks"
    """Any of some texts."""
    WINDOW = "window"
    """A lower and an upper end."""
    TABLE = "table"
    """A tick: whether the keys of a table, which follow, are asked at all."""


class BatchField(NamedTuple):
    """A key of a batch, as a form asks for it."""

    name: str
    """Path of the key, with points between."""
    kind: Kind
    """How it is filled in."""
    label: str
    """The key in words."""
    said: str
    """What it means."""
    unit: str
    """Unit of what is written; empty without."""
    limits: str
    """What is taken; empty where anything is."""
    usual: str
    """What holds if nothing is written; empty where that is no text."""
    choices: tuple[str, ...]
    """All texts that are taken, where the model says them."""
    whole: bool
    """Whether a number is a whole one."""


@cache
def batch_fields() -> tuple[BatchField, ...]:
    """Return the fields of the form of a batch, in the order of its model."""
    schema = Batch.model_json_schema()
    return tuple(_fields(Batch, schema["properties"], schema["$defs"], ""))


def form_sections(
    texts: Mapping[str, tuple[str, ...]],
    faults: Mapping[str, list[str]],
    choices: Mapping[str, list[str]],
) -> list[Record]:
    """Return the sections of the form: title, fields, and whether something stands in one.

    Parameters
    ----------
    texts : mapping of str to tuple of str
        What stands in the fields.
    faults : mapping of str to list of str
        What is wrong with them.
    choices : mapping of str to list of str
        Texts that fields take, where the model does not say them.
    """
    sections: list[Record] = []
    for field in batch_fields():
        if field.name in SECTIONS:
            sections.append({"title": SECTIONS[field.name], "fields": [], "used": False})
        there, said = texts.get(field.name, ()), faults.get(field.name, [])
        known = [*field.choices, *choices.get(field.name, ())]
        known += [one for one in there if one and known and one not in known]
        shown = {"texts": there, "choices": known, "open": field.name in _OPEN, "faults": said}
        sections[-1]["fields"].append(field._asdict() | shown)
        sections[-1]["used"] |= bool(filled(there) or said)
    return sections


def filled(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of a field without blanks around, and none where all are empty.

    Examples
    --------
    >>> filled((" 2.5", "")), filled(("", " "))
    (('2.5', ''), ())
    """
    found = tuple(one.strip() for one in texts)
    return found if any(found) else ()


def _fields(
    model: type[BaseModel], keys: Record, tables: Record, within: str
) -> Iterator[BatchField]:
    for name, key in keys.items():
        one = _plain(key)
        kind = _kind(name, one)
        if kind is None or (not within and name in IN_TEXT_ONLY):
            continue
        unit = unit_of(model, name)
        choices = one.get("enum") or one.get("items", {}).get("enum") or ()
        said = _SAID.get(name) or key.get("description", "").split(" [")[0].replace("`", "")
        yield BatchField(
            within + name,
            kind,
            in_words(name, unit),
            said.rstrip("."),
            unit,
            _limits(key, one, unit, said),
            _usual(key.get("default")),
            ("yes", "no") if one.get("type") == "boolean" else tuple(choices),
            one.get("type") == "integer",
        )
        if kind is Kind.TABLE:
            inside = tables[one["$ref"].rpartition("/")[2]]["properties"]
            yield from _fields(TABLES[name], inside, tables, f"{name}.")


def _plain(key: Record) -> Record:
    """Return what a key holds where it is there: the first that is not null."""
    forms = key.get("anyOf") or key.get("oneOf") or [key]
    first: Record = next(one for one in forms if one.get("type") != "null")
    return first


def _kind(name: str, one: Record) -> Kind | None:
    """Return how a key is filled in; None for arrays of tables alone."""
    if one.get("type") == "array":
        return _kind_of_array(name, one)
    if "$ref" in one:
        return Kind.TABLE
    if "enum" in one or one["type"] == "boolean":
        return Kind.CHOICE
    return Kind.TEXT if one["type"] == "string" else Kind.NUMBER


def _kind_of_array(name: str, one: Record) -> Kind | None:
    if "prefixItems" in one:
        return Kind.WINDOW
    if "enum" in one["items"] or name in {"cathodes", "recipes"}:
        return Kind.TICKS
    if "$ref" in one["items"]:
        return None
    return Kind.LINES if one.get("maxItems", 0) > _LONG_LIST else Kind.NAMES


def unit_of(model: type[BaseModel], name: str) -> str:
    """Return the unit of a field of a model; nothing where it has no limits of a quantity.

    Parameters
    ----------
    model : type
        The model.
    name : str
        One of its fields.
    """
    field = model.model_fields[name]
    found = next(_scales((*field.metadata, field.annotation)), None)
    return SCALES[found.scale].unit if found else ""


def _scales(parts: tuple[Any, ...]) -> Iterator[Limited]:
    """Yield the limits inside an annotation."""
    for part in parts:
        if isinstance(part, Limited):
            yield part
        else:
            yield from _scales((*getattr(part, "__metadata__", ()), *get_args(part)))


def in_words(name: str, unit: str) -> str:
    """Return a key in words, without its unit.

    Parameters
    ----------
    name : str
        The key.
    unit : str
        Its unit; empty without.

    Examples
    --------
    >>> in_words("max_above_hull_ev_per_atom", "eV/atom"), in_words("sses", "")
    ('Max above hull', 'SSEs')
    """
    endings = ["_" + one for one in (unit.lower().replace("/", "_per_"), _SPELT.get(unit)) if one]
    ending = next((one for one in endings if name.endswith(one)), "")
    words = name.removesuffix(ending).replace("_", " ")
    return "SSE" + words[3:] if words.startswith("sse") else words[:1].upper() + words[1:]


def _limits(key: Record, one: Record, unit: str, said: str) -> str:
    """Return what is taken, where the model knows it and does not say it in words."""
    ends = one["prefixItems"][0] if "prefixItems" in one else one
    if "minimum" not in ends or f"{ends['maximum']:g}" in said:
        return ""
    also = [f"{figure(each['const'], -2)} or " for each in key.get("anyOf", []) if "const" in each]
    said = f"{''.join(also)}{ends['minimum']:g} to {ends['maximum']:g}"
    return f"{said} {unit}".strip()


def _usual(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):
        return figure(value)
    return "" if value is None else str(value)
