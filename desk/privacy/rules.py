"""Requests about personal data: which there are, by when they are answered, and how they end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken

LONGEST = 2000
WARN = timedelta(days=7)
"""So long before its day a request is called urgent, and those who answer for it are told."""
OLDEST = timedelta(days=366)
WORD = "erase"
"""What is typed before somebody is erased."""
_MONTHS, _EXTENDED = 1, 3


class Kind(StrEnum):
    """What somebody asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"


class State(StrEnum):
    """How far a request is."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


KINDS: dict[str, str] = {
    Kind.ACCESS: "Access: what is held of them",
    Kind.CORRECTION: "Correction: something is wrong",
    Kind.ERASURE: "Erasure: to be forgotten",
    Kind.OBJECTION: "Objection: not to be written to",
    Kind.RESTRICTION: "Restriction: kept, but not used",
}
SHORT: dict[str, str] = {
    Kind.ACCESS: "Access",
    Kind.CORRECTION: "Correction",
    Kind.ERASURE: "Erasure",
    Kind.OBJECTION: "Objection",
    Kind.RESTRICTION: "Restriction",
}
STATES: dict[str, str] = {State.OPEN: "Open", State.DONE: "Done", State.REFUSED: "Refused"}
CHANNELS: dict[str, str] = {
    "mail": "E-mail",
    "phone": "Phone",
    "paper": "On paper",
    "person": "In person",
    "form": "Web form",
}
TABLES = {"crm_contact": "contact", "crm_lead": "lead"}
"""Whose requests are known by a record; those of who works here are known by ``person:7``."""
PERSON = "person"
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class RequestData:
    """A request as somebody enters it."""

    kind: str
    subject: str
    received: date
    channel: str
    note: str = ""


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month.

    >>> months_later(date(2026, 1, 31), 1), months_later(date(2026, 11, 30), 3)
    (datetime.date(2026, 2, 28), datetime.date(2027, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_of(received: date, *, extended: bool = False) -> date:
    """By when a request is to be answered: a month, or three where that was told with reasons (Article 12).

    >>> due_of(date(2026, 2, 18)), due_of(date(2026, 2, 18), extended=True)
    (datetime.date(2026, 3, 18), datetime.date(2026, 5, 18))
    """
    return months_later(received, _EXTENDED if extended else _MONTHS)


def urgency(due: date, today: date, state: str) -> str:
    """How a request stands: late, soon, open or done.

    >>> urgency(date(2026, 3, 18), date(2026, 3, 19), "open"), urgency(date(2026, 3, 18), date(2026, 3, 1), "done")
    ('late', 'done')
    """
    if state != State.OPEN:
        return "done"
    if due < today:
        return "late"
    return "soon" if due - today <= WARN else "open"


def part(subject: str) -> tuple[str, int]:
    """The table and number of a subject. Raises RuleBroken for anything else.

    >>> part("crm_contact:12")
    ('crm_contact', 12)
    """
    table, _, number = subject.partition(":")
    known = table == PERSON or table in TABLES
    if not known or not (number.isascii() and number.isdigit()) or len(number) > _LONGEST_NUMBER:
        raise RuleBroken("privacy.who", "Choose whose data it is about.", field="subject")
    return table, int(number)


def check(data: RequestData, today: date) -> None:
    """Raise RuleBroken for a request that can't be entered."""
    part(data.subject)
    if data.kind not in KINDS:
        raise RuleBroken("privacy.kind", "Choose what they ask for.", field="kind")
    if data.channel not in CHANNELS:
        raise RuleBroken("privacy.channel", "Choose how it reached you.", field="channel")
    if not today - OLDEST <= data.received <= today:
        raise RuleBroken("privacy.day", "Write the day on which it came: today or up to a year ago.", field="received")
    check_words("note", data.note)


def check_words(field: str, text: str, *, needed: str = "") -> str:
    """A text as it is kept. Raises RuleBroken for one that is too long, or missing where ``needed`` says why."""
    clean = text.strip()
    if needed and not clean:
        raise RuleBroken("privacy.words", needed, field=field)
    if len(clean) > LONGEST:
        raise RuleBroken("privacy.long", "At most %(limit)d characters fit.", field=field, limit=LONGEST)
    return clean


def check_proved(kind: str, identity: str) -> None:
    """Nobody gets a file or is erased before it is known that it is them who ask. Raises RuleBroken."""
    if kind in (Kind.ACCESS, Kind.ERASURE) and not identity.strip():
        raise RuleBroken("privacy.identity", "First say how you know that it is them who ask.", field="identity")


def check_word(typed: str) -> None:
    """Erasing can't be taken back: it is typed. Raises RuleBroken."""
    if typed.strip().lower() != WORD:
        raise RuleBroken("privacy.confirm", "Type “%(word)s” to go on.", field="confirmation", word=WORD)


def listed(names: Iterable[tuple[str, int]]) -> str:
    """Counts in words.

    >>> listed([("Tasks", 2), ("Risks", 1)])
    'Tasks: 2, Risks: 1'
    """
    return ", ".join(f"{name}: {count}" for name, count in names)
