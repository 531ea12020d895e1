"""Keeping reports, sharing them, and having them sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import Select, delete, select

from crm.access.queries import access_of
from crm.builder import queries
from crm.builder.models import BuiltReport, ReportMail, ReportReader, ReportRhythm
from crm.builder.rules.rhythm import Rhythm
from crm.builder.rules.sharing import MOST, Shared, check_name, check_shared
from crm.reporting.rules.definition import Definition, check
from infra.attachments import store
from infra.mail.rules import MailFile
from infra.mail.service import queue
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import NotFound, Refused, RuleBroken

UNDOABLE = {
    "crm_report.built": "crm.figures",
    "crm_report.changed": "crm.figures",
    "crm_report.removed": "crm.figures",
    "crm_report.scheduled": "crm.figures",
    "crm_report.unscheduled": "crm.figures",
    "crm_report.stopped": "crm.figures",
}
"""What can be taken back, and the permission that this needs."""
MOST_READERS = 100
LARGEST = 16 * 1024 * 1024
KEPT = timedelta(days=120)
"""So long it is known what went out."""


def build(
    name: str, description: str, asked: Definition, shared: str, *, actor: Actor, now: datetime
) -> tuple[int, Work]:
    """Keep a new report. Raises RuleBroken for one that makes no sense."""
    clean, said = check_name(name, description)
    check(asked)
    team_id = access_of(actor).team_id
    wanted = check_shared(shared, team_id)
    with transaction(actor, "crm_report.built") as work:
        own = select(BuiltReport.id).where(BuiltReport.owner_id == actor.id)
        if len(work.session.scalars(own).all()) >= MOST:
            raise RuleBroken("reports.many", "You have %(most)d reports. Delete one first.", field="name", most=MOST)
        row = BuiltReport(
            name=clean,
            description=said,
            object=asked.object,
            asked=asked.document,
            owner_id=actor.id or 0,
            shared=wanted.value,
            team_id=team_id if wanted is Shared.TEAM else None,
            changed_at=now,
        )
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(
    report_id: int, name: str, description: str, asked: Definition, shared: str, *, actor: Actor, now: datetime
) -> Work:
    """Let a report ask something else, or be found by others. Raises NotFound, Refused, RuleBroken."""
    clean, said = check_name(name, description)
    check(asked)
    with transaction(actor, "crm_report.changed") as work:
        row = _own(report_id, actor)
        if shared != row.shared:
            own = access_of(actor).team_id
            row.team_id = own if check_shared(shared, own) is Shared.TEAM else None
        row.name, row.description, row.object, row.asked = clean, said, asked.object, asked.document
        row.shared, row.changed_at = shared, now
    return work


def remove(report_id: int, *, actor: Actor) -> Work:
    """Delete a report with its timetable. Raises NotFound, Refused."""
    with transaction(actor, "crm_report.removed") as work:
        row = _own(report_id, actor)
        work.session.execute(delete(ReportMail).where(ReportMail.report_id == report_id))
        work.bulk_delete(ReportReader, [ReportReader.report_id == report_id])
        work.bulk_delete(ReportRhythm, [ReportRhythm.report_id == report_id])
        work.session.delete(row)
    return work


def schedule(report_id: int, rhythm: Rhythm, people: Iterable[int], *, actor: Actor, now: datetime) -> Work:
    """Send a report to these people from now on; who stopped it gets none. Raises NotFound, Refused, RuleBroken."""
    wanted, known = set(people), {number for number, _name in queries.choosable()}
    if not wanted or not wanted <= known:
        raise RuleBroken("reports.readers", "Choose at least one reader from the list.", field="people")
    if len(wanted) > MOST_READERS:
        raise RuleBroken("reports.readers_many", "At most %(most)d readers.", field="people", most=MOST_READERS)
    with transaction(actor, "crm_report.scheduled") as work:
        _own(report_id, actor)
        _keep_rhythm(work, report_id, rhythm, now)
        there = {each.person_id: each for each in work.session.scalars(_readers_of(report_id))}
        for number in sorted(wanted - there.keys()):
            work.session.add(ReportReader(report_id=report_id, person_id=number))
        for number, row in there.items():
            if number not in wanted:
                work.session.delete(row)
    return work


def unschedule(report_id: int, *, actor: Actor) -> Work:
    """Send it no more. Raises NotFound, Refused."""
    with transaction(actor, "crm_report.unscheduled") as work:
        _own(report_id, actor)
        work.bulk_delete(ReportReader, [ReportReader.report_id == report_id])
        work.bulk_delete(ReportRhythm, [ReportRhythm.report_id == report_id])
    return work


def receive(report_id: int, *, wanted: bool, actor: Actor) -> Work:
    """Get a report that is sent, or don't any more: everybody decides for themselves. Raises NotFound."""
    with transaction(actor, "crm_report.stopped") as work:
        row = work.session.scalar(_readers_of(report_id).where(ReportReader.person_id == actor.id))
        if row is None:
            raise NotFound
        row.stopped = not wanted
    return work


