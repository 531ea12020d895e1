"""Policies in words, with an example of each promise, and the clocks of a ticket beside its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, render_template
from flask_babel import gettext as _
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.queues.rules import PRIORITIES
from crm.records import queries as records
from crm.sla import queries
from crm.sla.queries import Policies
from crm.sla.rules.clocks import Clock, Measure, Stand, Target, settled
from crm.sla.rules.policies import Policy, said
from infra.forms import lazy as _l

SOON_PERCENT, WHOLE = 75, 100
WORDS = {Measure.RESPONSE: _l("First answer"), Measure.RESOLUTION: _l("Solution")}


@dataclass(frozen=True, slots=True)
class Line:
    """What a policy promises for a priority, and when it would be due for a ticket that comes in now."""

    priority: str
    respond: str
    resolve: str
    whole: bool
    respond_by: datetime | None
    resolve_by: datetime | None


@dataclass(frozen=True, slots=True)
class Face:
    """One clock as it is drawn: what is used of its limit, in percent and in words, and whether that is well."""

    label: str
    text: str
    tone: str
    percent: int
    used: str
    limit: str
    due_at: datetime | None


def lines(found: Policies, policy: Policy, now: datetime) -> list[Line]:
    """The promises of a policy by priority."""
    rows = []
    for priority in PRIORITIES:
        promise = policy.promises[priority]
        hours = found.hours(policy, whole=promise.whole)
        due = [None if each is None else hours.add(now, each) for each in (promise.respond, promise.resolve)]
        rows.append(Line(priority, said(promise.respond), said(promise.resolve), promise.whole, *due))
    return rows


def faces(row_by_measure: dict[Measure, Any], found: Policies, now: datetime) -> list[Face]:
    """The clocks of a ticket as they stand now."""
    drawn = []
    for measure in Measure:
        row = row_by_measure.get(measure)
        if row is None or row.limit is None:
            continue
        target: Target = found.target(row.queue_id, row.priority, measure)
        used = settled(Clock(row.used, row.since), target.hours, now)
        drawn.append(_face(measure, row, used, now))
    return drawn


def _face(measure: Measure, row: Any, used: int, now: datetime) -> Face:
    percent = used * WHOLE // row.limit
    late = row.stand == Stand.BREACHED or (row.due_at is not None and row.due_at < now) or used > row.limit
    if row.stand == Stand.MET:
        text, tone = _("kept"), "green"
    elif late:
        text, tone = _("broken by %(time)s", time=said(used - row.limit) or said(1)), "red"
    elif row.stand == Stand.PAUSED:
        text, tone = _("stands still, %(time)s left", time=said(row.limit - used)), "grey"
    else:
        text, tone = _("%(time)s left", time=said(row.limit - used)), "amber" if percent >= SOON_PERCENT else "green"
    return Face(str(WORDS[measure]), text, tone, min(percent, WHOLE), said(used), said(row.limit), row.due_at)


def panel(kind: str, record: Any, access: Access) -> Markup:
    """How the promises of a ticket stand; nothing for who may not see its due moments."""
    subject = OBJECTS[kind]
    facts = records.facts(access, access_rules.SEE, subject, record)
    if not {"respond_by", "resolve_by"} <= access_rules.fields_seen(access, subject, facts):
        return Markup()
    found = queries.in_force(g.now)
    drawn = faces(queries.clocks_of(record.id), found, g.now)
    if not drawn:
        return Markup()
    policy = found.of(record.queue_id)
    return Markup(render_template("crm/sla/_panel.html", faces=drawn, policy=policy))  # noqa: S704  # our own template, escaped
