"""A batch as a form and as text in TOML: each is made from the other, and the text is the truth.

A page tells the text that its fields show. What comes back is read against it: fields that somebody
has changed are written into the text, whatever else stands there, and the text alone is checked.
"""

from __future__ import annotations

import re
from contextlib import suppress
from copy import deepcopy
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import REFUSALS
from jobs.lab.kept_materials import own_in
from jobs.pages.batch_fields import Kind, batch_fields, filled
from jobs.studies.asked_batch import Fault, asked_batch, asked_values
from screening.batch.batch_faults import told
from screening.batch.model import Batch
from screening.catalogue.materials import known_cathodes
from screening.catalogue.names import listed_candidates
from screening.catalogue.own_materials import NO_MATERIALS
from screening.text.toml_text import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jobs.pages.batch_fields import BatchField
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials

Values = dict[str, Any]
Texts = dict[str, tuple[str, ...]]

WINDOW = "window."
"""Begins the name of the field of a cathode's own voltage window."""
_ON = "on"
_SEPARATORS = re.compile(r"[,;\t\n]")
_ELEMENT_SEPARATORS = re.compile(r"[,;\s]")
_WHOLE, _DECIMAL = (
    re.compile(r"[+-]?\d{1,30}"),
    re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
)


class Sent(NamedTuple):
    """What a page sends."""

    text: str
    """The batch in TOML."""
    shown: str | None
    """The text that the fields show; None where there is the text alone."""
    texts: Texts
    """What stands in the fields, by name."""


class Written(NamedTuple):
    """A batch as form and text."""

    text: str
    """In TOML."""
    shown: str
    """The text that the fields show: the last one that could be read."""
    texts: Texts
    """What stands in the fields, by name."""
    faults: dict[str, list[str]]
    """What is wrong, by field; under nothing what belongs to none."""
    batch: Batch | None
    """The batch; None where something is wrong."""


def form_cathodes(own: OwnMaterials) -> dict[str, Cathode]:
    """Return the cathodes that a form offers, by name: those of one's own first.

    Parameters
    ----------
    own : OwnMaterials
        Materials of the laboratory.
    """
    return {**own.cathodes, **known_cathodes()}


def field_names(cathodes: Iterable[str]) -> list[str]:
    """Return the names of all fields of the form.

    Parameters
    ----------
    cathodes : iterable of str
        Those that it offers.
    """
    return [*(one.name for one in batch_fields()), *(WINDOW + name for name in cathodes)]


def written(sent: Sent, store: Path) -> Written:
    """Return what a page has sent as text and as form, checked.

    Parameters
    ----------
    sent : Sent
        What it has sent.
    store : Path
        The store, whose laboratory is asked for materials.
    """
    own = own_in(store)
    try:
        values: Values = dict(asked_values(sent.text))
    except REFUSALS as error:
        shown = sent.shown or ""
        texts = _whole(sent.texts, form_texts({}, own))
        return Written(sent.text, shown, texts, {"": [str(error)]}, None)
    text = sent.text
    faults: list[Fault] = []
    if changes := _changes(sent, own):
        values, faults = changed(values, changes, own)
        text = toml_text(values)
    asked = asked_batch(values, store)
    texts = form_texts(values, own)
    # What a list is refused for stands in no text: it stays in its field.
    texts |= {str(one.place[0]): changes[str(one.place[0])] for one in faults}
    faults += asked.faults
    placed: dict[str, list[str]] = {}
    for one in faults:
        name = _field_of(one, values, own)
        placed.setdefault(name, []).append(one.said if name else str(one))
    return Written(text, text, texts, placed, None if faults else asked.batch)


def _whole(sent: Texts, usual: Texts) -> Texts:
    """Return what was sent, with as many texts for each field as it shows."""
    return {
        name: (*sent.get(name, ()), *one[len(sent.get(name, ())) :]) for name, one in usual.items()
    }


def refused(made: Written, fault: str) -> Written:
    """Return a batch that was refused on a closer look, with why beside the field it names.

    Parameters
    ----------
    made : Written
        From :func:`written`.
    fault : str
        What is wrong.
    """
    one = Fault(*told(fault, Batch.model_fields))
    name = _field_of(one, {}, NO_MATERIALS)
    return made._replace(faults={name: [one.said if name else fault]}, batch=None)


