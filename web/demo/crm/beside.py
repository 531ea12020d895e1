"""What stands in no record: what campaigns reached by day, and who was here when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from crm.campaigns.rules import DayData
from crm.usage.rules import Stay
from web.demo.crm.cast import ABSENT, FRIDAYS, LEADER, ROLES, WAVES, wave_of
from web.demo.crm.days import FRIDAY, Days
from web.demo.crm.plan import Planned

REACH = {
    "mail": (420, 1.0, 0.31, 0.034),
    "ads": (900, 2.4, 0.0, 0.021),
    "social": (1300, 2.1, 0.0, 0.012),
    "webinar": (160, 1.0, 0.42, 0.11),
    "event": (85, 0.0, 0.0, 0.0),
    "phone": (14, 0.0, 0.0, 0.0),
}
"""By kind of campaign: people reached on a day, impressions each, and which share of them opened and clicked."""
SPENT = Decimal("0.94")
"""Of each budget."""
MORNING, NOON, AFTERNOON = time(7, 4), time(11, 40), time(14, 10)


def reached(campaign: Planned, days: Days) -> list[DayData]:
    """What a campaign did on each working day that is behind us; what its channel does not count is unknown."""
    chance = Random(campaign.values["name"])  # noqa: S311  # a story, not a secret
    starts, ends = campaign.values["starts_on"], campaign.values["ends_on"]
    lasts = sum((starts + timedelta(days=number)).weekday() <= FRIDAY for number in range((ends - starts).days + 1))
    cost = (campaign.values["budget"] * SPENT / lasts).quantize(Decimal("0.01"))
    reach, each, opened, clicked = REACH[campaign.values["kind"]]
    found = []
    for day in (day for day in days.all if starts <= day <= ends):
        people = round(reach * chance.uniform(0.75, 1.25))
        counts = {
            "reach": people,
            "impressions": round(people * each) or None,
            "opens": round(people * opened * chance.uniform(0.85, 1.15)) or None,
            "clicks": round(people * clicked * chance.uniform(0.8, 1.2)) or None,
        }
        found.append(DayData(day, counts, cost, "Report of the agency"))
    return found


def visits(days: Days) -> Iterator[tuple[str, list[Stay]]]:
    """When each was in the CRM since their team moved; whoever is absent has never been."""
    chance = Random("Who comes and goes")  # noqa: S311  # a story, not a secret
    for who in dict.fromkeys(who for keys in ROLES.values() for who in keys if who != ABSENT):
        wave = WAVES[0] if who in _SET_UP else wave_of(who)
        since = days.monday - timedelta(weeks=wave.weeks_ago)
        yield who, [stay for day in days.all if day >= since for stay in _day(chance, who, day)]


_SET_UP = (LEADER, *ROLES["crm-administrator"])
"""Those who are in no team that moves: they look in a few times a week."""


def _day(chance: Random, who: str, day: date) -> Iterator[Stay]:
    if who == FRIDAYS and day.weekday() != FRIDAY:
        return
    for at in (AFTERNOON,) if who == FRIDAYS else (MORNING, NOON, AFTERNOON):
        if chance.random() < (0.2 if who in _SET_UP else 0.6):
            begin = datetime.combine(day, at, UTC) + timedelta(minutes=chance.randrange(90))
            yield Stay(begin, begin + timedelta(minutes=chance.randrange(4, 55)))
