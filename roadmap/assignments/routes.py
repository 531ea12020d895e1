"""Who works on a task, and with how much of their day."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import formats
from infra.forms import told
from infra.http import may, requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from roadmap.assignments import forms, queries, service
from roadmap.assignments.forms import JoinForm, KindForm
from roadmap.assignments.rules import Fixed
from roadmap.tasks import queries as tasks
from roadmap.tasks.rules import fields

bp = Blueprint("assignments", __name__)
BASE = "/projects/<int:project_id>/tasks/<int:task_id>/people"


@bp.get(BASE)
@requires("task.see")
def page(project_id: int, task_id: int) -> ResponseReturnValue:
    """Everybody on a task."""
    return _page(project_id, task_id)


@bp.post(BASE)
@requires("task.edit")
def join(project_id: int, task_id: int) -> ResponseReturnValue:
    """Somebody joins."""
    tasks.task(project_id, task_id, g.today)
    form = JoinForm()
    if not form.validate_on_submit():
        return _page(project_id, task_id, join=form), 422
    try:
        who, units = form.chosen()
        work = service.assign(project_id, task_id, who, units, actor=g.actor)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(project_id, task_id, join=form), 422
    return _done(project_id, task_id, work)


@bp.post(f"{BASE}/<int:assignment_id>")
@requires("task.edit")
def change(project_id: int, task_id: int, assignment_id: int) -> ResponseReturnValue:
    """Another share of the day, or more or less to do: whichever was sent differently from what stands."""
    row = next((each for each in queries.of_task(task_id) if each.id == assignment_id), None)
    try:
        units = forms.units(request.form.get("units", ""))
        minutes = fields.parse_duration(request.form.get("work", ""))
        if row is not None and minutes != row.work_minutes:
            work = service.change_work(project_id, assignment_id, minutes, actor=g.actor)
        else:
            work = service.change_units(project_id, assignment_id, units, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(project_id, task_id), 422
    return _done(project_id, task_id, work)


@bp.post(f"{BASE}/<int:assignment_id>/remove")
@requires("task.edit")
def remove(project_id: int, task_id: int, assignment_id: int) -> ResponseReturnValue:
    """Somebody leaves."""
    return _done(project_id, task_id, service.remove(project_id, assignment_id, actor=g.actor))


@bp.post(f"{BASE}/kind")
@requires("task.edit")
def kind(project_id: int, task_id: int) -> ResponseReturnValue:
    """What of the task stays when the rest changes."""
    form = KindForm()
    if not form.validate_on_submit():
        return _page(project_id, task_id, kind=form), 422
    try:
        fixed, driven = Fixed(form.fixed.data), bool(form.effort_driven.data)
        work = service.set_kind(project_id, task_id, fixed, driven=driven, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(project_id, task_id, kind=form), 422
    return _done(project_id, task_id, work)


def _page(project_id: int, task_id: int, join: JoinForm | None = None, kind: KindForm | None = None) -> str:
    task = tasks.task(project_id, task_id, g.today)
    crew = queries.of_task(task_id)
    fixed, driven = queries.kind_of(project_id, task_id)
    join = join or JoinForm(formdata=None)
    join.who.choices = [("", _("choose")), *queries.choices(project_id, crew)]
    return render_template(
        "roadmap/assignments/page.html",
        project_id=project_id,
        task=task,
        crew=crew,
        join=join,
        kind=kind or KindForm(formdata=None, data={"fixed": fixed, "effort_driven": driven}),
        driven=driven,
        may_edit=may("task.edit", project_id) and task.type == "task",
        duration_text=fields.duration_text,
    )


def _done(project_id: int, task_id: int, work: Work) -> ResponseReturnValue:
    """Back, saying what came of it."""
    row = tasks.task(project_id, task_id, g.today)
    words = _(
        "Saved. It takes %(days)s now and is done on %(day)s.",
        days=formats.days(row.duration_minutes),
        day=formats.day(row.finish),
    )
    flash_undo(words, work)
    return redirect(url_for(".page", project_id=project_id, task_id=task_id), 303)
