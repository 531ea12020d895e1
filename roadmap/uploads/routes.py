"""Bringing a file into a plan that is there: send it, see what it would do, take it over or throw it away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import Problem, RuleBroken
from roadmap.exchange.forms import LARGEST, MEGABYTE, ColumnForm
from roadmap.exchange.rules import columns
from roadmap.projects import queries as projects
from roadmap.reimport.queries import Found, found_of
from roadmap.reimport.service import Changed
from roadmap.uploads import charts, queries, service
from roadmap.uploads.forms import SendForm
from roadmap.uploads.models import Upload

bp = Blueprint("uploads", __name__)
BASE = "/projects/<int:project_id>/plan/import"
ONE = f"{BASE}/<int:upload_id>"
SHOWN_ISSUES = 50


@bp.get(BASE)
@requires("task.edit")
def page(project_id: int) -> ResponseReturnValue:
    """The first step: a file; one that was sent before and is not decided about is shown instead."""
    row = queries.latest(project_id, g.actor, g.now)
    if row is not None and "new" not in request.args:
        return redirect(url_for(".show", project_id=project_id, upload_id=row.id))
    return _page(project_id, SendForm(formdata=None))


@bp.post(BASE)
@requires("task.edit")
def send(project_id: int) -> ResponseReturnValue:
    """Keep the file and look at it."""
    form = SendForm()
    try:
        content = form.content(needed=True)
        made = service.begin(project_id, form.file.data.filename or "", content, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(project_id, form), 422
    return _looked(project_id, queries.of(project_id, made, g.actor), len(content))


@bp.get(ONE)
@requires("task.edit")
def show(project_id: int, upload_id: int) -> ResponseReturnValue:
    """The second step: what the file would do. Nothing is stored."""
    return _show(queries.of(project_id, upload_id, g.actor), SendForm(formdata=None))


@bp.post(ONE)
@requires("task.edit")
def look(project_id: int, upload_id: int) -> ResponseReturnValue:
    """The second step again, with what was chosen; a file that can't be taken leaves the one before."""
    row, form = queries.of(project_id, upload_id, g.actor), SendForm()
    try:
        content = form.content(needed=False)
    except RuleBroken as problem:
        form.absorb(problem)
        return _show(row, form), 422
    service.choose(row, _chosen(row, form, fresh=bool(content)), actor=g.actor, now=g.now, content=content)
    return _looked(project_id, row, len(content or queries.content_of(row)))


@bp.post(f"{ONE}/take")
@requires("task.edit")
def take(project_id: int, upload_id: int) -> ResponseReturnValue:
    """The last step: the plan becomes what the file says; other tasks to take out are shown first."""
    row = queries.of(project_id, upload_id, g.actor)
    ticked, refused = sorted(request.form.getlist("out", type=int)), _refused(row)
    before = sorted(row.choices.get("out", ()))
    if ticked != before or refused != sorted(row.choices.get("refused", ())):
        service.choose(row, {**row.choices, "out": ticked, "refused": refused}, actor=g.actor, now=g.now)
        if ticked != before:
            flash(_("You chose other tasks to take out. This is what comes of it."), "warn")
        else:
            flash(_("You refused other parts of the file. This is what comes of it."), "warn")
        return _looked(project_id, row, len(row.content))
    try:
        done = service.take(row, actor=g.actor)
    except Changed as problem:
        flash(_("Somebody changed the plan since you looked at this file. This is what it would do now."), "warn")
        service.choose(row, row.choices, actor=g.actor, now=g.now)
        return _looked(project_id, row, len(row.content), problem.status)
    except Problem as problem:
        flash(told(problem), "bad")
        return _show(row, SendForm(formdata=None)), problem.status
    flash_undo(_("The plan is what the file says."), done.work)
    return redirect(url_for("gantt.page", project_id=project_id), 303)


