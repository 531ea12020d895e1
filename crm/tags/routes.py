"""Tags on a record, and the page on which they are looked after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.objects.rules.catalogue import OBJECTS, object_of
from crm.tags import queries, rules, service
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import RuleBroken

bp = Blueprint("crm_tags", __name__)
BASE = f"/crm/<any({', '.join(each.plural for each in OBJECTS.values())}):plural>/<int:record_id>/tags"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent for a tag and what is wrong with it."""

    tag_id: int = 0
    name: str = ""
    colour: int = 0
    error: str = ""


@bp.post(BASE)
@requires("crm.use")
def put(plural: str, record_id: int) -> ResponseReturnValue:
    """Put a tag on a record."""
    kind, name = object_of(plural).key, request.form.get("name", "")
    there = url_for("record.page", plural=plural, record_id=record_id)
    return _act(_("Tagged."), lambda: service.put(kind, record_id, name, actor=g.actor), there)


@bp.post(f"{BASE}/<int:tag_id>/take")
@requires("crm.use")
def take(plural: str, record_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off a record."""
    kind = object_of(plural).key
    there = url_for("record.page", plural=plural, record_id=record_id)
    return _act(_("Tag taken off."), lambda: service.take(kind, record_id, tag_id, actor=g.actor), there)


@bp.get("/crm/setup/tags")
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """Every tag, with how many records carry it."""
    return _page()


@bp.post("/crm/setup/tags/<int:tag_id>")
@requires("crm.setup")
def change(tag_id: int) -> ResponseReturnValue:
    """Another name or colour; what was typed stays where it is refused."""
    name, colour = request.form.get("name", ""), request.form.get("colour", type=int) or 0
    try:
        work = service.change(tag_id, name, colour, actor=g.actor)
    except RuleBroken as problem:
        return _page(Typed(tag_id, name, colour, told(problem))), problem.status
    flash_undo(_("Saved."), work)
    return redirect(url_for(".page"), 303)


@bp.post("/crm/setup/tags/<int:tag_id>/remove")
@requires("crm.setup")
def remove(tag_id: int) -> ResponseReturnValue:
    """Take it away from every record."""
    return _act(_("The tag is gone."), lambda: service.remove(tag_id, actor=g.actor), url_for(".page"))


def _page(typed: Typed | None = None) -> str:
    return render_template("crm/tags/page.html", tags=queries.tags(), colours=rules.COLOURS, typed=typed or Typed())


def _act(message: str, act: Callable[[], Work], there: str) -> ResponseReturnValue:
    try:
        work = act()
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(message, work)
    return redirect(there, 303)
