"""The pages of figures from outside: all series, and each with its line, its values, their proof and corrections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.figures import charts, queries, rules, service
from crm.figures.forms import LinesForm, SeriesForm, SheetForm, ValueForm, written
from crm.figures.models import FigureSeries
from infra import sheets
from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo, kept
from kernel.errors import Problem, RuleBroken

bp = Blueprint("crm_figures", __name__)
BASE = "/crm/figures"
_RECENT = timedelta(weeks=26)
_MARKS = {",": "a comma: 1.234,56", ".": "a point: 1,234.56"}


@bp.get(BASE)
@requires("crm.figures")
def page() -> ResponseReturnValue:
    """All series."""
    return _page()


@bp.post(BASE)
@requires("crm.enter_figures")
def add() -> ResponseReturnValue:
    """Begin a series."""
    form = _series_form()
    if form.validate_on_submit():
        try:
            number, work = service.define(form.series(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The series is there; enter its first value."), work)
            return redirect(url_for(".one", series_id=number), 303)
    return _page(form), 422


@bp.get(f"{BASE}/<int:series_id>")
@requires("crm.figures")
def one(series_id: int) -> ResponseReturnValue:
    """One series."""
    return _one(queries.series(series_id))


@bp.post(f"{BASE}/<int:series_id>")
@requires("crm.enter_figures")
def alter(series_id: int) -> ResponseReturnValue:
    """Say something else about a series."""
    series, form = queries.series(series_id), _series_form()
    done = kept(
        form,
        lambda: service.alter(series_id, form.series(), actor=g.actor),
        _("Kept."),
        url_for(".one", series_id=series_id),
    )
    return done or (_one(series, series_form=form), 422)


@bp.post(f"{BASE}/<int:series_id>/values")
@requires("crm.enter_figures")
def enter(series_id: int) -> ResponseReturnValue:
    """Keep a value, or correct one."""
    series, form = queries.series(series_id), ValueForm()
    if form.validate_on_submit():
        try:
            entry = rules.Entry(
                rules.read_day(series.period, form.day.data or "", g.today), rules.read_value(form.value.data or "")
            )
            count, work = service.enter(
                series_id, entry, form.proof.data or "", actor=g.actor, now=g.now, today=g.today, file=_sent()
            )
        except Problem as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The value is kept.") if count else _("That value was there already."), work)
            return redirect(url_for(".one", series_id=series_id), 303)
    return _one(series, value_form=form), 422


@bp.post(f"{BASE}/<int:series_id>/preview")
@requires("crm.enter_figures")
def preview(series_id: int) -> ResponseReturnValue:
    """Look at a file before anything is kept."""
    series, sent = queries.series(series_id), request.files.get("file")
    form = SheetForm()
    if sent is None or not sent.filename:
        form.file.errors = [_("Choose a file.")]
        return _one(series, sheet_form=form), 422
    try:
        sheet = sheets.read(sent.read())
        lines = rules.lines_of(sheet.heads, [(row.number, row.cells) for row in sheet.rows[1:]])
    except RuleBroken as problem:
        form.file.errors = [told(problem)]
        return _one(series, sheet_form=form), 422
    filled = LinesForm(formdata=None, data={"lines": written(lines), "proof": sent.filename[:200]})
    return _preview(series, filled)


@bp.post(f"{BASE}/<int:series_id>/import")
@requires("crm.enter_figures")
def take_in(series_id: int) -> ResponseReturnValue:
    """Take in what was looked at, all or nothing; or look at it again, read in another way."""
    series, form = queries.series(series_id), LinesForm()
    reading = _reading(series, form)
    if "again" in request.form or reading.wrong or not reading.entries or not form.validate_on_submit():
        return _preview(series, form), 200 if "again" in request.form else 422
    try:
        count, work = service.take_in(
            series_id,
            [entry for _number, entry in reading.entries],
            form.proof.data or "",
            actor=g.actor,
            now=g.now,
            today=g.today,
        )
    except RuleBroken as problem:
        form.absorb(problem)
        return _preview(series, form), 422
    flash_undo(ngettext("One value is new or corrected.", "%(num)d values are new or corrected.", count), work)
    return redirect(url_for(".one", series_id=series_id), 303)


@bp.get(f"{BASE}/<int:series_id>/export")
@requires("crm.figures")
def export(series_id: int) -> ResponseReturnValue:
    """All values of a series with who, when and proof, also those that were corrected, as CSV."""
    series = queries.series(series_id)
    before = [each for found in queries.corrected(series_id, limit=rules.MOST_ROWS).values() for each in found]
    kept = sorted([*queries.values(series_id, limit=rules.MOST_ROWS), *before], key=lambda each: (each.day, each.id))
    rows = [(each.day, each.value, series.unit, each.proof, each.by, each.at, each.replaced_at or "") for each in kept]
    heads = ("day", "value", "unit", "proof", "entered_by", "entered_at", "replaced_at")
    answer = Response(sheets.write_csv(heads, rows), mimetype=sheets.CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="figures-{series_id}.csv"'
    return answer


def _page(form: SeriesForm | None = None) -> str:
    return render_template(
        "crm/figures/list.html",
        listed=queries.every(g.today - _RECENT),
        form=form or _series_form(empty=True),
        may_enter=may("crm.enter_figures"),
        charts=charts,
    )


def _one(
    series: FigureSeries,
    value_form: ValueForm | None = None,
    sheet_form: SheetForm | None = None,
    series_form: SeriesForm | None = None,
) -> str:
    values = queries.values(series.id)
    lacking = [] if series.ended else rules.missing(series.period, [each.day for each in values], g.today)
    return render_template(
        "crm/figures/one.html",
        series=series,
        owner=dict(queries.owners()).get(series.owner_id or 0, ""),
        values=values,
        corrected=queries.corrected(series.id),
        lacking=lacking,
        sentence=charts.sentence(series, values, len(lacking)),
        drawn=charts.lines(series, values),
        chart_rows=charts.rows(series, values),
        charts=charts,
        may_enter=may("crm.enter_figures"),
        value_form=value_form or ValueForm(formdata=None, data={"day": request.args.get("day", "")[:10]}),
        sheet_form=sheet_form or SheetForm(formdata=None),
        series_form=series_form or _series_form(series),
    )


def _series_form(series: FigureSeries | None = None, *, empty: bool = False) -> SeriesForm:
    form = SeriesForm(formdata=None, obj=series) if series is not None or empty else SeriesForm()
    form.owner_id.choices = [("", _("Nobody yet")), *queries.owners()]
    return form


def _reading(series: FigureSeries, form: LinesForm) -> rules.Reading:
    return rules.read_lines(form.rows(), series.period, g.today, form.dates.data or "", form.decimal.data or "")


def _preview(series: FigureSeries, form: LinesForm) -> str:
    reading = _reading(series, form)
    holding = queries.holding(series.id, [entry.day for _number, entry in reading.entries])
    form.dates.choices = [("", _("Choose")), *((each, each) for each in reading.dates)]
    form.decimal.choices = [("", _("Choose")), *((mark, _(words)) for mark, words in _MARKS.items())]
    return render_template(
        "crm/figures/preview.html",
        series=series,
        form=form,
        reading=reading,
        holding=holding,
        wrong=[(each.number, told(each.problem)) for each in reading.wrong],
        charts=charts,
        **_counts(reading, holding),
    )


def _counts(reading: rules.Reading, holding: dict[Any, Any]) -> dict[str, int]:
    """How many rows are new, correct a value, or say what is there already."""
    there = [(entry, holding[entry.day]) for _number, entry in reading.entries if entry.day in holding]
    same = sum(entry.value == row.value for entry, row in there)
    return {"new": len(reading.entries) - len(there), "corrects": len(there) - same, "same": same}


def _sent() -> tuple[str, BinaryIO] | None:
    """The file that came as proof."""
    sent = request.files.get("file")
    return None if sent is None or not sent.filename else (sent.filename, cast("BinaryIO", sent.stream))
