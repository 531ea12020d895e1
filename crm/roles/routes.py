"""The pages of roles: who holds which, what a role may do, one person's roles and team, and the invariants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.access import queries as access
from crm.access import rules as access_rules
from crm.access import service as access_service
from crm.access.rules import RoleData, State, mark_of
from crm.handover import queries as handover
from crm.invariants import queries as invariants
from crm.invariants.rules import breaches
from crm.objects.rules.catalogue import OBJECTS
from crm.roles import charts, forms, queries, rules, service
from crm.roles.queries import Moving
from crm.roles.rules import Matrix
from infra.http import requires
from infra.transaction import Work
from infra.undo.service import flash_undo
from infra.words import sentence_of
from kernel.errors import Conflict, NotFound, Problem, RuleBroken
from kernel.permission import Grant

bp = Blueprint("crm_roles", __name__)
_SHOWN = 60
"""How many people the list of those found shows."""


@bp.get("/crm/setup/roles")
@requires("crm.access")
def page() -> ResponseReturnValue:
    """Every role with its holders, and everybody with their roles."""
    return _list_page()


@bp.post("/crm/setup/roles")
@requires("crm.access")
def add() -> ResponseReturnValue:
    """Make a role of one's own."""
    try:
        key, work = access_service.add_role(
            request.form.get("name", ""),
            request.form.get("description", ""),
            request.form.get("like") or None,
            actor=g.actor,
        )
    except RuleBroken as problem:
        return _list_page(problem)
    flash_undo(_("The role is there. Say what it may do."), work)
    return redirect(url_for(".role", key=key), 303)


@bp.get("/crm/setup/roles/<key>")
@requires("crm.access")
def role(key: str) -> ResponseReturnValue:
    """What one role may do, as a matrix that can be changed."""
    found = _role(key)
    return _role_page(found, rules.matrix_of(found), mark_of(found))


@bp.post("/crm/setup/roles/<key>/effect")
@requires("crm.access")
def effect(key: str) -> ResponseReturnValue:
    """What the change would mean, nothing of which is saved yet."""
    found, state = _role(key), access.state()
    try:
        grants = _wanted(key)
    except RuleBroken as problem:
        return _mended(found, problem)
    after = replace(state, roles={**state.roles, key: replace(found, grants=grants)})
    return charts.effect_page(
        _("Role “%(name)s”", name=found.name),
        state,
        after,
        save=url_for(".change", key=key),
        back=url_for(".role", key=key),
    )


@bp.post("/crm/setup/roles/<key>")
@requires("crm.access")
def change(key: str) -> ResponseReturnValue:
    """Let the change be."""
    found = _role(key)
    try:
        if request.form.get("reset"):
            work = access_service.reset_role(key, actor=g.actor)
        else:
            base = request.form.get("base", "")
            work = access_service.alter_role(key, _wanted(key), base=base, actor=g.actor)
    except (RuleBroken, Conflict) as problem:
        return _mended(found, problem)
    flash_undo(_("Kept. It holds from now on."), work)
    return redirect(url_for(".role", key=key), 303)


@bp.post("/crm/setup/roles/<key>/name")
@requires("crm.access")
def rename(key: str) -> ResponseReturnValue:
    """Call a role of one's own something else."""
    name, description = request.form.get("name", ""), request.form.get("description", "")
    return _done(lambda: access_service.rename_role(key, name, description, actor=g.actor), url_for(".role", key=key))


@bp.post("/crm/setup/roles/<key>/remove")
@requires("crm.access")
def remove(key: str) -> ResponseReturnValue:
    """Remove a role of one's own that nobody holds."""
    return _done(lambda: access_service.remove_role(key, actor=g.actor), url_for(".page"), url_for(".role", key=key))


@bp.get("/crm/setup/people/<int:person_id>")
@requires("crm.access")
def person(person_id: int) -> ResponseReturnValue:
    """The roles and the team of one person."""
    state = access.state()
    holder = _holder(state, person_id)
    return _person_page(state, person_id, forms.Placement(holder.roles, holder.team_id, holder.leads, follow=True))


@bp.post("/crm/setup/people/<int:person_id>/effect")
@requires("crm.access")
def person_effect(person_id: int) -> ResponseReturnValue:
    """What other roles or another team would mean."""
    state = access.state()
    holder = _holder(state, person_id)
    try:
        wanted = _placement(state)
    except RuleBroken as problem:
        return _person_page(
            state, person_id, forms.Placement(holder.roles, holder.team_id, holder.leads, follow=True), problem
        )
    implied = holder.roles - frozenset(access.held(person_id))
    after = queries.with_person(state, person_id, wanted.roles | implied, wanted.team_id, leads=wanted.leads)
    moves = wanted.follow and wanted.team_id != holder.team_id
    return charts.effect_page(
        holder.name,
        state,
        after,
        moving=Moving(person_id, wanted.team_id) if moves else None,
        save=url_for(".place", person_id=person_id),
        back=url_for(".person", person_id=person_id),
    )


@bp.post("/crm/setup/people/<int:person_id>")
@requires("crm.access")
def place(person_id: int) -> ResponseReturnValue:
    """Give the person these roles and this team."""
    state = access.state()
    _holder(state, person_id)
    here = url_for(".person", person_id=person_id)

    def act() -> Work:
        wanted = _placement(state)
        return service.place(
            person_id, wanted.roles, wanted.team_id, leads=wanted.leads, follow=wanted.follow, actor=g.actor, now=g.now
        )

    return _done(act, here)


@bp.get("/crm/setup/invariants")
@requires("crm.access")
def invariant_list() -> ResponseReturnValue:
    """What no change may bring about."""
    return _invariants_page()


