"""What a task's page shows of who works on it."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from infra.http import may
from roadmap.assignments import queries


def task_panel(project_id: int, task_id: int) -> Markup:
    """Who works on a task with how much of their day, as a part of its page; nothing where there is no work."""
    if not queries.is_work(task_id):
        return Markup("")
    markup = render_template(
        "roadmap/assignments/_task.html",
        project_id=project_id,
        task_id=task_id,
        crew=queries.of_task(task_id),
        may_edit=may("task.edit", project_id),
    )
    return Markup(markup)  # noqa: S704  # a template's own markup