def _changes(sent: Sent, own: OwnMaterials) -> Texts:
    """Return the fields that somebody has changed since the page was made."""
    if sent.shown is None:
        return {}
    try:
        before = form_texts(dict(asked_values(sent.shown)), own)
    except REFUSALS:  # Of a page that showed nothing that could be read.
        before = form_texts({}, own)
    return {
        name: now for name, now in sent.texts.items() if filled(now) != filled(before.get(name, ()))
    }


def form_texts(values: Values, own: OwnMaterials) -> Texts:
    """Return what the fields of a form show of a batch.

    Parameters
    ----------
    values : dict
        Its keys, right or wrong.
    own : OwnMaterials
        Materials of the laboratory, whose labels may name cathodes.
    """
    if isinstance(alone := values.get("recipe"), str) and "recipes" not in values:
        values = values | {"recipes": (alone,)}
    found = {one.name: _texts(one, _at(values, one.name)) for one in batch_fields()}
    found |= {WINDOW + name: ("", "") for name in form_cathodes(own)}
    entries = _entries(values.get("cathodes"), own)
    found["cathodes"] = tuple(entries)
    for name, entry in entries.items():
        if isinstance(entry, dict) and "voltage_window" in entry:
            found[WINDOW + name] = _ends(entry["voltage_window"])
    return found


def changed(values: Values, changes: Texts, own: OwnMaterials) -> tuple[Values, list[Fault]]:
    """Return the keys of a batch with what fields say written into them, and what is refused.

    Parameters
    ----------
    values : dict
        Keys of the batch.
    changes : dict
        New texts by field.
    own : OwnMaterials
        Materials of the laboratory.
    """
    made, faults = deepcopy(values), []
    for field in batch_fields():
        if field.name in changes and field.name != "cathodes":
            try:
                _write(made, field, changes[field.name])
            except REFUSALS as error:
                faults.append(Fault((field.name,), str(error)))
    windows = {
        name.removeprefix(WINDOW): now for name, now in changes.items() if name.startswith(WINDOW)
    }
    if windows or "cathodes" in changes:
        before = _entries(values.get("cathodes"), own)
        ticked = changes.get("cathodes", tuple(before))
        _write_cathodes(made, ticked, windows, own)
    return made, faults


def _write(values: Values, field: BatchField, texts: tuple[str, ...]) -> None:
    """Write a field into its key.

    Raises
    ------
    BatchError
        If it is a list that cannot be read.
    """
    *within, key = field.name.split(".")
    value = _value(field, texts)
    if field.kind is Kind.TABLE:
        value = values.get(key, {}) if value else None
    if key == "recipes":
        values.pop("recipe", None)
        known = _entries(values.get("recipes"))
        value = tuple(known.get(name, name) for name in value) if value else None
    if key == "coatings":
        known = _entries(values.get("coatings"))
        value = tuple(known.get(name, name) for name in value) if value else None
    for name in within:
        if not isinstance(values.get(name), dict):
            if value is None:
                return
            values[name] = {}
        values = values[name]
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def _write_cathodes(
    values: Values, ticked: tuple[str, ...], windows: Texts, own: OwnMaterials
) -> None:
    """Write cathodes with their windows; what else the text says of them stays.

    A window that is written is that of a cathode that is meant; an end that is left out is that of
    the catalogue.
    """
    before, known = _entries(values.get("cathodes"), own), form_cathodes(own)
    asked = dict.fromkeys(ticked) | dict.fromkeys(
        name for name, ends in windows.items() if filled(ends)
    )
    made = []
    for name in sorted(asked, key=list(known).index if set(asked) <= set(known) else None):
        entry = before.get(name, name)
        if name in windows:
            entry = dict(entry) if isinstance(entry, dict) else {"name": entry}
            entry.pop("voltage_window", None)
            if filled(windows[name]):
                one = known.get(name)
                usual = (one.voltage_low, one.voltage_high) if one else ("", "")
                ends = (*windows[name], "", "")[:2]
                entry["voltage_window"] = tuple(
                    _number(end) if end.strip() else other
                    for end, other in zip(ends, usual, strict=True)
                )
            entry = entry["name"] if list(entry) == ["name"] else entry
        made.append(entry)
    if made:
        values["cathodes"] = tuple(made)
    else:
        values.pop("cathodes", None)


