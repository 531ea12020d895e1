"""The page of a new roll-out: its dates appear before one confirms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.setup import charts, rules, service
from desk.setup.forms import SetupForm, chosen_template, form_for, zones
from desk.shelf import queries as templates
from infra.http import is_fragment, requires
from kernel.errors import RuleBroken
from kernel.worktime import NoWorkingTime
from roadmap.staffing import queries as staffing

bp = Blueprint("setup", __name__)
_DATING = ("start", "target_go_live", "template", "country", "subdivision")
"""The fields that decide the dates."""


@bp.get("/projects/new")
@requires("project.create")
def new() -> ResponseReturnValue:
    """A form that is nearly filled, and the dates that it means."""
    form = _form()
    return _page(form, _preview(form))


@bp.post("/projects/new/dates")
@requires("project.create")
def dates() -> ResponseReturnValue:
    """The dates of what is typed so far; nothing is stored."""
    form = _form()
    form.validate()
    found = _preview(form)
    if not is_fragment():
        return _page(form, found)
    moved = request.form.get("parts_of", "") != (form.country.data or "")
    return render_template("desk/setup/_dates.html", form=form, with_parts=moved, **_shown(form, found))


@bp.post("/projects/new")
@requires("project.create")
def create() -> ResponseReturnValue:
    """Create the roll-out and go there; or say beside the fields what has to change."""
    form = _form()
    if not form.validate():
        return _page(form, _preview(form)), 422
    try:
        project_id = service.create(form.wanted(), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(form, _preview(form)), 422
    flash(_("“%(name)s” is planned. Its tasks, lists and gates are ready.", name=form.name.data), "good")
    return redirect(url_for("overview.page", project_id=project_id), 303)


def _form() -> SetupForm:
    shelf = templates.choices(g.actor)
    key = chosen_template(request.values, shelf)
    zone = g.zone.key if g.zone.key in zones() else "UTC"
    first = {"template": key, "timezone": zone, "start": rules.next_monday(g.today)}
    return form_for(templates.load(key).roles, staffing.everybody(), shelf, first)


def _preview(form: SetupForm) -> rules.Preview | None:
    """The dates, as soon as the fields that decide them can be read."""
    if form.start.data is None or any(form[name].errors for name in _DATING):
        return None
    try:
        return service.preview(form.wanted())
    except RuleBroken as problem:
        form.absorb(problem)
    except NoWorkingTime:
        form.start.errors = [*form.start.errors, _("Nobody works around that day. Choose an earlier one.")]
    return None


def _page(form: SetupForm, found: rules.Preview | None) -> str:
    return render_template("desk/setup/new.html", form=form, **_shown(form, found))


def _shown(form: SetupForm, found: rules.Preview | None) -> dict[str, Any]:
    target = form.target_go_live.data
    return {
        "found": found,
        "ruler": charts.scale(found, target) if found else None,
        "lanes": charts.lanes(found) if found else [],
        "target": target,
        "elements": len(templates.load(chosen_template(request.values, templates.choices(g.actor))).tasks),
    }
