"""The page of a launch day, and saying since when it is live."""

from __future__ import annotations

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.launch import charts, queries, rules
from desk.launch.forms import LaunchForm
from infra.http import may, requires
from infra.undo import kept
from roadmap.audience import service as audience
from roadmap.projects import queries as projects

bp = Blueprint("launch", __name__)
BASE = "/projects/<int:project_id>/launch"


@bp.get(BASE)
@requires("readiness.see")
def page(project_id: int) -> ResponseReturnValue:
    """What is done and next, first sign-ins, first problems; it refreshes itself."""
    return _page(project_id)


@bp.post(BASE)
@requires("audience.edit")
def live(project_id: int) -> ResponseReturnValue:
    """Say since when the audience works with it."""
    form = LaunchForm()
    done = kept(
        form,
        lambda: audience.launch(project_id, form.day.data, actor=g.actor),
        _("Saved."),
        url_for(".page", project_id=project_id),
    )
    return done or (_page(project_id, form), 422)


def _page(project_id: int, form: LaunchForm | None = None) -> str:
    project = projects.row_of(project_id)
    found = queries.launch(project, g.now, g.actor.id)
    return render_template(
        "desk/launch.html",
        project=project,
        found=found,
        form=form or LaunchForm(formdata=None, data={"day": found.day if found else None}),
        charts=charts,
        most=rules.MOST,
        may_edit=may("audience.edit", project_id) and project.state == "active",
        may_system=may("system.see"),
    )
