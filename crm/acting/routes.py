"""All automations with what they did, the log of each, trying one without doing anything, and what a mail would say."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.acting import charts as panels
from crm.acting import queries, rules, service
from crm.automation import charts
from crm.automation import queries as automations
from crm.automation.charts import Known
from crm.automation.models import Automation
from crm.automation.rules.parts import DOES
from crm.automation.rules.shipped import SHIPPED
from crm.objects.rules.catalogue import OBJECTS
from infra.http import requires
from kernel.errors import NotFound
from kernel.rownumbers import row_number

bp = Blueprint("acting", __name__)
BASE = "/crm/setup/automations"
ONE = f"{BASE}/<int:automation_id>"
NEEDS = "crm.automations"
LATELY = timedelta(days=30)
PAGE = 100


@bp.get(BASE)
@requires(NEEDS)
def page() -> ResponseReturnValue:
    """Every automation, in the order in which they run, with what it did lately."""
    rows = [each for each in automations.rows() if each.object in OBJECTS]
    known, tallies = Known(access_of(g.actor)), queries.tallies(g.now - LATELY)
    told = {each.id: charts.told(automations.definition(each), known) for each in rows}
    there = {each.key for each in rows}
    return render_template(
        "crm/automation/page.html",
        rows=rows,
        told=told,
        tallies=tallies,
        idle=queries.Tally(),
        objects=OBJECTS,
        on=sum(each.active for each in rows),
        ran=sum(each.done for each in tallies.values()),
        failed=sum(each.failed for each in tallies.values()),
        offered=[each for each in SHIPPED if each.key not in there],
        waiting=queries.waiting(),
    )


@bp.get(f"{ONE}/runs")
@requires(NEEDS)
def runs(automation_id: int) -> ResponseReturnValue:
    """What one automation did, record by record."""
    return _log(automations.row(automation_id))


@bp.get(f"{BASE}/runs")
@requires(NEEDS)
def every_run() -> ResponseReturnValue:
    """What all automations did."""
    return _log(None)


@bp.post(f"{BASE}/runs/<int:run_id>/retry")
@requires(NEEDS)
def retry(run_id: int) -> ResponseReturnValue:
    """Try again at once what failed."""
    if service.retry(run_id, actor=g.actor, now=g.now):
        flash(_("This time it went well."), "good")
    else:
        flash(_("It failed again; the log says why."), "bad")
    run = queries.run(run_id)
    back = url_for(".runs", automation_id=run.automation_id) if run else url_for(".every_run")
    return redirect(back, 303)


def _log(row: Automation | None) -> str:
    state = request.args.get("state", "")
    if state and state not in rules.STATES:
        raise NotFound
    before = request.args.get("before", type=row_number)
    entries = queries.entries(
        access_of(g.actor), automation_id=row.id if row else None, state=state, before=before, limit=PAGE + 1
    )
    return render_template(
        "crm/automation/runs.html",
        row=row,
        groups=panels.together(entries[:PAGE]),
        more=entries[PAGE - 1].run.id if len(entries) > PAGE else None,
        state=state,
        states=rules.STATES,
        does=DOES,
        older=before is not None,
    )
