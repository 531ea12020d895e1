"""Whether conditions hold for a record's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from crm.automation.rules.parts import COMPLETE, Condition, Definition, Op, Trigger, When, field_of
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.quality import rules as quality

Look = Callable[[str], Any]
"""From the key of a field to a record's value."""
_NUMBERS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)


def holds(condition: Condition, what: Field, value: Any, today: date, zone: tzinfo) -> bool:
    """Whether a condition holds for a value on a day.

    >>> from datetime import UTC
    >>> region = Field("region", "Region", Kind.CHOICE)
    >>> holds(Condition("region", Op.IS, ("dach", "nordics")), region, "nordics", date(2026, 2, 18), UTC)
    True
    """
    empty = value is None or value == ""
    if condition.op in (Op.EMPTY, Op.FILLED):
        return empty is (condition.op is Op.EMPTY)
    if condition.op in (Op.IS, Op.IS_NOT):
        same = said(what, value) in {said(what, each) for each in condition.values}
        return same is (condition.op is Op.IS)
    return not empty and _COMPARED[condition.op](value, condition.values[0], today, zone)


def all_hold(rule: Definition, look: Look, today: date, zone: tzinfo) -> bool:
    """Whether the conditions of a rule hold for a record; a rule without conditions fits every record."""
    answers = (
        holds(each, field_of(rule.subject, each.field), look(each.field), today, zone) for each in rule.conditions
    )
    return not rule.conditions or (any(answers) if rule.match == "any" else all(answers))


def looking(subject: ObjectType, record: Any, today: date) -> Look:
    """How conditions look at a record: its values, and whether it is complete."""

    def look(key: str) -> Any:
        return is_complete(subject.key, record, today) if key == COMPLETE.key else getattr(record, key)

    return look


def is_complete(kind: str, record: Any, today: date) -> bool:
    """Whether every required value of a record is there and can be true."""
    values = {key: getattr(record, key) for key in quality.needed_columns(kind)}
    return quality.mask(kind, values, today) == quality.whole(kind)


def sets_off(trigger: Trigger, before: Mapping[str, Any], after: Mapping[str, Any], *, created: bool) -> bool:
    """Whether what happened to a record is what a trigger waits for; ``after`` has the fields that changed.

    >>> sets_off(Trigger(When.ENTERED, "status", becomes="sql"), {"status": "mql"}, {"status": "sql"}, created=False)
    True
    """
    if trigger.when in (When.CREATED, When.WRITTEN, When.SLA_RISK, When.FORM):
        return True
    if trigger.field and trigger.field not in after:
        return False
    if trigger.when is When.ENTERED or not created:
        fits = not trigger.becomes or _text(after.get(trigger.field)) == trigger.becomes
        return fits and (not trigger.was or _text(before.get(trigger.field)) == trigger.was)
    return False


def said(what: Field, value: Any) -> str:
    """A value so that two which mean the same are the same text."""
    if what.kind is Kind.FLAG:
        return "yes" if value in (True, "yes", "1") else "no"
    if what.kind in _NUMBERS and value not in (None, ""):
        try:
            return f"{Decimal(str(value)).normalize():f}"
        except InvalidOperation:
            return _text(value)
    return _text(value).casefold()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: Any, zone: tzinfo) -> date:
    if isinstance(value, datetime):
        return value.astimezone(zone).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))


_COMPARED: Mapping[Op, Callable[[Any, str, date, tzinfo], bool]] = {
    Op.CONTAINS: lambda value, wanted, _today, _zone: wanted.casefold() in str(value).casefold(),
    Op.ABOVE: lambda value, wanted, _today, _zone: Decimal(str(value)) > Decimal(wanted),
    Op.BELOW: lambda value, wanted, _today, _zone: Decimal(str(value)) < Decimal(wanted),
    Op.AFTER: lambda value, wanted, _today, zone: _day(value, zone) > date.fromisoformat(wanted),
    Op.BEFORE: lambda value, wanted, _today, zone: _day(value, zone) < date.fromisoformat(wanted),
    Op.OLDER: lambda value, wanted, today, zone: _day(value, zone) <= today - timedelta(days=int(wanted)),
    Op.WITHIN: lambda value, wanted, today, zone: today <= _day(value, zone) <= today + timedelta(days=int(wanted)),
}
