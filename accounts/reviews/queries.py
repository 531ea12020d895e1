"""Reading access reviews, and what one would find now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.access import rules as access
from accounts.access.models import Membership
from accounts.people.models import Person
from accounts.reviews import rules
from accounts.reviews.models import AccessReview, AccessReviewLine
from accounts.reviews.rules import Counts, Decision
from accounts.signin.models import SignInSession
from infra import subjects
from infra.audit.models import AuditEntry
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from kernel.errors import NotFound

ROLE_LABELS = {role.key: role.label for role in (*access.INSTANCE_ROLES, *access.PROJECT_ROLES)}
DECISION_LABELS = {Decision.OPEN: "Open", Decision.CONFIRMED: "Confirmed", Decision.WITHDRAWN: "Withdrawn"}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review and how far it is."""

    id: int
    title: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    note: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a review; ``unused`` when nobody used it for ninety days before the review began."""

    id: int
    person_id: int
    person: str
    email: str
    active: bool
    role: str
    scope: str
    scope_name: str
    last_used_at: datetime | None
    unused: bool
    decision: str
    reason: str
    decided_at: datetime | None
    decided_by: str

    @property
    def role_label(self) -> str:
        """The role in words."""
        return ROLE_LABELS.get(self.role, self.role)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds now, as a review takes it down."""

    person_id: int
    name: str
    email: str
    active: bool
    role: str
    scope: str
    scope_name: str
    last_used_at: datetime | None


LINES = ListSpec(
    "access-review",
    "Access review",
    (
        Column("person", "Person", searched=True),
        Column("email", "E-mail", value=lambda row: row.email or None, searched=True, visible=False),
        Column(
            "role_label",
            "Role",
            Kind.CHOICE,
            filter_value=lambda row: row.role,
            choices=list(ROLE_LABELS.items()),
        ),
        Column("scope_name", "Where", searched=True),
        Column("last_used_at", "Last here", Kind.DATE, format=Format.MOMENT),
        Column("unused", "Unused for 90 days", Kind.FLAG, format=Format.FLAG, visible=False),
        Column(
            "decision", "Decision", Kind.CHOICE, choices=[(key.value, said) for key, said in DECISION_LABELS.items()]
        ),
        Column("reason", "Reason", value=lambda row: row.reason or None, visible=False),
        Column("decided_by", "Decided by", value=lambda row: row.decided_by or None, visible=False),
        Column("decided_at", "Decided", Kind.DATE, format=Format.MOMENT, visible=False),
    ),
    default_sort="person",
)
"""The lines of one review."""


def reviews() -> list[ReviewRow]:
    """Every review, the latest first, in two statements."""
    found = db.session.scalars(select(AccessReview).order_by(AccessReview.id.desc())).all()
    decisions = _decisions([row.id for row in found])
    return [_row(row, decisions.get(row.id, [])) for row in found]


def review(review_id: int) -> ReviewRow:
    """One review. Raises NotFound."""
    row = row_of(review_id)
    return _row(row, _decisions([review_id]).get(review_id, []))


def row_of(review_id: int) -> AccessReview:
    """The table's row, for writers. Raises NotFound."""
    found = db.session.get(AccessReview, review_id)
    if found is None:
        raise NotFound("There is no such review.")
    return found


def open_review() -> ReviewRow | None:
    """The review under way, if there is one."""
    return next((row for row in reviews() if row.closed_at is None), None)


def last_closed() -> datetime | None:
    """When a review was last closed."""
    found: datetime | None = db.session.scalar(select(func.max(AccessReview.closed_at)))
    return found


def lines(review_id: int) -> list[LineRow]:
    """The lines of a review, by person."""
    opened = row_of(review_id).opened_at
    query = select(AccessReviewLine).where(AccessReviewLine.review_id == review_id)
    query = query.order_by(func.lower(AccessReviewLine.person_name), AccessReviewLine.id)
    return [_line(row, opened) for row in db.session.scalars(query)]


def held_now() -> list[Held]:
    """Every role that is held now, with when the person was last here: signed in, or last in the trail."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.email, Person.active, Membership.role, Membership.scope)
        .join(Membership, Membership.person_id == Person.id)
        .order_by(func.lower(Person.name), Person.id, Membership.scope, Membership.role)
    ).all()
    names = {scope: subjects.name_of(scope) for scope in {row.scope for row in rows}}
    used = _last_used()
    return [
        Held(row.id, row.name, row.email or "", row.active, row.role, row.scope, names[row.scope], used.get(row.id))
        for row in rows
    ]


def _last_used() -> dict[int, datetime]:
    seen = select(SignInSession.person_id, func.max(SignInSession.last_seen_at)).group_by(SignInSession.person_id)
    acted = (
        select(AuditEntry.actor_id, func.max(AuditEntry.at))
        .where(AuditEntry.actor_id.is_not(None))
        .group_by(AuditEntry.actor_id)
    )
    used: dict[int, datetime] = {row[0]: row[1] for row in db.session.execute(acted) if row[0] is not None}
    for person_id, at in db.session.execute(seen):
        used[person_id] = max(at, used.get(person_id, at))
    return used


def _decisions(review_ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(AccessReviewLine.review_id, AccessReviewLine.decision)
    found: dict[int, list[str]] = {}
    for review_id, decision in db.session.execute(query.where(AccessReviewLine.review_id.in_(review_ids))):
        found.setdefault(review_id, []).append(decision)
    return found


def _row(row: AccessReview, decisions: list[str]) -> ReviewRow:
    return ReviewRow(
        row.id, row.title, row.opened_at, row.opened_by, row.closed_at, row.closed_by, row.note, rules.count(decisions)
    )


def _line(row: AccessReviewLine, opened: datetime) -> LineRow:
    return LineRow(
        row.id, row.person_id, row.person_name, row.email, row.active, row.role, row.scope, row.scope_name,
        row.last_used_at, rules.unused(row.last_used_at, opened), row.decision, row.reason, row.decided_at,
        row.decided_by,
    )  # fmt: skip
