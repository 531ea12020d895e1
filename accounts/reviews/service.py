"""Reviewing access: begin, decide line by line, close. A closed review is not changed any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from accounts.access import service as access
from accounts.reviews import queries, rules
from accounts.reviews.models import AccessReview, AccessReviewLine
from accounts.reviews.rules import Decision
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound


def begin(*, actor: Actor, now: datetime) -> int:
    """Take down every role that is held now. Raises Conflict while another review is under way."""
    with transaction(actor, "review.opened") as work:
        if queries.open_review() is not None:
            raise Conflict("review.under_way", "A review is under way. Close it before you begin the next one.")
        row = AccessReview(title=f"{now:%Y-%m-%d}", opened_at=now, opened_by=actor.name)
        work.session.add(row)
        work.session.flush()
        work.session.add_all(_line(row.id, held) for held in queries.held_now())
        return row.id


def decide(
    review_id: int, line_ids: Sequence[int], decision: str, reason: str, *, actor: Actor, now: datetime
) -> tuple[int, Work]:
    """Confirm or withdraw lines of a review; withdrawing takes the role away at once. How many were decided.

    Raises RuleBroken, Conflict for a closed review and for one's own last administrator, NotFound for no open line.
    """
    wanted = rules.decision_named(decision)
    reason = rules.check_reason(wanted, reason)
    with transaction(actor, "review.decided") as work:
        _open(review_id)
        lines = work.session.scalars(
            select(AccessReviewLine).where(
                AccessReviewLine.review_id == review_id,
                AccessReviewLine.id.in_(list(line_ids)),
                AccessReviewLine.decision == Decision.OPEN,
            )
        ).all()
        if not lines:
            raise NotFound("None of these lines is open. Choose lines that nobody has decided yet.")
        for line in lines:
            line.decision, line.reason, line.decided_at, line.decided_by = wanted.value, reason, now, actor.name
            if wanted is Decision.WITHDRAWN:
                access.revoke_role(line.person_id, line.role, line.scope, actor=actor)
        work.session.flush()
    return len(lines), work


def close(review_id: int, note: str, *, actor: Actor, now: datetime) -> None:
    """Close a review whose lines are all decided. Raises RuleBroken, Conflict."""
    with transaction(actor, "review.closed") as work:
        row = _open(review_id)
        row.note = rules.check_close(queries.review(review_id).counts, note)
        row.closed_at, row.closed_by = now, actor.name
        counts = queries.review(review_id).counts
        work.note("review.result", subject=f"access_review:{review_id}", label=row.title, confirmed=counts.confirmed,
                  withdrawn=counts.withdrawn)  # fmt: skip


def _open(review_id: int) -> AccessReview:
    row = queries.row_of(review_id)
    if row.closed_at is not None:
        raise Conflict("review.closed", "This review is closed and stays as it is. Begin a new one.")
    return row


def _line(review_id: int, held: queries.Held) -> AccessReviewLine:
    return AccessReviewLine(
        review_id=review_id,
        person_id=held.person_id,
        person_name=held.name,
        email=held.email,
        active=held.active,
        role=held.role,
        scope=held.scope,
        scope_name=held.scope_name[:200],
        last_used_at=held.last_used_at,
    )
