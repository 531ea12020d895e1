"""The overview of one roll-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from checklists import rules as checklists
from desk.overview import charts, queries
from desk.overview.rules import people
from infra import formats
from infra.audit import queries as audit
from infra.audit.words import say
from infra.http import may, requires
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.ruler import rules as ruler
from roadmap.standing.rules import curve, standing
from roadmap.standing.rules.health import slip_of
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow

bp = Blueprint("overview", __name__)
SHOWN = 6
"""How many lines a card shows; the rest is one click away."""
GATE_DAYS = 14
"""How far ahead a held milestone is told in the sentence."""


@bp.get("/projects/<int:project_id>")
@requires("project.see")
def page(project_id: int) -> ResponseReturnValue:
    """The sentence, the ninety days, the burn-up, what is late and what comes, who works, what happened."""
    project = projects.get(g.actor, project_id)
    rows = tasks.tasks_of_projects([project_id], g.today)
    items = queries.items(project_id)
    lists = queries.lists(items, g.today)
    return render_template(
        "desk/overview.html",
        project=project,
        standing=standing.standing(rows, project.target_go_live, project.state, g.today),
        gate=queries.next_gate(items, rows, g.today + timedelta(days=GATE_DAYS)),
        late_items=queries.late(items, g.today),
        lists=lists,
        open_lists=sorted((row for row in lists if not row.progress.whole), key=lambda row: -row.progress.late),
        overall=checklists.total(row.progress for row in lists),
        risks=queries.risks(project_id) if may("foreseen.see", project_id) else [],
        people=people.loads(rows, g.today),
        activity=say(audit.of_scope(project.scope, limit=40))[:SHOWN],
        shown=SHOWN,
        **_work(rows),
        **_drawings(project, rows),
    )


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
    work = curve.work_of(rows)
    scope = curve.scope(work)
    last = max([project.start + timedelta(days=90), *(each.finish for each in work)])
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
