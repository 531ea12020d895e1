"""The help desk of the demo: 600 tickets of customers and colleagues, answered and solved sooner or later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.teams import queries as teams
from crm.desk_setup import service as setup
from crm.desk_setup.rules import AnswerData, QueueData
from crm.queues import queries as queues
from crm.records import service
from crm.tickets import service as tickets
from crm.tickets.models import TicketMessage
from infra.transaction import transaction
from kernel.actor import SYSTEM
from web.demo.crm.cast import SERVICE, WAVES
from web.demo.crm.days import moment
from web.demo.crm.eve import Eve
from web.demo.crm.market import pick
from web.demo.crm.troubles import ANSWERED, BACK, CANNED, COLLEAGUES, CUSTOMERS, MORE, NEWS, OUTAGE, WORKAROUND, Trouble

CUSTOMERS_ASKED, COLLEAGUES_ASKED, OUT = 508, 75, 5
LEFT = (2, 3, 3, 5, 6, 7, 8, 9, 10, 12)
"""With those that are open since so many days, one that was asked twice, and the problem behind five: 600 tickets."""
WEEKS, COLLEAGUE_WEEKS = 26, 6
ASKS = ("jonas", "oskar", "freja", "mikkel", "elin", "nadia", "jens", "erik", "samira", "leila")
CHANNELS = (("mail", 6), ("phone", 3), ("form", 2))
ANSWER = {"critical": 25, "high": 50, "medium": 100, "low": 190}
SOLVE = {"critical": 4, "high": 9, "medium": 22, "low": 60}
"""Minutes to the first answer and hours to the solution, as they are in the middle."""
SLOW, SPREAD = 0.07, 0.55
VERIFIES, REOPENS, WAITS, ESCALATES = 0.55, 0.05, 0.3, 0.08
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks: a contact with an account, or a colleague."""

    name: str
    email: str
    contact_id: int | None = None
    account_id: int | None = None
    person_id: int | None = None


def play(eve: Eve) -> None:
    """Set the desk up, bring in what was asked in half a year, and play what happened on the last day."""
    tobias = eve.actor("tobias")
    service_team = next(each.id for each in teams.teams() if each.name == "Service")
    for queue in list(queues.queues()):
        data = QueueData(queue.name, queue.description, service_team, queue.audience, f"{queue.key}@norvane.example")
        setup.change_queue(queue.id, data, actor=tobias, now=eve.now)
    for name, body in CANNED:
        setup.add_answer(AnswerData(name, body), actor=tobias)
    customers, colleagues = (each.id for each in queues.queues()[:2])
    chance = Random("What people ask")  # noqa: S311  # a story, not a secret
    desk = _Desk(eve, chance)
    made = [
        *desk.asked(CUSTOMERS, CUSTOMERS_ASKED, WEEKS, customers, desk.customers()),
        *desk.left(customers),
        *desk.asked(COLLEAGUES, COLLEAGUES_ASKED, COLLEAGUE_WEEKS, colleagues, desk.colleagues()),
    ]
    numbers = desk.keep([*made, *desk.outage(customers)])
    desk.last_day(numbers[-OUT - 1 :])


