"""Series, their values with who entered them, what was corrected, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, func, select

from accounts.people.models import Person
from crm.access.models import CrmHolder
from crm.figures import rules
from crm.figures.models import FigureSeries, FigureValue
from infra.attachments.models import Attachment
from infra.database import db
from infra.subjects import Subject
from kernel.errors import NotFound

KIND = "crm_figure"
"""What a file hangs on: the value that it proves."""
SHOWN = 400
"""Values on one page: more than a year of days."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A value as a page shows it; ``replaced_at``: when a correction took its place; ``files``: (number, name)."""

    id: int
    day: date
    value: Decimal
    proof: str
    by: str
    at: datetime
    replaced_at: datetime | None
    files: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A series in the list, with its latest values, the newest last."""

    series: FigureSeries
    owner: str
    recent: tuple[rules.Entry, ...]
    last: date | None


def series(series_id: int) -> FigureSeries:
    """A series. Raises NotFound."""
    found = db.session.get(FigureSeries, series_id)
    if found is None:
        raise NotFound
    return found


def every(since: date) -> list[Listed]:
    """All series by name, those that have ended last, with their values from a day on: two statements."""
    latest = (
        select(FigureValue.series_id, func.max(FigureValue.day).label("last"))
        .where(FigureValue.replaced_at.is_(None))
        .group_by(FigureValue.series_id)
        .subquery()
    )
    rows = db.session.execute(
        select(FigureSeries, func.coalesce(Person.name, ""), latest.c.last)
        .outerjoin(Person, Person.id == FigureSeries.owner_id)
        .outerjoin(latest, latest.c.series_id == FigureSeries.id)
        .order_by(FigureSeries.ended, func.lower(FigureSeries.name), FigureSeries.id)
    ).all()
    recent: dict[int, list[rules.Entry]] = {}
    for series_id, day, value in db.session.execute(
        select(FigureValue.series_id, FigureValue.day, FigureValue.value)
        .where(FigureValue.replaced_at.is_(None), FigureValue.day >= since)
        .order_by(FigureValue.day)
    ):
        recent.setdefault(series_id, []).append(rules.Entry(day, value))
    return [Listed(row[0], row[1], tuple(recent.get(row[0].id, ())), row[2]) for row in rows]


def values(series_id: int, *, limit: int = SHOWN) -> list[Kept]:
    """The values that hold, the latest first, with their files: two statements."""
    return _kept(series_id, FigureValue.replaced_at.is_(None), limit)


def corrected(series_id: int, *, limit: int = SHOWN) -> dict[date, list[Kept]]:
    """What stood there before a correction, by day, the latest first."""
    found: dict[date, list[Kept]] = {}
    for each in _kept(series_id, FigureValue.replaced_at.is_not(None), limit):
        found.setdefault(each.day, []).append(each)
    return found


def _kept(series_id: int, condition: object, limit: int) -> list[Kept]:
    rows = db.session.execute(
        select(FigureValue, func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == FigureValue.by_id)
        .where(and_(FigureValue.series_id == series_id, condition))  # type: ignore[arg-type]  # a condition of SQL
        .order_by(FigureValue.day.desc(), FigureValue.id.desc())
        .limit(limit)
    ).all()
    files = _files([row[0].id for row in rows])
    return [
        Kept(
            row.id, row.day, row.value, row.proof, by, row.entered_at, row.replaced_at, tuple(files.get(row.id, ()))
        )
        for row, by in rows
    ]  # fmt: skip


def _files(ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    wanted = Attachment.subject.in_([f"{KIND}:{each}" for each in ids])
    found: dict[int, list[tuple[int, str]]] = {}
    for number, name, subject in db.session.execute(
        select(Attachment.id, Attachment.name, Attachment.subject).where(wanted).order_by(Attachment.id)
    ):
        found.setdefault(int(subject.partition(":")[2]), []).append((number, name))
    return found


def holding(series_id: int, days: list[date]) -> dict[date, FigureValue]:
    """The values that hold on some days."""
    query = select(FigureValue).where(
        FigureValue.series_id == series_id, FigureValue.replaced_at.is_(None), FigureValue.day.in_(days)
    )
    return {row.day: row for row in db.session.scalars(query)}


def owners() -> list[tuple[int, str]]:
    """Who may look after a series: everybody who uses the CRM, by name."""
    query = (
        select(Person.id, Person.name)
        .where(Person.active, Person.id.in_(select(CrmHolder.person_id)))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def subject(value_id: int) -> Subject | None:
    """What a file hangs on: a value, seen and proved by those who may read and enter figures."""
    row = db.session.get(FigureValue, value_id)
    if row is None:
        return None
    label = series(row.series_id).name
    return Subject(
        f"{KIND}:{row.id}",
        label,
        "crm",
        f"/crm/figures/{row.series_id}",
        see="crm.figures",
        comment="crm.enter_figures",
        attach="crm.enter_figures",
    )
