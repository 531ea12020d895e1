"""The report itself: everything it says, chosen and counted; words and drawings come later."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kernel.errors import RuleBroken
from readiness.health.rules.claims import Foreseen
from reports.issued.rules.framing import Framing
from reports.status.rules import milestones as stones
from reports.status.rules.facts import ListState, Work
from reports.status.rules.health import Reasons, reasons_of
from reports.status.rules.milestones import MilestoneLine
from reports.status.rules.waiting import Wait, waits_of
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.sentence import Answer, answer_of
from roadmap.standing.rules.standing import Standing

PERIOD = timedelta(days=6)
"""A first report looks back over seven days, its own the last."""
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Late:
    """Late work and how many days ago it was due."""

    work: Work
    days: int


@dataclass(frozen=True, slots=True)
class Report:
    """A project on a day. ``lists`` are in the order of the checklists page."""

    name: str
    start: date
    target: date | None
    as_of: date
    made_at: datetime
    zone: str
    standing: Standing
    reasons: Reasons
    answer: Answer
    milestones: tuple[MilestoneLine, ...]
    late: tuple[Late, ...]
    coming: tuple[Work, ...]
    done: tuple[Work, ...]
    waits: tuple[Wait, ...]
    lists: tuple[ListState, ...]
    framing: Framing = field(default_factory=Framing)
    forecast: Foreseen | None = None

    @property
    def begun(self) -> bool:
        """Whether the first day has come."""
        return self.as_of >= self.start

    @property
    def since(self) -> date:
        """The first day of the period: the one after the last report, else a week ago."""
        return since_of(self.framing, self.as_of)

    @property
    def until(self) -> date:
        """The last day that the report looks ahead to."""
        return self.as_of + AHEAD


def check_day(as_of: date, today: date) -> None:
    """Raise RuleBroken for a day that has not come yet: nobody knows how things will stand."""
    if as_of > today:
        raise RuleBroken(
            "report.not_yet",
            "%(day)s has not come yet. Choose today, %(today)s, or a day before it.",
            field="as_of",
            day=as_of.isoformat(),
            today=today.isoformat(),
        )


def read_day(text: str, today: date) -> date:
    """The day that was asked for, today when none was. Raises RuleBroken for what is no day or has not come yet."""
    if not text.strip():
        return today
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise RuleBroken(
            "report.no_day", "“%(typed)s” is not a day. Write it like %(today)s.", field="as_of",
            typed=text.strip()[:40], today=today.isoformat(),
        ) from error  # fmt: skip
    check_day(day, today)
    return day


def report_of(
    plan: GanttInput,
    standing: Standing,
    work: Sequence[Work],
    lists: Sequence[ListState],
    as_of: date,
    made_at: datetime,
    zone: str,
    framing: Framing | None = None,
) -> Report:
    """The report of a plan on a day; ``plan``, ``standing`` and ``work`` are of the same tasks."""
    framing = framing or Framing()
    found = stones.lines(work, as_of, framing.before)
    return Report(
        name=plan.name,
        start=plan.start,
        target=plan.target,
        as_of=as_of,
        made_at=made_at,
        zone=zone,
        standing=standing,
        reasons=reasons_of(standing, work, found),
        answer=answer_of(plan),
        milestones=found,
        late=late_of(work, as_of),
        coming=coming_of(work, as_of),
        done=done_of(work, as_of, since_of(framing, as_of)),
        waits=waits_of(work, lists, as_of),
        lists=tuple(lists),
        framing=framing,
    )


def since_of(framing: Framing, as_of: date) -> date:
    """The first day that a report covers."""
    return framing.since or as_of - PERIOD


def late_of(work: Sequence[Work], as_of: date) -> tuple[Late, ...]:
    """Late tasks and milestones: critical ones first, then what has waited longest."""
    found = [Late(each, (as_of - each.due).days) for each in work if each.late]
    return tuple(sorted(found, key=lambda late: (not late.work.critical, -late.days, late.work.id)))


def coming_of(work: Sequence[Work], as_of: date) -> tuple[Work, ...]:
    """What is to begin or to be finished in the two weeks after the day and is not late already, by day."""
    last = as_of + AHEAD
    found = [
        each
        for each in work
        if not each.done and not each.late and (as_of < each.start <= last or as_of <= each.finish <= last)
    ]
    return tuple(sorted(found, key=lambda each: (each.finish, each.start, each.id)))


def done_of(work: Sequence[Work], as_of: date, since: date) -> tuple[Work, ...]:
    """What was finished in the period that ends with the day, the latest first."""
    found = [each for each in work if each.done and each.done_on and since <= each.done_on <= as_of]
    return tuple(sorted(found, key=lambda each: (each.done_on or as_of, each.id), reverse=True))
