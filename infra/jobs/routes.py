"""The page of the timetable."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from infra.http import requires
from infra.jobs import queries

bp = Blueprint("jobs", __name__)


@bp.get("/admin/jobs")
@requires("jobs.see")
def page() -> ResponseReturnValue:
    """Every job with its last run, and the last runs of all."""
    rows = queries.rows()
    failed = [row for row in rows if row.error]
    return render_template("shared/jobs.html", jobs=rows, failed=failed, runs=queries.recent())
