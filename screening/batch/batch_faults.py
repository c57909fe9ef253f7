"""What is wrong with a batch file, in the words of someone who writes TOML."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from screening.text.documents import shortened

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pydantic import BaseModel, ValidationError

    from screening.text.documents import Document

_FAULTS = {
    "missing": "is missing",
    "tuple_type": "write an array",
    "string_type": "write a string",
    "float_type": "write a number",
    "int_type": "write a whole number",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
    "float_parsing": "write a number",
    "bool_parsing": "write true or false",
    "dict_type": "write one object, with names and values",
    "extra_forbidden": "unknown; leave it out",
    "finite_number": "write a finite number",
    "model_type": "write a table",
    "model_attributes_type": "write a table",
    "too_long": "at most {max_length} entries are read; put more into a CSV list",
    "too_short": "at least {min_length} entry; leave the key out for the default",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "the text is empty",
    "greater_than": "it must be above {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "literal_error": "it must be {expected}",
    "string_unicode": "the text holds half a character; write it again",
}
"""pydantic's commonest faults in the words of someone who writes TOML."""
_UNKNOWN = "unknown key"


Place = tuple[str | int, ...]
"""Where something stands in a batch: keys, and numbers in arrays."""


def first_fault(
    error: ValidationError,
    read: Document,
    whole: type[BaseModel],
    tables: Mapping[str, type[BaseModel]],
) -> str:
    """Return line, column, key and fault of the first thing that is wrong.

    Parameters
    ----------
    error : ValidationError
        What pydantic says.
    read : Document
        The file.
    whole : type
        What the file is read as.
    tables : mapping of str to type
        What tables in it are read as, by key.
    """
    (place, said), *others = faults(error, whole, tables)
    more_said = f" (and {len(others)} more)" if others else ""
    return f"{located(place, said, read)}{more_said}"


def located(place: Place, said: str, read: Document) -> str:
    """Return what is wrong behind line, column and key.

    Parameters
    ----------
    place : tuple
        Where it is.
    said : str
        What is wrong.
    read : Document
        The file.
    """
    line, column = read.places.place(place)
    return f"line {line}, column {column}: {placed(place, said)}"


def told(text: str, keys: Container[str]) -> tuple[Place, str]:
    """Return the key that the text of an error begins with, and what it says of it.

    Parameters
    ----------
    text : str
        What an error says.
    keys : container of str
        Keys that a batch has; a text that begins with none of them is about all of it.

    Examples
    --------
    >>> told("sses: LZC stands twice; name it once", {"sses"})
    (('sses',), 'LZC stands twice; name it once')
    """
    key, _, said = text.partition(": ")
    return ((key,), said) if key in keys else ((), text)


def placed(place: Place, said: str) -> str:
    """Return what is wrong behind the key that it is about; an unknown key is named anyway.

    Examples
    --------
    >>> placed(("sses", 1), "write a string")
    'sses.1: write a string'
    """
    key = ".".join(map(str, place))
    return f"{key}: {said}" if key and not said.startswith(_UNKNOWN) else said


def faults(
    error: ValidationError, whole: type[BaseModel], tables: Mapping[str, type[BaseModel]]
) -> list[tuple[Place, str]]:
    """Return all that is wrong, each with its place.

    Parameters
    ----------
    error : ValidationError
        What pydantic says.
    whole : type
        What the batch is read as.
    tables : mapping of str to type
        What tables in it are read as, by key.
    """
    found = []
    for fault in error.errors():
        unknown = fault["type"] == "extra_forbidden"
        place = _place(fault["loc"][:-1]) + fault["loc"][-1:] if unknown else _place(fault["loc"])
        if unknown:
            table = tables.get(str(place[0]), whole) if len(place) > 1 else whole
            near = get_close_matches(str(place[-1]), table.model_fields, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            key = shortened(".".join(map(str, place)))
            said = f"{_UNKNOWN} {key}; {hint}known: {', '.join(table.model_fields)}"
        else:
            said = in_words(fault)
            place, said = (place, said) if place else told(said, whole.model_fields)
        found.append((place, said, fault["type"]))
    # An array without its faulty entries is not too short on top of that.
    return [
        (place, said)
        for place, said, kind in found
        if kind != "too_short" or not any(_inside(one, place) for one, *_ in found)
    ]


def in_words(fault: Mapping[str, Any]) -> str:
    """Return a fault of pydantic in the words of someone who writes TOML or JSON.

    Parameters
    ----------
    fault : mapping
        One of those that the error holds.

    Examples
    --------
    >>> in_words({"type": "int_parsing", "msg": "Input should be a valid integer"})
    'write a whole number'
    """
    if fault["type"] not in _FAULTS:
        return str(fault["msg"]).removeprefix("Value error, ")
    return _FAULTS[fault["type"]].format(**fault.get("ctx", {}))


def _place(told: Place) -> Place:
    """Return a place without the kinds of value that were tried there, which stand in brackets."""
    return tuple(part for part in told if not str(part).startswith("<"))


def _inside(place: Place, whole: Place) -> bool:
    return len(place) > len(whole) and place[: len(whole)] == whole
