"""Logging time, one's own time sheet, the time of a project, and what blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.forms import told
from infra.http import demand, may, requires
from infra.lists.pages import FILES
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import NotFound, Problem, RuleBroken
from kernel.permission import Facts
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing
from roadmap.timesheet import charts, queries, service
from roadmap.timesheet.forms import BlockerForm, EntryForm, ResolveForm, said
from roadmap.timesheet.queries import EntryRow, Workplace
from roadmap.timesheet.rules import amounts, limits
from roadmap.timesheet.rules.limits import NeedsConfirmation

bp = Blueprint("time", __name__)
bp.app_template_filter("hours")(amounts.amount_text)
PROJECT = "/projects/<int:project_id>"
TASK = f"{PROJECT}/tasks/<int:task_id>"
MOST_CELLS = 500
_CELL = re.compile(r"c-([0-9]{1,9})-([0-9-]{10})")


@bp.get("/my-work/time")
@requires("time.own")
def sheet() -> ResponseReturnValue:
    """One's own week, tasks by days."""
    monday = limits.parse_week(request.args.get("week", ""), g.today)
    entries = queries.entries_of(g.actor.id, monday, limits.days_of(monday)[-1])
    if request.args.get("format") in FILES:
        return lists.open_view(queries.SHEET, entries).exported(request.args["format"])
    return _sheet_page(monday, entries)


@bp.post("/my-work/time")
@requires("time.own")
def save_week() -> ResponseReturnValue:
    """All cells of a week at once."""
    monday = limits.parse_week(request.form.get("week", ""), g.today)
    typed = {name: text for name, text in request.form.items() if name.startswith("c-")}
    cells, errors = _read_cells(typed)
    doubts: list[str] = []
    if not errors:
        try:
            changed, work = service.save_week(
                cells, actor=g.actor, today=g.today, now=g.now, confirmed="confirmed" in request.form
            )
        except NeedsConfirmation as problem:
            doubts = [said(each) for each in problem.doubts]
        except RuleBroken as problem:
            flash(told(problem), "bad")
        else:
            if changed:
                flash_undo(_("The week is saved."), work)
            return redirect(url_for(".sheet", week=limits.week_text(monday)), 303)
    entries = queries.entries_of(g.actor.id, monday, limits.days_of(monday)[-1])
    return _sheet_page(monday, entries, typed, errors, doubts), 422


@bp.get(f"{TASK}/time")
@requires("time.log")
def form(project_id: int, task_id: int) -> ResponseReturnValue:
    """A form for time on a task; ``day`` chooses the day."""
    place = _place(project_id, task_id)
    filled = _entry_form(project_id)
    filled.day.data = _day(request.args.get("day", "")) or g.today
    return _entry_page(place, filled)


@bp.post(f"{TASK}/time")
@requires("time.log")
def log(project_id: int, task_id: int) -> ResponseReturnValue:
    """Time on a task, by a tap or typed."""
    place = _place(project_id, task_id)
    sent = _entry_form(project_id)
    person_id = sent.whose(g.actor.id)
    demand(g.actor, "time.log", project_scope(project_id), Facts(owners=frozenset({person_id})))
    if not sent.validate_on_submit():
        return _entry_page(place, sent), 422
    try:
        data = sent.entry(person_id, g.today)
        _id, work = service.log(
            project_id,
            task_id,
            data,
            actor=g.actor,
            today=g.today,
            now=g.now,
            confirmed=bool(sent.confirmed.data),
        )
    except RuleBroken as problem:
        return _asked_again(place, sent, problem), 422
    flash_undo(_("%(amount)s on “%(name)s”.", amount=amounts.amount_text(data.minutes), name=place.task), work)
    return redirect(_back(url_for("tasks.page", project_id=project_id, task_id=task_id)), 303)


@bp.get(f"{PROJECT}/time")
@requires("time.see")
def page(project_id: int) -> ResponseReturnValue:
    """Everybody's time in a project."""
    rows = queries.entries(project_id)
    people = sorted({(str(row.person_id), row.person) for row in rows}, key=lambda each: each[1].casefold())
    tasks = sorted({(str(row.task_id), row.task) for row in rows}, key=lambda each: each[1].casefold())
    phases = [(str(each.id), each.name) for each in projects.phases(project_id)]
    weeks = [(each, each) for each in sorted({row.week for row in rows}, reverse=True)]
    monday = limits.monday_of(g.today)
    return lists.answer(
        queries.time_list(people, tasks, phases, weeks),
        rows,
        "roadmap/timesheet/project.html",
        scope=project_scope(project_id),
        project_id=project_id,
        whole=sum(row.minutes for row in rows),
        this_week=sum(row.minutes for row in rows if row.day >= monday),
        people_count=len(people),
    )


@bp.get(f"{PROJECT}/time/<int:entry_id>")
@requires("time.log")
def edit(project_id: int, entry_id: int) -> ResponseReturnValue:
    """The form of an entry."""
    entry = _entry(project_id, entry_id)
    filled = EntryForm(amount=amounts.cell_text(entry.minutes), day=entry.day, note=entry.note)
    return _entry_page(_place(project_id, entry.task_id), filled, entry)


