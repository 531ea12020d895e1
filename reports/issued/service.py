"""Writing drafts and schedules; issuing a report once, whole, with its file, its mails and its entry in the trail."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from infra.attachments import store
from infra.pdf import pdf_of
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import SYSTEM, Actor
from kernel.errors import Conflict, NotFound, Problem, RuleBroken
from reports.issued import queries
from reports.issued.models import IssuedReport, ReportDraft, ReportEdition, ReportReading, ReportSchedule
from reports.issued.rules.code import SLOT, code_of, spelled
from reports.issued.rules.draft import DraftData, check_draft, check_reason
from reports.issued.rules.framing import Framing
from reports.issued.rules.parts import edition_of, without
from reports.issued.rules.schedule import WEEK, WithoutComment, read_time
from roadmap.staffing import queries as staffing

UNDOABLE = {
    "report.drafted": "report.issue",
    "report.scheduled": "report.schedule",
    "report.unscheduled": "report.schedule",
}
"""What can be taken back, and the permission that this needs; an issue cannot, it is superseded."""
STATUS = queries.STATUS
LARGEST_PDF = 64 * 1024 * 1024
TURNS = 4
"""How often an issue starts anew because another took its number."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A report as it was written, before it has its code: `SLOT` stands for that in both texts.

    ``write`` makes the file of the document: a PDF, unless it is something else.
    """

    title: str
    as_of: date
    since: date
    state: str
    sentence: str
    milestones: Mapping[int, date]
    document: str
    page: str
    kind: str = STATUS
    write: Callable[[str], bytes] | None = None


Compose = Callable[[Framing], Composed]
Deliver = Callable[[Work, "Sent"], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be issued: what was written, for which day, and what makes it happen once."""

    data: DraftData
    as_of: date
    key: str
    period: str | None = None
    corrects: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What left the house just now: the report, its whole text, and the file of each edition by what it withholds."""

    report: IssuedReport
    data: DraftData
    document: str
    editions: Mapping[str, store.Stored]

    def digest(self, withheld: Sequence[str]) -> str:
        """The file for a reader who does not get some parts. Raises KeyError for an edition that was not made."""
        return self.editions[edition_of(self.document, withheld)].digest


def save_draft(project_id: int, data: DraftData, *, actor: Actor, now: datetime) -> Work:
    """Keep what was written for the next report. Raises RuleBroken."""
    check_draft(data, _members(project_id))
    with transaction(actor, "report.drafted") as work:
        row = work.session.scalar(select(ReportDraft).where(ReportDraft.project_id == project_id))
        if row is None:
            row = ReportDraft(project_id=project_id, key=_draft_key(project_id))
            work.session.add(row)
        row.comment, row.internal_note = data.comment, data.internal_note
        row.decisions = [each.stored() for each in data.decisions]
        row.people, row.addresses, row.written_at = list(data.people), list(data.addresses), now
        return work


def issue(
    project_id: int, wanted: Wanted, compose: Compose, deliver: Deliver, *, editions: Sequence[str], actor: Actor
) -> int:
    """Issue a report and return its number; the same key or period again returns the number it has already.

    The PDF is made and safe on the disk before anything is written, outside the transaction, for it takes seconds.
    ``editions`` are the sets of parts (joined by "+") that some recipient does not get. Raises RuleBroken, Problem.
    """
    check_draft(wanted.data, _members(project_id))
    for _turn in range(TURNS):
        done = queries.number_of(wanted.key, project_id, wanted.period)
        if done is not None:
            return done
        try:
            return _issue(project_id, wanted, compose, deliver, editions, actor)
        except (_Overtaken, IntegrityError):
            continue
    raise Conflict("report.overtaken", "Others issued reports at the same moment. Nothing was issued; try again.")


def make_edition(row: queries.ReportRow, withheld: Sequence[str], *, now: datetime) -> str:
    """The digest of a report's PDF without some parts; made at the first wish, then kept. Raises Problem."""
    document = queries.document_of(row.id)
    name = edition_of(document, withheld)
    if not name:
        return row.digest
    made = queries.edition(row.id, name)
    if made is not None:
        return made
    stored = _keep(pdf_of(without(document, name.split("+"))), now)
    with transaction(SYSTEM, "report.edition_made") as work:
        known = queries.edition(row.id, name)
        if known is None:
            work.session.add(_edition(row.id, name, stored, now))
    return known or stored.digest


def mark_opened(row: queries.ReportRow, *, actor: Actor, now: datetime) -> None:
    """Note that somebody of the house opened a report; the first time counts."""
    if actor.id is None:
        return
    seen = select(ReportReading.id).where(ReportReading.report_id == row.id, ReportReading.person_id == actor.id)
    with transaction(actor, "report.opened") as work:
        if work.session.scalar(seen) is None:
            values = {"report_id": row.id, "person_id": actor.id, "first_at": now}
            work.session.add(ReportReading(**values))


