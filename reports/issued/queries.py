"""Reading drafts, issued reports and schedules."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra.audit.models import AuditEntry
from infra.database import db
from infra.subjects import Subject
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from reports.issued.models import (
    IssuedReport,
    ReportDraft,
    ReportEdition,
    ReportReading,
    ReportReminder,
    ReportSchedule,
)
from reports.issued.rules.draft import DraftData
from reports.issued.rules.framing import Decision, Framing
from reports.issued.rules.parts import COST

ISSUED = "report.issued"
"""The action under which an issue, with its digest, stands in the trail."""


STATUS = "status"
"""The kind of reports that follow each other: only they speak of the one before."""
DECK = "deck"
"""The kind whose file is slides; the files of all others are PDFs."""
COSTS = "cost.see"
"""The permission to read what the roll-out costs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written for the next report; ``key`` is empty where nothing was saved yet."""

    data: DraftData = field(default_factory=DraftData)
    key: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """An issued report as lists show it; ``corrects`` and ``corrected_by`` are numbers of other reports."""

    id: int
    project_id: int
    number: int
    kind: str
    title: str
    as_of: date
    since: date
    issued_at: datetime
    issued_by: str
    state: str
    sentence: str
    comment: str
    decisions: tuple[Decision, ...]
    recipients: tuple[str, ...]
    reason: str
    period: str | None
    code: str
    digest: str
    size: int
    corrects: int | None
    corrected_by: int | None
    opened: int

    @property
    def subject(self) -> str:
        """What actions and notices hang on."""
        return f"report:{self.id}"


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """When a project's report issues itself, and for whom."""

    project_id: int
    weekday: int
    at: str
    people: tuple[int, ...]
    addresses: tuple[str, ...]
    without_comment: str
    since: datetime


def draft_of(project_id: int) -> Draft:
    """What is written for a project's next report."""
    row = db.session.scalar(select(ReportDraft).where(ReportDraft.project_id == project_id))
    if row is None:
        return Draft()
    decisions = tuple(map(Decision.read, row.decisions))
    data = DraftData(row.comment, row.internal_note, decisions, tuple(row.people), tuple(row.addresses))
    return Draft(data, row.key, row.written_at)


def framing_of(project_id: int, as_of: date, corrects: int | None = None) -> Framing:
    """What the report before says about one of a day: one statement. ``corrects`` is the report that it replaces."""
    before = IssuedReport.project_id == project_id, IssuedReport.as_of <= as_of, IssuedReport.kind == STATUS
    query = (
        select(IssuedReport.number, IssuedReport.as_of, IssuedReport.since, IssuedReport.milestones)
        .where(*before, IssuedReport.number < (corrects or 2**31 - 1))
        .order_by(IssuedReport.number.desc())
        .limit(1)
    )
    last = db.session.execute(query).first()
    if last is None:
        return Framing(corrects=corrects)
    since = last.since if last.as_of == as_of else last.as_of + timedelta(days=1)
    stones = {int(number): date.fromisoformat(day) for number, day in last.milestones.items()}
    return Framing(last=last.number, since=since, before=stones, corrects=corrects)


def reports(project_id: int) -> list[ReportRow]:
    """The reports of a project, the newest first."""
    return _rows(IssuedReport.project_id == project_id)


def report(project_id: int, number: int) -> ReportRow:
    """One report inside its project. Raises NotFound."""
    return _one(_rows(IssuedReport.project_id == project_id, IssuedReport.number == number))


def newest(project_id: int) -> ReportRow | None:
    """The last report of a project, if there is one."""
    mine = IssuedReport.project_id == project_id, IssuedReport.kind == STATUS
    last = select(func.max(IssuedReport.number)).where(*mine).scalar_subquery()
    return next(iter(_rows(IssuedReport.project_id == project_id, IssuedReport.number == last)), None)


def by_id(report_id: int) -> ReportRow:
    """One report by its id. Raises NotFound."""
    return _one(_rows(IssuedReport.id == report_id))


def by_code(code: str) -> ReportRow | None:
    """The report that carries a code."""
    return next(iter(_rows(IssuedReport.code == code)), None)


def number_of(request_key: str, project_id: int, period: str | None) -> int | None:
    """The report that a press or a round has made already."""
    same = IssuedReport.request_key == request_key
    if period is not None:
        same |= (IssuedReport.project_id == project_id) & (IssuedReport.period == period)
    return db.session.scalar(select(IssuedReport.number).where(same))


def next_number(project_id: int) -> int:
    """The number that the next report of a project gets."""
    query = select(func.max(IssuedReport.number)).where(IssuedReport.project_id == project_id)
    return (db.session.scalar(query) or 0) + 1


def page_of(report_id: int) -> str:
    """The frozen content of a report as a part of a page."""
    return _unpacked(db.session.scalar(select(IssuedReport.page).where(IssuedReport.id == report_id)))


