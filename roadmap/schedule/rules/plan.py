"""What goes into the scheduler and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from kernel.errors import RuleBroken
from kernel.worktime import Calendar


class LinkType(StrEnum):
    """Which ends of two tasks a dependency ties: predecessor first, S for start, F for finish."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class ConstraintType(StrEnum):
    """As soon / late as possible, start / finish no earlier / no later than, must start / finish on."""

    ASAP = "ASAP"
    ALAP = "ALAP"
    SNET = "SNET"
    SNLT = "SNLT"
    FNET = "FNET"
    FNLT = "FNLT"
    MSO = "MSO"
    MFO = "MFO"

    @property
    def needs_date(self) -> bool:
        """Whether the constraint means nothing without a date."""
        return self not in (ConstraintType.ASAP, ConstraintType.ALAP)


class TaskType(StrEnum):
    """A summary rolls up its children, a milestone has no duration."""

    TASK = "task"
    MILESTONE = "milestone"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Share:
    """What one of several has to do on a task: working minutes of their own calendar (else of the task's).

    It begins `delay_minutes` of that calendar after the task. Of a started task `done_minutes` lie behind.
    """

    minutes: int
    calendar: str | None = None
    delay_minutes: int = 0
    done_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the plan. Its duration is in working minutes of its own calendar, or else of the plan's.

    With `shares` it ends when the last of them has done theirs, whatever its duration says. `elapsed` work goes on
    around the clock. One with `manual_start` stands where people put it. Where work on a started task lies in two
    pieces the second begins at `resume`; `done_minutes` are known exacter than `percent_complete` says, where given.
    `percent_complete` above zero without an actual start counts as started where the plan puts it; 100 is finished.
    Slack counts in `slack_calendar` where the work itself follows a narrower one, as when a person's days off come in.
    One that is not `active` keeps dates of its own and pushes nobody. `delay_minutes` is what levelling added: minutes
    of the clock after the start that links and dates give; below zero, in a plan that is laid back from its finish,
    minutes before the latest finish that they allow.
    """

    id: int
    type: TaskType = TaskType.TASK
    duration_minutes: int = 0
    parent: int | None = None
    constraint: ConstraintType = ConstraintType.ASAP
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    percent_complete: int = 0
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    calendar: str | None = None
    slack_calendar: str | None = None
    active: bool = True
    delay_minutes: int = 0
    shares: tuple[Share, ...] = ()
    elapsed: bool = False
    manual_start: datetime | None = None
    manual_finish: datetime | None = None
    done_minutes: int | None = None
    resume: datetime | None = None

    @property
    def started(self) -> bool:
        """Whether any work has been done."""
        return self.actual_start is not None or self.percent_complete > 0 or self.actual_finish is not None

    @property
    def finished(self) -> bool:
        """Whether all work has been done."""
        return self.actual_finish is not None or self.percent_complete >= 100


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency. Its lag is working time of the successor's calendar, every minute when elapsed; negative is a lead.

    With `lag_percent` the lag is that share of the predecessor's duration.
    """

    predecessor: int
    successor: int
    type: LinkType = LinkType.FS
    lag_minutes: int = 0
    elapsed: bool = False
    lag_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the dates. `target` names the task to which slack and criticality are measured.

    With `finish` the plan is scheduled backwards from there, and its start is what comes out. A plan that does not
    honour constraints lets links push tasks past "no later than" and "must" dates, and shows that as negative slack.
    """

    start: datetime
    calendar: Calendar
    activities: tuple[Activity, ...]
    links: tuple[Link, ...] = ()
    status_date: datetime | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    critical_threshold_minutes: int = 0
    target: int | None = None
    finish: datetime | None = None
    honours_constraints: bool = True


class Dates(NamedTuple):
    """When a task happens and how far it may slip, in working minutes of its calendar.

    Work that lies in two pieces stops at `stop` and goes on at `resume`.
    """

    start: datetime
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack_minutes: int
    free_slack_minutes: int
    critical: bool
    stop: datetime | None = None
    resume: datetime | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The dates of every task by id; `order` lists the ids so that predecessors come before their successors."""

    dates: Mapping[int, Dates]
    start: datetime
    finish: datetime
    order: tuple[int, ...] = ()


class PlanBroken(RuleBroken):
    """Rows that contradict themselves or each other; `ids` names them."""

    def __init__(self, code: str, text: str, ids: list[int], **params: int | str) -> None:
        """Keep the ids beside the sentence."""
        self.ids = ids
        super().__init__(code, text, field=None, **params)


class CycleFound(PlanBroken):
    """Tasks that wait for each other: in `ids` each waits for the one before it, and the first for the last."""

    def __init__(self, ids: list[int]) -> None:
        """Name the loop in the order of its links."""
        path = " → ".join(str(each) for each in [*ids, *ids[:1]])
        text = "These tasks wait for each other: %(path)s. Remove one of the links."
        super().__init__("plan.cycle", text, ids, path=path)
