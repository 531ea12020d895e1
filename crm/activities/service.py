"""Logging what happened, planning what comes, and taking the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.activities import rules
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries, service
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"next_step.done": "crm.use"}
"""What can be taken back besides what the records themselves undo."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What somebody says happened. ``at`` is when (now, where they don't say), ``minutes`` how long it took."""

    kind: str
    text: str
    at: datetime | None = None
    minutes: int | None = None


def log(kind: str, record_id: int, what: Logged, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Keep what happened with a record; its number. When it was logged is kept by itself.

    Raises NotFound, Refused, RuleBroken: for nothing written, and for what lies in the future.
    """
    if what.kind not in rules.KINDS:
        raise RuleBroken("crm.activity_kind", "Choose call, e-mail, meeting or task.", field="kind")
    if not what.text.strip():
        raise RuleBroken("crm.nothing_said", "Write what happened, in a few words.", field="text")
    linked, who = _links(kind, record_id, actor)
    name, said = rules.split(what.text, what.kind, who)
    values = {"name": name, "kind": what.kind, "state": "done", "description": said, "occurred_at": what.at or now}
    values |= {"minutes": what.minutes} if what.minutes is not None else {}
    return service.create("activity", {**values, **linked}, actor=actor, now=now)


def plan(
    kind: str, record_id: int, name: str, act: str, due: datetime | None, *, actor: Actor, now: datetime
) -> tuple[int, Work]:
    """Plan a task, a call, a mail or a meeting with a record. Raises NotFound, Refused, RuleBroken."""
    if act not in rules.KINDS:
        raise RuleBroken("crm.activity_kind", "Choose call, e-mail, meeting or task.", field="kind")
    if not name.strip():
        raise RuleBroken("crm.nothing_planned", "Write what is to be done.", field="name")
    linked, _who = _links(kind, record_id, actor)
    values = {"name": name.strip(), "kind": act, "state": "planned", "due_at": due}
    return service.create("activity", {**values, **linked}, actor=actor, now=now)


def done(activity_id: int, *, actor: Actor, now: datetime) -> Work:
    """What was planned happened just now."""
    return service.change("activity", activity_id, {"state": "done"}, actor=actor, now=now)


def move(activity_id: int, due: datetime, *, actor: Actor, now: datetime) -> Work:
    """It is planned for another moment."""
    return service.change("activity", activity_id, {"due_at": due}, actor=actor, now=now)


def drop(activity_id: int, *, actor: Actor, now: datetime) -> Work:
    """It will not happen."""
    return service.change("activity", activity_id, {"state": "dropped"}, actor=actor, now=now)


def step_done(kind: str, record_id: int, *, actor: Actor, now: datetime) -> Work:
    """The next step of a record was taken: it becomes an activity that is done, and the record has none. Raises as log.

    One action: undoing it takes the activity away and brings the step back.
    """
    with transaction(actor, "next_step.done") as work:
        record = queries.get(access_of(actor), OBJECTS[kind], record_id, hold=True)
        if not record.next_step:
            raise RuleBroken("crm.no_step", "There is no next step any more.")
        linked, _who = _links(kind, record_id, actor)
        values = {"name": record.next_step, "kind": "task", "state": "done", "occurred_at": now, **linked}
        service.create("activity", values, actor=actor, now=now)
        service.change(kind, record_id, {"next_step": "", "next_step_on": None}, actor=actor, now=now)
    return work


def step_moved(kind: str, record_id: int, day: date, *, actor: Actor, now: datetime) -> Work:
    """The next step of a record waits until another day."""
    return service.change(kind, record_id, {"next_step_on": day}, actor=actor, now=now)


def _links(kind: str, record_id: int, actor: Actor) -> tuple[dict[str, int], str]:
    """What an activity with this record belongs to, of what the actor may say; and whom it is with."""
    access, subject = access_of(actor), OBJECTS[kind]
    record = queries.get(access, subject, record_id)
    seen = queries.fields_of_many(access, subject, [record])[record.id]
    values: Mapping[str, Any] = {key: getattr(record, key) for key in rules.LINKED if key in seen}
    allowed = access_rules.fields_written(access, OBJECTS["activity"], action=access_rules.CREATE)
    found = {key: number for key, number in rules.links(kind, record_id, values).items() if key in allowed}
    person = record.name if kind in ("contact", "lead") and "name" in seen else ""
    if not person and found.get("contact_id"):
        person = queries.names(access, OBJECTS["contact"], [found["contact_id"]]).get(found["contact_id"], "")
    return found, person
