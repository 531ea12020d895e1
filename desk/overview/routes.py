"""The overview of one roll-out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from adoption.glance import queries as adoption
from checklists import rules as checklists
from crm.kpis.charts import state_word
from desk.overview import charts, queries, service
from desk.overview.rules import changes, people, visits
from desk.overview.rules.visits import Seen
from infra import formats
from infra.audit import queries as audit
from infra.audit.models import AuditEntry
from infra.audit.words import say
from infra.http import may, requires
from readiness.colours import charts as colours
from readiness.health import charts as health_charts
from readiness.health import queries as healths
from readiness.health.rules.whole import Frame, Health
from readiness.verdict import queries as verdicts
from roadmap.actions import queries as actions
from roadmap.forecast import queries as forecasts
from roadmap.forecast.rules.answer import Help
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.risks import queries as risks
from roadmap.ruler import rules as ruler
from roadmap.standing.rules import curve, standing
from roadmap.standing.rules.health import slip_of
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow
from roadmap.timesheet import queries as timesheet

bp = Blueprint("overview", __name__)
SHOWN = 6
"""How many lines a card shows; the rest is one click away."""
GATE_DAYS = 14
"""How far ahead a held milestone is told in the sentence."""
RECENT, MOST_CHANGES = 40, 500
"""How many entries of the trail recent activity and changes are told from."""


@bp.get("/projects/<int:project_id>")
@requires("project.see")
def page(project_id: int) -> ResponseReturnValue:
    """The sentence, the ninety days, health, what changed, what is late and what comes, who works, what happened.

    The visit is written down last of all, as a write ends what is being read.
    """
    project = projects.get(g.actor, project_id)
    rows = tasks.tasks_of_projects([project_id], g.today)
    health = _health(project, rows)
    items = queries.items(project_id)
    lists = queries.lists(items, g.today)
    recent = audit.of_scope(project.scope, limit=RECENT)
    visit = queries.visit_of(g.actor.id, project_id)
    shown: dict[str, Any] = dict(
        project=project,
        standing=health.standing,
        health=health,
        indicators=health_charts.cards(health),
        objections=colours.objections(health),
        claim_line=health_charts.claim_line(health),
        gaps=health_charts.gaps(health),
        overloads=_overloads(health) if may("resources.see", project_id) else None,
        readiness=_readiness(project_id) if may("readiness.see", project_id) and not health.standing.live else None,
        schedule=charts.schedule(health.standing, _schedule_links(health)),
        adoption=adoption.glances([project_id], g.now, g.zone)[project_id] if may("adoption.see", project_id) else None,
        state_word=state_word,
        blockers=timesheet.blockers(project_id),
        actions=_actions_due(project_id) if may("action.see", project_id) else [],
        gate=queries.next_gate(items, rows, g.today + timedelta(days=GATE_DAYS)),
        late_items=queries.late(items, g.today),
        lists=lists,
        open_lists=sorted((row for row in lists if not row.progress.whole), key=lambda row: -row.progress.late),
        overall=checklists.total(row.progress for row in lists),
        when=_foreseen(project, health, rows),
        **_risks(project_id),
        people=people.loads(rows, g.today),
        activity=say(recent)[:SHOWN],
        shown=SHOWN,
        **_since(project, rows, recent, visits.compared_with(visit, g.now)),
        **_work(rows),
        **_drawings(project, rows),
    )
    if visits.is_new(visit, g.now):
        milestones = {str(number): day for number, day in _days(rows).items()}
        service.keep_visit(project_id, Seen(g.now, recent[0].id if recent else 0, milestones), actor=g.actor)
    return render_template("desk/overview.html", **shown)


@bp.get("/projects/<int:project_id>/changes")
@requires("project.see")
def changed(project_id: int) -> ResponseReturnValue:
    """Everything that others changed since the last visit, by topic."""
    project = projects.get(g.actor, project_id)
    rows = tasks.tasks_of_projects([project_id], g.today)
    before = visits.compared_with(queries.visit_of(g.actor.id, project_id), g.now)
    seen = before or _lately(project)
    found = _groups(project, rows, seen, audit.after(project.scope, seen.entry, MOST_CHANGES))
    return render_template(
        "desk/changes.html",
        project=project,
        since=seen.at,
        first=before is None,
        groups=[charts.told(each, project_id, MOST_CHANGES) for each in found],
    )


def _health(project: ProjectRow, rows: list[TaskRow]) -> Health:
    frame = Frame(project.id, project.start, project.target_go_live, project.state, tasks.working_time_of(project.id))
    return healths.judge([frame], {project.id: rows}, g.today, g.actor, verdicts.failing_lately)[project.id]


def _schedule_links(health: Health) -> dict[str, str]:
    """Where the figures of the plan open."""
    plan, task = health.project_id, health.standing.go_live_id
    return {
        "go_live": url_for("tasks.page", project_id=plan, task_id=task)
        if task
        else url_for("gantt.page", project_id=plan),
        "value": url_for("value.page", project_id=plan),
        "critical": url_for("gantt.page", project_id=plan, critical=1),
    }


def _readiness(project_id: int) -> charts.Ready | None:
    """The last kept day of the gate that decides."""
    latest = verdicts.latest([project_id]).get(project_id)
    return None if latest is None else charts.ready(latest)


def _foreseen(project: ProjectRow, health: Health, rows: list[TaskRow]) -> charts.When | None:
    """The newest forecast and what would help most; None once it is live, or where none was kept."""
    row = forecasts.latest_by([project.id], g.today).get(project.id)
    if row is None or health.standing.live:
        return None
    content = forecasts.content(row.id)
    return charts.when(row, content, project.target_go_live, _named(project.id, rows, next(iter(content.helps), None)))


def _named(project_id: int, rows: list[TaskRow], best: Help | None) -> str:
    """What would help most, with how much; nothing that the reader may not see."""
    if best is None or (best.kind == "risk" and not may("risk.see", project_id)):
        return ""
    risk_names = forecasts.risk_names(project_id) if best.kind == "risk" else {}
    roles = forecasts.role_names(project_id) if best.kind == "person" else {}
    return charts.help_line(best, {row.id: row.name for row in rows}, risk_names, roles)


def _overloads(health: Health) -> list[tuple[Any, str, str, int]]:
    """Who is asked too much of, the worst first: the worst overload, its days, its causes, how many more there are."""
    by_person: dict[str, list[Any]] = {}
    for each in sorted(health.overloads, key=lambda each: (-each.percent, each.first, each.person)):
        by_person.setdefault(each.person, []).append(each)
    return [
        (runs[0], health_charts.stretch(runs[0].first, runs[0].last), charts.causes(runs[0]), len(runs) - 1)
        for runs in by_person.values()
    ]


def _risks(project_id: int) -> dict[str, Any]:
    """The heaviest open risks, and what is to be done about any within the week or late, soonest first."""
    if not may("risk.see", project_id):
        return {"risks": [], "risks_at": "", "open_risks": 0, "responses": []}
    found = risks.heaviest(row for row in risks.register(project_id) if row.open)
    last = g.today + actions.SOON
    waiting = [(row, each) for row in found for each in row.responses if each.done_at is None]
    due = [(row, each) for row, each in waiting if each.due is not None and each.due <= last]
    return {
        "risks": found,
        "risks_at": f"{request.script_root}/projects/{project_id}/risks",
        "open_risks": len(found),
        "responses": sorted(due, key=lambda pair: (pair[1].due or last, pair[1].id)),
    }


def _actions_due(project_id: int) -> list[actions.ActionRow]:
    """Action items that are due within the week or late, soonest first."""
    last = g.today + actions.SOON
    found = [row for row in actions.rows(project_id) if row.state == "open" and row.due and row.due <= last]
    return sorted(found, key=lambda row: (row.due or last, row.number))


def _since(
    project: ProjectRow, rows: list[TaskRow], recent: Sequence[AuditEntry], before: Seen | None
) -> dict[str, Any]:
    """What others changed since the reader was here; in the last days, where they were never here."""
    seen = before or _lately(project)
    enough = len(recent) < RECENT or recent[-1].id <= seen.entry
    entries = recent if enough else audit.after(project.scope, seen.entry, MOST_CHANGES)
    found = _groups(project, rows, seen, [each for each in entries if each.id > seen.entry])
    told = [charts.told(each, project.id) for each in found]
    return {"since": seen.at, "changed": told, "first": before is None}


def _lately(project: ProjectRow) -> Seen:
    """What a first look is compared with; which days milestones had then is not kept."""
    since = g.now - visits.FIRST
    return Seen(since, audit.newest_before(project.scope, since), {})


def _groups(project: ProjectRow, rows: list[TaskRow], seen: Seen, entries: Sequence[AuditEntry]) -> list[changes.Group]:
    names = {row.id: row.name for row in rows if row.type == "milestone"}
    told = changes.groups(entries, names, g.actor.id, lambda action: may(action, project.id))
    return changes.in_order([*told, *changes.moved(seen.milestones, _days(rows), names), *_turned(project, seen)])


def _turned(project: ProjectRow, seen: Seen) -> list[changes.Group]:
    """What was judged otherwise at the gate that decides when the reader was here."""
    if not may("readiness.see", project.id):
        return []
    found = queries.judged(project.id, project.local(seen.at).date())
    return changes.turned(found.before, found.now, found.numbers)


def _days(rows: list[TaskRow]) -> dict[int, str]:
    """The days of milestones by number."""
    return {row.id: row.finish.date().isoformat() for row in rows if row.type == "milestone"}


def _work(rows: list[TaskRow]) -> dict[str, Any]:
    """What is late, due this week, and the milestones."""
    leaves = [row for row in rows if row.type != "summary"]
    last = g.today + timedelta(days=6 - g.today.weekday())
    stops = sorted((row for row in leaves if row.type == "milestone"), key=lambda row: row.finish)
    late = sorted((row for row in leaves if row.late), key=standing.due_of)
    due = [row for row in leaves if not row.done and g.today <= standing.due_of(row) <= last]
    return {
        "late": late,
        "due": sorted(due, key=standing.due_of),
        "milestones": stops,
        "ahead": [row for row in stops if not row.done],
        "days_late": standing.days_late,
        "due_of": standing.due_of,
        "slip_of": slip_of,
    }


def _drawings(project: ProjectRow, rows: list[TaskRow]) -> dict[str, Any]:
    work = curve.work_of(rows, tasks.working_time_of(project.id))
    scope = curve.scope(work)
    last = max([project.start + timedelta(days=90), *(each.finish.date() for each in work)])
    points = curve.series(work, curve.days_between(project.start, last, g.today), g.today) if scope else []
    return {
        "table": [_table_row(point) for point in points],
        "burn_up": charts.burn_up(points, scope, g.today, _said) if points else [],
        "lanes": charts.lanes(rows, project.start, g.today, _task_page),
        "marks": charts.milestones(rows, project.start, formats.short_day),
        "now": ruler.place(g.today, project.start),
    }


def _table_row(point: curve.Point) -> tuple[str, str, str]:
    planned = formats.number(round(charts.person_days(point.planned), 1))
    done = _("ahead") if point.done is None else formats.number(round(charts.person_days(point.done), 1))
    return formats.day(point.day), planned, done


def _task_page(row: TaskRow) -> str:
    return url_for("tasks.page", project_id=row.project_id, task_id=row.id)


def _said(kind: str, minutes: float) -> str:
    """The words at a line of the burn-up."""
    amount = formats.number(round(charts.person_days(minutes)))
    return {
        "scope": _("Scope %(n)s", n=amount),
        "done": _("%(n)s done", n=amount),
        "plan": _("%(n)s planned", n=amount),
        "all": _("Person-days planned and done by week, of %(n)s in all", n=amount),
    }[kind]
