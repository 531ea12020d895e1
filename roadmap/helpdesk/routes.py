"""The page of a roll-out's tickets, one of them, and the opening of its queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.objects.rules import choices
from crm.objects.rules.catalogue import TICKET
from crm.records import queries as records
from crm.tickets import queries as tickets
from infra import lists
from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import NotFound, RuleBroken
from kernel.rownumbers import row_number
from roadmap.helpdesk import queries, service
from roadmap.projects import queries as projects

bp = Blueprint("helpdesk", __name__)
BASE = "/projects/<int:project_id>/tickets"


@bp.get(BASE)
@requires("helpdesk.see")
def page(project_id: int) -> ResponseReturnValue:
    """The tickets of the roll-out's people, the next promise first; without a queue how one is opened."""
    queue = queries.queue_of(project_id)
    if queue is None:
        return _closed(project_id)
    return lists.answer(
        queries.ticket_list(queries.agents(queue.id), g.now),
        queries.rows(queue.id),
        "roadmap/helpdesk/page.html",
        scope=project_scope(project_id),
        project_id=project_id,
        queue=queue,
        sums=queries.sums([queue.id], g.now)[queue.id],
        states=dict(choices.TICKET_STATES),
        priorities=dict(choices.PRIORITIES),
    )


@bp.get(f"{BASE}/<int:ticket_id>")
@requires("helpdesk.see")
def ticket(project_id: int, ticket_id: int) -> ResponseReturnValue:
    """One ticket, as far as its requester sees it."""
    queue = queries.queue_of(project_id)
    if queue is None:
        raise NotFound
    row = queries.ticket(queue.id, ticket_id)
    record = tickets.row(ticket_id)
    return render_template(
        "roadmap/helpdesk/ticket.html",
        project_id=project_id,
        row=row,
        record=record,
        entries=tickets.conversation(record, internal=False),
        states=dict(choices.TICKET_STATES),
        priorities=dict(choices.PRIORITIES),
        labels={each.key: each.label for each in TICKET.fields},
        at_work=_in_the_crm(record),
        mine=f"/support/{row.id}" if row.requester_id == g.actor.id else "",
    )


@bp.post(BASE)
@requires("helpdesk.edit")
def open_queue(project_id: int) -> ResponseReturnValue:
    """Open the queue of the roll-out: its own, or one that is there."""
    queue_id = request.form.get("queue_id", type=row_number)
    try:
        if queue_id is None:
            team_id = request.form.get("team_id", type=row_number)
            _made, work = service.open_queue(project_id, team_id, actor=g.actor)
        else:
            work = service.join_queue(project_id, queue_id, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _closed(project_id), 422
    flash_undo(_("The help desk of the roll-out is open."), work)
    return redirect(url_for(".page", project_id=project_id), 303)


def _closed(project_id: int) -> str:
    project = projects.row_of(project_id)
    opens = may("helpdesk.edit", project_id) and project.state == "active"
    return render_template(
        "roadmap/helpdesk/closed.html",
        project_id=project_id,
        project=project,
        may_open=opens,
        teams=[(each.id, each.name) for each in teams.teams()] if opens else [],
        free=[(each.id, each.name) for each in queries.free()] if opens else [],
    )


def _in_the_crm(record: Any) -> str:
    """Where the reader works on a ticket; nothing for who may not see it there."""
    access = access_of(g.actor)
    facts = records.facts(access, access_rules.SEE, TICKET, record)
    return f"/crm/tickets/{record.id}" if access_rules.may(access, access_rules.SEE, TICKET, facts) else ""
