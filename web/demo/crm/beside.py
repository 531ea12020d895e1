"""What stands in no record: what campaigns reached by day, and who was here when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


OPENED: Mapping[str, tuple[tuple[str, int], ...]] = {
    "sales": (("opportunities", 6), ("pipeline", 6), ("activities", 5), ("contacts", 4), ("accounts", 3),
              ("leads", 3), ("home", 3), ("search", 1)),
    "marketing": (("leads", 6), ("campaigns", 5), ("contacts", 4), ("dashboards", 2), ("search", 1)),
    "service": (("contacts", 6), ("activities", 5), ("accounts", 3), ("home", 2)),
    "": (("dashboards", 4), ("kpis", 1), ("setup", 1)),
}  # fmt: skip
"""What people of a role open, and how much rather than something else: nobody the calendar."""
MOST_OPENED = 4
KEPT_WEEKS = 6
"""So far back it is told what was opened."""


def opened(came: Mapping[str, Sequence[Stay]]) -> dict[tuple[datetime, str, str], int]:
    """What each opened during their visits of the last weeks: by hour, person and feature how often."""
    chance = Random("What they open")  # noqa: S311  # a story, not a secret
    last = max(stay.last for found in came.values() for stay in found)
    found: dict[tuple[datetime, str, str], int] = {}
    for who, stays in came.items():
        wanted = OPENED[next((key for role, keys in ROLES.items() for key in OPENED if who in keys and key and
                              role.startswith(key)), "")]  # fmt: skip
        for stay in (each for each in stays if each.first > last - timedelta(weeks=KEPT_WEEKS)):
            hour = stay.first.replace(minute=0, second=0, microsecond=0)
            for feature in chance.choices([key for key, _w in wanted], [w for _k, w in wanted], k=MOST_OPENED):
                found[hour, who, feature] = found.get((hour, who, feature), 0) + 1
    return found


_SET_UP = (LEADER, *ROLES["crm-administrator"])
"""Those who are in no team that moves: they look in a few times a week."""


def _day(chance: Random, who: str, day: date) -> Iterator[Stay]:
    if who == FRIDAYS and day.weekday() != FRIDAY:
        return
    for at in (AFTERNOON,) if who == FRIDAYS else (MORNING, NOON, AFTERNOON):
        if chance.random() < (0.2 if who in _SET_UP else 0.6):
            begin = datetime.combine(day, at, UTC) + timedelta(minutes=chance.randrange(90))
            yield Stay(begin, begin + timedelta(minutes=chance.randrange(4, 55)))
