"""The timetable's part: issuing what is due, once a round, and reminding managers whose comment is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.notices.service import tell
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Problem, RuleBroken
from readiness.health import queries as health
from reports.beyond.queries import health_on
from reports.issued import queries
from reports.issued import service as issued
from reports.issued.models import ReportReminder
from reports.issued.queries import ScheduleRow
from reports.issued.rules.draft import DraftData
from reports.issued.rules.schedule import Round, WithoutComment, last_round, next_round
from reports.issuing import charts, service
from roadmap.projects.queries import ProjectRow, row_of
from roadmap.staffing import queries as staffing

AHEAD = timedelta(days=1)
"""How long before a round its managers are reminded."""
_NOTICES = {
    "held": "report_held",
    "ahead": "report_due",
    "against": "report_contradicted",
    "answers": "report_unanswered",
}
LETTER = service.Letter(charts.mail_subject, charts.mail_text)


def issue_due(actor: Actor, now: datetime) -> str:
    """Issue every report whose round has come, once, also after a pause; what failed is tried at the next turn.

    Raises Problem with the sentences of those that failed, after all others were issued.
    """
    done, failed = [], []
    for schedule in queries.schedules():
        project = row_of(schedule.project_id)
        if project.state != "active":
            continue
        try:
            _remind(schedule, project, actor, now)
            number = _issue(schedule, project, actor, now)
        except Problem as problem:
            failed.append(f"{project.name}: {problem.message}")
        else:
            done += [f"{project.name}: report {number}"] if number else []
    if failed:
        text = "Reports that were not issued and will be tried again: %(which)s"
        raise Problem("report.not_issued", text, which=" ".join(failed))
    return ", ".join(done)


def _issue(schedule: ScheduleRow, project: ProjectRow, actor: Actor, now: datetime) -> int | None:
    due = last_round(schedule.weekday, schedule.at, project.zone, now)
    if due.at < schedule.since or queries.number_of("", project.id, due.period) is not None:
        return None
    draft = queries.draft_of(project.id)
    if not draft.data.comment and schedule.without_comment == WithoutComment.HOLD:
        _leave_word(project, due, "held", actor)
        return None
    written, today = draft.data, project.local(now).date()
    people, addresses = _still_here(project.id, schedule.people), schedule.addresses
    data = DraftData(written.comment, written.internal_note, written.decisions, people, addresses)
    key = f"{project.id}:{due.period}"
    wanted = issued.Wanted(data, today, key, period=due.period)
    compose, editions = charts.composer(project.id, today, now), service.editions(data, project.id)
    try:
        return issued.issue(project.id, wanted, compose, service.deliver(LETTER), editions=editions, actor=actor)
    except RuleBroken as problem:
        if problem.code != charts.UNANSWERED:
            raise
    _leave_word(project, due, "against", actor)
    return None


def _remind(schedule: ScheduleRow, project: ProjectRow, actor: Actor, now: datetime) -> None:
    """A day before a round that would wait, tell the managers why: no comment, or a contradiction without an answer."""
    due = next_round(schedule.weekday, schedule.at, project.zone, now)
    if due.at - now > AHEAD:
        return
    if schedule.without_comment == WithoutComment.HOLD and not queries.draft_of(project.id).data.comment:
        _leave_word(project, due, "ahead", actor)
    judged = health_on(project.id, project.local(now).date(), now)
    if health.unanswered(judged, health.answers_to(judged)):
        _leave_word(project, due, "answers", actor)


def _leave_word(project: ProjectRow, due: Round, kind: str, actor: Actor) -> None:
    with transaction(actor, "report.reminded") as work:
        if queries.was_reminded(project.id, due.period, kind):
            return
        work.session.add(ReportReminder(project_id=project.id, period=due.period, kind=kind))
        _tell(work, project, due, kind)


def _tell(work: Work, project: ProjectRow, due: Round, kind: str) -> None:
    managers = [each.person_id for each in staffing.members(project.id) if each.role == "manager"]
    name = _NOTICES[kind]
    day, label = f"{due.day:%a} {due.day.day} {due.day:%b}", project.name
    tell(work, name, managers, subject=f"project:{project.id}", label=label, scope=project.scope, day=day)


def _still_here(project_id: int, people: tuple[int, ...]) -> tuple[int, ...]:
    """Those who are still of the project: a schedule outlives memberships."""
    members = {each.person_id for each in staffing.members(project_id)}
    return tuple(each for each in people if each in members)
