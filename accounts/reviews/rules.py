"""What holds of a review of access: its decisions, what is unused, and when it may be closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

GRANTS = (
    *allow("review.see", administrator=Visibility.ALL),
    *allow("review.edit", administrator=Visibility.ALL),
)
UNUSED_AFTER = timedelta(days=90)
DUE_AFTER = timedelta(days=91)
"""A review a quarter."""
REASON_LIMIT, NOTE_LIMIT = 500, 2_000


class Decision(StrEnum):
    """What became of a line."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines a review has, by decision."""

    open: int = 0
    confirmed: int = 0
    withdrawn: int = 0

    @property
    def total(self) -> int:
        """All lines."""
        return self.open + self.confirmed + self.withdrawn


def count(decisions: Iterable[str]) -> Counts:
    """Count lines by decision.

    >>> count(["open", "confirmed", "open"]).open
    2
    """
    found = list(decisions)
    return Counts(*(found.count(decision) for decision in Decision))


def unused(last_used: datetime | None, now: datetime) -> bool:
    """Whether nobody has used this access for ninety days, or ever."""
    return last_used is None or now - last_used > UNUSED_AFTER


def is_due(last_closed: datetime | None, now: datetime) -> bool:
    """Whether the next review should begin: a quarter has passed, or there was none yet."""
    return last_closed is None or now - last_closed > DUE_AFTER


def decision_named(word: str) -> Decision:
    """The decision of a form. Raises RuleBroken for a word that is none; a line is not opened again."""
    if word not in (Decision.CONFIRMED, Decision.WITHDRAWN):
        raise RuleBroken("review.decision", "Choose whether the access is confirmed or withdrawn.", field="decision")
    return Decision(word)


def check_reason(decision: Decision, reason: str) -> str:
    """The reason as it is kept. Raises RuleBroken where withdrawing has none, or for one too long."""
    reason = reason.strip()
    if decision is Decision.WITHDRAWN and not reason:
        raise RuleBroken("review.reason", "Say why the access is withdrawn; it stays in the record.", field="reason")
    if len(reason) > REASON_LIMIT:
        text = "The reason has %(length)s characters; at most %(limit)s fit."
        raise RuleBroken("review.reason_long", text, field="reason", length=len(reason), limit=REASON_LIMIT)
    return reason


def check_close(counts: Counts, note: str) -> str:
    """The closing note as it is kept. Raises RuleBroken while lines are open, or for a note too long."""
    if counts.open:
        raise RuleBroken(
            "review.open_lines",
            "%(count)s lines are still open. Confirm or withdraw each of them, then close the review.",
            count=counts.open,
        )
    if len(note.strip()) > NOTE_LIMIT:
        text = "The note has %(length)s characters; at most %(limit)s fit."
        raise RuleBroken("review.note_long", text, field="note", length=len(note.strip()), limit=NOTE_LIMIT)
    return note.strip()
