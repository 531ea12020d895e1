"""The page of who needs help, and the press on an offer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from adoption.help import charts, queries, service
from adoption.help.forms import OfferForm
from adoption.help.queries import Look
from infra.http import may, requires
from infra.undo import flash_undo
from infra.words import sentence_of
from kernel.errors import RuleBroken
from roadmap.actions import queries as actions
from roadmap.projects import queries as projects

bp = Blueprint("adoption_help", __name__)
BASE = "/projects/<int:project_id>/adoption/help"


@bp.get(BASE)
@requires("adoption.see")
def page(project_id: int) -> ResponseReturnValue:
    """Who falls behind, what is offered, and what became of past offers."""
    project = projects.row_of(project_id)
    view = queries.view(project_id, look(project_id))
    return render_template(
        "adoption/help/page.html",
        project=project,
        view=view,
        charts=charts,
        words=charts.words(),
        may_offer=may_offer(project_id),
        finished=project.state != "active",
    )


@bp.post(BASE)
@requires("adoption.edit")
def offer(project_id: int) -> ResponseReturnValue:
    """Offer help: one press makes the action item."""
    form = OfferForm()
    if not form.validate_on_submit():
        flash(_("Choose a team or somebody from the list."), "bad")
        return redirect(url_for(".page", project_id=project_id), 303)
    wanted = service.Wanted(form.about.data or "", form.gap.data or "", form.feature.data or "")
    try:
        made, work = service.offer(project_id, wanted, actor=g.actor, look=look(project_id))
    except RuleBroken as problem:
        flash(sentence_of(problem), "bad")
    else:
        row = actions.action(project_id, made)
        owner = row.owner or _("nobody yet")
        flash_undo(_("Offered: %(code)s for %(owner)s.", code=row.code, owner=owner), work)
    return redirect(_back(project_id), 303)


def look(project_id: int) -> Look:
    """Who looks."""
    return Look(g.actor.id, may("adoption.edit", project_id), g.now, g.zone)


def may_offer(project_id: int) -> bool:
    """Whether the reader may offer help: not where the roll-out is finished."""
    return may("adoption.edit", project_id) and projects.row_of(project_id).state == "active"


def _back(project_id: int) -> str:
    """To the page of this roll-out's adoption that the press came from."""
    base = f"{request.script_root}/projects/{project_id}/adoption"
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host and came_from.path == base else f"{base}/help"
