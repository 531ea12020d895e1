"""What makes no sense: a rule that can never hold, one that has nothing to do, one that names what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from crm.automation.rules import texts
from crm.automation.rules.conditions import said
from crm.automation.rules.parts import (
    OPS,
    TIMED,
    WITHOUT_VALUE,
    Condition,
    Definition,
    Do,
    Op,
    Trigger,
    When,
    field_of,
    ops_of,
)
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from kernel.errors import RuleBroken

NAME_LENGTH, DESCRIPTION_LENGTH = 120, 500
MOST_CONDITIONS, MOST_ACTIONS, MOST_RULES = 20, 20, 200
LONGEST_WAIT = {"hours": 24 * 366, "days": 366}


def check_name(name: str, description: str) -> tuple[str, str]:
    """Name and description as they are kept. Raises RuleBroken.

    >>> check_name("  Lead   assignment ", "")
    ('Lead assignment', '')
    """
    clean, more = " ".join(name.split()), " ".join(description.split())
    if not clean:
        raise RuleBroken("automation.name", "Give the automation a name.", field="name")
    for field, value, limit in (("name", clean, NAME_LENGTH), ("description", more, DESCRIPTION_LENGTH)):
        if len(value) > limit:
            raise RuleBroken("automation.long", "At most %(limit)d characters fit.", field=field, limit=limit)
    return clean, more


def check_trigger(subject: ObjectType, trigger: Trigger) -> None:
    """Raise RuleBroken for a trigger that could never go off."""
    if trigger.when in (When.ENTERED, *TIMED) and not trigger.field:
        raise RuleBroken("automation.which", "Say which field it is about.", field="field")
    if trigger.field:
        field_of(subject, trigger.field)
    if trigger.was and trigger.was == trigger.becomes:
        raise RuleBroken("automation.same", "From and to are the same: a field never changes so.", field="becomes")
    if trigger.when in TIMED and abs(trigger.amount) > LONGEST_WAIT[trigger.unit]:
        raise RuleBroken("automation.far", "Wait a year at most.", field="amount")
    if trigger.when is When.SINCE and trigger.amount < 1:
        raise RuleBroken("automation.wait", "Say after how long, from 1 on.", field="amount")


def check_conditions(rule: Definition) -> None:
    """Raise RuleBroken for conditions that no record can fulfil, naming the two that shut each other out."""
    if len(rule.conditions) > MOST_CONDITIONS:
        raise RuleBroken("automation.many", "At most %(most)d conditions fit.", most=MOST_CONDITIONS, field="op")
    for each in rule.conditions:
        _check_one(rule.subject, each)
    implied = _implied(rule.trigger)
    every = [*rule.conditions, *implied] if rule.match == "all" else list(rule.conditions)
    if rule.match == "all":
        _check_together(rule.subject, every)
    elif rule.conditions and implied and all(_shut_out(rule.subject, each, implied[0]) for each in rule.conditions):
        raise _never(rule.subject, rule.conditions[0], implied[0])


def check_ready(rule: Definition) -> None:
    """Raise RuleBroken for a rule that can't be switched on: it does nothing, or it can never hold."""
    check_trigger(rule.subject, rule.trigger)
    check_conditions(rule)
    if not rule.actions:
        raise RuleBroken("automation.idle", "It does nothing yet: add an action first.")


def check_texts(subject: ObjectType, *written: str) -> None:
    """Raise RuleBroken for a text that names a field which is not there, or which no text may tell."""
    known = texts.known(subject)
    for key in (key for text in written for key in texts.places(text)):
        if key not in known:
            raise RuleBroken(
                "automation.place",
                "There is nothing called {%(key)s} here. You may write %(known)s.",
                field="body",
                key=key,
                known=", ".join(f"{{{each}}}" for each in list(known)[:12]),
            )


def endless(rule: Definition) -> bool:
    """Whether an action of a rule changes what sets it off: it is stopped by itself, and people are told.

    >>> from crm.automation.rules.parts import Action
    >>> endless(Definition("", "lead", Trigger(When.CHANGED, "rating"), actions=(Action(Do.SET, {"field": "rating"}),)))
    True
    """
    if rule.trigger.when not in (When.CHANGED, When.WRITTEN, When.ENTERED):
        return False
    touched = {_touched(each.do, str(each.how.get("field", ""))) for each in rule.actions if not each.how.get("on")}
    touched.discard("")
    return bool(touched) and (not rule.trigger.field or rule.trigger.field in touched)


