"""What a rule would do to the newest records, decided with everything that running it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from crm.access.rules import Access
from crm.automation import queries as automations
from crm.automation.models import Automation
from crm.automation.rules.conditions import all_hold, holds, looking
from crm.automation.rules.parts import Condition, Definition, Do, When, field_of
from crm.effects import service as effects
from crm.effects.queries import Sight
from crm.effects.rules import Step
from crm.objects.rules.fields import Kind
from crm.records import queries as records
from crm.records.models import TABLES
from infra.database import db
from infra.wires import wires
from kernel.errors import NotFound

TRIED, PREVIEWED = 200, 10
"""So many of the newest records are tried; a mail is shown about so many."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A record that a rule fits, what the reader calls it, and what would be done."""

    id: int
    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do: ``looked`` at so many records, those that fit, and how many fail each condition."""

    looked: int
    fitting: tuple[Tried, ...]
    failing: tuple[tuple[Condition, int], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it would be written about a record; ``step`` says why there would be none."""

    record_id: int
    label: str
    step: Step


def trial(row: Automation, access: Access, now: datetime) -> Trial:
    """Decide about the newest records that the reader sees, and do nothing."""
    rule, zone = automations.definition(row), ZoneInfo(wires().settings.timezone)
    today, rows = now.astimezone(zone).date(), sample(access, automations.definition(row), now, zone)
    fitting = _fitting(rule, rows, today, zone)
    steps = effects.decide(rule, fitting, Sight(row.id, rule.name, rule.subject, now, zone))
    by_record: dict[int, list[Step]] = {each.id: [] for each in fitting}
    for step in steps:
        by_record[step.record_id].append(step)
    names = records.called(access, rule.subject, fitting)
    tried = tuple(Tried(number, names[number], tuple(found)) for number, found in by_record.items())
    failing = tuple((each, _failing(rule, each, rows, today, zone)) for each in rule.conditions)
    return Trial(len(rows), tried, failing)


def letters(row: Automation, place: int, access: Access, now: datetime) -> list[Letter]:
    """What a mail of a rule would say about the newest records that it fits, or about any where it fits none.

    Raises NotFound where the action sends no mail.
    """
    rule, zone = automations.definition(row), ZoneInfo(wires().settings.timezone)
    if not 0 <= place < len(rule.actions) or rule.actions[place].do is not Do.MAIL:
        raise NotFound
    rows = sample(access, rule, now, zone)
    shown = (_fitting(rule, rows, now.astimezone(zone).date(), zone) or rows)[:PREVIEWED]
    only = replace(rule, actions=(rule.actions[place],))
    steps = effects.decide(only, shown, Sight(row.id, rule.name, rule.subject, now, zone))
    names = records.called(access, rule.subject, shown)
    return [Letter(each.record_id, names[each.record_id], each) for each in steps]


def _fitting(rule: Definition, rows: Sequence[Any], today: date, zone: tzinfo) -> list[Any]:
    return [each for each in rows if all_hold(rule, looking(rule.subject, each, today), today, zone)]


def _failing(rule: Definition, condition: Condition, rows: Sequence[Any], today: date, zone: tzinfo) -> int:
    what = field_of(rule.subject, condition.field)
    looks = (looking(rule.subject, each, today) for each in rows)
    return sum(not holds(condition, what, look(condition.field), today, zone) for look in looks)


def sample(access: Access, rule: Definition, now: datetime, zone: tzinfo) -> list[Any]:
    """The newest records on which a rule can be tried, of those that one sees: in the state that it waits for."""
    table = TABLES[rule.object]
    wanted = records.seen(access, rule.subject).order_by(table.id.desc()).limit(TRIED)
    trigger = rule.trigger
    if trigger.when is When.ENTERED and trigger.becomes:
        wanted = wanted.where(
            getattr(table, trigger.field) == _as_kept(rule.subject.field(trigger.field).kind, trigger)
        )
    if trigger.when in (When.SINCE, When.REACHED):
        column = getattr(table, trigger.field)
        day = now.astimezone(zone).date() if rule.subject.field(trigger.field).kind is Kind.DATE else now
        wanted = wanted.where(column.is_not(None), column <= day - trigger.offset)
    return list(db.session.scalars(wanted))


def _as_kept(kind: Kind, trigger: Any) -> Any:
    return int(trigger.becomes) if kind is Kind.RECORD else trigger.becomes
