"""Calendar addresses: the page where one makes and withdraws them, and the calendars behind them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.feeds import queries, service
from infra.forms import told
from infra.http import public, requires
from kernel.errors import NotFound, RuleBroken
from roadmap.ical.rules import written
from roadmap.projects import queries as projects
from roadmap.staffing.rules import person_number

bp = Blueprint("feeds", __name__)
BASE = "/my-work/calendars"
_PLACES = {"task": "tasks.page", "checklist": "checklists.show", "action": "actions.page"}


@bp.get(BASE)
@requires("work.see")
def page() -> ResponseReturnValue:
    """One's own addresses."""
    return _page()


@bp.post(BASE)
@requires("work.see")
def make() -> ResponseReturnValue:
    """Make an address and show it, this once."""
    try:
        token = service.make(person_number(request.form.get("project", "")), actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(), 422
    return _page(made=url_for(".calendar", token=token, _external=True))


@bp.post(f"{BASE}/<int:feed_id>/revoke")
@requires("work.see")
def revoke(feed_id: int) -> ResponseReturnValue:
    """Withdraw an address."""
    service.revoke(feed_id, actor=g.actor)
    flash(_("The address is withdrawn; calendars that use it get nothing from now on."), "good")
    return redirect(url_for(".page"), 303)


@bp.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> ResponseReturnValue:
    """What stands behind an address."""
    visitor = request.remote_addr or ""
    service.admit(visitor, g.now)
    try:
        feed, owner = queries.behind(token)
        name, entries = queries.entries_of(feed, owner, g.today, _address)
    except NotFound:
        service.mark_wrong(visitor, g.now)
        raise
    service.mark_read(feed, g.now)
    answer = Response(written(name, entries, g.now), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=900"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _address(kind: str, project_id: int, number: int) -> str:
    names = {"task": "task_id", "checklist": "checklist_id", "action": "action_id"}
    return url_for(_PLACES[kind], project_id=project_id, **{names[kind]: number}, _external=True)  # type: ignore[arg-type]  # numbers by name


def _page(made: str = "") -> str:
    rows = queries.feeds_of(g.actor.id)
    choices = [("", _("My work: tasks, checklist items, action items")), *_plans()]
    return render_template("desk/feeds.html", feeds=rows, choices=choices, made=made)


def _plans() -> list[tuple[str, str]]:
    return [(str(row.id), _("The plan of %(name)s", name=row.name)) for row in projects.visible(g.actor)]
