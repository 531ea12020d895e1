"""The pages of reports that people build: all that one finds, and each with its numbers, records, files, timetable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.access.rules import SEE, Access
from crm.builder import charts, queries, service
from crm.builder.forms import WEEKDAYS, RhythmForm
from crm.builder.queries import ReportRow
from crm.builder.rules.rhythm import Form, next_turn
from crm.builder.rules.sharing import SHARED
from crm.counts.rules.periods import PERIODS
from crm.counts.rules.windows import Window
from crm.grouping.queries import Side
from crm.objects.rules.catalogue import OBJECTS
from crm.reporting import queries as reporting
from crm.reporting.charts import LISTED, Listed
from crm.reporting.charts import listed as listed_of
from crm.reporting.rules.definition import Definition
from crm.summaries import queries as summaries
from infra.forms import told
from infra.http import requires
from infra.lists.large import MOST
from infra.lists.rows import fetch
from infra.lists.rules import Wish
from infra.transaction import note
from infra.undo import flash_undo, kept
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("crm_reports", __name__, url_prefix="/crm/reports")
_PAGE = 9
"""Digits of a page's number."""


@bp.get("")
@requires("crm.figures")
def page() -> ResponseReturnValue:
    """Every report that the reader finds."""
    access = access_of(g.actor)
    return render_template(
        "crm/reports/index.html",
        listed=[(each, _about(each)) for each in queries.listed(access)],
        mine=g.actor.id,
        objects=OBJECTS,
        shared={key.value: _(label) for key, label in SHARED.items()},
        sent=_sent,
    )


@bp.get("/<int:report_id>")
@requires("crm.figures")
def show(report_id: int) -> ResponseReturnValue:
    """One report, with what its reader may see."""
    access = access_of(g.actor)
    row = queries.get(access, report_id)
    return _show(access, row)


@bp.get("/<int:report_id>/records")
@requires("crm.figures")
def records(report_id: int) -> ResponseReturnValue:
    """The records behind a number of a report."""
    access = access_of(g.actor)
    row = queries.get(access, report_id)
    place = reporting.ground(_asked_now(row), access, _today())
    keys = [request.args.get(name, "")[:250] for name in ("first", "second")]
    groups = list(zip(place.asked.groups, keys, strict=False))
    sides = [(Side(place, group), key) for group, key in groups if key]
    inside = tuple(side.holds(key) for side, key in sides)
    wanted = Wish(page=_number(request.args.get("page", "")))
    found = fetch(place.spec, reporting.source(place, (SEE,), inside), wanted, g.zone)
    columns = place.asked.columns or tuple(each.key for each in place.subject.fields if each.listed)
    shown = [each for each in place.subject.fields if each.key in columns and place.spec.column(each.key)]
    names = [
        charts.group_name(place, key, Side(place, group).label(key), at)
        for at, (group, key) in enumerate(groups)
        if key
    ]
    return render_template(
        "crm/reports/records.html",
        row=row,
        place=place,
        listed=Listed(tuple(shown), tuple(found.rows), found.total, found.more),
        page=found,
        size=place.spec.page_size,
        most=MOST,
        names=names,
        when=charts.when_words(place.asked),
        address=lambda number: f"{request.path}?{urlencode({**_query(), 'page': number})}",
    )


@bp.get("/<int:report_id>.pdf")
@requires("crm.figures")
def paper(report_id: int) -> ResponseReturnValue:
    """A report on paper."""
    return _file(report_id, Form.PDF)


@bp.get("/<int:report_id>.xlsx")
@requires("crm.figures")
def sheet(report_id: int) -> ResponseReturnValue:
    """A report as a workbook."""
    return _file(report_id, Form.XLSX)


