"""The pages of issued reports: the list, the draft, one report as it was frozen, corrections, the schedule."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from infra import lists
from infra.forms import lazy as _l
from infra.forms import told
from infra.http import may, requires
from infra.lists.rules import Column, Format, Kind, ListSpec
from infra.undo import flash_undo
from kernel.errors import Conflict, NotFound, Problem, RuleBroken
from readiness.colours import charts as colours
from readiness.colours.forms import answers_in
from readiness.health import charts as health_charts
from readiness.health import queries as health
from readiness.health import service as health_service
from reports.beyond.queries import health_on
from reports.issued import queries
from reports.issued import service as issued
from reports.issued.rules.code import spelled
from reports.issued.rules.draft import DECISIONS, DraftData
from reports.issued.rules.parts import without
from reports.issued.rules.schedule import WithoutComment, next_round
from reports.issuing import charts, service
from reports.issuing.forms import WEEKDAYS, DraftForm, ScheduleForm, written
from reports.status.rules.naming import file_name
from reports.status.rules.report import check_day
from roadmap.actions import charts as actions
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing

bp = Blueprint("issued", __name__)
BASE = "/projects/<int:project_id>/reports"
_FILES = {queries.STATUS: "status-report", "readiness": "readiness-pack", "adoption": "adoption-report"}
LETTER = service.Letter(charts.mail_subject, charts.mail_text)
LIST = ListSpec(
    "reports",
    _l("Issued reports"),
    (
        Column("number", _l("No."), Kind.NUMBER, format=Format.NUMBER, numeric=True),
        Column("as_of", _l("Figures as of"), Kind.DATE, format=Format.DAY),
        Column("sentence", _l("What it says"), Kind.TEXT, searched=True),
        Column("issued_by", _l("Issued by"), Kind.TEXT, searched=True),
        Column("issued_at", _l("Issued"), format=Format.MOMENT, visible=False),
        Column("recipients", _l("Sent to"), value=lambda row: len(row.recipients), numeric=True, format=Format.NUMBER),
        Column("opened", _l("Opened by"), Kind.NUMBER, numeric=True, format=Format.NUMBER),
        Column("code", _l("Code"), value=lambda row: spelled(row.code), searched=True, visible=False),
    ),
    default_sort="-number",
)


@bp.get(BASE)
@requires("report.see")
def page(project_id: int) -> ResponseReturnValue:
    """What was issued, and what comes next."""
    project, schedule = projects.row_of(project_id), queries.schedule_of(project_id)
    upcoming = next_round(schedule.weekday, schedule.at, project.zone, g.now) if schedule else None
    found = queries.reports(project_id)
    return lists.answer(
        LIST,
        found,
        "reports/issued.html",
        kind_words=charts.kind_words,
        scope=project.scope,
        project_id=project_id,
        reports=found,
        draft=queries.draft_of(project_id) if may("report.issue", project_id) else None,
        upcoming=upcoming,
        schedule=schedule,
        next_number=queries.next_number(project_id),
        spelled=spelled,
        slides_key=uuid4().hex,
    )


@bp.get(f"{BASE}/next")
@requires("report.issue")
def draft(project_id: int) -> ResponseReturnValue:
    """The draft of the next report."""
    kept = queries.draft_of(project_id)
    return _draft_page(project_id, _draft_form(project_id, kept.data, g.today, kept.key or uuid4().hex))


@bp.post(f"{BASE}/next")
@requires("report.issue")
def save(project_id: int) -> ResponseReturnValue:
    """Keep the draft, or issue it: both buttons stand below the same form."""
    form = _draft_form(project_id)
    done = _attempt(project_id, form)
    return done or (_draft_page(project_id, form), 422)


@bp.get(f"{BASE}/<int:number>")
@requires("report.see")
def report(project_id: int, number: int) -> ResponseReturnValue:
    """A report as it was frozen, inside the house of today."""
    row = queries.report(project_id, number)
    issued.mark_opened(row, actor=g.actor, now=g.now)
    kept = without(queries.page_of(row.id), queries.withheld_from(g.actor, project_id))
    return render_template(
        "reports/frozen.html",
        project_id=project_id,
        row=row,
        kind=charts.kind_words(row.kind),
        body=Markup(kept),  # noqa: S704 - escaped when it was written, and frozen since
        code=spelled(row.code),
        owners={each.name: each.id for each in staffing.people_of(project_id)},
        action_panel=actions.panel(project_id, row.subject),
    )


@bp.get(f"{BASE}/<int:number>.pdf")
@requires("report.see")
def pdf(project_id: int, number: int) -> ResponseReturnValue:
    """The file of a report, as it was issued; without costs for whoever may not see them."""
    row = queries.report(project_id, number)
    if row.kind == queries.DECK:
        raise NotFound
    digest = issued.make_edition(row, queries.withheld_from(g.actor, project_id), now=g.now)
    issued.mark_opened(row, actor=g.actor, now=g.now)
    kind = _FILES[row.kind]
    name = file_name(projects.row_of(project_id).name, row.as_of, row.number, kind)
    return send_file(BytesIO(issued.content(digest)), "application/pdf", as_attachment=True, download_name=name)


@bp.get(f"{BASE}/<int:number>/correct")
@requires("report.issue")
def correct(project_id: int, number: int) -> ResponseReturnValue:
    """A correction of a report: what it said, to be said better."""
    row = _correctable(project_id, number)
    data = DraftData(row.comment, "", row.decisions, queries.draft_of(project_id).data.people)
    return _draft_page(project_id, _draft_form(project_id, data, row.as_of, uuid4().hex), row)


@bp.post(f"{BASE}/<int:number>/correct")
@requires("report.issue")
def supersede(project_id: int, number: int) -> ResponseReturnValue:
    """Issue the correction under a number of its own."""
    row = _correctable(project_id, number)
    form = _draft_form(project_id)
    done = _attempt(project_id, form, row)
    return done or (_draft_page(project_id, form, row), 422)


@bp.get(f"{BASE}/schedule")
@requires("report.schedule")
def schedule(project_id: int) -> ResponseReturnValue:
    """When the report issues itself."""
    kept = queries.schedule_of(project_id)
    if kept is None:
        form = ScheduleForm(weekday=4, at="15:00", without_comment=WithoutComment.HOLD.value)
    else:
        shown = {"weekday": kept.weekday, "at": kept.at, "without_comment": kept.without_comment}
        form = ScheduleForm(**shown, people=list(kept.people), addresses="\n".join(kept.addresses))
    return _schedule_page(project_id, form, exists=kept is not None)


@bp.post(f"{BASE}/schedule")
@requires("report.schedule")
def set_schedule(project_id: int) -> ResponseReturnValue:
    """Keep the schedule."""
    form = ScheduleForm()
    form.offer(_people(project_id))
    if form.validate_on_submit():
        try:
            chosen = form.weekday.data, form.at.data or "", form.chosen(), form.without_comment.data
            work = issued.set_schedule(project_id, *chosen, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The report issues itself from now on."), work)
            return redirect(url_for(".page", project_id=project_id))
    return _schedule_page(project_id, form, exists=queries.schedule_of(project_id) is not None), 422


@bp.post(f"{BASE}/schedule/drop")
@requires("report.schedule")
def drop_schedule(project_id: int) -> ResponseReturnValue:
    """Issue by hand again."""
    work = issued.drop_schedule(project_id, actor=g.actor)
    flash_undo(_("Reports are issued by hand now."), work)
    return redirect(url_for(".page", project_id=project_id))


def _correctable(project_id: int, number: int) -> queries.ReportRow:
    """A status report: a pack shows what was computed, and a newer one takes its place."""
    row = queries.report(project_id, number)
    if row.kind != queries.STATUS:
        raise NotFound
    return row


def _attempt(project_id: int, form: DraftForm, row: queries.ReportRow | None = None) -> ResponseReturnValue | None:
    """Do what the pressed button says; None when something has to be mended first, which the form then shows."""
    if not form.validate_on_submit():
        return None
    try:
        data = form.chosen()
        _keep_answers(project_id, form)
        if row is None and request.form.get("do") != "issue":
            work = issued.save_draft(project_id, data, actor=g.actor, now=g.now)
            flash_undo(_("The draft is kept."), work)
            return redirect(url_for(".draft", project_id=project_id))
        number = _issue(project_id, data, form, row)
    except (RuleBroken, Conflict) as problem:
        form.absorb(problem)
        return None
    except Problem as problem:
        flash(_("Nothing was issued. %(why)s", why=told(problem)), "bad")
        return None
    flash(_("Report %(number)s is issued.", number=number), "good")
    return redirect(url_for(".report", project_id=project_id, number=number))


def _keep_answers(project_id: int, form: DraftForm) -> None:
    """Keep what was said to the contradictions, whether the report is issued now or later. Raises RuleBroken."""
    typed = {key: words for key, words in answers_in(request.form).items() if words}
    if typed and may("health.claim", project_id):
        judged = health_on(project_id, form.as_of.data or g.today, g.now)
        health_service.answer(judged, typed, colours.sentences(judged), actor=g.actor, now=g.now)


def _issue(project_id: int, data: DraftData, form: DraftForm, row: queries.ReportRow | None) -> int:
    as_of = form.as_of.data or g.today
    check_day(as_of, g.today)
    key = (form.key.data or "")[:32] or uuid4().hex
    reason = form.reason.data or ""
    wanted = issued.Wanted(data, as_of, key, corrects=row.number if row else None, reason=reason)
    compose = charts.composer(project_id, as_of, g.now)
    editions = service.editions(data, project_id)
    return issued.issue(project_id, wanted, compose, service.deliver(LETTER), editions=editions, actor=g.actor)


def _draft_form(project_id: int, data: DraftData | None = None, as_of: date | None = None, key: str = "") -> DraftForm:
    if data is None:
        form = DraftForm()
    else:
        lines = written(data.decisions) + [{}] * (DECISIONS - len(data.decisions))
        shown: dict[str, Any] = {"comment": data.comment, "internal_note": data.internal_note, "decisions": lines}
        shown |= {"people": list(data.people), "addresses": "\n".join(data.addresses), "as_of": as_of, "key": key}
        form = DraftForm(formdata=None, **shown)
    form.offer(_people(project_id))
    return form


def _draft_page(project_id: int, form: DraftForm, row: queries.ReportRow | None = None) -> str:
    as_of = form.as_of.data or g.today
    judged = health_on(project_id, min(as_of, g.today), g.now)
    answers = health.answers_to(judged)
    return render_template(
        "reports/draft.html",
        project_id=project_id,
        form=form,
        objections=colours.objections(judged, answers),
        open_answers=len(health.unanswered(judged, answers)),
        claim_line=health_charts.claim_line(judged),
        typed=answers_in(request.form),
        row=row,
        number=queries.next_number(project_id),
        last=queries.newest(project_id),
        written_at=queries.draft_of(project_id).written_at,
    )


def _schedule_page(project_id: int, form: ScheduleForm, *, exists: bool) -> str:
    form.offer(_people(project_id))
    zone = projects.row_of(project_id).timezone
    return render_template(
        "reports/schedule.html", project_id=project_id, form=form, exists=exists, zone=zone, weekdays=WEEKDAYS
    )


def _people(project_id: int) -> list[tuple[int, str]]:
    found = {each.person_id: each for each in staffing.members(project_id)}
    return [(each.person_id, f"{each.name}, {each.title}" if each.title else each.name) for each in found.values()]
