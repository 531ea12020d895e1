"""The pipeline as board, table and forecast, and the move of a card."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.objects.rules.catalogue import OPPORTUNITY
from crm.pipeline import charts, queries, rules, service
from crm.pipeline.forms import REASONS, MoveForm, filters_of
from crm.pipeline.queries import Asked
from crm.records import queries as records
from infra.forms import told
from infra.http import requires, wants_json
from infra.undo import flash_undo
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_pipeline", __name__)
BASE = "/crm/pipeline"
MOST_PAGES = 10_000


@bp.get(BASE)
@requires("crm.use")
def board() -> ResponseReturnValue:
    """The open deals by stage."""
    asked, filters = _asked(), filters_of(request.args)
    found = queries.board(asked, filters, opened=request.args.get("lane", type=row_number))
    return render_template("crm/pipeline/board.html", board=found, reasons=REASONS[1:], **_frame(asked, filters))


@bp.get(f"{BASE}/table")
@requires("crm.use")
def table() -> ResponseReturnValue:
    """The deals behind any sum."""
    asked, filters = _asked(), filters_of(request.args)
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), MOST_PAGES)
    cards, sums, base = queries.table(asked, filters, page)
    return render_template(
        "crm/pipeline/table.html",
        cards=cards,
        sums=sums,
        base=base,
        page=page,
        pages=max(-(-sums.count // queries.PAGE), 1),
        names={each.id: each.name for each in records.stages()},
        **_frame(asked, filters),
    )


@bp.get(f"{BASE}/forecast")
@requires("crm.use")
def forecast() -> ResponseReturnValue:
    """What is expected by month of the close date."""
    asked, filters = _asked(), filters_of(request.args)
    months, base = queries.forecast(asked, filters)
    return render_template(
        "crm/pipeline/forecast.html",
        months=months,
        base=base,
        picture=charts.draw(months, base),
        name_of=charts.month_name,
        last_day=lambda first: rules.month_after(first) - first.resolution,
        **_frame(asked, filters),
    )


@bp.get(f"{BASE}/<int:deal_id>/move")
@requires("crm.use")
def move_page(deal_id: int) -> ResponseReturnValue:
    """The move as a page, for whoever drags nothing."""
    return _move_page(deal_id, None)


@bp.post(f"{BASE}/<int:deal_id>/move")
@requires("crm.use")
def move(deal_id: int) -> ResponseReturnValue:
    """Move a deal; a script gets JSON, with the way back."""
    form = MoveForm()
    stage = next((each for each in records.stages() if each.id == form.stage_id.data), None)
    if not form.validate_on_submit() or stage is None:
        return _refused(deal_id, form, RuleBroken("crm.stage", "Choose a stage.", field="stage_id"))
    try:
        work = service.move(
            deal_id,
            stage.id,
            form.values_for(stage.outcome),
            was_id=form.was_id.data,
            actor=g.actor,
            now=g.now,
        )
    except (RuleBroken, Conflict) as problem:
        return _refused(deal_id, form, problem)
    message = _("Moved to %(stage)s.", stage=stage.name)
    if wants_json():
        return jsonify(message=message, undo_url=url_for("undo.perform", transaction_id=work.transaction_id))
    flash_undo(message, work)
    return redirect(_back(deal_id), 303)


def _back(deal_id: int) -> str:
    """Where a move was asked for: on the deal's page, else on the board."""
    return f"/crm/opportunities/{deal_id}" if request.values.get("back") == "record" else url_for(".board")


def _refused(deal_id: int, form: MoveForm, problem: RuleBroken | Conflict) -> ResponseReturnValue:
    if wants_json():
        raise problem
    if form.errors:
        return _move_page(deal_id, form), 422
    form.absorb(problem)
    if isinstance(problem, Conflict):
        flash(told(problem), "bad")
    return _move_page(deal_id, form), problem.status


def _move_page(deal_id: int, form: MoveForm | None) -> str:
    asked = _asked()
    row, card = queries.deal(asked, deal_id)
    demand(
        asked.access, access_rules.EDIT, OPPORTUNITY, records.facts(asked.access, access_rules.EDIT, OPPORTUNITY, row)
    )
    to = request.args.get("to", type=row_number)
    shown = form or MoveForm(formdata=None, stage_id=to or row.stage_id, closes_on=asked.today)
    return render_template(
        "crm/pipeline/move.html",
        card=card,
        form=shown,
        stages=[each for each in records.stages() if each.active],
        back=_back(deal_id),
    )


def _asked() -> Asked:
    """The reader. Raises NotFound where there is no board for them."""
    access = access_of(g.actor)
    if not queries.may_see_board(access):
        raise NotFound
    return Asked(access, g.now, g.today)


def _frame(asked: Asked, filters: rules.Filters) -> dict[str, Any]:
    return {
        "filters": filters,
        "whose": rules.Whose,
        "quiet_days": rules.QUIET_DAYS,
        "may_create": access_rules.may(asked.access, access_rules.CREATE, OPPORTUNITY),
        "may_move": access_rules.may(asked.access, access_rules.EDIT, OPPORTUNITY, None, "stage_id"),
        "in_team": asked.access.team_id is not None,
        "month_start": asked.today.replace(day=1),
        "month_end": rules.month_after(asked.today.replace(day=1)) - asked.today.resolution,
    }