@bp.post("/<int:report_id>/delete")
@requires("crm.figures")
def remove(report_id: int) -> ResponseReturnValue:
    """Delete a report."""
    flash_undo(_("The report is deleted."), service.remove(report_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


@bp.post("/<int:report_id>/timetable")
@requires("crm.figures")
def schedule(report_id: int) -> ResponseReturnValue:
    """Send a report from now on, or no more."""
    access = access_of(g.actor)
    row = queries.get(access, report_id)
    back = url_for(".show", report_id=report_id)
    if request.form.get("act") == "stop":
        flash_undo(_("It is sent no more."), service.unschedule(report_id, actor=g.actor))
        return redirect(back, 303)
    form = _rhythm_form(None)
    done = kept(
        form,
        lambda: service.schedule(report_id, form.rhythm(), form.people.data or (), actor=g.actor, now=g.now),
        _("It is sent from now on."),
        back,
    )
    return done or (_show(access, row, form), 422)


@bp.post("/<int:report_id>/receive")
@requires("crm.figures")
def receive(report_id: int) -> ResponseReturnValue:
    """Get a report that is sent, or don't any more."""
    wanted = request.form.get("wanted") == "yes"
    work = service.receive(report_id, wanted=wanted, actor=g.actor)
    flash_undo(_("You get it again.") if wanted else _("You get it no more."), work)
    return redirect(url_for(".show", report_id=report_id), 303)


def _show(access: Access, row: ReportRow, rhythm_form: RhythmForm | None = None) -> str:
    report, problem, drawn, listed = row.report, "", None, None
    try:
        place = reporting.ground(_asked_now(row), access, _today())
        drawn = charts.draw(place, summaries.read(place))
        listed = listed_of(place, LISTED)
    except RuleBroken as broken:
        problem = told(broken)
    readers = queries.readers(report.id) if row.rhythm else []
    may_change = queries.may_change(access, report)
    return render_template(
        "crm/reports/show.html",
        row=row,
        drawn=drawn,
        listed=listed,
        problem=problem,
        chosen=_period(),
        query=urlencode(_query()),
        may_change=may_change,
        readers=readers,
        mine=next((each for each in readers if each.person_id == g.actor.id), None),
        sent=_sent(row),
        next_turn=next_turn(row.rhythm, g.now, g.zone) if row.rhythm else None,
        rhythm_form=(rhythm_form or _rhythm_form(row)) if may_change else None,
        periods=[(key, _(label)) for key, (label, _days) in PERIODS.items()],
        shared={key.value: _(label) for key, label in SHARED.items()},
    )


def _file(report_id: int, form: Form) -> Response:
    access = access_of(g.actor)
    row = queries.get(access, report_id)
    place = reporting.ground(_asked_now(row), access, _today())
    drawn = charts.draw(place, summaries.read(place))
    name, kind, body = charts.file_of(row.report, drawn, form, g.actor.name)
    note(
        g.actor,
        "crm_report.taken",
        subject=f"crm_report:{report_id}",
        label=row.report.name,
        scope="crm",
        kind=form.value,
    )
    answer = Response(body, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _rhythm_form(row: ReportRow | None) -> RhythmForm:
    """The timetable as it was sent; as it stands where a report is shown."""
    form = RhythmForm() if row is None else RhythmForm(formdata=None, data=_rhythm_data(row))
    form.offer(queries.choosable())
    return form


def _rhythm_data(row: ReportRow) -> dict[str, Any]:
    rhythm = row.rhythm
    if rhythm is None:
        return {"people": [g.actor.id]}
    people = [each.person_id for each in queries.readers(row.report.id)]
    weekly, monthly = rhythm.every == "week", rhythm.every == "month"
    return {
        "every": rhythm.every.value,
        "weekday": rhythm.day if weekly else 0,
        "month_day": rhythm.day if monthly else 1,
        "at": rhythm.at,
        "form": rhythm.form.value,
        "people": people,
    }


def _asked_now(row: ReportRow) -> Definition:
    """What a report asks, of the period that its reader chose on the page."""
    asked, chosen = row.asked, _period()
    return replace(asked, period=chosen) if chosen and asked.period_field else asked


def _period() -> str:
    chosen = request.args.get("period", "")
    return chosen if chosen in PERIODS else ""


def _query() -> dict[str, str]:
    found = {name: request.args.get(name, "")[:250] for name in ("first", "second")} | {"period": _period()}
    return {name: value for name, value in found.items() if value}


def _about(row: ReportRow) -> str:
    """What a report asks, in words; what is wrong with one that can't be read."""
    try:
        asked = row.asked
        groups = [asked.subject.field(each.field).label for each in asked.groups]
    except (RuleBroken, NotFound) as problem:
        return told(problem)
    by = _(" and ").join(_(each).lower() for each in groups)
    return _("told apart by %(what)s", what=by) if by else _("a list")


def _sent(row: ReportRow) -> str:
    return charts.rhythm_words(row.rhythm, [str(each) for each in WEEKDAYS]) if row.rhythm else ""


def _today() -> Window:
    return Window(g.today, g.today, g.now, g.zone)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _PAGE and int(text) > 0 else 1
