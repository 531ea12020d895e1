"""The page of whom a roll-out is for, and since when they work with it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.people import queries as people
from accounts.teams import queries as teams
from infra.http import may, requires
from infra.undo import flash_undo, kept
from roadmap.audience import charts, queries, service
from roadmap.audience.forms import LaunchForm, PersonForm, TeamsForm
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


@bp.post(f"{BASE}/people")
@requires("audience.edit")
def name(project_id: int) -> ResponseReturnValue:
    """Say that it is for somebody besides the teams."""
    form = PersonForm()
    done = kept(
        form,
        lambda: service.name(project_id, form.person_id.data, actor=g.actor),
        _("Saved."),
        url_for(".page", project_id=project_id),
    )
    return done or (_page(project_id, person_form=form), 422)


@bp.post(f"{BASE}/people/<int:person_id>/leave-out")
@requires("audience.edit")
def unname(project_id: int, person_id: int) -> ResponseReturnValue:
    """Leave out somebody who was named."""
    flash_undo(_("Saved."), service.unname(project_id, person_id, actor=g.actor))
    return redirect(url_for(".page", project_id=project_id), 303)


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


def _page(
    project_id: int,
    teams_form: TeamsForm | None = None,
    launch_form: LaunchForm | None = None,
    person_form: PersonForm | None = None,
) -> str:
    found, project = queries.audience(project_id), projects.row_of(project_id)
    everybody, inside = people.people(), teams.homes()
    person_form = person_form or PersonForm(formdata=None)
    person_form.offer(each for each in everybody if each.active and each.id not in found.people)
    rows = charts.tree(teams.teams(), teams_form.chosen() if teams_form else found.chosen)
    return render_template(
        "roadmap/audience/page.html",
        project_id=project_id,
        audience=found,
        branches=rows,
        people=sum(found.teams is not None and found.holds(inside.get(each.id), each.id) for each in everybody),
        named=[(each, inside.get(each.id) in (found.teams or ())) for each in everybody if each.id in found.people],
        chosen=[each.name for each in rows if each.chosen],
        person_form=person_form,
        teams_form=teams_form or TeamsForm(formdata=None),
        launch_form=launch_form or LaunchForm(formdata=None, data={"day": found.live_since}),
        may_edit=may("audience.edit", project_id) and project.state == "active",
    )
