"""What a signed statement needs, and how it counts as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.errors import RuleBroken
from readiness.gates.rules.definitions import TEXT_LIMIT, Criterion, check_number, check_text
from readiness.gates.rules.results import Evidence
from readiness.gates.rules.sources import Look, Source

__all__ = ["MOST_DAYS", "Look", "Source", "Statement", "check_statement", "declared"]

MOST_DAYS = 180
"""A statement stands at most so long."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody signed how a criterion stands; it counts through ``until`` unless it was withdrawn before."""

    id: int
    criterion_id: int
    value: float
    text: str
    at: datetime
    until: date
    by: str
    by_id: int | None = None
    withdrawn: bool = False

    def stands(self, today: date) -> bool:
        """Whether it counts on a day."""
        return not self.withdrawn and today <= self.until


def declared(statement: Statement, criterion: Criterion) -> Evidence:
    """A statement as evidence: it speaks of when it was signed, and is as much as was asked for."""
    return Evidence(
        statement.value,
        n=max(1, criterion.minimum_sample),
        at=statement.at,
        version=statement.by,
        rule=statement.text,
        until=statement.until,
        declared=True,
    )


def check_statement(value: float | None, text: str, until: date | None, today: date) -> tuple[float, str, date]:
    """What was typed, as it is kept. Raises RuleBroken for no value, no words, or a day out of reach."""
    number = check_number("value", value, -1e9, 1e9, "The value")
    said = check_text("text", text, TEXT_LIMIT, "What you base this on", needed=True)
    if until is None or not today <= until <= today + timedelta(days=MOST_DAYS):
        raise RuleBroken(
            "evidence.until",
            "A statement stands for at most %(most)s days: choose a day until %(last)s.",
            field="until",
            most=MOST_DAYS,
            last=(today + timedelta(days=MOST_DAYS)).isoformat(),
        )
    return number, said, until
