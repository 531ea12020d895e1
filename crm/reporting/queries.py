"""Which records a report is about: for one reader, as far as they see every field that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import ColumnElement

from crm.access.rules import SEE, Access
from crm.counts.queries import Scope, narrowest, seen
from crm.counts.rules.periods import period
from crm.counts.rules.windows import Window
from crm.lists import queries as lists
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Kind
from crm.records.models import TABLES
from crm.reporting.rules.definition import Definition, check
from infra.database import Instant
from infra.lists import Large, ListSpec
from infra.lists.rows import conditions_of
from infra.lists.rules import Wish, parse
from kernel.errors import RuleBroken

Condition = ColumnElement[bool]
DAY_FIELDS = {"opportunity": ("closes_on", "closed_at", "stage_id"), "campaign": ("starts_on",)}
"""The fields that say at which day's rate an amount counts."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The records of a report, for one reader: the list that they are read as, and the conditions that they fit."""

    asked: Definition
    access: Access
    spec: ListSpec
    wish: Wish
    conditions: tuple[Condition, ...]
    window: Window | None
    now: Window

    @property
    def subject(self) -> ObjectType:
        """What the records are."""
        return self.asked.subject


def ground(asked: Definition, access: Access, today: Window) -> Ground:
    """The records that a report is about, as far as the reader may see them; ``today`` tells the time and the zone.

    Raises RuleBroken for a report that makes no sense any more, or that asks for what the reader may not see.
    """
    check(asked)
    subject, table = asked.subject, TABLES[asked.object]
    spec = lists.spec_of(access, subject, today.now, today.zone)
    wish = _wish(asked, spec)
    used = (*fields_of(asked), *(each.key for each in wish.filters))
    if narrowest(access, subject.key, used)[0] is None:
        raise RuleBroken("reports.hidden", "This report asks for something that you may not see, so it shows nothing.")
    window = _window(asked, today)
    conditions = [seen(Scope(access), subject.key, table, used), *conditions_of(spec, wish, today.zone)]
    if window is not None:
        conditions += within(getattr(table, asked.period_field), window)
    return Ground(asked, access, spec, wish, tuple(conditions), window, today)


def source(place: Ground, actions: tuple[str, ...] = (SEE,), inside: tuple[Condition, ...] = ()) -> Large:
    """The records of a report as a list reads them, or those of them ``inside`` more conditions."""
    found = lists.source(place.access, place.subject, actions=actions)
    return replace(found, conditions=(*found.conditions, *place.conditions, *inside))


def fields_of(asked: Definition) -> tuple[str, ...]:
    """The fields that count for who sees a record in it; an amount asks for its currency and its day, too."""
    also: tuple[str, ...] = ()
    if asked.measured and asked.subject.field(asked.measured).kind is Kind.MONEY and asked.subject.has("currency"):
        also = ("currency", *DAY_FIELDS.get(asked.object, ()))
    return (*asked.fields, *also)


def _wish(asked: Definition, spec: ListSpec) -> Wish:
    """The conditions as the list reads them; one that it would leave out would count more than was meant."""
    wish = parse(spec, parse_qs(asked.filters, keep_blank_values=True))
    if wish.messages:
        first = wish.messages[0]
        raise RuleBroken(
            "reports.condition",
            "A condition of this report can't be used: %(why)s",
            field="filters",
            why=first.text % first.params,
        )
    return wish


def _window(asked: Definition, today: Window) -> Window | None:
    if not asked.period:
        return None
    chosen = period(asked.period, today.today)
    return today.between(chosen.since, chosen.until)


def within(column: Any, window: Window) -> list[Condition]:
    """The condition that a day or a moment lies in a stretch."""
    if isinstance(column.type, Instant):
        return [column >= window.start, column < window.end]
    return [column >= window.since, column <= window.until]
