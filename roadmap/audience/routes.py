"""The page of whom a roll-out is for, and since when they work with it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from infra.http import may, requires
from infra.undo import flash_undo, kept
from roadmap.audience import charts, queries, service
from roadmap.audience.forms import LaunchForm, TeamsForm
from roadmap.projects import queries as projects

bp = Blueprint("audience", __name__)
BASE = "/projects/<int:project_id>/audience"


@bp.get(BASE)
@requires("audience.see")
def page(project_id: int) -> ResponseReturnValue:
    """The teams, and the day."""
    return _page(project_id)


@bp.post(BASE)
@requires("audience.edit")
def choose(project_id: int) -> ResponseReturnValue:
    """Say which teams it is for."""
    form = TeamsForm()
    done = kept(
        form,
        lambda: service.choose(project_id, form.chosen(), actor=g.actor),
        _("Saved."),
        url_for(".page", project_id=project_id),
    )
    return done or (_page(project_id, teams_form=form), 422)


@bp.post(f"{BASE}/launch")
@requires("audience.edit")
def launch(project_id: int) -> ResponseReturnValue:
    """Say since when it is live."""
    form = LaunchForm()
    if form.validate_on_submit():
        work = service.launch(project_id, form.day.data, actor=g.actor)
        flash_undo(_("Saved."), work)
        return redirect(url_for(".page", project_id=project_id), 303)
    return _page(project_id, launch_form=form), 422


def _page(project_id: int, teams_form: TeamsForm | None = None, launch_form: LaunchForm | None = None) -> str:
    found, project = queries.audience(project_id), projects.row_of(project_id)
    rows = charts.tree(teams.teams(), teams_form.chosen() if teams_form else found.chosen)
    return render_template(
        "roadmap/audience/page.html",
        project_id=project_id,
        audience=found,
        branches=rows,
        people=sum(each.people for each in rows if each.chosen and not each.comes_along),
        chosen=[each.name for each in rows if each.chosen],
        teams_form=teams_form or TeamsForm(formdata=None),
        launch_form=launch_form or LaunchForm(formdata=None, data={"day": found.live_since}),
        may_edit=may("audience.edit", project_id) and project.state == "active",
    )
