"""The team of a project: its roles with who fills them, and who may see and do what."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.access.rules import PROJECT_ROLES
from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from roadmap.staffing import queries, rules, service
from roadmap.staffing.forms import RoleForm
from roadmap.staffing.queries import RoleRow

bp = Blueprint("team", __name__)
BASE = "/projects/<int:project_id>/team"


@bp.get(BASE)
@requires("team.see")
def page(project_id: int) -> ResponseReturnValue:
    """Roles and members."""
    return _page(project_id)


@bp.get(f"{BASE}/roles/new")
@requires("team.edit")
def new_role(project_id: int) -> ResponseReturnValue:
    """An empty form for a role."""
    return _role_page(project_id, _form(project_id, share=rules.LARGEST_SHARE))


@bp.post(f"{BASE}/roles/new")
@requires("team.edit")
def add_role(project_id: int) -> ResponseReturnValue:
    """A role of one's own."""
    form = _form(project_id)
    if form.validate_on_submit():
        try:
            _id, work = service.add_role(project_id, form.chosen(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        except ValueError:
            form.absorb(_no_such_person())
        else:
            flash_undo(_("The role is added."), work)
            return _back(project_id)
    return _role_page(project_id, form), 422


@bp.get(f"{BASE}/roles/<int:role_id>")
@requires("team.edit")
def edit_role(project_id: int, role_id: int) -> ResponseReturnValue:
    """The form of a role."""
    return _role_page(project_id, _form(project_id, obj=_role(project_id, role_id)), role_id)


@bp.post(f"{BASE}/roles/<int:role_id>")
@requires("team.edit")
def change_role(project_id: int, role_id: int) -> ResponseReturnValue:
    """Who fills a role, with what share of their time."""
    _role(project_id, role_id)
    form = _form(project_id)
    if form.validate_on_submit():
        try:
            work = service.change_role(project_id, role_id, form.chosen(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        except ValueError:
            form.absorb(_no_such_person())
        else:
            flash_undo(_("Saved."), work)
            return _back(project_id)
    return _role_page(project_id, form, role_id), 422


@bp.post(f"{BASE}/members")
@requires("team.edit")
def add_member(project_id: int) -> ResponseReturnValue:
    """Open the project to somebody."""
    try:
        service.add_member(project_id, _person_id(), request.form.get("role", ""), actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(project_id), 422
    flash(_("Added to the project."), "good")
    return _back(project_id)


@bp.post(f"{BASE}/members/remove")
@requires("team.edit")
def remove_member(project_id: int) -> ResponseReturnValue:
    """Close the project to somebody in one role."""
    try:
        service.remove_member(project_id, _person_id(), request.form.get("role", ""), actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(project_id), 422
    flash(_("Taken out of the project."), "good")
    return _back(project_id)


def _page(project_id: int) -> str:
    roles = queries.roles(project_id)
    return render_template(
        "roadmap/staffing/team.html",
        project_id=project_id,
        roles=roles,
        open_roles=[role for role in roles if role.person_id is None],
        outside=[role for role in roles if role.person_id is not None and role.outside],
        members=queries.members(project_id),
        labels={role.key: role.label for role in PROJECT_ROLES},
        choices=[(role.key, role.label) for role in PROJECT_ROLES],
        everybody=[
            (each.id, f"{each.name}, {each.detail}" if each.detail else each.name) for each in queries.everybody()
        ],
        may_edit=may("team.edit", project_id),
    )


def _role_page(project_id: int, form: RoleForm, role_id: int | None = None) -> str:
    return render_template("roadmap/staffing/role.html", project_id=project_id, form=form, role_id=role_id)


def _form(project_id: int, obj: RoleRow | None = None, share: int | None = None) -> RoleForm:
    form = RoleForm(obj=obj) if share is None else RoleForm(share=share)
    calendars = [(str(each.id), each.name) for each in queries.calendars_of(project_id)]
    form.calendar_id.choices = [("", _("the project’s")), *calendars]
    people = [(str(each.id), each.name) for each in queries.everybody()]
    form.person_id.choices = [("", _("nobody yet")), *people]
    if obj is not None:
        form.person_id.data = str(obj.person_id or "")
        form.calendar_id.data = str(obj.calendar_id or "")
    return form


def _role(project_id: int, role_id: int) -> RoleRow:
    found = next((role for role in queries.roles(project_id) if role.id == role_id), None)
    if found is None:
        raise NotFound
    return found


def _person_id() -> int:
    found = rules.person_number(request.form.get("person_id", ""))
    if found is None:
        raise _no_such_person()
    return found


def _no_such_person() -> RuleBroken:
    return RuleBroken("team.person", "There is no such person. Choose one of the list.", field="person_id")


def _back(project_id: int) -> ResponseReturnValue:
    return redirect(url_for(".page", project_id=project_id), 303)
