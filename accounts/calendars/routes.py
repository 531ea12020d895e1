"""The pages of working calendars, for administrators."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from accounts.calendars import charts, queries, rules, service
from accounts.calendars.forms import CalendarForm, ExceptionForm, filled
from accounts.calendars.queries import CalendarRow
from infra import subjects
from infra.http import requires
from infra.words import sentence_of
from kernel.actor import project_scope
from kernel.errors import Problem, RuleBroken

bp = Blueprint("calendars", __name__)


@bp.get("/admin/calendars")
@requires("settings.edit")
def page() -> ResponseReturnValue:
    """Every calendar."""
    listed = queries.calendars()
    scopes = {row.project_id: subjects.name_of(project_scope(row.project_id)) for row in listed if row.project_id}
    return render_template("accounts/calendars.html", calendars=listed, weekdays=rules.WEEKDAYS, scopes=scopes)


@bp.get("/admin/calendars/new")
@requires("settings.edit")
def new() -> ResponseReturnValue:
    """An office week to start from."""
    return _calendar_page(None, filled(None))


@bp.post("/admin/calendars/new")
@requires("settings.edit")
def add() -> ResponseReturnValue:
    """Keep a new calendar."""
    form = CalendarForm()
    if not form.validate_on_submit():
        return _calendar_page(None, form, status=422)
    try:
        calendar_id = service.add_calendar(form.data_typed(), actor=g.actor)
    except RuleBroken as problem:
        return _calendar_page(None, form, problem=problem, status=422)
    flash(_("The calendar is kept."), "good")
    return redirect(url_for(".calendar", calendar_id=calendar_id), 303)


@bp.get("/admin/calendars/<int:calendar_id>")
@requires("settings.edit")
def calendar(calendar_id: int) -> ResponseReturnValue:
    """One calendar: its week, its holidays, its exceptions, a year of it."""
    row = queries.calendar_row(calendar_id)
    return _calendar_page(row, filled(row))


@bp.post("/admin/calendars/<int:calendar_id>")
@requires("settings.edit")
def change(calendar_id: int) -> ResponseReturnValue:
    """Keep what was changed."""
    row, form = queries.calendar_row(calendar_id), CalendarForm()
    if not form.validate_on_submit():
        return _calendar_page(row, form, status=422)
    try:
        service.change_calendar(calendar_id, form.data_typed(), actor=g.actor)
    except RuleBroken as problem:
        return _calendar_page(row, form, problem=problem, status=422)
    flash(_("Saved. Dates that hang on this calendar follow it."), "good")
    return redirect(url_for(".calendar", calendar_id=calendar_id), 303)


@bp.post("/admin/calendars/<int:calendar_id>/exceptions")
@requires("settings.edit")
def add_exception(calendar_id: int) -> ResponseReturnValue:
    """Let a day differ; no hours is a day off."""
    row, form = queries.calendar_row(calendar_id), ExceptionForm()
    if not form.validate_on_submit() or form.day.data is None:
        return _calendar_page(row, filled(row), exception=form, status=422)
    try:
        service.add_exception(calendar_id, form.day.data, form.label.data or "", form.periods.pairs(), actor=g.actor)
    except RuleBroken as problem:
        form.day.errors = [sentence_of(problem)]
        return _calendar_page(row, filled(row), exception=form, status=422)
    flash(_("That day differs now."), "good")
    return redirect(url_for(".calendar", calendar_id=calendar_id, year=form.day.data.year), 303)


@bp.post("/admin/calendars/<int:calendar_id>/exceptions/<int:exception_id>/remove")
@requires("settings.edit")
def remove_exception(calendar_id: int, exception_id: int) -> ResponseReturnValue:
    """Let a day be like others again."""
    service.remove_exception(calendar_id, exception_id, actor=g.actor)
    flash(_("That day is like others again."), "good")
    return redirect(url_for(".calendar", calendar_id=calendar_id), 303)


def _calendar_page(
    row: CalendarRow | None,
    form: CalendarForm,
    *,
    exception: ExceptionForm | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if problem is not None:
        form.absorb(problem)
    year = _year()
    days = rules.year(row.content, year) if row else []
    page = render_template(
        "accounts/calendar.html",
        row=row,
        form=form,
        exception=exception or ExceptionForm(formdata=None),
        year=year,
        cells=charts.year_cells(days),
        chart=charts,
        months=[format_date(date(year, month, 1), "MMM") for month in range(1, 13)],
        named=[out for out in days if out.state in (rules.DayState.HOLIDAY, rules.DayState.EXCEPTION)],
        working_days=sum(out.is_working for out in days),
        states=rules.DayState,
    )
    return page, status


def _year() -> int:
    wanted = request.args.get("year", type=int) or g.today.year
    return min(max(wanted, rules.FIRST_YEAR), rules.LAST_YEAR)
