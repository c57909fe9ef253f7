"""Arguments of questions: each is held to its kind and its limits before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from numbers import Real
from os import PathLike
from typing import Any, NoReturn, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_QUANTITIES = {
    "areal_capacity": "areal_capacity_mah_per_cm2",
    "capacity": "capacity_mah_per_g",
    "content": "content_percent",
    "coverage": "share",
    "covers": "voltage_v",
    "draws": "draws",
    "packaging": "packaging_percent",
    "porosity": "porosity_percent",
    "pressure": "pressure_mpa",
    "rate": "rate_c",
    "seed": "seed",
    "separator": "thickness_um",
    "temperature": "temperature_k",
    "thickness": "film_nm",
    "top": "rows",
    "voltage": "mean_voltage_v",
    "voltage_range": "voltage_v",
    "voltages": "voltage_v",
    "voxels": "voxels",
}
"""Quantities by argument, with the limits that the options of the commands have."""
_CHOICES = {
    "corrections": ("mp2020", "given"),
    "energies": ("corrected", "dft"),
    "policy": ("known", "all"),
    "size": ("bulk", "micron", "sub-micron"),
}
_TEXTS = ("str", "_ANODES", "_SIZES", "Literal")
_OPTIONAL = " | None"
_PAIR = "tuple["
_MANY = "Sequence["
_ENDS = 2  # Of a range.
_LONGEST = 60  # Characters of a value that a message repeats.


def answered(**quantities: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what makes a question refuse arguments of a wrong kind or outside their limits.

    Parameters
    ----------
    **quantities : str
        Quantities of arguments that have others here than elsewhere.

    Examples
    --------
    >>> @answered()
    ... def doubled(draws: "int") -> int:
    ...     return 2 * draws
    >>> doubled(-1)
    Traceback (most recent call last):
    stability.errors.QuantityError: draws -1 is outside 0 to 100000: it cannot be negative; 200 ...
    """

    def refusing(question: Callable[P, R]) -> Callable[P, R]:
        @wraps(question)
        def asked(*given: P.args, **named: P.kwargs) -> R:
            from inspect import Parameter, signature

            try:
                bound = signature(question).bind(*given, **named)
            except TypeError as error:
                raise TypeError(f"{question.__name__}() {error}") from None
            for name, value in bound.arguments.items():
                parameter = bound.signature.parameters[name]
                kind, scale = str(parameter.annotation), (_QUANTITIES | quantities).get(name)
                if parameter.kind is Parameter.VAR_POSITIONAL:
                    bound.arguments[name] = tuple(_taken(name, one, kind, scale) for one in value)
                elif parameter.kind is not Parameter.VAR_KEYWORD:
                    bound.arguments[name] = _taken(name, value, kind, scale)
            return question(*bound.args, **bound.kwargs)

        return asked

    return refusing


def _taken(name: str, value: Any, kind: str, scale: str | None) -> Any:
    """Return an argument as its question takes it.

    Raises
    ------
    QuestionError, QuantityError
        If it is of another kind, or outside its limits.
    """
    if value is None and kind.endswith(_OPTIONAL):
        return None
    if kind.startswith(_PAIR):
        ends = _many(name, value)
        if len(ends) != _ENDS:
            _refuse(name, value, "is no range; write (low, high)")
        return tuple(_number(name, one, scale) for one in ends)
    if kind.startswith(_MANY):
        text = "float" not in kind
        return tuple(_one(name, one, kind) if text else _number(name, one, scale)
                     for one in _many(name, value))  # fmt: skip
    return _number(name, value, scale) if scale else _one(name, value, kind)


def _many(name: str, value: Any) -> Collection[Any]:
    """Return the entries of a list, of an array too."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        _refuse(name, value, "is no list; write [...]")
    return tuple(value)


def _number(name: str, value: Any, scale: str | None) -> float | int:
    """Return a number within the limits of its quantity, whichever library it is of."""
    from stability.quantities import SCALES, checked

    if scale is None or isinstance(value, bool) or not isinstance(value, Real):
        _refuse(name, value, "is no number; write one without quotes")
    found = checked(float(value), scale, called=name)
    return int(found) if SCALES[scale].whole else found


def _one(name: str, value: Any, kind: str) -> Any:
    """Return a text, a path, cells or a switch; what is of another kind passes."""
    if isinstance(value, str):
        _refuse_text(name, value, kind)
    elif kind == "bool":
        if type(value).__name__ not in {"bool", "bool_"}:
            _refuse(name, value, "is no switch; write True or False")
    elif ("Path" in kind and isinstance(value, PathLike)) or (
        "str | Mapping" in kind and isinstance(value, Mapping)
    ):
        return value
    elif "Iterable[Mapping" in kind:
        return _cells(name, value)
    elif "Structure" in kind:
        if not hasattr(value, "composition"):
            _refuse(name, value, "is neither a file nor a structure of pymatgen; write its path")
    elif "Path" in kind:
        _refuse(name, value, "is no path; write a text or a pathlib.Path")
    elif any(word in kind for word in _TEXTS):
        _refuse(name, value, "is no text; write one in quotes")
    return value


def _refuse_text(name: str, value: str, kind: str) -> None:
    """Refuse a text that cannot be what its argument takes."""
    if kind == "bool":
        _refuse(name, value, "is no switch; write True or False")
    if "\0" in value:
        _refuse(name, value, "holds a NUL character; leave it out")
    if not value and (kind.endswith(_OPTIONAL) or "Path" in kind):
        _refuse(name, value, "is empty; leave it out, or write something")
    if name in _CHOICES and value not in _CHOICES[name]:
        _refuse(name, value, f"is none of {', '.join(_CHOICES[name])}; write one of them")


def _cells(name: str, value: Any) -> tuple[Mapping[str, object], ...]:
    """Return cells by their fields."""
    found = tuple(_many(name, value))
    for one in found:
        if not isinstance(one, Mapping) or not all(isinstance(key, str) for key in one):
            _refuse(name, one, "is no cell by its fields; write {'sse': ..., 'cathode': ...}")
    return found


def _refuse(name: str, value: Any, why: str) -> NoReturn:
    """Refuse an argument.

    Raises
    ------
    QuestionError
        Always.
    """
    from jobs.errors import QuestionError

    said = repr(value)
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
    raise QuestionError(f"{name} {' '.join(said.split())} {why}")
