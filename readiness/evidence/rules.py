"""What a source is asked, and what a signed statement needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from kernel.errors import RuleBroken
from readiness.gates.rules.definitions import TEXT_LIMIT, Criterion, check_number, check_text
from readiness.gates.rules.results import Evidence

MOST_DAYS = 180
"""A statement stands at most so long."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one project: its number, the moment, and the day of its zone."""

    project_id: int
    now: datetime
    today: date


class Source(Protocol):
    """Something that can tell how a criterion stands. A new one is a class like this and a line in ``SOURCES``.

    ``built`` is off where the feature that it would read is not there yet: then a signed statement may answer.
    """

    @property
    def key(self) -> str:
        """Its name in criteria."""
        ...

    @property
    def label(self) -> str:
        """What people call it."""
        ...

    @property
    def built(self) -> bool:
        """Whether there is anything to read."""
        ...

    def read(self, criteria: Sequence[Criterion], look: Look, /) -> Mapping[int, Evidence]:
        """Evidence for several criteria of this source by their numbers, with a bounded number of statements.

        One that is left out is unknown.
        """
        ...

    def subjects(self, look: Look, /) -> Sequence[tuple[str, str]]:
        """What it can be asked about in a project: key and name."""
        ...


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
