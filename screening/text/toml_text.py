"""Values as text in TOML: what a form says of a batch, as its file would say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

_WIDTH = 88  # Characters of a line; a longer array has a line for each entry.


def toml_text(values: Mapping[str, Any]) -> str:
    """Return values as TOML: plain keys first, then tables; tables in arrays stand inline.

    Parameters
    ----------
    values : mapping
        Texts, numbers, dates, arrays and tables, as `tomllib` reads them.

    Examples
    --------
    >>> print(toml_text({"filter": {"contains": ("Li",)}, "draws": 0}), end="")
    draws = 0
    <BLANKLINE>
    [filter]
    contains = ["Li"]
    """
    plain = {key: one for key, one in values.items() if not isinstance(one, Mapping)}
    parts = [_keys(plain)] if plain else []
    for key, one in values.items():
        if isinstance(one, Mapping):
            parts.append(f"[{_key(key)}]\n{_keys(one)}")
    return "\n".join(parts)


def _keys(values: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_long(one)}\n" for key, one in values.items())


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else _string(name)


def _long(value: Any) -> str:
    """Return a value behind its key, an array in lines where it is long."""
    text = _value(value)
    if isinstance(value, list | tuple) and len(text) > _WIDTH:
        return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
    return text


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    return _string(value) if isinstance(value, str) else repr(value)


def _string(text: str) -> str:
    """Return a text in quotes; JSON escapes all that TOML does, but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
