"""Choosing whether a task counts its checklist or is reported."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.counted import queries, service
from infra.database import db
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task

bp = Blueprint("counted", __name__)
BASE = "/projects/<int:project_id>/tasks/<int:task_id>/progress-from-checklist"


@bp.get(BASE)
@requires("task.edit")
def page(project_id: int, task_id: int) -> ResponseReturnValue:
    """What it means, and what it would be now."""
    task = tasks.task(project_id, task_id, g.today)
    return render_template(
        "desk/counted.html",
        project_id=project_id,
        task=task,
        counted=db.session.get_one(Task, task_id).counted,
        ticks=queries.ticks_of([task_id]).get(task_id),
    )


@bp.post(BASE)
@requires("task.edit")
def count(project_id: int, task_id: int) -> ResponseReturnValue:
    """Count from now on."""
    try:
        flash_undo(_("Its checklist says how far it is now."), service.count(project_id, task_id, actor=g.actor))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for("tasks.page", project_id=project_id, task_id=task_id), 303)


@bp.post(f"{BASE}/stop")
@requires("task.edit")
def stop(project_id: int, task_id: int) -> ResponseReturnValue:
    """Report from now on."""
    flash_undo(_("People report how far it is again."), service.report_again(project_id, task_id, actor=g.actor))
    return redirect(url_for("tasks.page", project_id=project_id, task_id=task_id), 303)
