"""Trying an automation on past records, and looking at its mails before they go."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.access.queries import access_of
from crm.automation import charts
from crm.automation import queries as automations
from crm.automation.charts import Known
from crm.automation.rules.parts import DOES
from crm.objects.rules.catalogue import OBJECTS
from crm.trials import queries
from infra.http import requires
from kernel.rownumbers import row_number

bp = Blueprint("trials", __name__)
ONE = "/crm/setup/automations/<int:automation_id>"
NEEDS = "crm.automations"


@bp.get(f"{ONE}/trial")
@requires(NEEDS)
def trial(automation_id: int) -> ResponseReturnValue:
    """What it would do to the newest records, without doing it."""
    row = automations.row(automation_id)
    access = access_of(g.actor)
    found, known = queries.trial(row, access, g.now), Known(access)
    subject = OBJECTS[row.object]
    failing = [(charts.condition_told(subject, each, known), count) for each, count in found.failing]
    return render_template(
        "crm/automation/trial.html", row=row, trial=found, failing=failing, does=DOES, object=subject
    )


@bp.get(f"{ONE}/actions/<int:place>/preview")
@requires(NEEDS)
def preview(automation_id: int, place: int) -> ResponseReturnValue:
    """A mail as it would be written about one of the newest records."""
    row = automations.row(automation_id)
    letters = queries.letters(row, place, access_of(g.actor), g.now)
    number = request.args.get("record", type=row_number)
    shown = next((each for each in letters if each.record_id == number), letters[0] if letters else None)
    return render_template("crm/automation/preview.html", row=row, place=place, letters=letters, shown=shown)