def _value(field: BatchField, texts: tuple[str, ...]) -> Any:
    """Return what the texts of a field mean; None where nothing is written.

    What cannot be read stays text: what checks the batch says what is wrong with it.

    Raises
    ------
    BatchError
        If it is a list that cannot be read.
    """
    bare = filled(texts)
    if not bare:
        return None
    made: Any = bare[0]
    match field.kind:
        case Kind.TICKS:
            made = bare
        case Kind.WINDOW:
            made = tuple(map(_number, bare))
        case Kind.NUMBER:
            made = _number(bare[0])
        case Kind.LINES:
            made = _lines(bare[0])
        case Kind.NAMES:
            # Labels of one's own may hold blanks; elements are written with blanks between.
            apart = _SEPARATORS if field.name == "coatings" else _ELEMENT_SEPARATORS
            made = tuple(one.strip() for one in apart.split(bare[0]) if one.strip())
        case Kind.CHOICE if "yes" in field.choices:
            made = {"yes": True, "no": False}.get(bare[0], bare[0])
    return made


def _lines(text: str) -> tuple[str, ...]:
    """Return the names of a list: one in a line, with commas between, or a CSV with a header.

    Raises
    ------
    BatchError
        If it is a CSV that cannot be read.
    """
    header = [one.strip() for one in text.split("\n", 1)[0].split(",")]
    if "sse" in header:
        return listed_candidates(text)
    return tuple(one.strip() for one in _SEPARATORS.split(text) if one.strip())


def _number(text: str) -> int | float | str:
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    number = float(text) if _DECIMAL.fullmatch(text) else inf
    return number if isfinite(number) else text


def _texts(field: BatchField, value: object) -> tuple[str, ...]:
    """Return what a field shows of a value."""
    if field.kind is Kind.TABLE:
        return (_ON,) if isinstance(value, dict) else ()
    if field.kind is Kind.WINDOW:
        return _ends(value)
    names = tuple(_entries(value))
    if field.kind is Kind.TICKS:
        return names
    if field.kind in {Kind.NAMES, Kind.LINES}:
        return ((", " if field.kind is Kind.NAMES else "\n").join(names),)
    if isinstance(value, bool) and "yes" in field.choices:
        return ("yes" if value else "no",)
    return (_text(value),)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None or isinstance(value, tuple | dict) else str(value)


def _ends(value: object) -> tuple[str, str]:
    both = value if isinstance(value, tuple) else ()
    low, high, *_ = *map(_text, both), "", ""
    return low, high


def _entries(value: object, own: OwnMaterials | None = None) -> Values:
    """Return the entries of an array by their names; cathodes by what the catalogue calls them."""
    found: Values = {}
    for one in value if isinstance(value, tuple) else ():
        name = _text(one.get("name") if isinstance(one, dict) else one)
        if own is not None:
            with suppress(*REFUSALS):  # What is no cathode is told by what checks the batch.
                name = own.cathode(name).name
        if name:
            found[name] = one
    return found


def _at(values: Mapping[str, Any], name: str) -> object:
    found: Any = values
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _field_of(fault: Fault, values: Values, own: OwnMaterials) -> str:
    """Return the field that a fault is beside; nothing where there is none."""
    match fault.place:
        case ("cathodes", int(number), "voltage_window", *_):
            name = list(_entries(values["cathodes"], own))[number]
            return WINDOW + name if name in form_cathodes(own) else "cathodes"
    keys = [str(part) for part in fault.place if isinstance(part, str)]
    known = {one.name for one in batch_fields()}
    if keys[:1] == ["recipe"]:
        return "recipes"
    return next(
        (name for n in range(len(keys), 0, -1) if (name := ".".join(keys[:n])) in known), ""
    )
