"""When the weekly word goes out, to whom, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow
from reports.issued.rules.schedule import WEEK, Round, last_round, read_time

GRANTS = allow("weekly.set", administrator=Visibility.ALL)
"""When the weekly word goes out is the administrators'; whether one gets it, everybody's own."""
LATEST = timedelta(days=1)
"""A round that is older than this is left out: nobody wants Monday's page on Thursday."""
ROWS, ASKS = 8, 6
"""So many roll-outs and decisions fit on the page; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Setting:
    """When the word goes out, by the zone of the instance: a weekday (Monday is 0) and a time; or not at all."""

    weekday: int = 0
    at: str = "07:30"
    on: bool = True


def check_setting(weekday: int, at: str, *, on: bool) -> Setting:
    """What was typed, as it is kept. Raises RuleBroken."""
    if weekday not in range(WEEK):
        raise RuleBroken("weekly.weekday", "Choose a day of the week.", field="weekday")
    return Setting(weekday, read_time(at), on)


def due_round(setting: Setting, zone: ZoneInfo, now: datetime) -> Round | None:
    """The round that is to be sent now, if it is not too late for it.

    >>> at = datetime(2026, 2, 16, 9, tzinfo=ZoneInfo("UTC"))
    >>> due_round(Setting(), ZoneInfo("UTC"), at).period
    '2026-02-16'
    >>> due_round(Setting(), ZoneInfo("UTC"), at + timedelta(days=1)) is None
    True
    """
    if not setting.on:
        return None
    found = last_round(setting.weekday, setting.at, zone, now)
    return found if now - found.at < LATEST else None


def recipients(executives: set[int], choices: Mapping[int, bool]) -> list[int]:
    """Executives unless they switched it off, and others who switched it on.

    >>> recipients({1, 2}, {2: False, 3: True, 4: False})
    [1, 3]
    """
    wanted = {person_id for person_id in executives if choices.get(person_id, True)}
    return sorted(wanted | {person_id for person_id, on in choices.items() if on})


def file_name(day: date) -> str:
    """What the PDF is called where it is saved.

    >>> file_name(date(2026, 2, 16))
    'portfolio-2026-02-16.pdf'
    """
    return f"portfolio-{day.isoformat()}.pdf"
