"""What reading a text needs to know, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol

from crm.objects.rules.fields import Field
from kernel.errors import RuleBroken

Finder = Callable[[str, str], Sequence[int]]
"""From what is looked for ("person", "team" or an object) and a text to the numbers of those that fit it."""
SAID = 60
"""How much of a text is repeated in a sentence about it."""


def _nobody(_kind: str, _text: str) -> Sequence[int]:
    return ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about how somebody writes.

    ``decimal`` is "," or "." where a column or a person is known to use it, ``dates`` one of `dates.FORMATS`,
    ``country`` the code of the country whose numbers are written without "+", ``currency`` the code that amounts are
    in. ``zone`` is where wall times hold. ``find`` looks people, teams and records up, within what the writer may see.
    """

    decimal: str = ""
    dates: str = ""
    country: str = ""
    currency: str = ""
    zone: tzinfo = UTC
    find: Finder = _nobody


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, or the problem with the text. ``asks``: the ways to read it, where several fit and somebody must choose.

    The choices of a date are keys of `dates.FORMATS`, those of a number decimal marks, those of a record numbers.
    """

    value: Any = None
    problem: RuleBroken | None = None
    asks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is a value (or rightly none)."""
        return self.problem is None


def hints_of(locale: str, **known: Any) -> Hints:
    """The hints that follow from a language: its decimal mark. Dates are never guessed from a language.

    >>> hints_of("de").decimal
    ','
    """
    return Hints(decimal=get_decimal_symbol(Locale.parse(locale)), **known)


def wrong(field: Field, code: str, sentence: str, *, asks: tuple[str, ...] = (), **params: object) -> Parsed:
    """A text that can't be read: what is wrong, and what would be right."""
    said = {name: _short(value) for name, value in params.items()}
    return Parsed(problem=RuleBroken(f"crm.{code}", sentence, field=field.key, label=field.label, **said), asks=asks)


def _short(value: object) -> object:
    return value[:SAID] + "…" if isinstance(value, str) and len(value) > 4 * SAID else value
