"""The pages on which a report is built, changed and copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.access.queries import access_of
from crm.access.rules import Access
from crm.builder import charts, queries, service
from crm.builder.models import BuiltReport
from crm.builder.queries import ReportRow
from crm.builder.rules.sharing import Shared
from crm.counts.rules.windows import Window
from crm.drafting import forms
from crm.drafting.forms import PREFIX, ReportForm
from crm.lists import queries as lists
from crm.objects.rules.catalogue import ObjectType
from crm.reporting import queries as reporting
from crm.reporting.charts import LISTED, listed
from crm.reporting.rules.definition import Definition
from crm.summaries import queries as summaries
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo, kept
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("crm_drafting", __name__, url_prefix="/crm/reports")


@bp.get("/new")
@requires("crm.figures")
def new() -> ResponseReturnValue:
    """An empty form; the address may name an object, and conditions and columns of its list."""
    access = access_of(g.actor)
    offered = forms.objects(access)
    subject = next((each for each in offered if each.key == request.args.get("object")), None)
    if subject is None:
        return render_template("crm/reports/choose.html", objects=offered)
    sent = {key: values for key, values in request.args.to_dict(flat=False).items() if key != "object"}
    wish, _messages = forms.conditions(lists.spec_of(access, subject, g.now, g.zone), sent)
    columns = tuple(each for each in wish.columns if subject.has(each))
    form = _form(access, subject, forms.filled(Definition(subject.key, columns=columns), "", "", "nobody"))
    return _editor(access, subject, form, replace(wish, columns=()).query(), None)


@bp.post("/new")
@requires("crm.figures")
def build() -> ResponseReturnValue:
    """Look at what a report would show, or keep it."""
    access = access_of(g.actor)
    subject = _subject(access)
    form, asked = _sent_form(access, subject)
    if request.form.get("act") == "save" and form.validate_on_submit():
        try:
            number, work = service.build(
                form.name.data or "",
                form.description.data or "",
                asked,
                form.shared.data or "",
                actor=g.actor,
                now=g.now,
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The report is kept."), work)
            return redirect(url_for("crm_reports.show", report_id=number), 303)
    return _looked_at(access, subject, form, asked, None)


@bp.get("/<int:report_id>/edit")
@requires("crm.figures")
def edit(report_id: int) -> ResponseReturnValue:
    """The form of a report; that of somebody else's makes a copy."""
    access = access_of(g.actor)
    row = queries.get(access, report_id)
    asked, report = _readable(row), row.report
    if asked.object not in {each.key for each in forms.objects(access)}:
        raise NotFound
    form = _form(access, asked.subject, forms.filled(asked, report.name, report.description, report.shared))
    return _looked_at(access, asked.subject, form, asked, report)[0]


@bp.post("/<int:report_id>/edit")
@requires("crm.figures")
def change(report_id: int) -> ResponseReturnValue:
    """Look at what the report would show, keep it, or keep it as another one of one's own."""
    access = access_of(g.actor)
    row, subject = queries.get(access, report_id), _subject(access)
    act = request.form.get("act")
    if act == "copy":
        return _build_copy(access, subject, row.report)
    form, asked = _sent_form(access, subject)
    if act == "save":
        done = kept(
            form,
            lambda: service.change(
                report_id,
                form.name.data or "",
                form.description.data or "",
                asked,
                form.shared.data or "",
                actor=g.actor,
                now=g.now,
            ),
            _("The report is changed."),
            url_for("crm_reports.show", report_id=report_id),
        )
        if done is not None:
            return done
    return _looked_at(access, subject, form, asked, row.report)


def _build_copy(access: Access, subject: ObjectType, report: BuiltReport) -> ResponseReturnValue:
    """Keep what was sent as a report of one's own."""
    form, asked = _sent_form(access, subject)
    if form.validate_on_submit():
        name = form.name.data or ""
        name = _("%(name)s, copy", name=name)[:120] if name == report.name else name
        try:
            number, work = service.build(
                name, form.description.data or "", asked, Shared.NOBODY, actor=g.actor, now=g.now
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("This one is yours."), work)
            return redirect(url_for("crm_reports.show", report_id=number), 303)
    return _looked_at(access, subject, form, asked, report)


def _editor(
    access: Access, subject: ObjectType, form: ReportForm, filters: str, report: BuiltReport | None, **more: Any
) -> str:
    spec = lists.spec_of(access, subject, g.now, g.zone)
    wish = forms.conditions(spec, MultiDict(_pairs(filters)).to_dict(flat=False))[0]
    return render_template(
        "crm/reports/edit.html",
        form=form,
        subject=subject,
        spec=spec,
        wish=wish,
        report=report,
        may_change=report is None or queries.may_change(access, report),
        **({"drawn": None, "listed": None, "problem": ""} | more),
    )


def _looked_at(
    access: Access, subject: ObjectType, form: ReportForm, asked: Definition, report: BuiltReport | None
) -> tuple[str, int]:
    """The form with what the report would show; what is wrong stands beside its field."""
    more: dict[str, Any] = {}
    try:
        place = reporting.ground(asked, access, _today())
        drawn = charts.draw(place, summaries.read(place))
        more = {"drawn": drawn, "listed": listed(place, LISTED)}
    except RuleBroken as problem:
        if told(problem) not in [str(error) for each in form for error in each.errors]:
            form.absorb(problem)
    page = _editor(access, subject, form, asked.filters, report, **more)
    return page, 422 if any(each.errors for each in form) else 200


def _sent_form(access: Access, subject: ObjectType) -> tuple[ReportForm, Definition]:
    form = _form(access, subject)
    spec = lists.spec_of(access, subject, g.now, g.zone)
    wish, messages = forms.conditions(spec, request.form.to_dict(flat=False))
    form.unread = [_(each.text) % each.params for each in messages]
    form.tell_unread()
    return form, form.asked(subject, replace(wish, columns=()).query())


def _form(access: Access, subject: ObjectType, data: Mapping[str, object] | None = None) -> ReportForm:
    form = ReportForm(prefix=f"{PREFIX}-", formdata=None, data=data) if data else ReportForm(prefix=f"{PREFIX}-")
    form.offer(access, subject)
    return form


def _subject(access: Access) -> ObjectType:
    """The object that a form was sent for. Raises NotFound for one that is not there for the person."""
    key = request.form.get(f"{PREFIX}-object", "")
    found = next((each for each in forms.objects(access) if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def _readable(row: ReportRow) -> Definition:
    """What a report asks; one that nobody can read any more begins anew, about what it was about."""
    try:
        asked = row.asked
    except RuleBroken:
        return Definition(row.report.object)
    return asked


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _today() -> Window:
    return Window(g.today, g.today, g.now, g.zone)
