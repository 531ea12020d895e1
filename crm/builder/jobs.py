"""The timetable's part: sending each report that is due to each of its readers, with what that reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from accounts.access.queries import actor_of
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.builder import charts, queries, service
from crm.builder.queries import ReaderRow, ReportRow
from crm.builder.rules.rhythm import Form, due
from crm.counts.rules.windows import Window
from crm.reporting import queries as reporting
from crm.summaries import queries as summaries
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Problem, RuleBroken

_LACKS = "Their roles don't let them read figures."


def send_reports(actor: Actor, now: datetime) -> str:
    """Send what is due, once a reader and turn, however often this runs; what failed is tried at the next turn.

    Raises Problem with what was not sent, after all others were.
    """
    zone, done, failed = ZoneInfo(wires().settings.timezone), 0, []
    for row in queries.scheduled():
        since = queries.since(row.report.id)
        turn = due(row.rhythm, since, now, zone) if row.rhythm is not None and since is not None else ""
        if not turn:
            continue
        served = queries.went_out(row.report.id, turn)
        for reader in queries.readers(row.report.id):
            if reader.stopped or not reader.active or reader.person_id in served:
                continue
            try:
                with _days_of(now, zone):
                    done += _serve(row, reader, turn, Window(now.date(), now.date(), now, zone), actor)
            except Problem as problem:
                failed.append(f"{row.report.name}, {reader.name}: {problem.message}")
    if done:
        service.forget_old(actor, now)
    if failed:
        text = "Reports that were not sent and will be tried again: %(which)s"
        raise Problem("reports.not_sent", text, which=" ".join(failed))
    return f"{done} sent" if done else ""


def _serve(row: ReportRow, reader: ReaderRow, turn: str, today: Window, actor: Actor) -> bool:
    """One reader's copy; whoever can't read it gets none, and the report's page says why."""
    person = actor_of(reader.person_id)
    access = None if person is None else access_of(person)
    form = Form.PDF if row.rhythm is None else row.rhythm.form
    try:
        drawn = _drawn_for(row, access, today)
    except RuleBroken as problem:
        service.leave_out(row.report.id, reader.person_id, turn, problem.message, actor=actor, now=today.now)
        return False
    file = charts.file_of(row.report, drawn, form, reader.name)
    text = charts.letter(row.report, drawn, form, reader.name)
    service.send(row.report.id, reader.person_id, turn, file, text, actor=actor, now=today.now)
    return True


def _drawn_for(row: ReportRow, access: Access | None, today: Window) -> charts.Drawn:
    if access is None or "figures" not in access.functions():
        raise RuleBroken("reports.reader", _LACKS)
    place = reporting.ground(row.asked, access, today)
    return charts.draw(place, summaries.read(place))


@contextmanager
def _days_of(now: datetime, zone: ZoneInfo) -> Iterator[None]:
    """Moments are written in the zone of the instance, as on pages."""
    kept = {name: g.get(name) for name in ("now", "zone", "today")}
    g.now, g.zone, g.today = now, zone, now.astimezone(zone).date()
    try:
        yield
    finally:
        for name, value in kept.items():
            g.pop(name, None)
            if value is not None:
                setattr(g, name, value)
