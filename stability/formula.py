"""Chemical formulas: text in, amounts of elements out.

Decimal and fractional amounts, nested brackets and Unicode subscripts are read; everything else is
refused with the place and the likely remedy. What could be read in two ways, such as the dot of a
hydrate, is refused with both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(
    r"(?P<element>[A-Z][a-z]?)|(?P<number>\d+(?:\.\d+)?(?:/\d+)?|\.\d+)|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.ASCII,
)
_PLAIN = re.compile(r"(?:[A-Z][a-z]?\d*)+", re.ASCII)
_PLAIN_PART = re.compile(r"([A-Z][a-z]?)(\d*)", re.ASCII)
_ELEMENT = re.compile(r"[A-Z][a-z]?")
_DOT = re.compile(r"(?<![0.])(?<!\d\.)\.(?=[1-9]\d*[A-Z])|(?<!\d)\.(?=\d+[A-Z])", re.ASCII)
"""A point that may stand between the parts of an adduct: not behind a zero, an element after it."""
_ADDED = re.compile(r"[\u00b7\u2022\u2219\u22c5\u30fb*.](\d*)\(?([^()]+)\)?", re.ASCII)
_COMMA = re.compile(r"(?<=\d),(?=\d)", re.ASCII)
_DECIMAL = re.compile(r"(?<![\d./])(\d+)\.(\d+)(?![\d/])", re.ASCII)
_ISOTOPES = {"D": "deuterium", "T": "tritium"}
_FIRST_WITHOUT_STABLE = 83  # Heavier elements, polonium first, are what nobody means by `po`.
_LARGEST_FRACTION = 6  # Amounts are given in sixths at most where digits are rounded.
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_LARGEST_AMOUNT = 10_000.0
"""More atoms than this of one element in a formula unit are a slip of the keyboard."""
_SMALLEST_SHARE = 1e-6  # Below one atom in a million the energy is that of the rest.
_LONGEST_TEXT = 200
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class Composition:
    """Amounts of elements in one formula unit, as written."""

    formula: str
    """The text it was read from, without blanks and with plain digits."""

    amounts: Mapping[str, float]
    """Atoms of each element in one formula unit, in order of appearance."""

    @cached_property
    def n_atoms(self) -> float:
        """Atoms in one formula unit."""
        return sum(self.amounts.values())

    @cached_property
    def meant(self) -> Composition:
        """The same formula with the amounts that its rounded digits stand for."""
        plain = exact(self.formula) if "." in self.formula else self.formula
        if plain == self.formula:
            return self
        return Composition(self.formula, composition(plain).amounts)

    @cached_property
    def shares(self) -> frozenset[tuple[str, float]]:
        """Share of each element in the atoms: equal for equal compositions, however written."""
        return equal_shares(self.meant.amounts)

    @cached_property
    def molar_mass(self) -> float:
        """Mass of one mole of formula units, in g/mol."""
        return sum(ATOMIC_WEIGHT[element] * n for element, n in self.amounts.items())


def equal_shares(amounts: Mapping[str, float]) -> frozenset[tuple[str, float]]:
    """Return the share of each element in the atoms: equal for equal compositions.

    Parameters
    ----------
    amounts : mapping of str to float
        Atoms of each element in any number of formula units.
    """
    atoms = sum(amounts.values())
    return frozenset([(element, round(n / atoms, 9)) for element, n in amounts.items()])


@lru_cache(maxsize=65_536)
def composition(text: str) -> Composition:
    """Return the composition that a formula stands for.

    Parameters
    ----------
    text : str
        A formula such as ``Li6PS5Cl``, ``LiTi2(PO4)3``, ``LiNi0.5Mn1.5O4``, ``Li₇La₃Zr₂O₁₂`` or
        ``Li2Sc2/3Cl4``.

    Raises
    ------
    FormulaError
        If the text is no formula: the message names the place and, where one is likely, the remedy.

    Examples
    --------
    >>> dict(composition("LiTi2(PO4)3").amounts)
    {'Li': 1.0, 'Ti': 2.0, 'P': 3.0, 'O': 12.0}
    >>> composition("Li2S").molar_mass  # 2 * 6.94 + 32.06
    45.94...
    """
    plain = "".join(text.split()).translate(_SUBSCRIPTS)
    if not plain:
        raise FormulaError("the formula is empty; write one such as Li6PS5Cl")
    if len(plain) > _LONGEST_TEXT:
        raise FormulaError(
            f"a formula of {len(plain)} characters; at most {_LONGEST_TEXT} are read, "
            "write one formula unit"
        )
    if _PLAIN.fullmatch(plain):  # The common case of a large table: no brackets, no fractions.
        amounts: dict[str, float] = {}
        for element, digits in _PLAIN_PART.findall(plain):
            _add(amounts, element, _checked_amount(digits or "1", plain), plain)
    else:
        if comma := _COMMA.search(plain):
            raise FormulaError(_unexpected(plain, comma.start()))
        _refuse_two_readings(plain)
        amounts = _amounts(plain)
    if max(amounts.values()) > _LARGEST_AMOUNT:
        raise FormulaError(
            f"{plain}: {max(amounts.values()):.3g} atoms of one element, more than "
            f"{_LARGEST_AMOUNT:g}; write one formula unit"
        )
    if min(amounts.values()) < _SMALLEST_SHARE * sum(amounts.values()):
        raise FormulaError(
            f"{plain}: an element is less than {_SMALLEST_SHARE:g} of all atoms; leave it out"
        )
    return Composition(plain, amounts)


def exact(text: str) -> str:
    """Return a formula with the amounts that its rounded digits stand for.

    Parameters
    ----------
    text : str
        A formula. It comes back unchanged unless all its amounts of two and more decimals are
        whole numbers, halves, thirds ... or sixths within the digits written.

    Raises
    ------
    FormulaError
        If the text is no formula.

    Examples
    --------
    >>> exact("Li1.33333Ti1.66667O4"), exact("Li3.0001PS4"), exact("Li3.285Sn0.28P0.72S4")
    ('Li4/3Ti5/3O4', 'Li3PS4', 'Li3.285Sn0.28P0.72S4')
    """
    formula = composition(text).formula
    meant = {}
    for written in _DECIMAL.finditer(formula):
        fraction = _fraction(written[1], written[2])
        if not fraction:
            return formula
        meant[written.span()] = fraction
    for (start, end), fraction in reversed(meant.items()):
        formula = formula[:start] + ("" if fraction == "1" else fraction) + formula[end:]
    return formula


def _fraction(whole: str, decimals: str) -> str:
    """Return the simple fraction that a decimal number is rounded from; empty if there is none."""
    value, digits = float(f"{whole}.{decimals}"), len(decimals.rstrip("0"))
    if digits <= 1 or (value * 4).is_integer():  # As 0.5 and 0.25: meant as they are.
        return f"{whole}.{decimals}"
    for denominator in range(1, _LARGEST_FRACTION + 1):
        numerator = round(value * denominator)
        # A whole number may be one off in the last digit: 3.0001 and 2.999 are 3.
        ends = 1.0 if denominator == 1 and digits > 2 else 0.5  # noqa: PLR2004  # From the third decimal on.
        if numerator and abs(value - numerator / denominator) <= ends * 10**-digits * (1 + 1e-6):
            return str(numerator) if denominator == 1 else f"{numerator}/{denominator}"
    return ""


def _refuse_two_readings(text: str) -> None:
    """Refuse a point that may be decimal or the dot of an adduct: an element is on both sides.

    Raises
    ------
    FormulaError
        If there is one: `CuSO4.5H2O` is the hydrate to a chemist, and S O4.5 to a reader.
    """
    for dot in _DOT.finditer(text):
        before, after = text[: dot.start()], text[dot.end() :]
        if before.count("(") == before.count(")") and (
            twice := set(_ELEMENT.findall(before)) & set(_ELEMENT.findall(after))
        ):
            raise FormulaError(
                f"{text}: the point at character {dot.start() + 1} may be decimal, or the dot of "
                f"an adduct; write {_adduct(text, dot.start())}, or {min(twice)} only once"
            )


def _adduct(text: str, place: int) -> str:
    """Return an adduct with brackets in place of its dot."""
    added = _ADDED.fullmatch(text[place:])
    return f"{text[:place]}({added[2]}){added[1]}" if added else "it with brackets"


def _amounts(text: str) -> dict[str, float]:
    """Read a formula with brackets or fractions by a stack of open groups.

    Raises
    ------
    FormulaError
        If a number follows nothing, a bracket is unbalanced or empty, or a character is foreign.
    """
    groups: list[dict[str, float]] = [{}]
    brackets: list[str] = []
    last: dict[str, float] = {}  # What a number that comes next multiplies.
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise FormulaError(_unexpected(text, place))
        if element := token["element"]:
            _merge(groups[-1], last)
            _add(last := {}, element, 1.0, text)
        elif number := token["number"]:
            if not last:
                raise FormulaError(
                    f"{text}: the number {number} at character {place + 1} follows no element or "
                    "bracket; write the element first"
                )
            factor = _checked_amount(number, text)
            _merge(groups[-1], {key: value * factor for key, value in last.items()})
            last = {}
        elif token["open"]:
            _merge(groups[-1], last)
            last = {}
            groups.append({})
            brackets.append(token["open"])
        else:
            _merge(groups[-1], last)
            last = _closed_group(groups, brackets, token)
        place = token.end()
    _merge(groups[-1], last)
    if brackets:
        raise FormulaError(
            f"{text}: the bracket {brackets[-1]} is never closed; balance the brackets"
        )
    return groups[0]


def _closed_group(
    groups: list[dict[str, float]], brackets: list[str], token: re.Match[str]
) -> dict[str, float]:
    """Take the group that a bracket closes from the stacks, and return its amounts.

    Raises
    ------
    FormulaError
        If the bracket closes none, or an empty one.
    """
    text, place = token.string, token.start() + 1
    if not brackets or _CLOSING[brackets.pop()] != token["close"]:
        raise FormulaError(
            f"{text}: the bracket {token['close']} at character {place} closes none; "
            "balance the brackets"
        )
    amounts = groups.pop()
    if not amounts:
        raise FormulaError(f"{text}: empty brackets at character {place}; remove them")
    return amounts


def _merge(into: dict[str, float], amounts: dict[str, float]) -> None:
    for element, amount in amounts.items():
        into[element] = into.get(element, 0.0) + amount


def _add(amounts: dict[str, float], element: str, amount: float, text: str) -> None:
    if element in _ISOTOPES:
        raise FormulaError(f"{text}: {element} is {_ISOTOPES[element]}; write H")
    if element not in ATOMIC_WEIGHT:
        near = get_close_matches(element, ATOMIC_WEIGHT, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise FormulaError(f"{text}: {element} is no element{hint}")
    amounts[element] = amounts.get(element, 0.0) + amount


def _checked_amount(number: str, text: str) -> float:
    numerator, _, denominator = number.partition("/")
    if denominator and int(denominator) == 0:
        raise FormulaError(f"{text}: the amount {number} divides by zero")
    amount = float(numerator) / float(denominator or 1)
    if not 0.0 < amount <= _LARGEST_AMOUNT:
        raise FormulaError(
            f"{text}: the amount {number[:20]} is outside (0, {_LARGEST_AMOUNT:g}]; "
            "leave an absent element out, write one formula unit"
        )
    return amount


def _unexpected(text: str, place: int) -> str:
    """Say which character is wrong, and what was probably meant."""
    character = text[place]
    if _COMMA.search(text):
        return f"{text}: a decimal comma; write {_COMMA.sub('.', text)}"
    if place and _ADDED.fullmatch(text[place:]):
        return f"{text}: the dot of an adduct; write {_adduct(text, place)}"
    if character.islower() and (guess := _recased(text)):
        return f"{text}: element symbols start with a capital; did you mean {guess}?"
    name = "" if character.isascii() else f" ({unicodedata.name(character, 'unnamed')})"
    return (
        f"{text}: unexpected character {character!r}{name} at position {place + 1}; "
        "a formula holds elements, amounts and brackets only, no charges"
    )


def _recased(text: str) -> str | None:
    """Guess the capitals of a formula in lower case, longest symbols first."""
    usual = list(ATOMIC_WEIGHT)[:_FIRST_WITHOUT_STABLE]
    guess, place = "", 0
    while place < len(text):
        for length in (2, 1):
            symbol = text[place : place + length].capitalize()
            if symbol in usual:
                guess += symbol
                place += length
                break
        else:
            if text[place].isalpha():
                return None
            guess += text[place]
            place += 1
    return guess
