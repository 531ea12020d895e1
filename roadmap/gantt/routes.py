"""The roadmap of a project as a page, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from infra.http import may, requires
from roadmap.gantt import charts, queries, service
from roadmap.gantt.rules.sentence import answer_of
from roadmap.gantt.rules.view import View, query, view_of
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks

bp = Blueprint("gantt", __name__)


@bp.get("/projects/<int:project_id>/roadmap")
@requires("plan.see")
def page(project_id: int) -> ResponseReturnValue:
    """The chart, as the address asks for it."""
    view = view_of(request.args)
    leads = _bar_leads(project_id)
    plan = queries.toward(project_id, queries.gantt_input(project_id, g.today, leads, view.baselines), view.goal)
    if "criticality" in view.columns:
        plan = queries.with_criticality(project_id, plan)
    chart = charts.draw(plan, view)
    return render_template(
        "roadmap/gantt/page.html",
        chart=chart,
        editing=_editing(project_id, chart) if may("task.edit", project_id) else None,
        sentence=charts.sentence(answer_of(plan), query(View(late=True))),
        print_href=url_for("gantt.on_paper", project_id=project_id) + query(view),
        pdf_href=url_for("gantt.pdf", project_id=project_id) + query(view),
        svg_href=url_for("gantt.drawing", project_id=project_id) + query(view),
        level_href=url_for("levelling.page", project_id=project_id) if may("plan.level", project_id) else None,
        add_href=url_for("tasks.table", project_id=project_id) if may("plan.edit", project_id) else None,
    )


@bp.get("/projects/<int:project_id>/roadmap/print")
@requires("plan.see")
def on_paper(project_id: int) -> ResponseReturnValue:
    """The chart as sheets of paper; the filters of the view hold."""
    view = view_of(request.args)
    plan = queries.toward(project_id, queries.gantt_input(project_id, g.today, chosen=view.baselines), view.goal)
    sheets = charts.paper(plan, view, styled=False)
    return render_template("roadmap/gantt/print.html", sheets=sheets, project_name=plan.name)


@bp.get("/projects/<int:project_id>/roadmap.pdf")
@requires("plan.see")
def pdf(project_id: int) -> ResponseReturnValue:
    """The chart as a file, noted in the trail as an export; the filters of the view hold."""
    view = view_of(request.args)
    plan = queries.toward(project_id, queries.gantt_input(project_id, g.today, chosen=view.baselines), view.goal)
    made = service.export_pdf(project_id, plan.name, charts.document(plan, view), actor=g.actor)
    name = f"roadmap-{project_id}-{g.today.isoformat()}.pdf"
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


@bp.get("/projects/<int:project_id>/roadmap.svg")
@requires("plan.see")
def drawing(project_id: int) -> ResponseReturnValue:
    """The whole chart as one drawing, noted in the trail as an export; the filters of the view hold."""
    view = view_of(request.args)
    plan = queries.toward(project_id, queries.gantt_input(project_id, g.today, chosen=view.baselines), view.goal)
    made = charts.whole_svg(plan, view).encode()
    service.note_export(project_id, plan.name, "svg", actor=g.actor)
    name = f"roadmap-{project_id}-{g.today.isoformat()}.svg"
    return send_file(BytesIO(made), "image/svg+xml", as_attachment=True, download_name=name)


def _editing(project_id: int, chart: charts.Chart) -> dict[str, object]:
    """What the script needs to let whoever may edit do so."""
    people = [(each.id, each.name) for each in staffing.people_of(project_id)]
    address = url_for("editing.act", project_id=project_id).removesuffix("/acts")
    return charts.editing(chart, address, tasks.working_time_of(project_id), people)


def _bar_leads(project_id: int) -> Callable[[int], str]:
    """Where the bar of a task leads; the address is built once, as a big plan has thousands of bars."""
    base = url_for("tasks.page", project_id=project_id, task_id=0).removesuffix("0")
    return lambda task_id: f"{base}{task_id}"