def set_schedule(
    project_id: int, weekday: int, at: str, data: DraftData, without_comment: str, *, actor: Actor, now: datetime
) -> Work:
    """Issue a project's report every week from now on. Raises RuleBroken."""
    check_draft(data, _members(project_id))
    if weekday not in range(WEEK):
        raise RuleBroken("report.weekday", "Choose a day of the week.", field="weekday")
    if without_comment not in set(WithoutComment):
        raise RuleBroken("report.without_comment", "Choose what happens without a comment.", field="without_comment")
    at = read_time(at)
    with transaction(actor, "report.scheduled") as work:
        row = work.session.scalar(select(ReportSchedule).where(ReportSchedule.project_id == project_id))
        since = now if row is None or (row.weekday, row.at) != (weekday, at) else row.since
        if row is None:
            row = ReportSchedule(project_id=project_id)
            work.session.add(row)
        row.weekday, row.at, row.without_comment, row.since = weekday, at, without_comment, since
        row.people, row.addresses = list(data.people), list(data.addresses)
        return work


def drop_schedule(project_id: int, *, actor: Actor) -> Work:
    """Issue by hand again. Raises NotFound."""
    with transaction(actor, "report.unscheduled") as work:
        row = work.session.scalar(select(ReportSchedule).where(ReportSchedule.project_id == project_id))
        if row is None:
            raise NotFound
        work.session.delete(row)
        return work


class _Overtaken(Exception):
    """Another report took the number while the PDF was made."""


def _issue(
    project_id: int, wanted: Wanted, compose: Compose, deliver: Deliver, editions: Sequence[str], actor: Actor
) -> int:
    number, now = queries.next_number(project_id), wires().clock()
    corrected = queries.report(project_id, wanted.corrects) if wanted.corrects else None
    reason = check_reason(wanted.reason) if corrected else ""
    frame = queries.framing_of(project_id, wanted.as_of, wanted.corrects)
    data = wanted.data
    frame = replace(frame, number=number, code=SLOT, author=actor.name, comment=data.comment, decisions=data.decisions)
    composed = compose(replace(frame, reason=reason))
    code = code_of(composed.document)
    document = composed.document.replace(SLOT, spelled(code))
    made = _keep((composed.write or pdf_of)(document), now)
    shorter = {name: _keep(pdf_of(without(document, name.split("+"))), now) for name in _real(document, editions)}
    with transaction(actor, "report.issued") as work:
        _refuse_taken(project_id, wanted, number)
        row = IssuedReport(
            project_id=project_id,
            number=number,
            kind=composed.kind,
            title=composed.title,
            as_of=composed.as_of,
            since=composed.since,
            issued_at=now,
            issued_by_id=actor.id,
            issued_by=actor.name,
            state=composed.state,
            sentence=composed.sentence,
            comment=data.comment,
            decisions=[each.stored() for each in data.decisions],
            recipients=_names(data),
            milestones={str(id): day.isoformat() for id, day in composed.milestones.items()},
            corrects_id=corrected.id if corrected else None,
            reason=reason,
            period=wanted.period,
            request_key=wanted.key,
            code=code,
            digest=made.digest,
            size=made.size,
            document=zlib.compress(document.encode(), 9),
            page=zlib.compress(composed.page.replace(SLOT, spelled(code)).encode(), 9),
        )
        work.session.add(row)
        work.session.flush()
        work.session.add_all(_edition(row.id, name, stored, now) for name, stored in shorter.items())
        if composed.kind == STATUS:
            _forget_draft(work, project_id, wanted)
        facts = {"number": number, "as_of": f"{row.as_of}", "digest": row.digest, "code": spelled(code)}
        work.note("report.issued", subject=f"report:{row.id}", label=row.title, scope=f"project:{project_id}", **facts)
        deliver(work, Sent(row, data, document, {"": made, **shorter}))
    return number


def _refuse_taken(project_id: int, wanted: Wanted, number: int) -> None:
    taken = queries.number_of(wanted.key, project_id, wanted.period)
    if taken is not None or queries.next_number(project_id) != number:
        raise _Overtaken


def _forget_draft(work: Work, project_id: int, wanted: Wanted) -> None:
    """What was written is in the report now; a correction leaves the draft of the next one alone."""
    row = work.session.scalar(select(ReportDraft).where(ReportDraft.project_id == project_id))
    if row is not None and wanted.corrects is None:
        work.session.flush()
        row.comment, row.internal_note, row.decisions, row.key = "", "", [], _draft_key(project_id)


def _draft_key(project_id: int) -> str:
    """What makes issuing a draft happen once: no two reports of a project have the same number before them."""
    return f"draft-{project_id}-{queries.next_number(project_id)}"


def _real(document: str, editions: Sequence[str]) -> list[str]:
    """The editions that differ from the whole document."""
    names = {edition_of(document, each.split("+")) for each in editions}
    return sorted(names - {""})


def _names(data: DraftData) -> list[str]:
    found = queries.addresses_of(data.people)
    return [found[id][0] for id in data.people if id in found] + list(data.addresses)


def _members(project_id: int) -> set[int]:
    return {each.person_id for each in staffing.members(project_id)}


def _keep(made: bytes, now: datetime) -> store.Stored:
    return store.put(wires().settings.files_dir, BytesIO(made), LARGEST_PDF, now)


def _edition(report_id: int, name: str, stored: store.Stored, now: datetime) -> ReportEdition:
    return ReportEdition(report_id=report_id, withheld=name, made_at=now, digest=stored.digest, size=stored.size)


def content(digest: str) -> bytes:
    """The bytes of a PDF that was issued. Raises Problem where they are gone from the disk."""
    try:
        return store.path_of(wires().settings.files_dir, digest).read_bytes()
    except OSError as error:
        text = "The file of this report is missing on the server. Tell your administrator; a backup has it."
        raise Problem("report.missing", text) from error