class _Desk:
    """The desk with its chances."""

    def __init__(self, eve: Eve, chance: Random) -> None:
        self.eve, self.chance = eve, chance
        self.moved = eve.days.monday - timedelta(weeks=WAVES[0].weeks_ago)

    def customers(self) -> Sequence[Who]:
        """Contacts who ask: a few of them often."""
        known = [row for row in self.eve.plan.of("contact") if row.place in self.eve.numbers["contact"]]
        found = []
        for row in self.chance.sample(known, 260):
            values = row.values
            account = self.eve.numbers["account"].get(values.get("account_id") or 0)
            name = f"{values.get('first_name', '')} {values['last_name']}".strip()
            found.append(Who(name, values.get("email") or "", self.eve.numbers["contact"][row.place], account))
        return found

    def colleagues(self) -> Sequence[Who]:
        """People of the roll-out who ask."""
        found = []
        for key in ASKS:
            actor = self.eve.actor(key)
            found.append(Who(actor.name, actor.email or "", person_id=actor.id))
        return found

    def asked(
        self, troubles: Sequence[Trouble], count: int, weeks: int, queue_id: int, people: Sequence[Who]
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """So many tickets over some weeks with what was said about each, the oldest first."""
        first = self.eve.days.monday - timedelta(weeks=weeks)
        days = [self.eve.days.some(self.chance, first, self.eve.today) for _each in range(count)]
        for day in sorted(day for day in days if day is not None):
            at = moment(self.chance, day)
            yield self._ticket(self.chance.choice(troubles), self.chance.choice(people), at, queue_id)

    def left(self, queue_id: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Tickets that are open for days; the promises of some of them are broken."""
        for days in LEFT:
            at = self._office(self.eve.now.replace(hour=8, minute=self.chance.randrange(60)) - days * DAY)
            trouble = self.chance.choice(CUSTOMERS)
            yield self._ticket(trouble, self.chance.choice(self.customers()), at, queue_id, solved=False)

    def outage(self, queue_id: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Five customers with one trouble on the last day, and one of them twice."""
        people = self.chance.sample(list(self.customers()), OUT)
        begin = self.eve.now.replace(hour=7, minute=20)
        for place, who in enumerate((*people, people[0])):
            values, _said = self._ticket(OUTAGE, who, begin + timedelta(minutes=17 * place), queue_id, solved=False)
            values |= {"state": "new", "owner_id": None, "first_response_at": None, "touches": 0}
            yield values, []

    def _ticket(
        self, trouble: Trouble, who: Who, at: datetime, queue_id: int, *, solved: bool = True
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A ticket with its moments, as far as they are behind us, and its conversation."""
        matrix, now = queues.matrix(), self.eve.now
        priority = matrix[trouble.severity, trouble.impact]
        agent = pick(self.chance, SERVICE)
        answered = self._office(at + timedelta(minutes=ANSWER[priority] * self._luck()))
        ended = self._office(answered + timedelta(hours=SOLVE[priority] * self._luck())) if solved else now + DAY
        back = ended < now - 3 * DAY and self.chance.random() < REOPENS
        values: dict[str, Any] = {
            "name": trouble.name,
            "description": trouble.question,
            "queue_id": queue_id,
            "kind": trouble.kind,
            "category": trouble.category,
            "severity": trouble.severity,
            "impact": trouble.impact,
            "channel": "page" if who.person_id else pick(self.chance, CHANNELS),
            "requester_id": who.person_id,
            "requester_name": who.name,
            "requester_email": who.email,
            "contact_id": who.contact_id,
            "account_id": who.account_id,
            "created_at": at,
            "one_touch_excluded": trouble.alone,
            "state": "new",
            "owner_id": None,
        }
        said = [_said(at, trouble.question, "in", who.person_id, who.name)]
        if answered >= now:
            return values | {"changed_at": at}, said
        owner = self.eve.actor(agent)
        values |= {"owner_id": owner.id, "first_response_at": answered, "touches": 1, "changed_at": answered}
        said.append(_said(answered, trouble.first, "out", owner.id, owner.name))
        values |= self._state(ended, back=back)
        if values["state"] not in ("waiting", "in-progress", "escalated"):
            values |= {"resolution": trouble.solved, "root_cause": trouble.cause, "changed_at": ended}
        if ended < now:
            said += self._middle(values, answered, ended, owner, who, back=back)
            said.append(_said(ended, trouble.solved, "out", owner.id, owner.name))
        return values, said

    def _middle(
        self, values: dict[str, Any], answered: datetime, ended: datetime, owner: Any, who: Who, *, back: bool
    ) -> list[dict[str, Any]]:
        """What was said between the first answer and the last; without it the first contact solved it."""
        if not back and self.chance.random() < VERIFIES:
            return []
        half = answered + (ended - answered) / 2
        values["touches"] = 2 + back
        asked = _said(half, MORE, "out", owner.id, owner.name)
        told = _said(half + (ended - half) / 3, BACK if back else ANSWERED, "in", who.person_id, who.name)
        return [asked, told]

    def _state(self, ended: datetime, *, back: bool) -> dict[str, Any]:
        """How far a ticket is that was answered and ends at a moment."""
        now = self.eve.now
        if ended >= now:
            luck = self.chance.random()
            state = "waiting" if luck < WAITS else "escalated" if luck < WAITS + ESCALATES else "in-progress"
            return {"state": state}
        found: dict[str, Any] = {"state": "resolved", "resolved_at": ended, "reopened": int(back)}
        verified = self._office(ended + DAY * self.chance.uniform(0.1, 1.6))
        closes = ended + 7 * DAY
        if self.chance.random() < VERIFIES and verified < now:
            found |= {"state": "verified", "verified_at": verified}
            closes = verified + DAY
        return found | ({"state": "closed", "closed_at": closes} if closes < now else {})

    def _luck(self) -> float:
        """How much longer than usual something takes; now and then very long."""
        return self.chance.lognormvariate(0, SPREAD) * (9 if self.chance.random() < SLOW else 1)

    def _office(self, at: datetime) -> datetime:
        """The same moment, or the next one in office hours."""
        while at.weekday() >= 5 or at.hour >= 15:  # noqa: PLR2004  # from Saturday on; when offices close, in UTC
            at = (at + DAY).replace(hour=7, minute=self.chance.randrange(60))
        return at if at.hour >= 7 else at.replace(hour=7)  # noqa: PLR2004  # when they open

    def keep(self, made: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> list[int]:
        """Write tickets and conversations: those from before the desk moved came with the load."""
        numbers: list[int] = []
        with transaction(SYSTEM, "ticket.received", at=self.eve.now) as work:
            for origin in ("migrated", "entered"):
                some = [each for each in made if (each[0]["created_at"].date() < self.moved) == (origin == "migrated")]
                rows = [values for values, _said in some]
                ids = service.create_many(work, "ticket", rows, now=self.eve.now, origin=origin)
                messages = [
                    {**entry, "ticket_id": number}
                    for number, (_values, said) in zip(ids, some, strict=True)
                    for entry in said
                ]
                work.bulk_insert(TicketMessage, messages)
                numbers += ids
        return numbers

    def last_day(self, out: Sequence[int]) -> None:
        """Sune finds one problem behind five tickets, tells all of them, and makes one of two that are the same."""
        sune, now = self.eve.actor("sune"), self.eve.now
        first, *others, twice = out
        tickets.merge(twice, first, actor=sune, now=now)
        problem, _work = tickets.make_problem(first, actor=sune, now=now)
        for number in others:
            tickets.link(number, problem, actor=sune, now=now)
        service.change("ticket", problem, {"workaround": WORKAROUND}, actor=sune, now=now)
        tickets.tell_affected(problem, NEWS, actor=sune, now=now)
        tickets.move(problem, "escalate", said="Development has to repair the update.", actor=sune, now=now)


def _said(at: datetime, body: str, direction: str, author_id: int | None, author: str) -> dict[str, Any]:
    return {
        "at": at,
        "body": body,
        "direction": direction,
        "author_id": author_id,
        "author_name": author,
    }