def document_of(report_id: int) -> str:
    """The frozen HTML that became its PDF."""
    return _unpacked(db.session.scalar(select(IssuedReport.document).where(IssuedReport.id == report_id)))


def edition(report_id: int, withheld: str) -> str | None:
    """The digest of an edition that was made already."""
    found = ReportEdition.report_id == report_id, ReportEdition.withheld == withheld
    return db.session.scalar(select(ReportEdition.digest).where(*found))


def digests_of(row: ReportRow) -> dict[str, str]:
    """The fingerprints of a report's PDFs, with what each withholds."""
    made = db.session.scalars(select(ReportEdition).where(ReportEdition.report_id == row.id))
    return {row.digest: ""} | {each.digest: each.withheld for each in made}


def digest_in_trail(report_id: int) -> str | None:
    """The fingerprint that was entered in the audit trail when the report was issued."""
    entry = AuditEntry.subject == f"report:{report_id}", AuditEntry.action == ISSUED, AuditEntry.kind == "noted"
    changes = db.session.scalar(select(AuditEntry.changes).where(*entry))
    digest = (changes or {}).get("digest", [None, None])[1]
    return str(digest) if digest else None


def kept_files() -> set[str]:
    """Contents of the store that reports name."""
    kept = select(IssuedReport.digest).union(select(ReportEdition.digest))
    return set(db.session.scalars(kept))


def schedule_of(project_id: int) -> ScheduleRow | None:
    """The schedule of a project, if it has one."""
    row = db.session.scalar(select(ReportSchedule).where(ReportSchedule.project_id == project_id))
    return _schedule(row) if row else None


def schedules() -> list[ScheduleRow]:
    """Every schedule."""
    return [_schedule(row) for row in db.session.scalars(select(ReportSchedule).order_by(ReportSchedule.project_id))]


def was_reminded(project_id: int, period: str, kind: str) -> bool:
    """Whether the managers were told of a round already."""
    same = ReportReminder.project_id == project_id, ReportReminder.period == period, ReportReminder.kind == kind
    return db.session.scalar(select(ReportReminder.id).where(*same)) is not None


def withheld_from(actor: Actor, project_id: int) -> tuple[str, ...]:
    """The parts of a project's reports that somebody of the house does not get."""
    policy = wires().policy
    return () if policy.decide(actor, COSTS, project_scope(project_id)) else (COST,)


def addresses_of(person_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and e-mail address (empty where there is none) of people who are active."""
    wanted = select(Person.id, Person.name, Person.email).where(Person.id.in_(person_ids), Person.active)
    return {row.id: (row.name, row.email or "") for row in db.session.execute(wanted)}


def subject(report_id: int) -> Subject | None:
    """An issued report as something that notices and actions hang on."""
    row = db.session.get(IssuedReport, report_id)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/reports/{row.number}"
    return Subject(f"report:{row.id}", row.title, project_scope(row.project_id), address, "report.see")


def _rows(*criteria: Any) -> list[ReportRow]:
    old, new = aliased(IssuedReport), aliased(IssuedReport)
    corrected = select(func.max(new.number)).where(new.corrects_id == IssuedReport.id).scalar_subquery()
    opened = (
        select(func.count())
        .select_from(ReportReading)
        .where(ReportReading.report_id == IssuedReport.id)
        .scalar_subquery()
    )
    query = (
        select(IssuedReport, old.number.label("corrects"), corrected.label("corrected_by"), opened.label("opened"))
        .outerjoin(old, old.id == IssuedReport.corrects_id)
        .where(*criteria)
        .order_by(IssuedReport.number.desc())
    )
    return [_row(*row) for row in db.session.execute(query)]


def _row(kept: IssuedReport, corrects: int | None, corrected_by: int | None, opened: int) -> ReportRow:
    plain = {
        name: getattr(kept, name)
        for name in ReportRow.__dataclass_fields__
        if name not in ("decisions", "recipients", "corrects", "corrected_by", "opened")
    }
    decisions, recipients = tuple(map(Decision.read, kept.decisions)), tuple(kept.recipients)
    more: Mapping[str, Any] = {"corrects": corrects, "corrected_by": corrected_by, "opened": opened}
    return ReportRow(**plain, **more, decisions=decisions, recipients=recipients)


def _one(found: list[ReportRow]) -> ReportRow:
    if not found:
        raise NotFound
    return found[0]


def _unpacked(packed: bytes | None) -> str:
    if packed is None:
        raise NotFound
    return zlib.decompress(packed).decode()


def _schedule(row: ReportSchedule) -> ScheduleRow:
    to = tuple(row.people), tuple(row.addresses)
    return ScheduleRow(row.project_id, row.weekday, row.at, *to, row.without_comment, row.since)
