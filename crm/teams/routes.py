"""The pages of teams: the tree, one team with its people, and what a move would mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries, rules, service
from accounts.teams.queries import TeamRow
from crm.access import queries as access
from crm.access.rules import State
from crm.handover import service as handover
from crm.roles import charts
from crm.roles import queries as roles
from crm.roles.queries import Moving
from infra.http import requires
from infra.transaction import Work
from infra.undo.service import flash_undo
from infra.words import sentence_of
from kernel.errors import NotFound, Problem, RuleBroken

bp = Blueprint("crm_teams", __name__)


@bp.get("/crm/setup/teams")
@requires("crm.access")
def page() -> ResponseReturnValue:
    """The tree of teams with everybody in it."""
    return _tree_page()


@bp.post("/crm/setup/teams")
@requires("crm.access")
def add() -> ResponseReturnValue:
    """Make a team."""
    try:
        _number, work = service.add_team(request.form.get("name", ""), _parent(), actor=g.actor)
    except RuleBroken as problem:
        return _tree_page(problem)
    flash_undo(_("The team is there. Put people into it."), work)
    return redirect(url_for(".page"), 303)


@bp.get("/crm/setup/teams/<int:team_id>")
@requires("crm.access")
def team(team_id: int) -> ResponseReturnValue:
    """One team: its name, the team above, its people."""
    return _team_page(team_id)


@bp.post("/crm/setup/teams/<int:team_id>/effect")
@requires("crm.access")
def effect(team_id: int) -> ResponseReturnValue:
    """What another name or another team above would mean."""
    found, state = queries.row(team_id), access.state()
    try:
        rules.check_name(request.form.get("name", ""))
        parent = _parent()
        rules.check_parent(state.parents, team_id, parent)
    except RuleBroken as problem:
        return _team_page(team_id, problem)
    after = replace(state, parents={**state.parents, team_id: parent})
    save, back = url_for(".change", team_id=team_id), url_for(".team", team_id=team_id)
    return charts.effect_page(found.name, state, after, save=save, back=back)


@bp.post("/crm/setup/teams/<int:team_id>")
@requires("crm.access")
def change(team_id: int) -> ResponseReturnValue:
    """Rename a team or hang it below another."""
    name = request.form.get("name", "")
    return _done(
        lambda: service.change_team(team_id, name, _parent(), actor=g.actor), url_for(".team", team_id=team_id)
    )


@bp.post("/crm/setup/teams/<int:team_id>/remove")
@requires("crm.access")
def remove(team_id: int) -> ResponseReturnValue:
    """Remove an empty team."""
    queries.row(team_id)
    here = url_for(".team", team_id=team_id)
    return _done(lambda: service.remove_team(team_id, actor=g.actor), url_for(".page"), here)


@bp.post("/crm/setup/teams/<int:team_id>/move/effect")
@requires("crm.access")
def move_effect(team_id: int) -> ResponseReturnValue:
    """What it would mean to put somebody into this team."""
    found, state = queries.row(team_id), access.state()
    try:
        person_id, leads, follow = _move(state)
    except RuleBroken as problem:
        return _team_page(team_id, problem)
    holder = state.holders[person_id]
    after = roles.with_person(state, person_id, holder.roles, team_id, leads=leads)
    return charts.effect_page(
        _("%(name)s moves to %(team)s", name=holder.name, team=found.name),
        state,
        after,
        moving=Moving(person_id, team_id) if follow and holder.team_id != team_id else None,
        save=url_for(".move", team_id=team_id),
        back=url_for(".team", team_id=team_id),
    )


@bp.post("/crm/setup/teams/<int:team_id>/move")
@requires("crm.access")
def move(team_id: int) -> ResponseReturnValue:
    """Put somebody into this team, with their open records where that was said."""
    queries.row(team_id)

    def act() -> Work:
        person_id, leads, follow = _move(access.state())
        return handover.move(person_id, team_id, leads=leads, follow=follow, actor=g.actor, now=g.now)

    return _done(act, url_for(".team", team_id=team_id))


def _move(state: State) -> tuple[int, bool, bool]:
    person = request.form.get("person", "")
    if not person.isdecimal() or int(person) not in state.holders:
        raise RuleBroken("teams.person", "Choose who comes into this team.", field="person")
    return int(person), bool(request.form.get("leads")), request.form.get("follow") == "yes"


def _parent() -> int | None:
    """The team above that was chosen. Raises RuleBroken for one that is not there."""
    parent = request.form.get("parent", "")
    if not parent:
        return None
    if not parent.isdecimal() or int(parent) not in queries.parents():
        raise RuleBroken("teams.parent", "Choose one of the teams, or none.", field="parent")
    return int(parent)


def _done(act: Callable[[], Work], then: str, otherwise: str = "") -> ResponseReturnValue:
    """Do something and go on; say what is wrong where it can't be done."""
    try:
        work = act()
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence_of(problem), "bad")
        return redirect(otherwise or then, 303)
    flash_undo(_("Kept. It holds from now on."), work)
    return redirect(then, 303)


def _in_order(teams: list[TeamRow], above: int | None = None, depth: int = 0) -> list[tuple[int, TeamRow]]:
    """The tree as lines, each team right under the one above it, with its depth."""
    found = []
    for each in teams:
        if each.parent_id == above:
            found += [(depth, each), *_in_order(teams, each.id, depth + 1)]
    return found


def _tree_page(problem: RuleBroken | None = None) -> ResponseReturnValue:
    state, tree, members = access.state(), _in_order(queries.teams()), queries.members()
    page = render_template(
        "crm/setup/teams.html",
        tree=tree,
        members={each.id: [one for one in members if one.team_id == each.id] for _depth, each in tree},
        nowhere=[each for each in state.holders.values() if each.roles and each.team_id is None],
        errors=_errors(problem),
        typed=request.form,
    )
    return page, 200 if problem is None else problem.status


def _team_page(team_id: int, problem: RuleBroken | None = None) -> ResponseReturnValue:
    found, state, listed = queries.row(team_id), access.state(), queries.teams()
    under = rules.below(state.parents, team_id) | {team_id}
    page = render_template(
        "crm/setup/team.html",
        team=found,
        name=request.form.get("name", found.name) if problem else found.name,
        above=[each for each in listed if each.id not in under],
        parent=next((each for each in listed if each.id == found.parent_id), None),
        below=[each for each in listed if each.parent_id == team_id],
        members=[each for each in queries.members() if each.team_id == team_id],
        others=[each for each in state.holders.values() if each.signs_in and each.team_id != team_id],
        roles=state.roles,
        held={each.id: each.roles for each in state.holders.values()},
        names={each.id: each.name for each in listed},
        errors=_errors(problem),
        typed=request.form,
    )
    return page, 200 if problem is None else problem.status


def _errors(problem: Problem | None) -> list[tuple[str, str]]:
    return [] if problem is None else [(problem.field or "", sentence_of(problem))]
