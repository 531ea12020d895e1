"""Reading the setting, the choices and what went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.access.models import Membership
from accounts.people.models import Person
from infra.database import db
from kernel.errors import NotFound
from reports.weekly import rules
from reports.weekly.models import WeeklyChoice, WeeklySetting, WeeklyWord
from reports.weekly.rules import Setting
from roadmap.projects.models import Project


@dataclass(frozen=True, slots=True)
class Word:
    """A word that went out."""

    id: int
    period: str
    sent_at: datetime
    sentence: str
    digest: str


def setting() -> Setting:
    """When it goes out."""
    row = db.session.scalars(select(WeeklySetting).limit(1)).first()
    return Setting() if row is None else Setting(row.weekday, row.at, row.on)


def wants(person_id: int) -> bool:
    """Whether a person gets it."""
    return person_id in recipients()


def recipients() -> list[int]:
    """Who gets it: people who are active and have an address."""
    choices = {row.person_id: row.on for row in db.session.scalars(select(WeeklyChoice))}
    wanted = rules.recipients(_executives(), choices)
    query = select(Person.id).where(Person.id.in_(wanted), Person.active, Person.email.is_not(None))
    return list(db.session.scalars(query.order_by(Person.id)))


def _executives() -> set[int]:
    """The executives of roll-outs that are not archived."""
    scope = "project:" + db.cast(Project.id, db.String)
    query = select(Membership.person_id).join(Project, Membership.scope == scope)
    return set(db.session.scalars(query.where(Membership.role == "executive", Project.state != "archived")))


def sent(person_id: int, period: str) -> bool:
    """Whether a person got the word of a round."""
    same = WeeklyWord.person_id == person_id, WeeklyWord.period == period
    return db.session.scalar(select(WeeklyWord.id).where(*same)) is not None


def words(person_id: int | None, most: int = 12) -> list[Word]:
    """What went out to a person, the newest first."""
    query = select(WeeklyWord).where(WeeklyWord.person_id == person_id)
    return [_word(row) for row in db.session.scalars(query.order_by(WeeklyWord.period.desc()).limit(most))]


def word(person_id: int | None, word_id: int) -> Word:
    """One of a person's own. Raises NotFound."""
    row = db.session.scalar(select(WeeklyWord).where(WeeklyWord.id == word_id, WeeklyWord.person_id == person_id))
    if row is None:
        raise NotFound
    return _word(row)


def address_of(person_id: int) -> str:
    """Where a person's mail goes."""
    return db.session.scalar(select(Person.email).where(Person.id == person_id)) or ""


def kept_files() -> set[str]:
    """Contents of the store that words name."""
    return set(db.session.scalars(select(WeeklyWord.digest)))


def _word(row: WeeklyWord) -> Word:
    return Word(row.id, row.period, row.sent_at, row.sentence, row.digest)
