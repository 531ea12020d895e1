"""The sources of the timeline that the CRM itself has: activities, stages, and a record's changes in the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.records import charts, queries
from crm.records.models import Activity, StageChange
from crm.timeline import rules
from crm.timeline.rules import Page, Tab, TimelineEntry
from infra.audit.models import AuditEntry
from infra.audit.rules import HIDDEN
from infra.audit.rules import Kind as Entered
from infra.database import db
from infra.memo import remembered
from infra.wires import wires

TIMELINES = "timelines"
ICONS = {"call": "phone", "email": "mail", "meeting": "calendar", "task": "checklist"}
_TABS = {"call": Tab.CALLS, "email": Tab.MAIL}
_OF_TAB = {Tab.CALLS: "call", Tab.MAIL: "email"}
_TOLD_ELSEWHERE = frozenset({"stage_id", "probability"})
"""What the entry about the stage says already."""
MOST_PLANNED = 10
MOST_ENTRIES = 300
"""How many entries of the trail are looked through for a page; what is older is read from the audit trail."""


def page(kind: str, record: Any, access: Access, tab: Tab = Tab.ALL, before: datetime | None = None) -> Page:
    """A page of the timeline of a record: what every source tells, newest first."""
    limit = rules.PAGE + 1
    found = [*activities(kind, record, access, before, limit, tab), *changes(kind, record, access, before, limit, tab)]
    for source in cast("Iterable[Any]", wires().extras.get(TIMELINES, ())):
        found += source(kind, record, access, before, limit)
    return rules.page(each for each in found if tab is Tab.ALL or each.tab is tab)


def links(access: Access, kind: str) -> bool:
    """Whether the reader may see which activities belong to records of an object."""
    link, subject = f"{kind}_id", OBJECTS["activity"]
    return subject.has(link) and access_rules.may(access, access_rules.SEE, subject, None, link)


def activities(
    kind: str, record: Any, access: Access, before: datetime | None, limit: int, tab: Tab = Tab.ALL
) -> list[TimelineEntry]:
    """The activities with a record that happened."""
    if not links(access, kind) or tab is Tab.CHANGES:
        return []
    statement = (
        select(Activity)
        .where(
            getattr(Activity, f"{kind}_id") == record.id,
            Activity.deleted_at.is_(None),
            Activity.occurred_at.is_not(None),
            reach(access, access_rules.SEE, OBJECTS["activity"], Activity, f"{kind}_id"),
        )
        .order_by(Activity.occurred_at.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Activity.occurred_at < before)
    if tab in _OF_TAB:
        statement = statement.where(Activity.kind == _OF_TAB[tab])
    rows = db.session.scalars(statement).all()
    shown = queries.fields_of_many(access, OBJECTS["activity"], rows)
    who = _people(access, (row.owner_id for row in rows))
    return [_activity(row, shown[row.id], who) for row in rows]


def _activity(row: Activity, shown: frozenset[str], who: Mapping[int, str]) -> TimelineEntry:
    told = row.outcome if "outcome" in shown else ""
    body = row.description if "description" in shown else ""
    title = row.name if "name" in shown else OBJECTS["activity"].field("kind").said(row.kind)
    if row.minutes and "minutes" in shown:
        title = _("%(title)s, %(minutes)d min", title=title, minutes=row.minutes)
    if row.state == "dropped":
        title = _("%(title)s (dropped)", title=title)
    return TimelineEntry(
        at=cast("datetime", row.occurred_at),
        icon=ICONS.get(row.kind, "checklist"),
        title=title,
        who=who.get(row.owner_id or 0, "") if "owner_id" in shown else "",
        body="\n".join(each for each in (told, body) if each),
        href=f"/crm/activities/{row.id}",
        tab=_TABS.get(row.kind, Tab.ALL),
    )


def changes(
    kind: str, record: Any, access: Access, before: datetime | None, limit: int, tab: Tab = Tab.ALL
) -> list[TimelineEntry]:
    """What was changed in a record, field by field, as far as the reader may see the fields; and its stages."""
    if tab not in (Tab.ALL, Tab.CHANGES):
        return []
    seen = queries.fields_of_many(access, OBJECTS[kind], [record])[record.id]
    found = _stages(record, access, seen, before, limit) if kind == "opportunity" else []
    return [*found, *_entries(kind, record, access, seen, before, limit)]


def _people(access: Access, numbers: Iterable[int | None]) -> Mapping[int, str]:
    return queries.names_of(access, {queries.PERSON: numbers})[queries.PERSON]


def _stages(
    record: Any, access: Access, seen: frozenset[str], before: datetime | None, limit: int
) -> list[TimelineEntry]:
    if "stage_id" not in seen:
        return []
    statement = (
        select(StageChange)
        .where(StageChange.opportunity_id == record.id, StageChange.from_id.is_not(None))
        .order_by(StageChange.at.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(StageChange.at < before)
    rows = db.session.scalars(statement).all()
    named = {each.id: each.name for each in queries.stages()}
    who = _people(access, (row.person_id for row in rows))
    return [_stage(row, named, who, likely="probability" in seen) for row in rows]


def _stage(row: StageChange, named: Mapping[int, str], who: Mapping[int, str], *, likely: bool) -> TimelineEntry:
    names = {"old": named.get(row.from_id or 0, "?"), "new": named.get(row.to_id, "?")}
    title = _("Stage %(old)s to %(new)s", **names)
    if likely:
        title = _("Stage %(old)s to %(new)s, likely %(likely)d %%", likely=row.probability, **names)
    return TimelineEntry(row.at, "history", title, who.get(row.person_id or 0, ""), tab=Tab.CHANGES)


def _entries(
    kind: str, record: Any, access: Access, seen: frozenset[str], before: datetime | None, limit: int
) -> list[TimelineEntry]:
    statement = (
        select(AuditEntry)
        .where(AuditEntry.subject == queries.key_of(kind, record.id), AuditEntry.kind != Entered.NOTED)
        .order_by(AuditEntry.id.desc())
        .limit(MOST_ENTRIES)
    )
    if before is not None:
        statement = statement.where(AuditEntry.at < before)
    rows = db.session.scalars(statement).all()
    told = {row.id: _told(OBJECTS[kind], row, seen) for row in rows}
    pairs = [(what, value) for each in told.values() for what, *both in each for value in both]
    names = charts.names_for(access, pairs)
    currency = getattr(record, "currency", "") if "currency" in seen else ""
    found = [_entry(row, told[row.id], names, currency) for row in rows]
    return [each for each in found if each is not None][:limit]


def _told(subject: ObjectType, row: AuditEntry, seen: frozenset[str]) -> list[tuple[Field, Any, Any]]:
    """The fields of an entry that the reader may see, each with what it was and what it became."""
    if row.kind != Entered.CHANGED:
        return []
    left_out = _TOLD_ELSEWHERE if subject.key == "opportunity" and "stage_id" in row.changes else frozenset()
    return [
        (each, *row.changes[each.key])
        for each in subject.fields
        if each.written and each.key in seen and each.key in row.changes and each.key not in left_out
    ]


def _entry(
    row: AuditEntry, told: list[tuple[Field, Any, Any]], names: charts.Names, currency: str
) -> TimelineEntry | None:
    who = row.actor_name if row.actor_name is not None else _("(erased)")
    if row.kind == Entered.ADDED:
        return TimelineEntry(row.at, "plus", _made(row), who, tab=Tab.CHANGES)
    if "deleted_at" in row.changes:
        binned = row.changes["deleted_at"][1] is not None
        title = _("Put into the recycle bin") if binned else _("Taken out of the recycle bin")
        return TimelineEntry(row.at, "trash" if binned else "undo", title, who, tab=Tab.CHANGES)
    if not told:
        return None
    lines = [_line(each, names, currency) for each in told]
    if len(lines) == 1:
        return TimelineEntry(row.at, "edit", lines[0], who, tab=Tab.CHANGES)
    title = _("%(count)d fields changed", count=len(lines))
    return TimelineEntry(row.at, "edit", title, who, "\n".join(lines), tab=Tab.CHANGES)


_MADE = {
    "imported": "Imported",
    "migrated": "Migrated from the system before",
    "converted": "Made from a lead",
    "automatic": "Made by the system",
}


def _made(row: AuditEntry) -> str:
    return _(_MADE.get(str(row.changes.get("origin", [None, ""])[1]), "Created"))


def _line(told: tuple[Field, Any, Any], names: charts.Names, currency: str) -> str:
    what, old, new = told
    label = _(what.label)
    if HIDDEN in (old, new) or what.kind is Kind.LONG:
        return _("%(field)s changed", field=label)
    before, after = _said(what, old, names, currency), _said(what, new, names, currency)
    if not before:
        return _("%(field)s: %(new)s", field=label, new=after)
    if not after:
        return _("%(field)s: %(old)s taken out", field=label, old=before)
    return _("%(field)s: %(old)s to %(new)s", field=label, old=before, new=after)


def _said(what: Field, value: Any, names: charts.Names, currency: str) -> str:
    try:
        return charts.words(what, value, names, currency)
    except (ValueError, ArithmeticError):
        return str(value)


def planned(kind: str, record: Any, access: Access, limit: int = MOST_PLANNED) -> list[Activity]:
    """What is planned with a record, the earliest first."""
    return _planned(kind, record.id, access)[:limit] if links(access, kind) else []


@remembered
def _planned(kind: str, record_id: int, access: Access) -> list[Activity]:
    return list(
        db.session.scalars(
            select(Activity)
            .where(
                getattr(Activity, f"{kind}_id") == record_id,
                Activity.deleted_at.is_(None),
                Activity.occurred_at.is_(None),
                Activity.state == "planned",
                reach(access, access_rules.SEE, OBJECTS["activity"], Activity, f"{kind}_id"),
            )
            .order_by(Activity.due_at.is_(None), Activity.due_at, Activity.id)
            .limit(MOST_PLANNED)
        )
    )


def last_at(kind: str, record: Any, access: Access) -> datetime | None:
    """When something last happened with a record, as far as the reader may see it."""
    found = activities(kind, record, access, None, 1)
    return found[0].at if found else None
