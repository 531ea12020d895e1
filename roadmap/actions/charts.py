"""The action items of a subject as a part of its page, with a line to add one in place."""

from __future__ import annotations

from flask import g, render_template, request
from markupsafe import Markup

from infra.http import may
from roadmap.actions import queries
from roadmap.staffing import queries as staffing


def panel(project_id: int, subject: str, *, still: bool = False) -> Markup:
    """What came of a subject such as ``risk:3``; nothing for readers without any item to read or right to add one.

    ``still``: only to be read, for a place that stands within a form.
    """
    rows = queries.of_subject(subject) if may("action.see", project_id) else []
    may_add = may("action.add", project_id) and not still
    if not rows and not may_add:
        return Markup("")
    people = [(each.id, each.name) for each in staffing.people_of(project_id)] if may_add else []
    page = render_template(
        "roadmap/actions/_panel.html",
        project_id=project_id,
        subject=subject,
        rows=rows,
        people=people,
        may_add=may_add,
        may_change=lambda row: not still and may("action.edit", project_id, row.facts),
        today=g.today,
    )
    return Markup(page)  # noqa: S704  # a template's own markup


def task_panel(project_id: int, task_id: int) -> Markup:
    """The action items of a task, on its page and in the roadmap's panel."""
    return panel(project_id, f"task:{task_id}", still="panel" in request.args)
