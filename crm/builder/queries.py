"""Who finds which report, when each is sent, and to whom."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams.rules import below
from crm.access.rules import Access
from crm.builder.models import BuiltReport, ReportMail, ReportReader, ReportRhythm
from crm.builder.rules.rhythm import Every, Form, Rhythm
from crm.builder.rules.sharing import Shared
from crm.fields.events import MayDropField
from crm.reporting.rules.definition import Definition, uses
from crm.reporting.rules.definition import read as as_asked
from infra.database import db
from kernel.errors import NotFound, RuleBroken
from kernel.questions import Obstacle


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with whose it is and when it is sent."""

    report: BuiltReport
    owner: str
    rhythm: Rhythm | None

    @property
    def asked(self) -> Definition:
        """What it asks. Raises RuleBroken where nobody can read that any more."""
        return as_asked(self.report.asked)


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """To whom a report is sent, and what came of it last."""

    person_id: int
    name: str
    stopped: bool
    active: bool
    last: datetime | None = None
    problem: str = ""


def found_by(access: Access) -> ColumnElement[bool]:
    """The condition for the reports that somebody finds: their own, those shared with them, those sent to them."""
    if access.everything:
        return true()
    reader = exists().where(ReportReader.report_id == BuiltReport.id, ReportReader.person_id == access.person_id)
    above = _teams_above(access.team_id)
    return or_(
        BuiltReport.owner_id == access.person_id,
        BuiltReport.shared == Shared.EVERYBODY,
        and_(BuiltReport.shared == Shared.TEAM, BuiltReport.team_id.in_(above)),
        reader,
    )


def _teams_above(team_id: int | None) -> list[int]:
    """A person's team and every team that it stands below."""
    if team_id is None:
        return []
    parents = teams.parents()
    return [team_id, *(each for each in parents if team_id in below(parents, each))]


def listed(access: Access) -> list[ReportRow]:
    """The reports that somebody finds, their own first, then by name."""
    query = _rows().where(found_by(access)).order_by(BuiltReport.name, BuiltReport.id)
    found = [_row(each) for each in db.session.execute(query)]
    return sorted(found, key=lambda each: each.report.owner_id != access.person_id)


def get(access: Access, report_id: int) -> ReportRow:
    """A report that somebody finds. Raises NotFound for any other."""
    found = db.session.execute(_rows().where(BuiltReport.id == report_id, found_by(access))).first()
    if found is None:
        raise NotFound
    return _row(found)


def may_change(access: Access, report: BuiltReport) -> bool:
    """Whose it is changes a report; whoever sets up the CRM looks after those that are shared."""
    if report.owner_id == access.person_id:
        return True
    return report.shared != Shared.NOBODY and "setup" in access.functions()


def scheduled() -> list[ReportRow]:
    """Every report that is sent."""
    return [_row(each) for each in db.session.execute(_rows().where(ReportRhythm.id.is_not(None)))]


def since(report_id: int) -> datetime | None:
    """From when on a report is sent; None where it is not."""
    return db.session.scalar(select(ReportRhythm.since).where(ReportRhythm.report_id == report_id))


def readers(report_id: int) -> list[ReaderRow]:
    """To whom a report is sent, by name, each with the last that went out."""
    rows = db.session.execute(
        select(ReportReader, Person.name, and_(Person.active, Person.email.is_not(None)).label("active"))
        .join(Person, Person.id == ReportReader.person_id)
        .where(ReportReader.report_id == report_id)
        .order_by(Person.name, Person.id)
    ).all()
    mails = select(ReportMail).where(ReportMail.report_id == report_id).order_by(ReportMail.sent_at)
    last = {each.person_id: each for each in db.session.scalars(mails)}
    return [_reader(row, last.get(row[0].person_id)) for row in rows]


def went_out(report_id: int, turn: str) -> set[int]:
    """Who was served in a turn."""
    query = select(ReportMail.person_id).where(ReportMail.report_id == report_id, ReportMail.turn == turn)
    return set(db.session.scalars(query))


def using(question: MayDropField) -> list[Obstacle]:
    """The reports that ask for a field, whoever built them; one that nobody can read asks for none."""
    found = []
    query = select(BuiltReport).where(BuiltReport.object == question.object).order_by(BuiltReport.name)
    for row in db.session.scalars(query):
        with suppress(RuleBroken):
            if uses(as_asked(row.asked), question.key):
                found.append(Obstacle(_("The report “%(name)s”", name=row.name), f"/crm/reports/{row.id}"))
    return found


def choosable() -> list[tuple[int, str]]:
    """Everybody to whom a report could be sent: active, with an address."""
    query = select(Person.id, Person.name).where(Person.active, Person.email.is_not(None)).order_by(Person.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


def address_of(person_id: int) -> str:
    """Where somebody's mail goes."""
    return db.session.scalar(select(Person.email).where(Person.id == person_id)) or ""


def _rows() -> Any:
    return (
        select(BuiltReport, Person.name.label("owner"), ReportRhythm)
        .join(Person, Person.id == BuiltReport.owner_id)
        .outerjoin(ReportRhythm, ReportRhythm.report_id == BuiltReport.id)
    )


def _row(found: Any) -> ReportRow:
    kept = found.ReportRhythm
    rhythm = None if kept is None else Rhythm(Every(kept.every), kept.day, kept.at, Form(kept.form))
    return ReportRow(found.BuiltReport, found.owner, rhythm)


def _reader(row: Any, last: ReportMail | None) -> ReaderRow:
    reader, name, active = row
    if last is None:
        return ReaderRow(reader.person_id, name, reader.stopped, bool(active))
    return ReaderRow(reader.person_id, name, reader.stopped, bool(active), last.sent_at, last.problem)
