"""What was asked about personal data: consent with proof, requests, a breach in February, rules, the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from crm.consent import service as consent
from crm.consent.rules import ConsentData
from crm.retention import service as retention
from crm.retention.rules import RetentionData
from desk.breaches import service as breaches
from desk.breaches.rules import AUTHORITY, BreachData
from desk.breaches.service import Told
from desk.privacy import service as requests
from desk.privacy.rules import RequestData
from desk.processing import queries as register
from desk.processing import service as processing
from infra.transaction import transaction
from kernel.actor import Actor

SHARE_ASKED, SHARE_YES = 0.45, 0.8
"""Of all contacts, who were asked for news, and of these who agreed."""
WORDING = "Yes, write to me about news and offers. I can withdraw that at any time."
LOOKED_AT = ("Customers and deals", "Campaigns", "Help desk", "Accounts of people who work here")
"""Entries of the register that somebody has completed."""
OBJECTS_TO, FORGETS, ASKED, ANSWERED = 12, 25, 33, 41
"""Places of the contacts of whom a request tells."""
RULES = (
    RetentionData("Leads that came to nothing", "lead", "idle", 24, "erase", "status", "disqualified"),
    RetentionData("Contacts of whom nobody heard for three years", "contact", "idle", 36, "tell"),
)
BREACH = BreachData(
    "A list of visitors went to a wrong address",
    datetime(2026, 2, 6, 15, 40, tzinfo=UTC),
    "some",
    14,
    "The list of a fair was mailed to a supplier of the same name.",
    "Visitors of our stand.",
    "Names, companies and e-mail addresses.",
    "Unwanted mail.",
    "The supplier has deleted it and confirmed so; lists are sent by link from now on.",
)


def play(contacts: list[int], actor: Actor, now: datetime) -> None:
    """Enter all of it on the evening before today, each with its own day."""
    with transaction(actor, "consent.noted", at=now) as work:
        consent.note_many(work, "contact", list(_answers(contacts, now)), now=now)
    processing.begin(actor=actor)
    for row in register.activities():
        if row.name in LOOKED_AT:
            processing.change(row.id, register.data_of(row), actor=actor, today=now.date())
    rules = [retention.add(each, actor=actor, now=now)[0] for each in RULES]
    retention.switch(rules[-1], on=True, actor=actor)
    _ask(contacts, actor, now)
    _breach(actor, now)


def _answers(contacts: list[int], now: datetime) -> Iterator[tuple[int, ConsentData]]:
    chance = Random("Who agrees to news")  # noqa: S311  # a story, not a secret
    for number in contacts:
        if chance.random() < SHARE_ASKED:
            at, given = now - timedelta(days=chance.randrange(5, 400)), chance.random() < SHARE_YES
            said = "Form on the website" if given else "Mail to sales"
            yield number, ConsentData("news", given, at, "form" if given else "mail", WORDING if given else "", said)


def _ask(contacts: list[int], actor: Actor, now: datetime) -> None:
    today = now.date()
    asked = (
        ("access", ANSWERED, 37, "What do you have about me?"),
        ("erasure", FORGETS, 4, "Please delete everything that you hold of me."),
        ("access", ASKED, 26, "I want to see my data."),
        ("objection", OBJECTS_TO, 2, "Stop writing to me."),
    )
    made = {}
    for kind, place, days, words in asked:
        received = today - timedelta(days=days)
        data = RequestData(kind, f"crm_contact:{contacts[place % len(contacts)]}", received, "mail", words)
        made[place] = requests.enter(data, actor=actor, now=_at(received), today=today)[0]
    requests.change(made[ANSWERED], "Asked from the address that we know.", asked[0][3], actor=actor)
    requests.close(made[ANSWERED], "The file was sent by registered letter.", refused=False, actor=actor, now=now)
    requests.change(made[ASKED], "Called back at the number of the company.", asked[2][3], actor=actor)
    requests.object_to(made[OBJECTS_TO], actor=actor, now=now)


def _breach(actor: Actor, now: datetime) -> None:
    """It was found twelve days ago, told on the Monday after, and is closed."""
    found = _at(now.date() - timedelta(days=11), time(15, 40))
    told = found + timedelta(hours=66)
    number, _work = breaches.enter(replace(BREACH, found_at=found), actor=actor, now=now)
    breaches.note_told(number, Told(AUTHORITY, told, "Reference 2026-0417"), actor=actor, now=now)
    breaches.close(number, actor=actor, now=now)


def _at(day: date, hour: time = time(9, 20)) -> datetime:
    return datetime.combine(day, hour, UTC)
