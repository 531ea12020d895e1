"""Bringing a plan from a file: choose it, say what its columns mean, look at the dates, import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, flash, g, json, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from infra import sheets
from infra.forms import told
from infra.http import may, requires
from infra.transaction import note
from kernel.actor import project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.exchange import queries, service
from roadmap.exchange.forms import LARGEST, MEGABYTE, ColumnForm, ImportForm, pack
from roadmap.exchange.rules import columns, mspdi_writing
from roadmap.exchange.rules.plan_file import Issue, PlanFile
from roadmap.exchange.rules.preview import PreviewRow, agreement
from roadmap.projects.queries import row_of

bp = Blueprint("exchange", __name__)
SHOWN_ROWS, SHOWN_ISSUES, SAMPLES = 12, 50, 3


@dataclass(slots=True)
class _Look:
    """What was found in a file so far."""

    heads: tuple[str, ...] = ()
    samples: list[tuple[Any, ...]] = field(default_factory=list)
    plan: PlanFile | None = None
    rows: list[PreviewRow] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


@bp.get("/projects/import")
@requires("project.create")
def upload() -> ResponseReturnValue:
    """The first step: a file."""
    return _page(ImportForm(), ColumnForm(), None)


@bp.post("/projects/import")
@requires("project.create")
def look() -> ResponseReturnValue:
    """The second step: what its columns mean and which dates follow. Nothing is stored."""
    form, mapping = ImportForm(), ColumnForm()
    found = _read(form, mapping)
    return _page(form, mapping, found), 200 if found and found.plan else 422


@bp.post("/projects/import/create")
@requires("project.create")
def create() -> ResponseReturnValue:
    """The last step: a project with this plan, all or nothing."""
    form, mapping = ImportForm(), ColumnForm()
    found = _read(form, mapping)
    if found is None or found.plan is None or found.issues or not form.validate():
        return _page(form, mapping, found), 422
    try:
        project_id = service.import_plan(
            found.plan,
            actor=g.actor,
            now=g.now,
            name=form.name.data or found.plan.name,
            start=form.start.data,
            country=form.country.data or "",
        )
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(form, mapping, found), 422
    count = len(found.plan.rows)
    flash(ngettext("One task is imported.", "%(num)s tasks are imported.", count), "good")
    return redirect(url_for("tasks.table", project_id=project_id), 303)


@bp.get("/projects/<int:project_id>/plan.<format>")
@requires("plan.see")
def export(project_id: int, format: str) -> ResponseReturnValue:
    """The plan as a file: xml for MS Project, csv, xlsx or json; with its costs for whoever may see them."""
    project, money = row_of(project_id), may("cost.see", project_id)
    if format == "json":
        body: bytes = json.dumps(queries.document(project_id, money=money), ensure_ascii=False, indent=2).encode()
        mimetype = "application/json"
    elif format == "xml":
        body, mimetype = mspdi_writing.write(queries.outgoing(project_id, money=money)), "application/xml"
    elif format in ("csv", "xlsx"):
        heads, rows = queries.sheet(project_id, money=money)
        body = sheets.write_csv(heads, rows) if format == "csv" else sheets.write_xlsx(project.name, heads, rows)
        mimetype = sheets.CSV_TYPE if format == "csv" else sheets.XLSX_TYPE
    else:
        raise NotFound
    note(g.actor, "plan.exported", subject=f"project:{project_id}", label=project.name, scope=project_scope(project_id))
    answer = Response(body, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"plan-{project_id}.{format}")
    return answer


def _read(form: ImportForm, mapping: ColumnForm) -> _Look | None:
    """What the file says with the choices made so far; None without a file that can be read."""
    try:
        content = form.content()
        found = _look_at(content, form, mapping)
    except RuleBroken as problem:
        form.absorb(problem)
        return None
    form.kept.data = pack(content)
    return found


def _look_at(content: bytes, form: ImportForm, mapping: ColumnForm) -> _Look:
    found = _Look()
    chosen = None
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and not service.is_xml(content):
        sheet = sheets.read(content)
        found.heads = sheet.heads
        found.samples = [row.cells for row in sheet.rows[1 : SAMPLES + 1]]
        sent = mapping.mapped()
        chosen = sent if "column_name" in mapping and mapping["column_name"].raw_data else columns.guess(sheet.heads)
        _offer(mapping, sheet.heads, chosen)
    try:
        found.plan = service.read_plan(content, start=form.start.data, mapped=chosen, order=form.date_order())
        found.issues = list(found.plan.errors)
        _preview(found, form)
    except RuleBroken as problem:
        if not found.heads:
            raise
        found.issues.append(Issue("", told(problem)))
    return found


def _preview(found: _Look, form: ImportForm) -> None:
    assert found.plan is not None
    start = form.start.data or found.plan.start
    if start is None or found.issues:
        return
    form.start.data, form.name.data = start, form.name.data or found.plan.name
    country = form.country.data or ""
    found.rows = service.trial(found.plan, actor=g.actor, now=g.now, start=start, country=country)


def _offer(mapping: ColumnForm, heads: tuple[str, ...], chosen: columns.Mapped) -> None:
    for name in columns.NAMES:
        bound = mapping[f"column_{name}"]
        places = (SelectChoice(str(place), head) for place, head in enumerate(heads))
        bound.choices = [SelectChoice("", _("not in this file")), *places]
        bound.data = str(chosen.get(name, ""))


def _page(form: ImportForm, mapping: ColumnForm, found: _Look | None) -> str:
    form.offer()
    return render_template(
        "roadmap/exchange/import.html",
        form=form,
        mapping=mapping,
        found=found,
        fields=[mapping[f"column_{name}"] for name in columns.NAMES] if found and found.heads else [],
        heads=[{"label": head} for head in found.heads] if found else [],
        shown=found.rows[:SHOWN_ROWS] if found else [],
        agreed=agreement(found.rows) if found else None,
        issues=found.issues[:SHOWN_ISSUES] if found else [],
        largest=LARGEST // MEGABYTE,
    )
