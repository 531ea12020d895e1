"""Who has a second factor, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.secondfactor.models import RecoveryCode, SecondFactor
from infra.database import db


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's second factor stands; ``pending`` is the secret of one that no code confirmed yet."""

    on_since: datetime | None = None
    codes_left: int = 0
    pending: str | None = None

    @property
    def on(self) -> bool:
        """Whether signing in asks for a code."""
        return self.on_since is not None


def standing(person_id: int) -> Standing:
    """How a person's second factor stands."""
    row = row_of(person_id)
    if row is None:
        return Standing()
    if row.confirmed_at is None:
        return Standing(pending=row.secret_text)
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    left = db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused))
    return Standing(row.confirmed_at, left or 0)


def row_of(person_id: int) -> SecondFactor | None:
    """The table's row, for the writers of this room."""
    return db.session.scalar(select(SecondFactor).where(SecondFactor.person_id == person_id))


def has_one(person_id: int) -> bool:
    """Whether signing in asks this person for a code; the secret is not looked at."""
    confirmed = SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    return db.session.scalar(select(SecondFactor.id).where(*confirmed)) is not None


def who_has_one() -> set[int]:
    """The numbers of all whose sign-in asks for a code."""
    return set(db.session.scalars(select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))))