def _touched(do: Do, field: str) -> str:
    return {Do.SET: field, Do.ASSIGN: "owner_id", Do.STAGE: "stage_id"}.get(do, "")


def _check_one(subject: ObjectType, condition: Condition) -> None:
    what = field_of(subject, condition.field)
    if condition.op not in ops_of(what):
        raise RuleBroken(
            "automation.op", "%(label)s can't be asked whether it %(op)s.", label=what.label, op=OPS[condition.op]
        )
    if condition.op not in WITHOUT_VALUE and not any(condition.values):
        raise RuleBroken("automation.value", "Say what it is compared with.", field="value")
    if condition.op is Op.EMPTY and what.needed:
        raise RuleBroken(
            "automation.never_empty", "%(label)s is never empty: it is needed on every record.", label=what.label
        )


def _check_together(subject: ObjectType, conditions: Sequence[Condition]) -> None:
    for one, other in combinations(conditions, 2):
        if _shut_out(subject, one, other):
            raise _never(subject, one, other)


def _never(subject: ObjectType, one: Condition, other: Condition) -> RuleBroken:
    return RuleBroken(
        "automation.never",
        "No record can ever fit: “%(one)s” and “%(other)s” shut each other out.",
        one=sentence(subject, one),
        other=sentence(subject, other),
    )


def sentence(subject: ObjectType, condition: Condition) -> str:
    """A condition in plain words, with the labels of its choices.

    >>> from crm.objects.rules.catalogue import LEAD
    >>> sentence(LEAD, Condition("region", Op.IS, ("dach",)))
    'Region is Germany, Austria, Switzerland'
    """
    what = field_of(subject, condition.field)
    values = " or ".join(what.said(each) for each in condition.values)
    return f"{what.label} {OPS[condition.op]} {values}".strip()


def _implied(trigger: Trigger) -> list[Condition]:
    if trigger.when is When.ENTERED and trigger.becomes:
        return [Condition(trigger.field, Op.IS, (trigger.becomes,))]
    return [Condition(trigger.field, Op.FILLED)] if trigger.when in TIMED else []


def _shut_out(subject: ObjectType, one: Condition, other: Condition) -> bool:
    """Whether two conditions on the same field can't hold together."""
    if one.field != other.field:
        return False
    what = field_of(subject, one.field)
    return _excludes(what, one, other) or _excludes(what, other, one)


def _excludes(what: Field, one: Condition, other: Condition) -> bool:
    if one.op is Op.EMPTY:
        return other.op not in (Op.EMPTY, Op.IS_NOT)
    if one.op is Op.IS:
        return _none_left(what, one, other)
    values = one.values[0] if one.values else ""
    theirs = other.values[0] if other.values else ""
    if (one.op, other.op) == (Op.ABOVE, Op.BELOW):
        return Decimal(values) >= Decimal(theirs)
    if (one.op, other.op) == (Op.AFTER, Op.BEFORE):
        return date.fromisoformat(values) >= date.fromisoformat(theirs) - timedelta(days=1)
    if (one.op, other.op) == (Op.OLDER, Op.WITHIN):
        return int(values) > 0
    every = {value for value, _label in what.choices}
    return one.op is Op.IS_NOT and bool(every) and every <= set(one.values) and other.op is Op.FILLED


def _none_left(what: Field, one: Condition, other: Condition) -> bool:
    """Whether no value that one condition lets through is let through by the other."""
    mine, theirs = {said(what, each) for each in one.values}, {said(what, each) for each in other.values}
    if other.op is Op.IS:
        return not mine & theirs
    if other.op is Op.IS_NOT:
        return mine <= theirs
    if other.op is Op.CONTAINS:
        return not any(other.values[0].casefold() in each for each in mine)
    if other.op in (Op.ABOVE, Op.BELOW) and what.kind in (Kind.NUMBER, Kind.PERCENT, Kind.MONEY):
        limit = Decimal(other.values[0])
        return not any((Decimal(each) > limit) is (other.op is Op.ABOVE) and Decimal(each) != limit for each in mine)
    return False
