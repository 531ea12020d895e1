"""The page on which a person's records are handed over."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.people import queries as people
from crm.access import queries as access
from crm.handover import queries, service
from crm.objects.rules.catalogue import OBJECTS
from infra.http import requires
from infra.undo.service import flash_undo
from infra.words import sentence_of
from kernel.errors import RuleBroken

bp = Blueprint("crm_reassign", __name__)


@bp.get("/crm/setup/reassign/<int:person_id>")
@requires("crm.access")
def page(person_id: int) -> ResponseReturnValue:
    """What somebody owns, and who could take it over."""
    return _page(person_id)


@bp.post("/crm/setup/reassign/<int:person_id>")
@requires("crm.access")
def hand_over(person_id: int) -> ResponseReturnValue:
    """Give it to somebody else, all or by object."""
    to = request.form.get("to", "")
    try:
        moved, work = service.hand_over(
            person_id,
            int(to) if to.isdecimal() and len(to) < _DIGITS else 0,
            request.form.getlist("kinds"),
            closed=bool(request.form.get("closed")),
            actor=g.actor,
            now=g.now,
        )
    except RuleBroken as problem:
        return _page(person_id, problem)
    if moved:
        flash_undo(ngettext("%(num)s record has another owner.", "%(num)s records have another owner.", moved), work)
    else:
        flash(_("There was nothing to hand over."), "good")
    return redirect(url_for(".page", person_id=person_id), 303)


_DIGITS = 10
"""No number of a person is as long."""


def _page(person_id: int, problem: RuleBroken | None = None) -> ResponseReturnValue:
    person = people.person(person_id)
    counts, everything = queries.counts(person_id), queries.counts(person_id, closed=True)
    takers = [each for each in access.state().holders.values() if each.roles and each.signs_in and each.id != person_id]
    chosen = request.form.getlist("kinds") if problem else list(queries.OWNED)
    page = render_template(
        "crm/setup/reassign.html",
        person=person,
        counts=counts,
        everything=everything,
        takers=takers,
        objects=OBJECTS,
        said=queries.said,
        chosen=chosen,
        typed=request.form,
        errors=[] if problem is None else [(problem.field or "", sentence_of(problem))],
    )
    return page, 200 if problem is None else problem.status