def send(
    report_id: int,
    person_id: int,
    turn: str,
    file: tuple[str, str, bytes],
    letter: tuple[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Leave the mail of a turn for one reader, unless that was done. ``file``: name, type, content; ``letter``: subject
    and text. The file is safe on the disk before anything is written.
    """
    name, kind, content = file
    stored = store.put(wires().settings.files_dir, BytesIO(content), LARGEST, now)
    with transaction(actor, "crm_report.sent", at=now) as work:
        if person_id in queries.went_out(report_id, turn):
            return
        work.session.add(ReportMail(report_id=report_id, person_id=person_id, turn=turn, sent_at=now))
        subject, text = letter
        queue(
            work,
            queries.address_of(person_id),
            subject,
            text,
            key=f"crm-report:{report_id}:{turn}:{person_id}",
            files=[MailFile(name, kind, stored.digest)],
            unsubscribe=f"/crm/reports/{report_id}",
        )
        work.note(
            "crm_report.sent", subject=f"crm_report:{report_id}", label=subject, scope="crm", to=person_id, turn=turn
        )


def leave_out(report_id: int, person_id: int, turn: str, why: str, *, actor: Actor, now: datetime) -> None:
    """Remember that a reader got nothing in a turn, and why, so that it is not tried again and again."""
    with transaction(actor, "crm_report.left_out", at=now) as work:
        if person_id not in queries.went_out(report_id, turn):
            row = ReportMail(report_id=report_id, person_id=person_id, turn=turn, sent_at=now, problem=why[:300])
            work.session.add(row)


def forget_old(actor: Actor, now: datetime) -> None:
    """Forget what went out long ago."""
    with transaction(actor, "crm_report.forgotten", at=now) as work:
        work.session.execute(delete(ReportMail).where(ReportMail.sent_at < now - KEPT))


def _own(report_id: int, actor: Actor) -> BuiltReport:
    """A report that the actor may change. Raises NotFound, Refused."""
    access = access_of(actor)
    row = queries.get(access, report_id).report
    if not queries.may_change(access, row):
        raise Refused("This report belongs to somebody else. Copy it to have your own.")
    return row


def _keep_rhythm(work: Work, report_id: int, rhythm: Rhythm, now: datetime) -> None:
    row = work.session.scalar(select(ReportRhythm).where(ReportRhythm.report_id == report_id))
    if row is None:
        row = ReportRhythm(report_id=report_id, since=now)
        work.session.add(row)
    row.every, row.day, row.at, row.form = rhythm.every.value, rhythm.day, rhythm.at, rhythm.form.value
    row.since = now


def _readers_of(report_id: int) -> Select[Any]:
    return select(ReportReader).where(ReportReader.report_id == report_id)