@bp.post("/crm/setup/invariants")
@requires("crm.access")
def add_invariant() -> ResponseReturnValue:
    """Rule something out."""
    try:
        wanted = forms.invariant(request.form)
        work = service.add_invariant(wanted, request.form.get("reason", ""), actor=g.actor)
    except RuleBroken as problem:
        return _invariants_page(problem)
    flash_undo(_("It holds from now on."), work)
    return redirect(url_for(".invariant_list"), 303)


@bp.post("/crm/setup/invariants/<key>/lift")
@requires("crm.access")
def lift(key: str) -> ResponseReturnValue:
    """Let an invariant hold no longer, with a reason."""
    reason = request.form.get("reason", "")
    return _done(lambda: service.lift_invariant(key, reason, actor=g.actor), url_for(".invariant_list"))


@bp.post("/crm/setup/invariants/<key>/restore")
@requires("crm.access")
def restore(key: str) -> ResponseReturnValue:
    """Let a shipped invariant hold again."""
    return _done(lambda: service.restore_invariant(key, actor=g.actor), url_for(".invariant_list"))


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


def _role(key: str) -> RoleData:
    found = access.roles().get(key)
    if found is None:
        raise NotFound
    return found


def _shipped(key: str) -> RoleData | None:
    return next((each for each in access_rules.SHIPPED if each.key == key), None)


def _holder(state: State, person_id: int) -> access_rules.Holder:
    if person_id not in state.holders:
        raise NotFound
    return state.holders[person_id]


def _wanted(key: str) -> tuple[Grant, ...]:
    """The grants that were sent: those of the matrix, or the shipped ones. Raises RuleBroken, NotFound."""
    if not request.form.get("reset"):
        return rules.grants_of(key, forms.matrix(request.form))
    shipped = _shipped(key)
    if shipped is None:
        raise NotFound
    return shipped.grants


def _placement(state: State) -> forms.Placement:
    wanted = forms.placement(request.form)
    if not wanted.roles <= frozenset(state.roles):
        raise RuleBroken("crm.unknown_role", "Choose one of the roles.", field="role")
    if wanted.team_id is not None and wanted.team_id not in state.parents:
        raise RuleBroken("crm.team", "Choose one of the teams, or none.", field="team")
    return wanted


def _list_page(problem: RuleBroken | None = None) -> ResponseReturnValue:
    state, asked = access.state(), request.args.get("q", "").strip()
    everybody = state.holders.values()
    listed = [
        each
        for each in everybody
        if (asked.casefold() in each.name.casefold() and each.signs_in if asked else each.roles)
    ]
    marks = {each.key: mark_of(each) for each in access_rules.SHIPPED}
    page = render_template(
        "crm/setup/roles.html",
        roles=state.roles.values(),
        altered={key for key, mark in marks.items() if mark_of(state.roles[key]) != mark},
        shipped=set(marks),
        holders={key: [each for each in everybody if key in each.roles] for key in state.roles},
        people=listed[:_SHOWN],
        more=max(0, len(listed) - _SHOWN),
        asked=asked,
        role_of=state.roles,
        teams={each.id: each.name for each in teams.teams()},
        errors=_errors(problem),
        typed=request.form,
    )
    return page, 200 if problem is None else problem.status


def _role_page(found: RoleData, matrix: Matrix, base: str, problem: Problem | None = None) -> ResponseReturnValue:
    state, shipped = access.state(), _shipped(found.key)
    page = render_template(
        "crm/setup/role.html",
        role=found,
        shipped=shipped is not None,
        altered=shipped is not None and mark_of(shipped) != mark_of(found),
        matrix=matrix,
        base=base,
        errors=_errors(problem),
        holders=[each for each in state.holders.values() if found.key in each.roles],
        objects=OBJECTS,
        modules=state.modules,
        actions=access_rules.ACTIONS,
        functions=access_rules.FUNCTIONS,
        reaches=rules.REACHES,
        ruled_out=[each for each in invariants.holding() if each.role in ("", found.key) and each.unless != found.key],
    )
    return page, 200 if problem is None else problem.status


def _mended(found: RoleData, problem: Problem) -> ResponseReturnValue:
    """The matrix as it was typed, with what is wrong; what can't be read at all is shown as it is kept."""
    try:
        typed = forms.matrix(request.form)
    except RuleBroken:
        typed = rules.matrix_of(found)
    base = mark_of(found) if isinstance(problem, Conflict) else request.form.get("base", "")
    return _role_page(found, typed, base, problem)


def _person_page(
    state: State, person_id: int, shown: forms.Placement, problem: RuleBroken | None = None
) -> ResponseReturnValue:
    holder = state.holders[person_id]
    page = render_template(
        "crm/setup/person.html",
        holder=holder,
        shown=shown,
        implied=holder.roles - frozenset(access.held(person_id)),
        roles=state.roles.values(),
        teams=teams.teams(),
        owned=handover.counts(person_id),
        said=handover.said,
        errors=_errors(problem),
    )
    return page, 200 if problem is None else problem.status


def _invariants_page(problem: RuleBroken | None = None) -> ResponseReturnValue:
    state = access.state()
    rows = invariants.listed()
    broken: dict[str, list[str]] = {}
    for each in breaches([row.invariant for row in rows], state.holdings()):
        broken.setdefault(each.invariant.key, []).append(each.who)
    page = render_template(
        "crm/setup/invariants.html",
        rows=rows,
        broken=broken,
        roles=state.roles,
        objects=OBJECTS,
        actions=access_rules.ACTIONS,
        functions=access_rules.FUNCTIONS,
        errors=_errors(problem),
        typed=request.form,
    )
    return page, 200 if problem is None else problem.status


def _errors(problem: Problem | None) -> list[tuple[str, str]]:
    return [] if problem is None else [(problem.field or "", sentence_of(problem))]
