"""What went wrong with what works by itself: a loop, a run that failed, a webhook that was busy, broken promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from crm.acting import service as acting
from crm.acting.models import Run
from crm.automation import queries as rules
from crm.automation import service as automations
from crm.automation.rules.parts import Action, Condition, Definition, Do, Op, Trigger, When
from crm.hooks import service as hooks
from crm.ladder import service as ladder
from crm.records import service as records
from crm.records.models import Lead
from infra.database import db
from infra.outgoing import Answer
from kernel.actor import SYSTEM, Actor
from web.demo.crm.shaping import LEAD, TYPE

MAILER, MAILER_URL = "Invitations", "https://invitations.norvane.example/guests"
PLANTS, LARGE, GUESTS, SENT = "Paper mills are plants", "Large leads are hot", "Guests are warm", "Guests of a fair"
BUSY = Answer(503, "Maintenance until half past ten.", 184, wait=60)
TAKEN = Answer(202, '{"queued":true}', 96)
LATER = timedelta(minutes=5)
"""When the webhook is called again, by the scheme's own timetable."""
REFUSED_AT_FIRST = 2
PAPER, LARGE_GUEST = "pekka.rinne@saimaa-paper.example", "greta.malm@malm-optik.example"
WORTH, LARGE_WORTH = Decimal(38_000), Decimal(64_000)


def prepare(tobias: Actor, now: datetime) -> None:
    """Set up, before guests of a fair come in, what is about to go wrong with them."""
    mailer, _key, _work = hooks.add(MAILER, MAILER_URL, personal=False, actor=tobias)
    guest = Condition("source", Op.IS, ("event",))
    for name, trigger, asked, action in (
        (PLANTS, Trigger(When.CREATED), Condition("company", Op.CONTAINS, ("Paper",)), _set(TYPE, "plant")),
        (SENT, Trigger(When.CREATED), guest, Action(Do.HOOK, {"hook": str(mailer)})),
        (LARGE, Trigger(When.WRITTEN), Condition("value", Op.ABOVE, ("50000",)), _set("rating", "hot")),
        (GUESTS, Trigger(When.CHANGED, "rating"), guest, _set("rating", "warm")),
    ):
        automations.add(Definition(name, LEAD, trigger, (asked,), (action,)), actor=tobias, now=now, on=True)


def play(actor: Callable[[str], Actor], now: datetime) -> None:
    """Let it go wrong, and let people put it right; then who is behind a promise is told, as every minute."""
    tobias = actor("tobias")
    _mend(actor("nadia"), tobias, now)
    _loop(actor("nadia"), tobias, now)
    _send(now)
    ladder.climb(SYSTEM, now)


def _set(field: str, value: str) -> Action:
    return Action(Do.SET, {"field": field, "value": value})


def _lead(email: str) -> int:
    return db.session.scalars(select(Lead.id).where(Lead.email == email)).one()


def _mend(nadia: Actor, tobias: Actor, now: datetime) -> None:
    """A rule could not say what a guest looks for, for want of a value; Nadia enters it, Tobias lets the rule try."""
    mill = _lead(PAPER)
    records.change(LEAD, mill, {"value": WORTH}, actor=nadia, now=now)
    failed = db.session.scalars(select(Run.id).where(Run.record_id == mill, Run.state == "failed")).one()
    acting.retry(failed, actor=tobias, now=now)
    acting.run_waiting(now)


def _loop(nadia: Actor, tobias: Actor, now: datetime) -> None:
    """Two rules call each other: each works once. Tobias reads it in the log and switches both off."""
    records.change(LEAD, _lead(LARGE_GUEST), {"value": LARGE_WORTH}, actor=nadia, now=now)
    for each in rules.rows():
        if each.name in (LARGE, GUESTS):
            automations.switch(each.id, on=False, actor=tobias, now=now)


def _send(now: datetime) -> None:
    """The receiver is down for maintenance at first; five minutes later it has every message."""
    calls = iter(range(10_000))

    def answer(parcel: hooks.Parcel, at: datetime) -> Answer | str:
        if parcel.url != MAILER_URL:
            return hooks.over_the_net(parcel, at)
        return BUSY if next(calls) < REFUSED_AT_FIRST else TAKEN

    for at in (now, now + LATER):
        hooks.send_due(at, answer)
