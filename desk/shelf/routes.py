"""The pages of templates: the shelf, one template with its versions, its text, its file, and saving a roll-out."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from desk.shelf import queries, rules, service
from desk.shelf.forms import FileForm, HeadForm, SaveForm, TextForm
from desk.shelf.queries import Card
from desk.template.queries import TemplateInvalid
from desk.template.rules import Problem as Mistake
from desk.template.rules import elements
from infra.http import may, requires
from infra.transaction import note
from infra.undo import flash_undo, kept
from kernel.errors import NotFound, Problem
from roadmap.projects import queries as projects

bp = Blueprint("templates", __name__)
BASE = "/templates/<key>"
_LONGEST_NUMBER = 9


@bp.get("/templates")
@requires("template.see")
def page() -> ResponseReturnValue:
    """Every template that one may use."""
    return render_template(
        "desk/shelf/page.html", cards=queries.cards(g.actor), away=queries.cards(g.actor, archived=True)
    )


@bp.get(BASE)
@requires("template.see")
def template(key: str) -> ResponseReturnValue:
    """One template: what it holds, and its versions; ``version=2`` shows what that one changed."""
    return _page(key, queries.card(key, g.actor))


@bp.post(BASE)
@requires("template.edit")
def change(key: str) -> ResponseReturnValue:
    """Another name or description."""
    card, form = queries.card(key, g.actor), HeadForm()
    done = kept(
        form,
        lambda: service.change(key, form.name.data or "", form.description.data or "", actor=g.actor),
        _("Saved."),
        url_for(".template", key=key),
        Problem,
    )
    return done or (_page(key, card, form), 422)


@bp.get(f"{BASE}/text")
@requires("template.edit")
def text(key: str) -> ResponseReturnValue:
    """One section of the template as text, to be changed."""
    card, section = queries.card(key, g.actor), _section(request.args.get("section", ""))
    held = queries.sections(key)
    form = TextForm(text=rules.to_text({section: held.get(section, [])}), base=str(card.version))
    return _text_page(card, section, form)


@bp.post(f"{BASE}/text")
@requires("template.edit")
def write(key: str) -> ResponseReturnValue:
    """A new version; every mistake is named with its line, and what was typed stays."""
    card, section, form = queries.card(key, g.actor), _section(request.form.get("section", "")), TextForm()
    mistakes: list[Mistake] = []
    if form.validate_on_submit():
        typed, told = form.text.data or "", form.note.data or ""
        try:
            number = service.write(key, section, typed, _number(form.base.data), told, actor=g.actor, now=g.now)
        except TemplateInvalid as problem:
            mistakes = problem.problems
        except Problem as problem:
            form.absorb(problem)
        else:
            flash(_("Version %(number)s is on the shelf.", number=number), "good")
            return redirect(url_for(".template", key=key, version=number), 303)
    return _text_page(card, section, form, mistakes), 422


def _section(asked: str) -> str:
    """The section that is edited; the tasks for a word that is none."""
    return asked if asked in rules.ORDER else "tasks"


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < _LONGEST_NUMBER else 0


@bp.post(f"{BASE}/share")
@requires("template.edit")
def share(key: str) -> ResponseReturnValue:
    """Open it to everybody, or close it again."""
    shared = request.form.get("shared") == "yes"
    work = service.share(key, shared=shared, actor=g.actor)
    flash_undo(_("Everybody can use the template now.") if shared else _("The template is yours alone again."), work)
    return redirect(url_for(".template", key=key), 303)


@bp.post(f"{BASE}/away")
@requires("template.edit")
def put_away(key: str) -> ResponseReturnValue:
    """Take it off the shelf, or put it back."""
    away = request.form.get("away") == "yes"
    work = service.put_away(key, away=away, actor=g.actor, now=g.now)
    flash_undo(_("The template is put away.") if away else _("The template is back on the shelf."), work)
    return redirect(url_for(".page"), 303)


@bp.post(f"{BASE}/restore")
@requires("template.edit")
def restore(key: str) -> ResponseReturnValue:
    """Make an older version the newest."""
    asked = request.form.get("version", "")
    older = next((each.number for each in queries.versions(key) if str(each.number) == asked), None)
    if older is None:
        raise NotFound("There is no such version.")
    number = service.restore(key, older, actor=g.actor, now=g.now)
    flash(_("Version %(number)s is as version %(old)s was.", number=number, old=asked), "good")
    return redirect(url_for(".template", key=key), 303)


@bp.get(f"{BASE}.zip")
@requires("template.see")
def export(key: str) -> ResponseReturnValue:
    """The template as an archive of YAML files."""
    card = queries.card(key, g.actor)
    content = service.packed(queries.files(key))
    note(g.actor, "template.exported", label=card.name, key=key)
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=f"{key}.zip")


@bp.get("/templates/import")
@requires("template.edit")
def choose_file() -> ResponseReturnValue:
    """Where a file is chosen."""
    return _import_page(FileForm())


@bp.post("/templates/import")
@requires("template.edit")
def take_in() -> ResponseReturnValue:
    """A template from a file."""
    form = FileForm()
    mistakes: list[Mistake] = []
    if form.validate_on_submit():
        sent = form.file.data
        try:
            files = service.unpack(sent.read(), sent.filename or "")
            key = service.take_in(files, form.name.data or "", actor=g.actor, now=g.now)
        except TemplateInvalid as problem:
            mistakes = problem.problems
        except Problem as problem:
            form.absorb(problem)
        else:
            flash(_("The template is on the shelf, for you alone until you share it."), "good")
            return redirect(url_for(".template", key=key), 303)
    return _import_page(form, mistakes), 422


@bp.get("/projects/<int:project_id>/save-as-template")
@requires("template.save")
def save_form(project_id: int) -> ResponseReturnValue:
    """How the template is to be called."""
    return _save_page(project_id, _save_form(name=projects.row_of(project_id).name))


@bp.post("/projects/<int:project_id>/save-as-template")
@requires("template.save")
def save(project_id: int) -> ResponseReturnValue:
    """Save the roll-out, and say what stayed behind."""
    form = _save_form()
    if form.validate_on_submit():
        try:
            key, found = service.save_project(
                project_id,
                form.name.data or "",
                form.description.data or "",
                form.note.data or "",
                into=form.into.data or "",
                actor=g.actor,
                now=g.now,
            )
        except Problem as problem:
            form.absorb(problem)
        else:
            flash(" ".join([_("Saved as a template."), *(_left(what, count) for what, count in found.left)]), "good")
            return redirect(url_for(".template", key=key), 303)
    return _save_page(project_id, form), 422


def _left(what: str, count: int) -> str:
    if what == "dates":
        return ngettext("One fixed date stayed behind.", "%(num)s fixed dates stayed behind.", count)
    if what == "summary-links":
        return ngettext("One link of a summary stayed behind.", "%(num)s links of summaries stayed behind.", count)
    return ngettext("One thing hung on what is gone.", "%(num)s things hung on what is gone.", count)


def _save_form(**first: str) -> SaveForm:
    form = SaveForm(**first)
    mine = [card for card in queries.cards(g.actor) if card.mine]
    versions = [SelectChoice(card.key, _("the next version of “%(name)s”", name=card.name)) for card in mine]
    form.into.choices = [SelectChoice("", _("a new template")), *versions]
    return form


def _page(key: str, card: Card, form: HeadForm | None = None) -> str:
    parts = elements(queries.load(key))
    versions = queries.versions(key)
    asked = request.args.get("version", "")
    shown = next((row.number for row in versions if str(row.number) == asked), None)
    changed = None
    if shown is not None and shown > 1:
        changed = rules.differences(elements(queries.load(key, shown - 1)), elements(queries.load(key, shown)))
    return render_template(
        "desk/shelf/template.html",
        card=card,
        form=form or HeadForm(data={"name": card.name, "description": card.description}),
        kinds=Counter(part.kind for part in parts),
        phases=[part for part in parts if part.kind == "phase"],
        tasks=[part for part in parts if part.kind in ("task", "milestone")],
        versions=versions,
        shown=shown,
        changed=changed,
        may_create=may("project.create"),
    )


def _text_page(card: Card, section: str, form: TextForm, mistakes: list[Mistake] | None = None) -> str:
    return render_template(
        "desk/shelf/text.html",
        card=card,
        section=section,
        sections=[(each, url_for(".text", key=card.key, section=each), each == section) for each in rules.ORDER],
        form=form,
        mistakes=mistakes or [],
    )


def _import_page(form: FileForm, mistakes: list[Mistake] | None = None) -> str:
    return render_template("desk/shelf/import.html", form=form, mistakes=mistakes or [])


def _save_page(project_id: int, form: SaveForm) -> str:
    return render_template("desk/shelf/save.html", project_id=project_id, form=form)
