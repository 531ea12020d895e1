"""From a text to the value of a field: the one door to the readers of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale
from rapidfuzz import fuzz, process

from crm.objects.rules.fields import BETWEEN, Field, Kind, Mark
from crm.parsing.rules import contacts, dates, numbers, places, texts
from crm.parsing.rules.values import Hints, Parsed, wrong

LONGEST = 20_000
"""No text of any field is longer; what is gets refused before anything looks at it."""
_YES = frozenset({"yes", "y", "true", "t", "1", "on", "x", "✓", "ja", "oui", "si", "sí", "sim", "tak"})
_NO = frozenset({"no", "n", "false", "f", "0", "off", "-", "", "nein", "nee", "non", "não", "nej", "nie"})
_TEXTS = frozenset(
    {
        *(Kind.TEXT, Kind.LONG, Kind.ADDRESS, Kind.EMAIL, Kind.PHONE, Kind.LINK),
        *(Kind.CURRENCY, Kind.COUNTRY, Kind.CHOICE, Kind.MULTI, Kind.TIME),
    }
)
_SIMILAR = 70
_SHOWN_CHOICES = 8


def parse(field: Field, text: str, hints: Hints | None = None) -> Parsed:
    """Read what was typed into a field, or stands in a cell. Nothing typed is an empty value, never a problem.

    Texts give str, whole numbers and shares int, amounts Decimal, dates date, moments datetime in UTC, people, teams
    and records their number, yes or no bool. A sensitive field is sealed text: its date comes as "1980-05-01".
    """
    if len(text) > LONGEST:
        limit = field.longest if field.kind in _TEXTS else 200
        return wrong(
            field,
            "too_long",
            "%(label)s has %(length)d characters; at most %(limit)d fit.",
            length=len(text),
            limit=limit,
        )
    if not texts.clean(text):
        return Parsed(_empty(field))
    return _sealed(field, _READERS[field.kind](field, text, hints or Hints()))


def _empty(field: Field) -> Any:
    if field.kind is Kind.FLAG:
        return False
    return "" if field.kind in _TEXTS else None


def _sealed(field: Field, parsed: Parsed) -> Parsed:
    if field.mark is Mark.SENSITIVE and field.kind is Kind.DATE and parsed.ok:
        return Parsed(parsed.value.isoformat())
    return parsed


def _number(field: Field, text: str, hints: Hints) -> Parsed:
    return numbers.check_range(field, numbers.read_number(field, text, hints))


def _choice(field: Field, text: str, _hints: Hints) -> Parsed:
    typed = texts.clean(text).casefold()
    for value, label in field.choices:
        if typed in (value.casefold(), label.casefold()):
            return Parsed(value)
    labels = [label for _value, label in field.choices]
    near = process.extractOne(typed, labels, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_SIMILAR)
    if near is not None:
        sentence = "“%(typed)s” is none of the choices. Is “%(near)s” meant?"
        return wrong(field, "no_choice", sentence, typed=texts.clean(text), near=near[0])
    shown = ", ".join(labels[:_SHOWN_CHOICES]) + (" …" if len(labels) > _SHOWN_CHOICES else "")
    return wrong(
        field,
        "no_choice",
        "“%(typed)s” is none of the choices: %(choices)s.",
        typed=texts.clean(text),
        choices=shown,
    )


def _several(field: Field, text: str, hints: Hints) -> Parsed:
    """Several choices, each a value or a label, apart by semicolons or lines; kept in the order of the choices."""
    chosen = set()
    for part in filter(None, (texts.clean(each) for each in re.split(r"[;\n]", text))):
        found = _choice(field, part, hints)
        if not found.ok:
            return found
        chosen.add(found.value)
    return Parsed(BETWEEN.join(value for value, _label in field.choices if value in chosen))


def _time(field: Field, text: str, _hints: Hints) -> Parsed:
    """A time of day as "14:05"; hours and minutes may also be apart by a full stop, an h, or nothing."""
    typed = texts.clean(text)
    found = re.fullmatch(r"(\d{1,2})(?:[:.hH ]?(\d{2}))?(?::\d{2})?\s*([ap]m)?", typed, re.IGNORECASE)
    if found is not None:
        hours, minutes, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        hours = hours % 12 + (12 if half == "pm" else 0) if half and 1 <= hours <= 12 else hours + 24 * bool(half)
        if hours < 24 and minutes < 60:
            return Parsed(f"{hours:02}:{minutes:02}")
    return wrong(field, "no_time", "“%(typed)s” is no time of day; write it like 14:05.", typed=typed)


def _currency(field: Field, text: str, _hints: Hints) -> Parsed:
    typed = texts.clean(text)
    code = numbers.SIGNS.get(typed, typed.upper())
    if len(code) == 3 and code in Locale("en").currencies:
        return Parsed(code)
    return wrong(
        field,
        "no_currency",
        "“%(typed)s” is no currency; write its code of three letters, such as EUR or USD.",
        typed=typed,
    )


def _flag(field: Field, text: str, _hints: Hints) -> Parsed:
    typed = texts.clean(text).casefold()
    if typed in _YES | _NO:
        return Parsed(typed in _YES)
    return wrong(field, "no_flag", "“%(typed)s” is neither yes nor no.", typed=texts.clean(text))


_LOOKED_UP: Mapping[Kind, tuple[str, str]] = {
    Kind.PERSON: ("person", "Nobody is called “%(typed)s”; write an e-mail address or a whole name."),
    Kind.TEAM: ("team", "There is no team “%(typed)s”."),
    Kind.RECORD: ("", "There is no “%(typed)s” that you may see."),
}


def _found(field: Field, text: str, hints: Hints) -> Parsed:
    """A person, a team or a record by what it is called."""
    what, nobody = _LOOKED_UP[field.kind]
    typed = texts.clean(text)
    found = tuple(hints.find(what or field.target, typed))
    if len(found) == 1:
        return Parsed(found[0])
    if found:
        return wrong(
            field,
            "several",
            "%(count)d are called “%(typed)s”. Which one is meant?",
            asks=tuple(str(each) for each in found),
            count=len(found),
            typed=typed,
        )
    return wrong(field, "nobody", nobody, typed=typed)


_READERS: Mapping[Kind, Callable[[Field, str, Hints], Parsed]] = {
    Kind.TEXT: lambda field, text, _hints: texts.read_text(field, text),
    Kind.LONG: lambda field, text, _hints: texts.read_text(field, text),
    Kind.EMAIL: lambda field, text, _hints: contacts.read_email(field, text),
    Kind.PHONE: contacts.read_phone,
    Kind.LINK: lambda field, text, _hints: contacts.read_link(field, text),
    Kind.ADDRESS: lambda field, text, _hints: texts.read_text(field, text),
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.PERCENT: _number,
    Kind.MONEY: _number,
    Kind.CURRENCY: _currency,
    Kind.COUNTRY: lambda field, text, _hints: places.read_country(field, text),
    Kind.DATE: dates.read_date,
    Kind.MOMENT: dates.read_moment,
    Kind.CHOICE: _choice,
    Kind.MULTI: _several,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
    Kind.PERSON: _found,
    Kind.TEAM: _found,
    Kind.RECORD: _found,
}
