"""When a required value is valid, and how complete records are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.places import country_code

Values = Mapping[str, Any]
ABOUT = Field("about", "Belongs to", Kind.RECORD, required=True, written=False)
"""Not a field of its own: an activity has to hang on a record."""
PARENTS = ("account_id", "contact_id", "lead_id", "opportunity_id", "campaign_id", "ticket_id")
NOTHING = frozenset(
    {
        *("abc", "asdf", "available", "dummy", "empty", "inconnu", "k.a.", "keine", "keine angabe"),
        *("known", "leer", "missing", "n.a", "n.a.", "n.v.t.", "n/a", "na", "nan"),
        *("nil", "no", "no data", "no name", "none", "not", "not available", "not known", "null"),
        *("nvt", "onbekend", "qwerty", "tba", "tbc", "tbd", "test", "to be defined", "to be done"),
        *("todo", "unbekannt", "undefined", "unknown", "void", "x", "xx", "xxx", "y"),
        *("z"),
    }
)
"""What people write where they have nothing to write."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{6,24}(;ext=\d+)?")
_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Completeness:
    """``valid`` of ``required`` fields, over ``n`` records."""

    valid: int
    required: int
    n: int

    @property
    def share(self) -> float | None:
        """In percent; None where nothing is required.

        >>> Completeness(9 + 4, 10 + 6, 2).share
        81.25
        """
        return 100 * self.valid / self.required if self.required else None


@lru_cache(maxsize=2048)  # most of a million subjects and outcomes are a few
def is_nothing(text: str) -> bool:
    """Whether a text only stands where something should stand.

    >>> [is_nothing(each) for each in ("n/a", "X", "--", " ", "Xu", "O2")]
    [True, True, True, True, False, False]
    """
    plain = " ".join(text.split()).casefold()
    return plain in NOTHING or not any(each.isalnum() for each in plain)


def counted(kind: str) -> tuple[Field, ...]:
    """The fields of an object that count, in the order of the bits of a mask."""
    return _counted(OBJECTS[kind])


@lru_cache(64)
def _counted(subject: ObjectType) -> tuple[Field, ...]:
    return (*subject.counted, *((ABOUT,) if subject.key == "activity" else ()))


def whole(kind: str) -> int:
    """The mask of a record without a flaw."""
    return (1 << len(counted(kind))) - 1


def mask(kind: str, values: Values, today: date) -> int:
    """A bit for each counted field whose value is valid, the first field in the lowest."""
    return sum(1 << place for place, field in enumerate(counted(kind)) if valid(kind, field, values, today))


def valid(kind: str, field: Field, values: Values, today: date) -> bool:
    """Whether a record's value of a counted field is there and can be true."""
    return flaw(kind, field, values, today) is None


def flaw(kind: str, field: Field, values: Values, today: date) -> str | None:
    """What is wrong with a value, as a sentence with %(label)s; None for nothing."""
    if field is ABOUT:
        return None if any(values.get(each) for each in PARENTS) else "It belongs to no record: say what it was about."
    value = values.get(field.key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return "%(label)s is missing."
    if isinstance(value, str) and is_nothing(value):
        return "%(label)s only holds the place: that is no value."
    check = _CHECKS.get((kind, field.key)) or _SYNTAX.get(field.kind)
    return check(value, values, today) if check else None


def _email(value: str, _values: Values, _today: date) -> str | None:
    return None if _EMAIL.fullmatch(value) else "%(label)s is no e-mail address."


def _phone(value: str, _values: Values, _today: date) -> str | None:
    figures = [each for each in value if each.isdigit()]
    sound = _PHONE.fullmatch(value) and len(figures) >= _FEWEST_DIGITS and len(set(figures)) > 1
    return None if sound else "%(label)s is no phone number."


def _country(value: str, _values: Values, _today: date) -> str | None:
    return None if country_code(value) else "%(label)s is no country."


def _closes(value: date, values: Values, today: date) -> str | None:
    late = values.get("outcome") == "open" and value < today
    return "The deal is open and its close date is past." if late else None


Check = Callable[[Any, Values, date], "str | None"]
_SYNTAX: Mapping[Kind, Check] = {Kind.EMAIL: _email, Kind.PHONE: _phone, Kind.COUNTRY: _country}
_CHECKS: Mapping[tuple[str, str], Check] = {("opportunity", "closes_on"): _closes}
"""Rules of single fields; those of a kind of field stand in _SYNTAX."""


def needed_columns(kind: str) -> tuple[str, ...]:
    """What has to be known of a record to judge it."""
    extra = {"activity": PARENTS, "opportunity": ("outcome",)}.get(kind, ())
    keys = [each.key for each in OBJECTS[kind].counted]
    owner = [each for each in ("owner_id", "team_id") if OBJECTS[kind].has(each)]
    return tuple(dict.fromkeys([*keys, *extra, *owner]))


def ones(bits: int) -> int:
    """How many bits are set."""
    return bits.bit_count()


def summed(parts: Iterable[tuple[int, int, int]]) -> Completeness:
    """One figure from parts of (mask seen, fields seen, records).

    >>> summed([(0b111, 4, 1), (0b11, 2, 1)])
    Completeness(valid=5, required=6, n=2)
    """
    good = required = records = 0
    for bits, fields, n in parts:
        good, required, records = good + bits.bit_count() * n, required + fields * n, records + n
    return Completeness(good, required, records)
