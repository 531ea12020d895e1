"""The page of the system's health, and the same figures as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from infra import sheets
from infra.http import requires
from infra.jobs import queries as jobs
from infra.measure import queries
from infra.measure.queries import Fared, PageRow
from infra.measure.rules import Window
from infra.transaction import note
from infra.wires import wires
from web import doctor
from web.commands import path_of
from web.system import charts

bp = Blueprint("system", __name__)
_DAYS = (Window.WEEK, Window.MONTH)


@bp.get("/admin/system")
@requires("system.see")
def page() -> ResponseReturnValue:
    """How the system fares over a window; ``format=csv`` gives the pages as a file."""
    window = Window.named(request.args.get("window", ""))
    fared = queries.fared(g.now, window)
    paths = _paths()
    if request.args.get("format") == "csv":
        return _file(fared.pages, paths)
    labels = {Window.HOUR: _("1 hour"), Window.DAY: _("24 hours"), Window.WEEK: _("7 days"), Window.MONTH: _("30 days")}
    return render_template(
        "web/system.html",
        fared=fared,
        window=labels[window],
        windows=[(labels[each], url_for(".page", window=each.key), each is window) for each in Window],
        export=url_for(".page", window=window.key, format="csv"),
        drawn=charts.response_times(fared.steps, _("Response times, median and 95th percentile"), _when(window)),
        table=_table(fared, _when(window)),
        paths=paths,
        findings=doctor.findings(wires().settings, doctor.QUICK),
        failed_jobs=[job for job in jobs.rows() if job.error],
    )


def _when(window: Window) -> Callable[[datetime], str]:
    pattern = "d MMM" if window in _DAYS else "HH:mm"

    def said(at: datetime) -> str:
        return str(format_datetime(at.astimezone(g.zone).replace(tzinfo=None), pattern, rebase=False))

    return said


def _table(fared: Fared, when: Callable[[datetime], str]) -> list[list[str]]:
    return [
        [when(step.at), f"{step.tally.answered:,}", _ms(step.tally.quantile(0.5)), _ms(step.tally.quantile(0.95)),
         f"{step.tally.failed:,}"]
        for step in fared.steps
    ]  # fmt: skip


def _ms(value: float | None) -> str:
    return _("none") if value is None else _("%(ms)s ms", ms=f"{value:,.0f}")


def _paths() -> dict[str, str]:
    """Where each page is found."""
    return {rule.endpoint: path_of(rule.rule) for rule in current_app.url_map.iter_rules()}


def _file(pages: Sequence[PageRow], paths: dict[str, str]) -> Response:
    heads = [_("Page"), _("Path"), _("Answers"), _("Failed"), _("Median ms"), _("95th percentile ms"), _("Mean ms")]
    rows = [
        [row.endpoint, paths.get(row.endpoint, ""), row.answered, row.failed, row.median, row.p95, row.mean]
        for row in pages
    ]
    note(g.actor, "measurements.exported", rows=len(rows))
    answer = Response(sheets.write_csv(heads, rows), mimetype=sheets.CSV_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"system-{g.today.isoformat()}.csv")
    return answer