@bp.post(f"{PROJECT}/time/<int:entry_id>")
@requires("time.log")
def change(project_id: int, entry_id: int) -> ResponseReturnValue:
    """Another day, amount or note."""
    entry = _entry(project_id, entry_id)
    place, sent = _place(project_id, entry.task_id), EntryForm()
    if not sent.validate_on_submit():
        return _entry_page(place, sent, entry), 422
    try:
        data = sent.entry(entry.person_id, entry.day)
        confirmed = bool(sent.confirmed.data)
        work = service.change(project_id, entry_id, data, actor=g.actor, today=g.today, confirmed=confirmed)
    except RuleBroken as problem:
        return _asked_again(place, sent, problem, entry), 422
    flash_undo(_("Saved."), work)
    return redirect(_back(_home(entry)), 303)


@bp.post(f"{PROJECT}/time/<int:entry_id>/remove")
@requires("time.log")
def remove(project_id: int, entry_id: int) -> ResponseReturnValue:
    """Take an entry away."""
    entry = _entry(project_id, entry_id)
    try:
        work = service.remove(project_id, entry_id, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        amount = amounts.amount_text(entry.minutes)
        flash_undo(_("%(amount)s on “%(name)s” are removed.", amount=amount, name=entry.task), work)
    return redirect(_back(_home(entry)), 303)


@bp.get(f"{PROJECT}/blockers")
@requires("task.see")
def blockers(project_id: int) -> ResponseReturnValue:
    """What blocks, and what did."""
    return render_template(
        "roadmap/timesheet/blockers.html",
        project_id=project_id,
        found=queries.blockers(project_id, resolved=True),
        may_resolve=charts.may_resolve,
    )


@bp.get(f"{TASK}/blockers")
@requires("blocker.raise")
def blocker_form(project_id: int, task_id: int) -> ResponseReturnValue:
    """A form for what blocks a task."""
    return _blocker_page(_place(project_id, task_id), _blocker_form(project_id))


@bp.post(f"{TASK}/blockers")
@requires("blocker.raise")
def raise_blocker(project_id: int, task_id: int) -> ResponseReturnValue:
    """Say what blocks a task."""
    place, sent = _place(project_id, task_id), _blocker_form(project_id)
    try:
        _id, work = service.raise_blocker(
            project_id, task_id, sent.text.data or "", helper_id=sent.helper(), actor=g.actor, now=g.now
        )
    except RuleBroken as problem:
        sent.absorb(problem)
        return _blocker_page(place, sent), 422
    flash_undo(_("“%(name)s” is marked as blocked. Its owner and the manager are told.", name=place.task), work)
    return redirect(_back(url_for("tasks.page", project_id=project_id, task_id=task_id)), 303)


@bp.get(f"{PROJECT}/blockers/<int:blocker_id>")
@requires("blocker.resolve")
def resolve_form(project_id: int, blocker_id: int) -> ResponseReturnValue:
    """What blocks, and a form for how it was resolved."""
    return _resolve_page(project_id, blocker_id, ResolveForm())


@bp.post(f"{PROJECT}/blockers/<int:blocker_id>")
@requires("blocker.resolve")
def resolve(project_id: int, blocker_id: int) -> ResponseReturnValue:
    """Say that it blocks no more."""
    row, sent = queries.blocker(project_id, blocker_id), ResolveForm()
    owners = frozenset(each for each in (row.raised_by_id, row.helper_id, row.owner_id) if each is not None)
    demand(g.actor, "blocker.resolve", project_scope(project_id), Facts(owners=owners))
    if not sent.validate_on_submit():
        return _resolve_page(project_id, blocker_id, sent), 422
    try:
        work = service.resolve(project_id, blocker_id, sent.how.data or "", actor=g.actor, now=g.now)
    except RuleBroken as problem:
        sent.absorb(problem)
        return _resolve_page(project_id, blocker_id, sent), 422
    flash_undo(_("“%(name)s” can go on.", name=row.task), work)
    return redirect(_back(url_for(".blockers", project_id=project_id)), 303)


def _sheet_page(
    monday: date,
    entries: list[EntryRow],
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    doubts: list[str] | None = None,
) -> str:
    last_week = {
        each.task_id
        for each in queries.entries_of(g.actor.id, monday - timedelta(days=limits.WEEK), monday - timedelta(days=1))
    }
    wanted = set(last_week) if request.values.get("rows") == "last" else set()
    wanted |= {int(found[1]) for name in typed or () if (found := _CELL.fullmatch(name))}
    added = request.values.get("task", type=int)
    choices = queries.choices(g.actor, monday)
    offered = {each.task_id for each in choices}
    wanted |= {added} & offered if added else set()
    places = [each for each in queries.workplaces(sorted(wanted)).values() if _may_log(each)]
    laid = charts.sheet(monday, g.today, entries, places, typed or {}, errors or {})
    there = {row.task_id for row in laid.rows}
    return render_template(
        "roadmap/timesheet/sheet.html",
        sheet=laid,
        week=limits.week_text(monday),
        number=monday.isocalendar().week,
        before=limits.week_text(monday - timedelta(days=limits.WEEK)),
        after=limits.week_text(monday + timedelta(days=limits.WEEK)),
        is_this_week=monday == limits.monday_of(g.today),
        last_week=bool(last_week - there),
        choices=[each for each in choices if each.task_id not in there],
        keep=request.values.get("rows", ""),
        doubts=doubts or [],
    )


def _read_cells(typed: Mapping[str, str]) -> tuple[dict[tuple[int, date], int], dict[str, str]]:
    """The minutes of the cells that were sent, and what is wrong with the others."""
    cells: dict[tuple[int, date], int] = {}
    errors: dict[str, str] = {}
    for name, text in list(typed.items())[:MOST_CELLS]:
        found = _CELL.fullmatch(name)
        on = _day(found[2]) if found else None
        if found is None or on is None:
            raise NotFound
        try:
            cells[(int(found[1]), on)] = amounts.parse(text) if text.strip() not in ("", "0", "0:00") else 0
        except RuleBroken as problem:
            errors[name] = told(problem)
    for place in queries.workplaces(sorted({task_id for task_id, _on in cells})).values():
        demand(g.actor, "time.log", project_scope(place.project_id), Facts(owners=frozenset({g.actor.id})))
    return cells, errors


def _may_log(place: Workplace) -> bool:
    return may("time.log", place.project_id, Facts(owners=frozenset({g.actor.id})))


def _place(project_id: int, task_id: int) -> Workplace:
    place = queries.workplace(task_id)
    if place.project_id != project_id:
        raise NotFound
    return place


def _entry(project_id: int, entry_id: int) -> EntryRow:
    """An entry that the actor may change: one's own, or any as the manager."""
    entry = queries.entry(entry_id)
    if entry.project_id != project_id:
        raise NotFound
    demand(g.actor, "time.log", project_scope(project_id), Facts(owners=frozenset({entry.person_id})))
    return entry


def _entry_form(project_id: int) -> EntryForm:
    """The form, with those without a sign-in for whoever may log for them."""
    made = EntryForm()
    others = may("time.log", project_id, Facts())
    people = [each for each in queries.without_sign_in(project_id) if others]
    made.person_id.choices = [(str(g.actor.id), _("mine")), *((str(id), name) for id, name in people)]
    return made


def _asked_again(place: Workplace, sent: EntryForm, problem: RuleBroken, entry: EntryRow | None = None) -> str:
    """The form with what was typed, and what was wrong or is asked."""
    if isinstance(problem, NeedsConfirmation):
        sent.question(problem)
    else:
        sent.amount.data = sent.amount.data or sent.usual.data
        sent.absorb(_named(problem))
    return _entry_page(place, sent, entry)


def _named(problem: Problem) -> Problem:
    """A problem that names no field belongs to the amount."""
    return problem if problem.field else RuleBroken(problem.code, problem.text, field="amount", **problem.params)


def _entry_page(place: Workplace, filled: EntryForm, entry: EntryRow | None = None) -> str:
    already = queries.sums(entry.person_id if entry else g.actor.id, [filled.day.data or g.today])
    return render_template(
        "roadmap/timesheet/entry.html",
        project_id=place.project_id,
        place=place,
        form=filled,
        entry=entry,
        day=filled.day.data or g.today,
        already=already.get(filled.day.data or g.today, 0),
        usual=amounts.USUAL,
        back=_back(""),
    )


def _blocker_form(project_id: int) -> BlockerForm:
    made = BlockerForm()
    people = [(str(each.id), each.name) for each in staffing.people_of(project_id) if each.id != g.actor.id]
    made.helper_id.choices = [("", _("I don’t know")), *people]
    return made


def _blocker_page(place: Workplace, sent: BlockerForm) -> str:
    return render_template(
        "roadmap/timesheet/blocker.html", project_id=place.project_id, place=place, form=sent, back=_back("")
    )


def _resolve_page(project_id: int, blocker_id: int, sent: ResolveForm) -> str:
    row = queries.blocker(project_id, blocker_id)
    return render_template(
        "roadmap/timesheet/resolve.html",
        project_id=project_id,
        row=row,
        form=sent,
        may_resolve=charts.may_resolve(row),
        back=_back(""),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _home(entry: EntryRow) -> str:
    """Where an entry is listed: on one's own sheet, or among the project's."""
    if entry.person_id == g.actor.id:
        return url_for(".sheet", week=entry.week)
    return url_for(".page", project_id=entry.project_id)


def _back(otherwise: str) -> str:
    """The page that the form stood on, if it is one of ours."""
    came_from: Any = request.values.get("back", "")
    return came_from if re.fullmatch(r"/[a-z][^\\\s]*", came_from) else otherwise
