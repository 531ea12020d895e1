"""A breach: what is to be known of it, whom it has to be told, and by when (Articles 33 and 34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken

HOURS = timedelta(hours=72)
"""Calendar hours from when it was found; nights and holidays count."""
WARNINGS = (timedelta(hours=48), timedelta(hours=24), timedelta(hours=6))
"""So long before the end those who answer for personal data are told again."""
LONGEST_TITLE, LONGEST, MOST = 200, 5000, 10**9


class Risk(StrEnum):
    """How much the people concerned may suffer."""

    UNKNOWN = "unknown"
    NONE = "none"
    SOME = "some"
    HIGH = "high"


RISKS: dict[str, str] = {
    Risk.UNKNOWN: "Not judged yet",
    Risk.NONE: "Unlikely to harm anybody",
    Risk.SOME: "May harm people",
    Risk.HIGH: "Likely to harm people much",
}
TEXTS: dict[str, str] = {
    "what": "What happened",
    "people": "Whom it concerns",
    "data": "Which data",
    "consequences": "What may follow for them",
    "measures": "What is done about it",
}
"""What the authority has to be told; all of it may be filled in later."""


AUTHORITY, PEOPLE = "authority", "people"
WHOM: dict[str, str] = {AUTHORITY: "The authority", PEOPLE: "Those whom it concerns"}
"""Who is told."""


@dataclass(frozen=True, slots=True)
class BreachData:
    """A breach as somebody describes it; ``affected`` None is unknown."""

    title: str
    found_at: datetime
    risk: str = Risk.UNKNOWN
    affected: int | None = None
    what: str = ""
    people: str = ""
    data: str = ""
    consequences: str = ""
    measures: str = ""


class Clock(StrEnum):
    """How the notice to the authority stands."""

    RUNNING = "running"
    LATE = "late"
    TOLD = "told"
    TOLD_LATE = "told late"
    NOT_OWED = "not owed"


def deadline(found_at: datetime) -> datetime:
    """By when the authority has to be told.

    >>> deadline(datetime(2026, 3, 6, 17, 30)).isoformat()
    '2026-03-09T17:30:00'
    """
    return found_at + HOURS


def clock(found_at: datetime, risk: str, told_at: datetime | None, now: datetime) -> Clock:
    """How the notice to the authority stands; a risk that nobody judged is owed a notice.

    >>> clock(datetime(2026, 3, 6, 17), "unknown", None, datetime(2026, 3, 9, 17, 1)).value
    'late'
    """
    if told_at is not None:
        return Clock.TOLD if told_at <= deadline(found_at) else Clock.TOLD_LATE
    if risk == Risk.NONE:
        return Clock.NOT_OWED
    return Clock.RUNNING if now <= deadline(found_at) else Clock.LATE


def warning(found_at: datetime, now: datetime) -> str:
    """Which warning is due: the least time left that was passed, or that it is late; empty: none yet.

    >>> found = datetime(2026, 3, 6, 17)
    >>> warning(found, datetime(2026, 3, 8, 18)), warning(found, datetime(2026, 3, 10))
    ('24', 'late')
    """
    left = deadline(found_at) - now
    if left < timedelta(0):
        return "late"
    passed = [each for each in WARNINGS if left <= each]
    return str(int(min(passed).total_seconds() // 3600)) if passed else ""


def check(data: BreachData, now: datetime) -> None:
    """Raise RuleBroken for a breach that can't be entered."""
    if not data.title.strip() or len(data.title.strip()) > LONGEST_TITLE:
        raise RuleBroken("breach.title", "Say in up to 200 characters what it is.", field="title")
    if data.found_at > now:
        raise RuleBroken("breach.future", "It can’t have been found later than now.", field="found_at")
    if data.risk not in RISKS:
        raise RuleBroken("breach.risk", "Choose how much people may suffer.", field="risk")
    if data.affected is not None and not 0 <= data.affected <= MOST:
        raise RuleBroken("breach.affected", "Write a number of people, or leave it empty.", field="affected")
    for key in TEXTS:
        if len(getattr(data, key)) > LONGEST:
            raise RuleBroken("breach.long", "At most %(limit)d characters fit.", field=key, limit=LONGEST)
    if data.risk == Risk.NONE and not data.consequences.strip():
        raise RuleBroken(
            "breach.why_none", "Say why nobody is likely to be harmed: it has to be shown.", field="consequences"
        )


def check_told(at: datetime, found_at: datetime, now: datetime, why_late: str) -> None:
    """Raise RuleBroken for a notice before the breach was found or after now, and for a late one without a reason."""
    if not found_at <= at <= now:
        raise RuleBroken("breach.told_at", "Write a moment between finding it and now.", field="told_at")
    if at > deadline(found_at) and not why_late.strip():
        raise RuleBroken("breach.why_late", "It took more than 72 hours: say why.", field="why_late")


def check_close(risk: str, authority_told: datetime | None, people_told: datetime | None) -> None:
    """Raise RuleBroken while something is owed."""
    if risk == Risk.UNKNOWN:
        raise RuleBroken("breach.not_judged", "First judge how much people may suffer.")
    if risk != Risk.NONE and authority_told is None:
        raise RuleBroken("breach.authority", "First tell the authority.")
    if risk == Risk.HIGH and people_told is None:
        raise RuleBroken("breach.people", "First tell those whom it concerns.")
