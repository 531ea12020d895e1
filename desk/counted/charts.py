"""What a task's page says of counting."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from desk.counted import queries
from infra.database import db
from infra.http import may
from roadmap.tasks.models import Task


def task_panel(project_id: int, task_id: int) -> Markup:
    """Whether the progress of a task is counted, as a part of its page; nothing where there is no list."""
    ticks = queries.ticks_of([task_id]).get(task_id)
    task = db.session.get_one(Task, task_id)
    if task.type != "task" or (ticks is None and not task.counted):
        return Markup("")
    markup = render_template(
        "desk/_counted.html",
        project_id=project_id,
        task_id=task_id,
        counted=task.counted,
        ticks=ticks,
        may_edit=may("task.edit", project_id),
    )
    return Markup(markup)  # noqa: S704  # a template's own markup
