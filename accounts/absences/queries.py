"""Reading people's time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, null, select, union_all
from sqlalchemy import cast as as_type

from accounts.absences import rules
from accounts.absences.models import Absence, PartTime
from infra.database import db
from infra.memo import remembered


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Days off, as their person and administrators see them."""

    id: int
    first: date
    last: date
    reason: str

    @property
    def reason_text(self) -> str:
        """The reason in a word."""
        return rules.REASONS[rules.Reason(self.reason)]


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of a full day from a day on."""

    id: int
    first: date
    percent: int


def absences_of(person_id: int) -> list[AbsenceRow]:
    """The days off of a person, the latest first."""
    query = select(Absence.id, Absence.first, Absence.last, Absence.reason).where(Absence.person_id == person_id)
    return [AbsenceRow(*row) for row in db.session.execute(query.order_by(Absence.first.desc(), Absence.id))]


def shares_of(person_id: int) -> list[ShareRow]:
    """The shares of a person, the latest first."""
    query = select(PartTime.id, PartTime.first, PartTime.percent).where(PartTime.person_id == person_id)
    return [ShareRow(*row) for row in db.session.execute(query.order_by(PartTime.first.desc(), PartTime.id))]


@remembered
def times_of(person_ids: Iterable[int]) -> dict[int, rules.PersonTime]:
    """Days off and shares of several people, from one statement; who is always there is left out."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    off = select(Absence.person_id, Absence.first, Absence.last, as_type(null(), Integer).label("percent"))
    part = select(PartTime.person_id, PartTime.first, PartTime.first.label("last"), PartTime.percent)
    both = union_all(off.where(Absence.person_id.in_(wanted)), part.where(PartTime.person_id.in_(wanted)))
    spans: dict[int, list[rules.Span]] = {}
    shares: dict[int, list[rules.Share]] = {}
    for row in db.session.execute(both):
        if row.percent is None:
            spans.setdefault(row.person_id, []).append(rules.Span(row.first, row.last))
        else:
            shares.setdefault(row.person_id, []).append(rules.Share(row.first, row.percent))
    return {
        person_id: rules.PersonTime(tuple(sorted(spans.get(person_id, ()))), tuple(sorted(shares.get(person_id, ()))))
        for person_id in spans.keys() | shares.keys()
    }
