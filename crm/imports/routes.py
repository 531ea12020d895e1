"""The pages of imports: the list, a file with the meaning of its columns, what became of its rows, what was wrong."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.access.queries import access_of
from crm.imports import charts, forms, queries, service
from crm.imports.forms import FileForm
from crm.imports.models import Import
from crm.intake import service as intake
from crm.intake.rules import mapping as maps
from crm.intake.rules.mapping import FileMap
from crm.intake.rules.reading import questions, shown
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind
from crm.parsing.rules.dates import FORMATS
from infra import sheets
from infra.forms import told
from infra.http import requires
from infra.transaction import note
from infra.undo import flash_undo
from kernel.errors import Problem, RuleBroken

bp = Blueprint("imports", __name__, url_prefix="/crm/imports")
SAMPLES, LOOKED_AT, PROBLEMS = 3, 200, 100


@bp.get("")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """Every import, and the way to a new one."""
    return _index(FileForm())


@bp.post("")
@requires("crm.use")
def add() -> ResponseReturnValue:
    """Keep a file; nothing is written yet."""
    form = FileForm()
    try:
        name, content = form.content()
        number = service.keep_draft(form.kind(), name, content, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _index(form), 422
    return redirect(url_for(".show", import_id=number), 303)


@bp.get("/<int:import_id>")
@requires("crm.use")
def show(import_id: int) -> ResponseReturnValue:
    """One import: as a draft its columns and what would become of its rows, later what became of them."""
    return _show(queries.get(access_of(g.actor), import_id), "")


@bp.post("/<int:import_id>")
@requires("crm.use")
def decide(import_id: int) -> ResponseReturnValue:
    """Keep what the columns mean; then look again, check every row, or bring them in."""
    row = queries.get(access_of(g.actor), import_id)
    try:
        _keep_mapping(row)
        state = _start(row, request.form.get("mode", ""))
    except RuleBroken as problem:
        return _show(row, told(problem), _typed(row)), 422
    if state == service.DONE:
        flash(_said(row), "good")
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/back")
@requires("crm.use")
def take_back(import_id: int) -> ResponseReturnValue:
    """Take an import back, all of it."""
    try:
        service.take_back(import_id, actor=g.actor)
        flash(_("The import was taken back."), "good")
    except Problem as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/drop")
@requires("crm.use")
def drop(import_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    flash_undo(_("The draft is gone."), service.drop(import_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


@bp.get("/<int:import_id>/rejected.csv")
@requires("crm.use")
def rejected(import_id: int) -> ResponseReturnValue:
    """The rows that were not taken over, to be mended and brought in again."""
    row = queries.get(access_of(g.actor), import_id)
    heads, rows = service.rejected_rows(row)
    note(g.actor, "imports.exported", subject=f"crm_import:{row.id}", label=row.file_name, scope="crm", rows=len(rows))
    return _file(sheets.write_csv(heads, rows), sheets.CSV_TYPE, f"rejected-{row.id}.csv")


@bp.get("/<int:import_id>/mapping.json")
@requires("crm.use")
def mapping(import_id: int) -> ResponseReturnValue:
    """What the columns mean, as a file for the next time and for the command."""
    row = queries.get(access_of(g.actor), import_id)
    body = json.dumps(row.mapping, ensure_ascii=False, indent=2).encode()
    return _file(body, "application/json", f"mapping-{row.object}-{row.id}.json")


def _keep_mapping(row: Import) -> None:
    sent = request.files.get("mapping")
    heads = service.sheet_of(row).heads
    if sent and sent.filename:
        document = _document(sent.read(service.LARGEST))
    else:
        document = forms.document_of(request.form, heads, service.mapping_of(row))
    service.set_mapping(row.id, document, actor=g.actor)


def _typed(row: Import) -> FileMap:
    """What was chosen on the page, so that a refusal keeps it; what no page can have sent is passed over."""
    before, heads = service.mapping_of(row), service.sheet_of(row).heads
    try:
        return maps.read(forms.document_of(request.form, heads, before), OBJECTS[row.object], heads)
    except RuleBroken:
        return before


def _document(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise RuleBroken("imports.json", "The mapping file is no JSON: %(why)s.", why=str(error)[:200]) from error


def _start(row: Import, mode: str) -> str:
    return service.start(row.id, mode, actor=g.actor, now=g.now) if mode else row.state


def _said(row: Import) -> str:
    made = ngettext("One record was made", "%(num)s records were made", row.created)
    return _(
        "%(made)s, %(updated)d changed, %(rejected)d rows given back.",
        made=made,
        updated=row.updated,
        rejected=row.rejected,
    )


def _index(form: FileForm) -> str:
    access = access_of(g.actor)
    form.object.choices = [(each.key, _(each.label_plural)) for each in queries.importable(access)]
    form.object.data = form.object.data or request.args.get("object", "")
    return render_template("crm/imports/index.html", form=form, rows=queries.listed(access), objects=OBJECTS)


def _show(row: Import, problem: str, typed: FileMap | None = None) -> str:
    subject = OBJECTS[row.object]
    context: dict[str, Any] = {"row": row, "subject": subject, "problem": problem, "refused": "", "batch": None}
    context["understood"] = []
    if row.state in (service.DRAFT, service.FAILED):
        context |= _draft(row, typed or service.mapping_of(row))
    wrong = queries.problems(row.id, PROBLEMS)
    return render_template("crm/imports/show.html", wrong=wrong, most=PROBLEMS, **context)


def _draft(row: Import, mapping: FileMap) -> dict[str, Any]:
    """What a draft's page shows: the columns with samples, what is asked, and what would become of the first rows."""
    subject, sheet = OBJECTS[row.object], service.sheet_of(row)
    columns = service.samples(sheet)
    fields = maps.fields_for_files(subject)
    asked = questions(subject, mapping, columns)
    batch, refused = None, ""
    try:
        maps.check(mapping, subject)
        first = list(sheet.records())[:LOOKED_AT]
        batch = (
            None
            if asked
            else intake.decide(intake.prepared(mapping, actor=g.actor, now=g.now, origin=row.origin), first)
        )
    except RuleBroken as problem:
        refused = told(problem)
    texts = {head: [shown(cell) for cell in cells if shown(cell)][:SAMPLES] for head, cells in columns.items()}
    dated = {each.key for each in fields.values() if each.kind in (Kind.DATE, Kind.MOMENT)}
    return {
        "columns": [(head, texts[head], mapping.columns.get(head) or maps.ColumnMap("")) for head in sheet.heads],
        "mapping": mapping,
        "fields": [("", _("not taken over")), *((key, _(each.label)) for key, each in fields.items())],
        "formats": [("", _("as it shows")), *((name, name) for name in FORMATS)],
        "dated": dated,
        "asked": {each.column: each for each in asked},
        "asked_formats": {
            each.column: [("", _("please choose")), *((name, name) for name in each.formats)] for each in asked
        },
        "batch": batch,
        "understood": charts.understood(access_of(g.actor), subject, mapping, batch) if batch else [],
        "refused": refused,
        "looked_at": min(LOOKED_AT, row.rows),
        "amounts": {each.key for each in fields.values() if each.kind in (Kind.MONEY, Kind.NUMBER, Kind.PERCENT)},
    }


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
