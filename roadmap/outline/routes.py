"""The pages of a plan: its table with editing in place, and one task with everything about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.calendars import queries as calendars
from infra import formats, lists
from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.forms import told
from infra.http import demand, may, requires, wants_json
from infra.merge import read_base, sign_base
from infra.subjects import find
from infra.transaction import Work
from infra.undo import flash_undo
from infra.wires import wires
from kernel.actor import project_scope
from kernel.errors import RuleBroken
from kernel.permission import Facts
from roadmap.assignments import queries as assignments
from roadmap.outline import queries, rules, service
from roadmap.outline.forms import StartForm, TaskForm
from roadmap.outline.queries import Conflicting, Follows
from roadmap.projects import queries as projects
from roadmap.projects import service as lives
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import EARLIEST, LATEST, Clash
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as progress
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules import fields
from roadmap.timesheet import queries as timesheet

bp = Blueprint("tasks", __name__)
BASE = "/projects/<int:project_id>/tasks"
bp.app_template_filter("duration")(fields.duration_text)
NOBODYS = Facts(owners=frozenset())
TASK_PANELS = "task_panels"
"""Where the wires hold functions (project, task) to markup, by which upper floors add to a task's page."""


@bp.get(BASE)
@requires("plan.see")
def table(project_id: int) -> ResponseReturnValue:
    """All rows of the plan."""
    rows = tasks.rows(project_id, g.today)
    phases = [(str(phase.id), phase.name) for phase in projects.phases(project_id)]
    people = [(str(each.id), each.name) for each in staffing.people_of(project_id)]
    roles = [(str(each.id), each.name) for each in staffing.roles(project_id)]
    spec = queries.task_list(people, roles, phases)
    return lists.answer(
        spec,
        rows,
        "roadmap/tasks/table.html",
        scope=project_scope(project_id),
        project_id=project_id,
        counts=queries.counts(rows),
        blocked=timesheet.blocked_in(project_id),
        people=people,
        phases=phases,
        summaries=[row for row in rows if row.type == "summary"],
        may_edit=may("task.edit", project_id),
        owns=_owns(project_id),
    )


@bp.get(f"{BASE}/<int:task_id>")
@requires("task.see")
def page(project_id: int, task_id: int) -> ResponseReturnValue:
    """One task."""
    return _page(project_id, task_id)


@bp.post(f"{BASE}/add")
@requires("task.edit")
def add(project_id: int) -> ResponseReturnValue:
    """A new row at the end, of the plan or of the parent that is named."""
    parent = request.form.get("parent_id", "")
    try:
        values, complaints = rules.read({"name": request.form.get("name", "")})
        if complaints:
            raise complaints[0]
        _id, work = service.add(project_id, values, actor=g.actor, parent_id=fields.parse("owner_id", parent))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(_("“%(name)s” is added.", name=values["name"]), work)
    return _to_table(project_id)


@bp.post(f"{BASE}/<int:task_id>/cell")
@requires("task.edit")
def cell(project_id: int, task_id: int) -> ResponseReturnValue:
    """One field, edited in place; ``version`` is what the cell showed before."""
    name = next((each for each in rules.CELLS if each in request.form), None)
    if name is None:
        raise RuleBroken("task.field", "Name the field to change: one of %(fields)s.", fields=", ".join(rules.CELLS))
    work = _change_cell(project_id, task_id, name, request.form[name].strip(), request.form.get("version", ""))
    row = tasks.task(project_id, task_id, g.today)
    value, shown = _cell(row, name)
    if not wants_json():
        flash_undo(_("Saved."), work)
        return _to_task(project_id, task_id)
    return jsonify(value=value, shown=shown, version=value, message=_("Saved."), undo_url=_undo_url(work))


