"""The page of one person's work. Ticks and progress go to the rooms that own them, which come back here."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from desk.my_work import queries, rules
from infra.http import requires
from phases.kickoff.changes import queries as changes
from roadmap.timesheet import queries as timesheet
from roadmap.timesheet.rules import amounts

bp = Blueprint("my_work", __name__)


@bp.get("/my-work")
@requires("work.see")
def page() -> ResponseReturnValue:
    """Overdue, today, this week, later; ``project`` narrows it to one roll-out."""
    found = queries.duties(g.actor)
    projects = sorted({(duty.project, duty.project_id) for duty in found})
    chosen = request.args.get("project", type=int)
    if chosen not in {number for _name, number in projects}:
        chosen = None
    buckets = rules.in_buckets((duty for duty in found if chosen in (None, duty.project_id)), g.today)
    return render_template(
        "desk/my_work.html",
        buckets=buckets,
        tally=rules.tally(buckets),
        pressing=queries.pressing(found, g.today),
        projects=projects,
        chosen=chosen,
        shown_later=rules.SHOWN_LATER,
        back=url_for(".page", project=chosen),
        usual=amounts.USUAL,
        to_decide=changes.waiting_for(g.actor),
        logged=timesheet.sums(g.actor.id, [g.today]),
    )
