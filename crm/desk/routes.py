"""The pages of the help desk: by the clock, and by state."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.desk import queries, rules
from crm.desk.rules import Filters
from crm.objects.rules import choices
from crm.objects.rules.catalogue import TICKET
from infra.http import requires
from kernel.errors import NotFound

bp = Blueprint("crm_desk", __name__)
BASE = "/crm/desk"
MOST_PAGES = 10_000


@bp.get(BASE)
@requires("crm.use")
def page() -> ResponseReturnValue:
    """The open tickets by the clock: the promise that ends first at the top."""
    access, filters = _asked()
    number = min(max(request.args.get("page", 1, type=int) or 1, 1), MOST_PAGES)
    found, more = queries.page(access, filters, g.now, number)
    return render_template("crm/desk/page.html", cards=found, page=number, more=more, **_frame(access, filters))


@bp.get(f"{BASE}/board")
@requires("crm.use")
def board() -> ResponseReturnValue:
    """The tickets by state."""
    access, filters = _asked()
    lanes = queries.board(access, filters, g.now)
    return render_template("crm/desk/board.html", lanes=lanes, **_frame(access, filters))


def _asked() -> tuple[Access, Filters]:
    access = access_of(g.actor)
    if not queries.may_see(access):
        raise NotFound
    return access, rules.filters_of(request.args)


def _frame(access: Access, filters: Filters) -> dict[str, Any]:
    return {
        "filters": filters,
        "show": rules.Show,
        "whose": rules.Whose,
        "sums": queries.sums(access, filters, g.now),
        "queues": queries.queue_names([filters.queue_id] if filters.queue_id else []),
        "priorities": choices.PRIORITIES,
        "states": dict(choices.TICKET_STATES),
        "may_create": access_rules.may(access, access_rules.CREATE, TICKET),
    }