@bp.post(f"{ONE}/throw-away")
@requires("task.edit")
def throw_away(project_id: int, upload_id: int) -> ResponseReturnValue:
    """Forget the file; whoever still looks at it stops. Nothing in the plan changed."""
    service.throw_away(queries.of(project_id, upload_id, g.actor), actor=g.actor)
    flash(_("The file is thrown away. Nothing in the plan was changed."), "good")
    return redirect(url_for("projects.settings", project_id=project_id), 303)


def _looked(project_id: int, row: Upload, size: int, status: int = 422) -> ResponseReturnValue:
    """Look at a file, behind the page where it is long; where something has to be mended, the page says so at once."""
    address = url_for(".show", project_id=project_id, upload_id=row.id)
    if size > service.LONG:
        service.look_behind(current_app._get_current_object(), row.id, g.actor)  # type: ignore[attr-defined]  # noqa: SLF001  # as Flask has it
        return redirect(address, 303)
    service.look(row.id, g.actor)
    row = queries.of(project_id, row.id, g.actor)
    if row.state == queries.READY and status != Changed().status:
        return redirect(address, 303)
    return _show(row, SendForm(formdata=None)), status


def _chosen(row: Upload, form: SendForm, *, fresh: bool) -> dict[str, Any]:
    """What was chosen about a file; of another file the columns are guessed anew where its heads are others."""
    mapping = ColumnForm()
    sent = mapping.mapped() if "column_name" in request.form else row.choices.get("columns")
    out = sorted(request.form.getlist("out", type=int))
    chosen = {"order": form.order.data or "", "out": out, "refused": [] if fresh else _refused(row)}
    return chosen | ({} if fresh or sent is None else {"columns": sent})


def _refused(row: Upload) -> list[str]:
    """What was refused: on the page that was sent what is ticked, on others as before; nothing where none shows."""
    page = request.form.get("page", 0, type=int)
    if not page:
        return []
    there = charts.ids_of(found_of(row.found), page)
    ticked = there.intersection(request.form.getlist("refused"))
    return sorted(ticked.union(set(row.choices.get("refused", ())) - there))


def _page(project_id: int, form: SendForm) -> str:
    return render_template(
        "roadmap/uploads/page.html",
        project_id=project_id,
        project=projects.get(g.actor, project_id),
        form=form,
        largest=LARGEST // MEGABYTE,
    )


def _show(row: Upload, form: SendForm) -> str:
    found = found_of(row.found)
    form.order.data = form.order.data or row.choices.get("order", "")
    working = row.state == queries.WORKING
    page = min(max(request.args.get("page", 1, type=int), 1), charts.pages(found))
    refused = row.choices.get("refused", ())
    shows = not working and bool(found.differences or not found.issues)
    return render_template(
        "roadmap/uploads/show.html",
        project_id=row.project_id,
        project=projects.get(g.actor, row.project_id),
        row=row,
        found=found,
        form=form,
        working=working and not queries.is_lost(row, g.now),
        lost=queries.is_lost(row, g.now),
        passed=100 * row.step / service.STEPS,
        view=charts.view(row.project_id, found, page, refused) if shows else None,
        page=page,
        pages=charts.pages(found),
        fields=_columns(found),
        columns=[{"label": head} for head in found.heads],
        issues=found.issues[:SHOWN_ISSUES],
        out=set(row.choices.get("out", ())),
        largest=LARGEST // MEGABYTE,
    )


def _columns(found: Found) -> list[Any]:
    """A list of columns for each meaning, for a sheet."""
    if not found.heads:
        return []
    mapping = ColumnForm(formdata=None)
    for name in columns.NAMES:
        bound = mapping[f"column_{name}"]
        bound.choices = [SelectChoice("", _("not in this file"))]
        bound.choices += [SelectChoice(str(place), head) for place, head in enumerate(found.heads)]
        bound.data = str(found.mapped.get(name, ""))
    return [mapping[f"column_{name}"] for name in columns.NAMES]
