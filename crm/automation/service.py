"""Making rules, changing their parts, switching them on and off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from crm.automation import queries
from crm.automation.models import Automation
from crm.automation.rules import sense, texts
from crm.automation.rules.parts import Action, Condition, Definition, Do
from crm.automation.rules.shipped import SHIPPED
from crm.objects.rules.catalogue import object_of
from crm.records import queries as records
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, RuleBroken

UNDOABLE = dict.fromkeys(
    (f"automation.{each}" for each in ("added", "changed", "switched", "moved", "removed")),
    "crm.automations",
)
"""What can be taken back, and the permission that this needs."""


def add(rule: Definition, *, actor: Actor, now: datetime, on: bool = False) -> tuple[int, Work]:
    """Keep a new rule, switched off unless it is ready and wanted; its number. Raises RuleBroken, NotFound."""
    object_of(rule.object)
    name, description = sense.check_name(rule.name, rule.description)
    _check(rule, ready=on)
    with transaction(actor, "automation.added") as work:
        if (work.session.scalar(select(func.count(Automation.id))) or 0) >= sense.MOST_RULES:
            raise RuleBroken("automation.rules", "There are %(most)d automations already.", most=sense.MOST_RULES)
        _check_free(work, name, None)
        last = work.session.scalar(select(func.max(Automation.position))) or 0
        row = Automation(key=rule.key, position=last + 1, active=on, since=now if on else None)
        _fill(row, replace(rule, name=name, description=description), actor, now)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def add_shipped(key: str, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Keep one of the rules that ship, switched off, so that it can be looked at first. Raises NotFound, RuleBroken."""
    return add(shipped(key), actor=actor, now=now)


def shipped(key: str) -> Definition:
    """A rule that ships, with the stages that there are. Raises NotFound, also where a stage is gone."""
    found = next((each for each in SHIPPED if each.key == key), None)
    if found is None:
        raise NotFound
    trigger = found.trigger
    if trigger.field == "stage_id" and trigger.becomes:
        trigger = replace(trigger, becomes=_stage(trigger.becomes))
    actions = tuple(
        replace(each, how={**each.how, "stage": _stage(each.how["stage"])}) if each.do is Do.STAGE else each
        for each in found.actions
    )
    return replace(found, name=_(found.name), description=_(found.description), trigger=trigger, actions=actions)


def change(
    automation_id: int, act: Callable[[Definition], Definition], *, actor: Actor, now: datetime, base: str = ""
) -> Work:
    """Change a rule by what ``act`` makes of it; one that is on has to stay ready.

    ``base`` is the mark of the rule that was shown. Raises NotFound, RuleBroken, Conflict where it was changed since.
    """
    with transaction(actor, "automation.changed") as work:
        row = _held(work, automation_id)
        if base and base != mark(row):
            raise Conflict("automation.changed", "Somebody changed this automation meanwhile. Look at it again.")
        rule = act(queries.definition(row))
        name, description = sense.check_name(rule.name, rule.description)
        _check(rule, ready=row.active)
        _check_free(work, name, row.id)
        _fill(row, replace(rule, name=name, description=description), actor, now)
    return work


def switch(automation_id: int, *, on: bool, actor: Actor, now: datetime) -> Work:
    """Switch a rule on, if it is ready, or off; what came due while it was off stays undone. Raises RuleBroken."""
    with transaction(actor, "automation.switched") as work:
        row = _held(work, automation_id)
        if on:
            _check(queries.definition(row), ready=True)
        if on and not row.active:
            row.since, row.changed_by = now, actor.id
        row.active = on
    return work


def move(automation_id: int, step: int, *, actor: Actor) -> Work:
    """Let a rule run one place earlier (-1) or later (1). Raises NotFound."""
    with transaction(actor, "automation.moved") as work:
        order = queries.rows()
        row = next((each for each in order if each.id == automation_id), None)
        if row is None:
            raise NotFound
        place = order.index(row)
        order.insert(min(max(place + step, 0), len(order) - 1), order.pop(place))
        for position, each in enumerate(order, start=1):
            each.position = position
    return work


def remove(automation_id: int, *, actor: Actor) -> Work:
    """Remove a rule; its log goes with it. Raises NotFound."""
    with transaction(actor, "automation.removed") as work:
        work.session.delete(_held(work, automation_id))
    return work


def with_condition(condition: Condition) -> Callable[[Definition], Definition]:
    """The same rule with one more condition."""
    return lambda rule: replace(rule, conditions=(*rule.conditions, condition))


def without_condition(place: int) -> Callable[[Definition], Definition]:
    """The same rule without a condition."""
    return lambda rule: replace(rule, conditions=_without(rule.conditions, place))


def with_action(action: Action, place: int | None = None) -> Callable[[Definition], Definition]:
    """The same rule with an action more, or with another one in a place."""

    def act(rule: Definition) -> Definition:
        if place is None:
            return replace(rule, actions=(*rule.actions, action))
        _without(rule.actions, place)
        return replace(rule, actions=(*rule.actions[:place], action, *rule.actions[place + 1 :]))

    return act


def without_action(place: int) -> Callable[[Definition], Definition]:
    """The same rule without an action."""
    return lambda rule: replace(rule, actions=_without(rule.actions, place))


def mark(row: Automation) -> str:
    """A few letters that change whenever the rule does."""
    return row.changed_at.isoformat()


def _without(parts: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    if not 0 <= place < len(parts):
        raise NotFound
    return (*parts[:place], *parts[place + 1 :])


def _check(rule: Definition, *, ready: bool) -> None:
    if len(rule.actions) > sense.MOST_ACTIONS:
        raise RuleBroken("automation.actions", "At most %(most)d actions fit.", most=sense.MOST_ACTIONS)
    sense.check_trigger(rule.subject, rule.trigger)
    sense.check_conditions(rule)
    for each in rule.actions:
        sense.check_texts(rule.subject, *(str(each.how[part]) for part in _WRITTEN & each.how.keys()))
    if ready:
        sense.check_ready(rule)


_WRITTEN = frozenset({"subject", "body", "text"} | {"name"})
"""The parts of actions that are texts with places."""


def _check_free(work: Work, name: str, own: int | None) -> None:
    taken = work.session.execute(select(Automation.id, Automation.name)).all()
    if any(each.name.casefold() == name.casefold() and each.id != own for each in taken):
        raise RuleBroken(
            "automation.taken",
            "There is an automation “%(name)s” already.",
            field="name",
            name=name[: texts.SAID_LENGTH],
        )


def _fill(row: Automation, rule: Definition, actor: Actor, now: datetime) -> None:
    row.name, row.description, row.object, row.match = rule.name, rule.description, rule.object, rule.match
    row.when, row.trigger = rule.trigger.when.value, rule.trigger.kept()
    row.conditions = [each.kept() for each in rule.conditions]
    row.actions = [each.kept() for each in rule.actions]
    row.changed_by, row.changed_at = actor.id, now


def _held(work: Work, automation_id: int) -> Automation:
    row = work.session.scalar(select(Automation).where(Automation.id == automation_id).with_for_update())
    if row is None:
        raise NotFound("There is no such automation.")
    return row


def _stage(key: str) -> str:
    found = next((each for each in records.stages() if each.key == key), None)
    if found is None:
        raise NotFound("There is no stage %(key)s any more.", key=key)
    return str(found.id)