@bp.post(f"{BASE}/<int:task_id>/progress")
@requires("task.progress")
def report(project_id: int, task_id: int) -> ResponseReturnValue:
    """How far a task is; a member says so of their own."""
    before = tasks.task(project_id, task_id, g.today)
    _demand_progress(project_id, before)
    try:
        percent = fields.parse("percent_complete", request.form.get("percent_complete", ""))
        work = progress.set_progress(project_id, task_id, percent, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        if wants_json():
            raise
        flash(told(problem), "bad")
        return _page(project_id, task_id), 422
    row = tasks.task(project_id, task_id, g.today)
    if wants_json():
        shown = formats.percent(row.percent)
        return jsonify(
            value=str(percent), shown=shown, version=str(percent), message=_("Saved."), undo_url=_undo_url(work)
        )
    flash_undo(_("“%(name)s” is %(percent)s %% done.", name=row.name, percent=percent), work)
    return _to_task(project_id, task_id)


@bp.post(f"{BASE}/<int:task_id>/edit")
@requires("task.edit")
def edit(project_id: int, task_id: int) -> ResponseReturnValue:
    """All fields of a task at once."""
    tasks.task(project_id, task_id, g.today)
    form = TaskForm()
    if wants_json():
        return _edited_in_place(project_id, task_id, form)
    values = form.parsed()
    if values is None:
        return _page(project_id, task_id, form), 422
    base = read_base(f"task:{task_id}", form.base.data) or {}
    try:
        work = progress.change(project_id, task_id, values, actor=g.actor, now=g.now, base=base)
    except Clash as clash:
        form.base.data = _base(task_id)
        return _page(project_id, task_id, form, _conflicts(clash, project_id)), 409
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(project_id, task_id, form), 422
    flash_undo(_("Saved."), work)
    return _to_task(project_id, task_id)


@bp.post(f"{BASE}/<int:task_id>/move")
@requires("task.edit")
def move(project_id: int, task_id: int) -> ResponseReturnValue:
    """Up, down, in or out."""
    act = request.form.get("action", "")
    try:
        flash_undo(_("Moved."), _moved(project_id, task_id, act))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return _to_task(project_id, task_id)


@bp.post(f"{BASE}/<int:task_id>/delete")
@requires("task.edit")
def delete(project_id: int, task_id: int) -> ResponseReturnValue:
    """Remove a task with everything below it."""
    row = tasks.task(project_id, task_id, g.today)
    try:
        flash_undo(_("“%(name)s” is deleted.", name=row.name), service.delete(project_id, [task_id], actor=g.actor))
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _to_task(project_id, task_id)
    return _to_table(project_id)


@bp.post(f"{BASE}/<int:task_id>/links")
@requires("task.edit")
def link(project_id: int, task_id: int) -> ResponseReturnValue:
    """Make what a task waits for those of a text."""
    typed = request.form.get("predecessors", "")
    try:
        flash_undo(_("Saved."), service.set_predecessors(project_id, task_id, typed, actor=g.actor))
    except RuleBroken as problem:
        return _page(project_id, task_id, links=(typed, told(problem))), 422
    return _to_task(project_id, task_id)


@bp.post(f"{BASE}/bulk")
@requires("task.edit")
def bulk(project_id: int) -> ResponseReturnValue:
    """Several tasks at once."""
    ids = rules.numbers(request.form.getlist("ids"))
    try:
        work = _bulk(project_id, ids, request.form.get("action", ""), request.form)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(ngettext("One task is changed.", "%(num)s tasks are changed.", len(ids)), work)
    return _to_table(project_id)


@bp.get("/projects/<int:project_id>/start")
@requires("project.edit")
def start(project_id: int) -> ResponseReturnValue:
    """Another start: what would move and what would not. Nothing is stored."""
    project = projects.get(g.actor, project_id)
    form = StartForm(request.args) if request.args else StartForm(formdata=None, obj=project)
    return _start_page(project, form)


@bp.post("/projects/<int:project_id>/start")
@requires("project.edit")
def change_start(project_id: int) -> ResponseReturnValue:
    """Move the project."""
    project = projects.get(g.actor, project_id)
    form = StartForm()
    wanted = form.start.data
    if not form.validate_on_submit() or wanted is None:
        return _start_page(project, form), 422
    try:
        target = form.target_go_live.data
        work = lives.change_start(project_id, wanted, actor=g.actor, target_go_live=target)
    except RuleBroken as problem:
        form.absorb(problem)
        return _start_page(project, form), 422
    flash_undo(_("The project starts on %(day)s now.", day=formats.day(wanted)), work)
    return _to_table(project_id)


def _edited_in_place(project_id: int, task_id: int, form: TaskForm) -> ResponseReturnValue:
    """The same for a script: what was refused is told as a problem, and what was typed stays where it is."""
    base = read_base(f"task:{task_id}", form.base.data) or {}
    work = progress.change(project_id, task_id, form.demanded(), actor=g.actor, now=g.now, base=base)
    return jsonify(message=_("Saved."), undo_url=_undo_url(work))


def _change_cell(project_id: int, task_id: int, name: str, text: str, version: str) -> Work:
    if name == "predecessors":
        return service.set_predecessors(project_id, task_id, text, actor=g.actor)
    people = {each.id: each.name for each in staffing.people_of(project_id)}
    if name == "owner_id":
        value, base = rules.find_person(text, people), rules.find_person(version, people) if version else None
    else:
        value, base = fields.parse(name, text), fields.parse(name, version) if version else None
    changes = {name: value}
    return progress.change(project_id, task_id, changes, actor=g.actor, now=g.now, base={name: base})


def _cell(row: TaskRow, name: str) -> tuple[str, str]:
    """What a cell holds and what it shows."""
    if name == "owner_id":
        return row.owner, row.owner
    if name == "predecessors":
        return row.predecessors_text, row.predecessors_text
    if name == "percent_complete":
        return str(round(row.percent)), formats.percent(row.percent)
    value = getattr(row, name)
    if name == "duration_minutes":
        return rules.shown(name, value), formats.days(value)
    return rules.shown(name, value), formats.day(value) if name == "deadline" else str(value)


def _moved(project_id: int, task_id: int, act: str) -> Work:
    if act not in rules.ACTIONS:
        raise RuleBroken("task.move", "A task can be moved %(ways)s.", ways=", ".join(rules.ACTIONS))
    if act == "indent":
        return service.indent(project_id, task_id, actor=g.actor)
    if act == "outdent":
        return service.outdent(project_id, task_id, actor=g.actor)
    return service.reorder(project_id, task_id, -1 if act == "up" else 1, actor=g.actor)


def _bulk(project_id: int, ids: Sequence[int], act: str, sent: Mapping[str, str]) -> Work:
    if act == "delete":
        return service.delete(project_id, ids, actor=g.actor)
    if act == "phase":
        phase_id = fields.parse("role_id", sent.get("phase_id", "")) or 0
        return service.bulk_move_to_phase(project_id, ids, phase_id, actor=g.actor)
    if act == "owner":
        values = {"owner_id": fields.parse("owner_id", sent.get("owner_id", ""))}
    elif act == "percent":
        values = {"percent_complete": fields.parse("percent_complete", sent.get("percent_complete", ""))}
    else:
        raise RuleBroken("task.bulk", "Choose what to do with the tasks.")
    return progress.bulk_change(project_id, ids, values, actor=g.actor, now=g.now)


def _page(
    project_id: int,
    task_id: int,
    form: TaskForm | None = None,
    conflicts: Sequence[Conflicting] = (),
    links: tuple[str, str] | None = None,
) -> str:
    rows = tasks.rows(project_id, g.today)
    row = next((each for each in rows if each.id == task_id), None) or tasks.task(project_id, task_id, g.today)
    key = f"task:{task_id}"
    stored = queries.stored(task_id)
    values = queries.form_values(stored)
    people = [(each.id, each.name) for each in staffing.people_of(project_id)]
    roles = [(each.id, each.name) for each in staffing.roles(project_id)]
    return render_template(
        "roadmap/tasks/_panel.html" if request.args.get("panel") else "roadmap/tasks/page.html",
        project_id=project_id,
        task=row,
        reason=queries.reason(project_id, task_id, rows),
        form=form or TaskForm.showing(values, sign_base(key, values)),
        conflicts=conflicts,
        links=links or (row.predecessors_text, ""),
        before=[each for each in rows if each.id in {tie.task_id for tie in row.predecessors}],
        after=[each for each in rows if any(tie.task_id == task_id for tie in each.predecessors)],
        people=people,
        roles=roles,
        calendars=calendars.for_tasks(project_id) if may("task.edit", project_id) else [],
        constraints=[(kind.value, _(words)) for kind, words in fields.CONSTRAINTS.items()],
        obstacles=progress.obstacles(task_id) if row.type == "milestone" and not row.done else [],
        may_edit=may("task.edit", project_id),
        may_report=_may_report(project_id, row, _helpers(project_id, task_id)),
        subject=find(key, g.actor),
        said=comments.of_subject(key, g.actor),
        attached=files.of_subject(key, g.actor),
        history=queries.history(task_id, {"owner_id": dict(people), "role_id": dict(roles)}),
        panels=[panel(project_id, task_id) for panel in wires().extras.get(TASK_PANELS, ())],
    )


def _start_page(project: ProjectRow, form: StartForm) -> str:
    wanted = form.start.data
    return render_template(
        "roadmap/tasks/start.html",
        project=project,
        project_id=project.id,
        form=form,
        follows=_follows(project, wanted),
    )


def _follows(project: ProjectRow, wanted: date | None) -> list[Follows]:
    if wanted is None or wanted == project.start or not EARLIEST <= wanted <= LATEST:
        return []
    return queries.start_preview(project.id, wanted, queries.names_of(tasks.rows(project.id, g.today)))


def _base(task_id: int) -> str:
    return sign_base(f"task:{task_id}", queries.form_values(queries.stored(task_id)))


def _conflicts(clash: Clash, project_id: int) -> list[Conflicting]:
    people = {each.id: each.name for each in staffing.people_of(project_id)}
    roles = {each.id: each.name for each in staffing.roles(project_id)}
    return queries.conflicts(clash.conflicts, {"owner_id": people, "role_id": roles})


def _facts(row: TaskRow, helpers: frozenset[int] = frozenset()) -> Facts:
    """Whose task it is: its owner's, and that of whoever was put on it."""
    return Facts(owners=helpers | ({row.owner_id} if row.owner_id is not None else frozenset()))


def _may_report(project_id: int, row: TaskRow, helpers: frozenset[int]) -> bool:
    return row.type != "summary" and may("task.progress", project_id, _facts(row, helpers))


def _owns(project_id: int) -> Any:
    mine = set() if may("task.progress", project_id, NOBODYS) else assignments.tasks_of(project_id, g.actor.id)
    me = frozenset({g.actor.id} if g.actor.id is not None else ())
    return lambda row: _may_report(project_id, row, me if row.id in mine else frozenset())


def _demand_progress(project_id: int, row: TaskRow) -> None:
    demand(g.actor, "task.progress", project_scope(project_id), _facts(row, _helpers(project_id, row.id)))


def _helpers(project_id: int, task_id: int) -> frozenset[int]:
    """Whoever was put on a task; not asked for readers who may report every task."""
    return frozenset() if may("task.progress", project_id, NOBODYS) else assignments.people_on(task_id)


def _undo_url(work: Work) -> str:
    return url_for("undo.perform", transaction_id=work.transaction_id)


def _to_table(project_id: int) -> ResponseReturnValue:
    return redirect(url_for(".table", project_id=project_id), 303)


def _to_task(project_id: int, task_id: int) -> ResponseReturnValue:
    return redirect(url_for(".page", project_id=project_id, task_id=task_id), 303)
