"""Share links: the page on which they are made and withdrawn, and the public pages that they open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from infra.http import public, requires
from infra.sealed import digest_of
from kernel.errors import NotFound, RuleBroken
from reports.issued import queries as issued
from reports.issued import service as issuing
from reports.issued.queries import ReportRow
from reports.issued.rules.code import spelled
from reports.issued.rules.parts import without
from reports.share import queries, rules, service
from reports.share.forms import LinkForm
from reports.share.queries import LinkRow
from reports.status import charts
from reports.status.rules.naming import file_name
from roadmap.gantt import charts as gantt
from roadmap.gantt.queries import chart_of
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.sentence import answer_of
from roadmap.projects import queries as projects
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow

bp = Blueprint("share", __name__)
BASE = "/projects/<int:project_id>/share"
SHARED = "/s/<token>"
OPENED = "shares"
"""Where the session of a visitor keeps which passphrases were right."""


@bp.get(BASE)
@requires("share.edit")
def page(project_id: int) -> ResponseReturnValue:
    """The links of a project."""
    return _page(project_id, LinkForm(formdata=None, expires=g.today + rules.USUAL_LIFE, reports=True))


@bp.post(BASE)
@requires("share.edit")
def make(project_id: int) -> ResponseReturnValue:
    """Make a link and show its address, this once."""
    form = _offered(project_id, LinkForm())
    if form.validate_on_submit():
        try:
            _id, token = service.make(project_id, form.chosen(), actor=g.actor, today=g.today)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            empty = LinkForm(formdata=None, expires=g.today + rules.USUAL_LIFE, reports=True)
            return _page(project_id, empty, made=url_for(".opened", token=token, _external=True))
    return _page(project_id, form), 422


@bp.post(f"{BASE}/<int:link_id>/revoke")
@requires("share.edit")
def revoke(project_id: int, link_id: int) -> ResponseReturnValue:
    """Withdraw a link."""
    service.revoke(project_id, link_id, actor=g.actor)
    flash(_("The link is withdrawn; it opens nothing from now on."), "good")
    return redirect(url_for(".page", project_id=project_id))


@bp.get(SHARED)
@public
def opened(token: str) -> ResponseReturnValue:
    """To the first of the parts that a link shows."""
    link = service.admit(token, _visitor(), g.now)
    if not _unlocked(link):
        return render_template("reports/shared_locked.html", token=token, error="")
    return redirect(_places(link, token)[0][1])


@bp.post(SHARED)
@public
def unlock(token: str) -> ResponseReturnValue:
    """Try a passphrase."""
    link = service.admit(token, _visitor(), g.now)
    if link.passphrase and not service.passphrase_fits(link, request.form.get("passphrase", ""), _visitor(), g.now):
        error = _("This is not the passphrase.")
        return render_template("reports/shared_locked.html", token=token, error=error), 422
    if link.passphrase:
        session[OPENED] = {**session.get(OPENED, {}), str(link.id): _proof(link)}
    return redirect(url_for(".opened", token=token))


@bp.get(f"{SHARED}/plan")
@public
def plan(token: str) -> ResponseReturnValue:
    """The tasks of the plan."""
    link = _open(token, "plan")
    rows, chart = _plan(link)
    kinds = _kinds(rows)
    show = request.args.get("show", "all")
    show = show if show in kinds else "all"
    counts = {key: sum(row.type != "summary" for row in found) for key, found in kinds.items()}
    shows = (("all", _("All")), ("late", _("Late")), ("milestones", _("Milestones")), ("open", _("Not done")))
    more = {"rows": kinds[show], "counts": counts, "show": show, "shows": shows}
    return _shown("reports/shared_plan.html", link, token, sentence=charts.destination(answer_of(chart)), **more)


@bp.get(f"{SHARED}/gantt")
@public
def roadmap(token: str) -> ResponseReturnValue:
    """The roadmap."""
    link = _open(token, "gantt")
    rows, chart = _plan(link)
    more = {"phases": _phases(rows), "sheets": gantt.paper(chart, styled=False)}
    return _shown("reports/shared_gantt.html", link, token, sentence=charts.destination(answer_of(chart)), **more)


@bp.get(f"{SHARED}/report")
@public
def report(token: str) -> ResponseReturnValue:
    """The latest report, or the one that the link is for."""
    link = _open(token, "reports")
    row = _report(link)
    if row is None:
        return _shown("reports/shared_report.html", link, token, row=None)
    body = Markup(without(issued.page_of(row.id), link.withheld))  # noqa: S704 - escaped when written, frozen since
    return _shown("reports/shared_report.html", link, token, row=row, body=body, code=spelled(row.code))


@bp.get(f"{SHARED}/report.pdf")
@public
def pdf(token: str) -> ResponseReturnValue:
    """Its file, in the edition for strangers."""
    link = _open(token, "reports")
    row = _report(link)
    if row is None:
        raise NotFound(rules.OVER)
    digest = issuing.make_edition(row, link.withheld, now=g.now)
    name = file_name(projects.row_of(link.project_id).name, row.as_of, row.number)
    return send_file(BytesIO(issuing.content(digest)), "application/pdf", as_attachment=True, download_name=name)


@bp.after_request
def _leave_no_traces(response: Response) -> Response:
    """The address is the key: it goes into no search engine and no other site's log."""
    if request.path.startswith("/s/"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _open(token: str, part: str) -> LinkRow:
    """The link, if it shows this part to this visitor; the opening is counted."""
    link = service.admit(token, _visitor(), g.now)
    if not getattr(link, part) or not _unlocked(link):
        raise NotFound(rules.OVER)
    service.mark_opened(link, g.now)
    return link


def _unlocked(link: LinkRow) -> bool:
    return not link.passphrase or session.get(OPENED, {}).get(str(link.id)) == _proof(link)


def _proof(link: LinkRow) -> str:
    return digest_of(link.passphrase)[:32]


def _visitor() -> str:
    return request.remote_addr or ""


def _plan(link: LinkRow) -> tuple[list[TaskRow], GanttInput]:
    """The plan of today with its chart, read once."""
    project = projects.row_of(link.project_id)
    today = project.local(g.now).date()
    rows = tasks.rows(project.id, today)
    return rows, chart_of(project, rows, tasks.working_time_of(project.id), today)


def _report(link: LinkRow) -> ReportRow | None:
    return issued.by_id(link.report_id) if link.report_id else issued.newest(link.project_id)


def _phases(rows: Sequence[TaskRow]) -> dict[str, list[TaskRow]]:
    """The work by phase, in the order of the plan, for screens that are too narrow for bars."""
    found: dict[str, list[TaskRow]] = {}
    for row in rows:
        if row.type != "summary":
            found.setdefault(row.phase, []).append(row)
    return found


def _kinds(rows: Sequence[TaskRow]) -> dict[str, list[TaskRow]]:
    work = [row for row in rows if row.type != "summary"]
    return {
        "all": list(rows),
        "late": [row for row in work if row.late],
        "milestones": [row for row in work if row.type == "milestone"],
        "open": [row for row in work if not row.done],
    }


def _shown(template: str, link: LinkRow, token: str, **context: Any) -> str:
    project = projects.row_of(link.project_id)
    frame = {"link": link, "token": token, "project_name": project.name, "places": _places(link, token)}
    last_day = link.expires_at.astimezone(project.zone).date() - timedelta(days=1)
    return render_template(template, **frame, last_day=last_day, **context)


def _places(link: LinkRow, token: str) -> list[tuple[str, str, bool]]:
    offered = (
        (link.reports, _("Status report"), "share.report"),
        (link.gantt, _("Roadmap"), "share.roadmap"),
        (link.plan, _("Plan"), "share.plan"),
    )
    return [(label, url_for(end, token=token), request.endpoint == end) for has, label, end in offered if has]


def _page(project_id: int, form: LinkForm, made: str = "") -> str:
    _offered(project_id, form)
    found, zone = queries.links(project_id, g.now), projects.row_of(project_id).zone
    return render_template(
        "reports/share.html",
        project_id=project_id,
        links=found,
        last_days={row.id: row.expires_at.astimezone(zone).date() - timedelta(days=1) for row in found},
        form=form,
        made=made,
        latest=g.today + rules.LONGEST_LIFE,
    )


def _offered(project_id: int, form: LinkForm) -> LinkForm:
    numbers = [row.number for row in issued.reports(project_id) if row.kind != issued.DECK]
    form.offer(numbers, _("Always the latest"), _("Report %%(number)s"))
    return form
