"""The page of quality: the figure, where it is low, what is lacking most, and the records behind each number."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS, object_of
from crm.quality import charts, queries
from crm.records import charts as values
from crm.records.queries import called
from infra.http import requires
from kernel.rownumbers import row_number

bp = Blueprint("crm_quality", __name__)
TREND = timedelta(days=90)
PAGE = 50
TARGET = 95
"""Percent of valid required fields that the roll-out aims for."""


@bp.get("/crm/quality")
@requires("crm.quality")
def page() -> ResponseReturnValue:
    """How complete the records are that the reader sees."""
    access = access_of(g.actor)
    fields = [each for each in queries.by_field(access) if each.lacking]
    days = queries.days(g.today - TREND, g.today) if queries.sees_all(access) else []
    return render_template(
        "crm/quality/page.html",
        figure=queries.completeness(access),
        target=TARGET,
        mine=sum(queries.count_flawed(access, kind, owner=g.actor.id) for kind in OBJECTS) if g.actor.id else 0,
        groups=charts.groups(access),
        fields=fields[:10],
        most=max((each.lacking for each in fields), default=0),
        trend=charts.trend(days, TARGET),
        trend_rows=charts.trend_rows(days),
        objects=OBJECTS,
    )


@bp.get("/crm/quality/<plural>")
@requires("crm.quality")
def records(plural: str) -> ResponseReturnValue:
    """Records that lack something: of an object, and as the address says of a field, a team or an owner."""
    access, subject = access_of(g.actor), object_of(plural)
    chosen = {key: request.args.get(key, type=row_number) for key in ("team", "owner")}
    field = request.args.get("field") or None
    after = max(0, request.args.get("after", 0, type=row_number))
    rows = queries.flawed(access, subject.key, field=field, after=after, limit=PAGE + 1, **chosen)
    names = values.names_for(
        access, [(subject.field("owner_id"), each.record.owner_id) for each in rows] if subject.has("owner_id") else []
    )
    return render_template(
        "crm/quality/records.html",
        subject=subject,
        field=next((each for each in charts.fields_of(subject.key) if each.key == field), None),
        rows=rows[:PAGE],
        called=called(access, subject, [each.record for each in rows[:PAGE]]),
        owners=names.people,
        further=rows[PAGE - 1].record.id if len(rows) > PAGE else None,
        here={key: value for key, value in {**chosen, "field": field}.items() if value is not None},
    )
