"""What is worth an alert, and when it is told: once each time that it happens, again only after it was mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from readiness.gates.rules.results import Line, Result, Unknown

LATELY = timedelta(days=14)
"""What ended or stood out longer ago is remembered when it is first seen, and told to nobody."""


class Alarm(StrEnum):
    """What is told."""

    MUST_HAVE = "must_have_red"
    STALE = "evidence_stale"
    WAIVER = "waiver_lapsed"
    KPI = "kpi_left_limits"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is so now. ``key`` names the occurrence, ``news``: it was otherwise when somebody last looked."""

    alarm: Alarm
    key: str
    subject: str
    label: str
    owner_id: int | None
    news: bool
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look changes: what begins (and is told where it is news), and what is over."""

    begins: tuple[Found, ...]
    over: frozenset[tuple[str, str]]


def turn(known: Collection[tuple[str, str]], found: Iterable[Found]) -> Turn:
    """Hold what is found against what is remembered as going on, both by alarm and key.

    >>> turn({("waiver_lapsed", "3")}, []).over
    frozenset({('waiver_lapsed', '3')})
    """
    now = {(each.alarm.value, each.key): each for each in found}
    begins = tuple(each for pair, each in now.items() if pair not in known)
    return Turn(begins, frozenset(pair for pair in known if pair not in now))


def of_line(line: Line, before: Mapping[str, str], gate: str, *, expired: bool) -> Found | None:
    """What one criterion is worth telling: its must-have fails, or its evidence is too old.

    ``before`` are the results of the last kept day by criteria's keys; ``expired``: a statement that counted no longer
    does. A criterion that was never otherwise is no news.
    """
    asked, was = line.criterion, before.get(line.criterion.key)
    place = (("gate", gate),)
    subject = f"criterion:{asked.id}"
    if asked.must_have and line.result is Result.FAIL:
        news = was is not None and was != Result.FAIL
        return Found(Alarm.MUST_HAVE, str(asked.id), subject, asked.statement, asked.owner_id, news, place)
    if line.result is Result.UNKNOWN and (line.unknown is Unknown.STALE or expired):
        news = was is not None and was != Result.UNKNOWN
        return Found(Alarm.STALE, str(asked.id), subject, asked.statement, asked.owner_id, news, place)
    return None


def is_news(day: date, today: date) -> bool:
    """Whether what happened on a day is still worth telling.

    >>> is_news(date(2026, 2, 4), date(2026, 2, 18)), is_news(date(2026, 2, 3), date(2026, 2, 18))
    (True, False)
    """
    return today - day <= LATELY
