"""The page of the scope: what is in, what is out, what was taken away."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.forms import told
from infra.http import may, requires
from infra.transaction import Work
from infra.undo import flash_undo, kept
from kernel.errors import RuleBroken
from phases.kickoff.scope import queries, service
from phases.kickoff.scope.forms import LineForm
from roadmap.projects import queries as projects

bp = Blueprint("scope", __name__)
BASE = "/projects/<int:project_id>/scope"
ONE = f"{BASE}/<int:line_id>"


@bp.get(BASE)
@requires("scope.see")
def page(project_id: int) -> ResponseReturnValue:
    """What is in scope and what is not."""
    return _page(project_id)


@bp.post(BASE)
@requires("scope.edit")
def add(project_id: int) -> ResponseReturnValue:
    """Write a line down."""
    form = LineForm()
    here = url_for(".page", project_id=project_id)
    done = kept(form, lambda: service.add(project_id, form.line(), actor=g.actor)[1], _("Written down."), here)
    return done or (_page(project_id, form), 422)


@bp.get(f"{ONE}/edit")
@requires("scope.edit")
def edit(project_id: int, line_id: int) -> ResponseReturnValue:
    """The form of one line."""
    line = queries.line(project_id, line_id)
    shown = LineForm(formdata=None, obj=line, side="in" if line.inside else "out")
    return _page(project_id, shown, line_id)


@bp.post(f"{ONE}/edit")
@requires("scope.edit")
def change(project_id: int, line_id: int) -> ResponseReturnValue:
    """Say it better, or put it on the other side."""
    queries.line(project_id, line_id)
    form = LineForm()
    here = url_for(".page", project_id=project_id)
    done = kept(form, lambda: service.change(project_id, line_id, form.line(), actor=g.actor), _("Saved."), here)
    return done or (_page(project_id, form, line_id), 422)


@bp.post(f"{ONE}/take")
@requires("scope.edit")
def take(project_id: int, line_id: int) -> ResponseReturnValue:
    """Take a line away, or put it back: ``action`` says which."""
    line = queries.line(project_id, line_id)
    if request.form.get("action") == "back":
        return _step(project_id, _("It holds again."), lambda: service.put_back(project_id, line.id, actor=g.actor))
    return _step(project_id, _("Taken away."), lambda: service.take(project_id, line.id, actor=g.actor))


def _step(project_id: int, said: str, act: Callable[[], Work]) -> ResponseReturnValue:
    try:
        flash_undo(said, act())
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".page", project_id=project_id), 303)


def _page(project_id: int, form: LineForm | None = None, editing: int | None = None) -> str:
    found = queries.lines(project_id)
    project = projects.get(g.actor, project_id)
    return render_template(
        "phases/changes/scope.html",
        project_id=project_id,
        inside=[line for line in found if line.inside and not line.taken],
        outside=[line for line in found if not line.inside and not line.taken],
        taken=[line for line in found if line.taken],
        form=form or LineForm(formdata=None),
        editing=editing,
        may_edit=may("scope.edit", project_id) and project.state != "archived",
        may_ask=may("change.ask", project_id) and project.state == "active",
    )
