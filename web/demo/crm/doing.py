"""15,000 activities: what people did, when they wrote it down, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from web.demo.crm import market, words
from web.demo.crm.cast import ABSENT, FRIDAYS, LATE, MARKETERS, SELLERS, SERVICE, WAVES, wave_of
from web.demo.crm.days import FRIDAY, Days, evening, moment
from web.demo.crm.plan import Plan, Planned

ACTIVITIES = 15_000
SERVED, DROPPED, PLANNED_EACH = 4_600, 90, 16
KINDS: tuple[tuple[str, int], ...] = (("call", 44), ("email", 33), ("meeting", 13), ("task", 10))
MINUTES: Mapping[str, tuple[int, ...]] = {
    "call": (5, 10, 10, 15, 20),
    "email": (5, 5, 10),
    "meeting": (45, 60, 60, 90, 120),
    "task": (15, 30, 45, 60),
}
TODAY: Mapping[str, tuple[tuple[str, str, time], ...]] = {
    "oskar": (
        ("call", "Ask for the order", time(8, 30)),
        ("meeting", "Demonstration of the S2", time(11, 0)),
        ("task", "Send the offer with delivery dates", time(13, 30)),
    ),
    "jonas": (
        ("meeting", "Pipeline of the week", time(9, 0)),
        ("call", "Talk the discount through", time(13, 0)),
    ),
}
"""What is due today, in UTC."""
ON_TIME, NEXT_MORNING = 0.88, 0.95
LATE_SHARE = 0.65


def plan(into: Plan, days: Days, chance: Random) -> None:
    """Plan all of it; what nobody wrote down does not exist, and others did more instead."""
    _ahead(into, days, chance)
    for lead in into.of("lead"):
        for _ in range(1 + len(lead.events) // 2):
            _around(into, days, chance, lead, lead_id=lead.place, campaign_id=lead.values["campaign_id"])
    for deal in into.of("opportunity"):
        for _ in range(2 + len(deal.events)):
            links = {key: deal.values[key] for key in ("account_id", "contact_id")}
            _around(into, days, chance, deal, opportunity_id=deal.place, **links)
    contacts = into.of("contact")
    for _ in range(SERVED):
        _with_contact(into, days, chance, chance.choice(contacts), market.pick(chance, SERVICE), words.SERVICE_SUBJECTS)
    while len(into.of("activity")) < ACTIVITIES:
        contact = chance.choice(contacts)
        who = market.pick(chance, SELLERS[market.land_of(contact.values["country"]).region])
        _with_contact(into, days, chance, contact, who, words.SUBJECTS)


def logged(chance: Random, days: Days, who: str, done: datetime) -> datetime | None:
    """When somebody writes down what they did; None when they have not yet, or never will."""
    if who == ABSENT:
        there = done.date() < days.monday - timedelta(weeks=wave_of(who).weeks_ago)
        return done + timedelta(minutes=30) if there else None
    if who == FRIDAYS:
        friday = done.date() + timedelta(days=(FRIDAY - done.weekday()) % 7)
        at = datetime.combine(friday, time(14, 10), UTC) + timedelta(minutes=chance.randrange(80))
        return max(at, done + timedelta(minutes=5)) if friday < days.today else None
    draw = chance.random()
    if who == LATE and draw < LATE_SHARE:
        day = days.after(done.date(), chance.randrange(2, 7))
        return evening(day, chance.randrange(50)) if day else None
    if draw < ON_TIME or who == LATE:
        return done + timedelta(minutes=chance.randrange(3, 150))
    day = days.after(done.date(), 1 if draw < NEXT_MORNING else chance.randrange(2, 5))
    return moment(chance, day) if day else None


def _around(into: Plan, days: Days, chance: Random, record: Planned, **links: Any) -> None:
    """Something that was done for a lead or a deal while it was open."""
    ended = record.events[-1][0].date() if record.events else days.today
    end = max(min(ended, record.at.date() + timedelta(days=40)), record.at.date())
    day = days.some(chance, record.at.date(), end)
    if day is not None:
        at = max(moment(chance, day), record.at + timedelta(minutes=5))
        _done(into, days, chance, record.who, at, words.SUBJECTS, **links)


def _with_contact(
    into: Plan, days: Days, chance: Random, contact: Planned, who: str, subjects: Mapping[str, tuple[str, ...]]
) -> None:
    begin = max(days.all[0], contact.at.date(), _moved(days, contact)) + timedelta(days=1)
    day = days.some(chance, begin, days.all[-1])
    if day is not None:
        links = {"contact_id": contact.place, "account_id": contact.values["account_id"]}
        _done(into, days, chance, who, moment(chance, day), subjects, **links)


def _moved(days: Days, contact: Planned) -> date:
    """When a contact can be seen by others than its own team."""
    first, own = (days.monday - timedelta(weeks=wave.weeks_ago) for wave in (WAVES[0], wave_of(contact.who)))
    return own if first <= contact.at.date() < own else days.all[0]


def _done(
    into: Plan,
    days: Days,
    chance: Random,
    who: str,
    at: datetime,
    subjects: Mapping[str, tuple[str, ...]],
    **links: Any,
) -> None:
    written = logged(chance, days, who, at)
    if written is None or written.date() >= days.today or len(into.of("activity")) >= ACTIVITIES:
        return
    kind = market.pick(chance, KINDS)
    planned = chance.random() < 0.2  # noqa: PLR2004  # of five one was in the calendar before
    into.add(
        "activity",
        who,
        written,
        name=chance.choice(subjects[kind]),
        kind=kind,
        state="done",
        direction=chance.choices(("out", "in"), (3, 1))[0] if kind in ("call", "email") else "",
        occurred_at=at,
        due_at=at - timedelta(minutes=chance.randrange(60)) if planned else None,
        minutes=chance.choice(MINUTES[kind]),
        outcome=chance.choice(words.OUTCOMES),
        **links,
    )


def _ahead(into: Plan, days: Days, chance: Random) -> None:
    """What is planned for today and the next two weeks, and what was planned and dropped."""
    people = [key for each in (*SELLERS.values(), SERVICE, MARKETERS) for key, _weight in each if key != ABSENT]
    for who, things in TODAY.items():
        for kind, name, at in things:
            _planned(into, days, chance, who, kind, name, datetime.combine(days.today, at, UTC))
    for who in people:
        for _ in range(PLANNED_EACH):
            day = days.today + timedelta(days=chance.randrange(-6, 15))
            if day.weekday() <= FRIDAY:
                kind = market.pick(chance, KINDS)
                name = chance.choice(words.SUBJECTS[kind])
                _planned(into, days, chance, who, kind, name, moment(chance, day))
    for _ in range(DROPPED):
        day = days.some(chance, days.all[0], days.all[-1]) or days.all[0]
        made = _planned(into, days, chance, chance.choice(people), "meeting", "Visit, called off", moment(chance, day))
        made.values["state"] = "dropped"


def _planned(into: Plan, days: Days, chance: Random, who: str, kind: str, name: str, due: datetime) -> Planned:
    """Something planned, on a working day one to five days before; for deals of one's own where there are any."""
    last = min(due.date(), days.today)
    day = days.some(chance, last - timedelta(days=7), last - timedelta(days=1))
    at = moment(chance, day or days.all[-1])
    wanted = [each for each in into.of("opportunity") if each.who == who and each.at < at]
    links: dict[str, Any] = {}
    if wanted:
        deal = chance.choice(wanted)
        links = {"opportunity_id": deal.place, **{key: deal.values[key] for key in ("account_id", "contact_id")}}
    return into.add("activity", who, at, name=name, kind=kind, state="planned", due_at=due, **links)
