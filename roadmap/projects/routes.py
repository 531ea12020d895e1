"""The settings of a project, and the steps of its life: copied, finished, archived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import formats
from infra.forms import told
from infra.http import may, requires
from infra.merge import FieldConflict, read_base, sign_base
from infra.transaction import Work
from infra.undo import flash_undo
from infra.wires import ask
from kernel.errors import RuleBroken
from roadmap.projects import queries, service
from roadmap.projects.events import MayClose
from roadmap.projects.forms import ZONES, CopyForm, ProjectForm
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import Clash

bp = Blueprint("projects", __name__)
BASE = "/projects/<int:project_id>"


@bp.get(f"{BASE}/settings")
@requires("project.edit")
def settings(project_id: int) -> ResponseReturnValue:
    """What can be changed about a project."""
    project = queries.get(g.actor, project_id)
    return _page(project, ProjectForm(formdata=None, obj=project, base=_base(project)))


@bp.post(f"{BASE}/settings")
@requires("project.edit")
def change(project_id: int) -> ResponseReturnValue:
    """Save what was changed; what others changed meanwhile in other fields stays."""
    project = queries.get(g.actor, project_id)
    form = ProjectForm()
    if not form.validate_on_submit():
        return _page(project, form), 422
    base = read_base(f"project:{project_id}", form.base.data) or {}
    try:
        work = service.edit(project_id, form.chosen(), actor=g.actor, base=base)
    except Clash as clash:
        form.base.data = _base(project)
        return _page(project, form, conflicts=clash.conflicts), 409
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(project, form), 422
    flash_undo(_("Saved."), work)
    return redirect(url_for(".settings", project_id=project_id), 303)


@bp.post(f"{BASE}/copy")
@requires("project.edit")
def copy(project_id: int) -> ResponseReturnValue:
    """A new project like this one, without its progress."""
    project = queries.get(g.actor, project_id)
    form = CopyForm()
    start = form.start.data
    if may("project.create") and form.validate_on_submit() and start is not None:
        try:
            made = service.copy(project_id, form.name.data or "", start, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash(_("“%(name)s” is planned like this one.", name=form.name.data), "good")
            return redirect(url_for("tasks.table", project_id=made), 303)
    shown = ProjectForm(formdata=None, obj=project, base=_base(project))
    return _page(project, shown, copy_form=form), 422


@bp.post(f"{BASE}/finish")
@requires("project.edit")
def finish(project_id: int) -> ResponseReturnValue:
    """Close a project as done."""
    return _step(project_id, lambda: service.finish(project_id, actor=g.actor), _("The project is finished."))


@bp.post(f"{BASE}/reopen")
@requires("project.edit")
def reopen(project_id: int) -> ResponseReturnValue:
    """Make a finished project run again."""
    return _step(project_id, lambda: service.reopen(project_id, actor=g.actor), _("The project runs again."))


@bp.post(f"{BASE}/archive")
@requires("project.archive")
def archive(project_id: int) -> ResponseReturnValue:
    """Put a project away."""
    said = _("The project is archived: it can be read and takes no changes.")
    return _step(project_id, lambda: service.archive(project_id, actor=g.actor, now=g.now), said)


@bp.post(f"{BASE}/unarchive")
@requires("project.archive")
def unarchive(project_id: int) -> ResponseReturnValue:
    """Take a project out of the archive."""
    said = _("The project is out of the archive.")
    return _step(project_id, lambda: service.unarchive(project_id, actor=g.actor), said)


def _step(project_id: int, act: Callable[[], Work], said: str) -> ResponseReturnValue:
    try:
        flash_undo(said, act())
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".settings", project_id=project_id), 303)


def _page(
    project: ProjectRow,
    form: ProjectForm,
    conflicts: Sequence[FieldConflict] = (),
    copy_form: CopyForm | None = None,
) -> str:
    return render_template(
        "roadmap/projects/settings.html",
        project=project,
        project_id=project.id,
        form=form,
        copy_form=copy_form or CopyForm(formdata=None),
        conflicts=[(form[each.name].label.text, _words(each.mine), _words(each.theirs)) for each in conflicts],
        obstacles=ask(MayClose(project.id)) if project.state == "active" else [],
        zones=ZONES,
    )


def _words(value: Any) -> str:
    return formats.day(value) if isinstance(value, date) else str(value or "")


def _base(project: ProjectRow) -> str:
    return sign_base(f"project:{project.id}", {name: getattr(project, name) for name in service.EDITABLE})
