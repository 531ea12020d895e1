"""What a Gantt chart is drawn from: tasks in tree order, their links, and the days of the project."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

TaskType = Literal["task", "milestone", "summary"]
LinkType = Literal["FS", "SS", "FF", "SF"]


@dataclass(frozen=True, slots=True)
class GanttTask:
    """One row of the plan.

    `level` is 1 for a phase; `slack_minutes` are working minutes of total slack; `slack_end` is the late finish;
    `percent` is 0 to 100; `duration_label` and `waits_for` are shown as they are; `href` is where the bar leads. Work
    in two pieces stops at `stop` and goes on at `resume`; a `manual` task has dates of its own, an inactive one is kept
    and not planned. `criticality` is how often it was critical in the forecast kept last, 0 to 1; None where that
    did not count it.
    """

    id: int
    wbs: str
    name: str
    level: int
    type: TaskType
    parent: int | None
    start: datetime
    finish: datetime
    percent: int = 0
    critical: bool = False
    slack_minutes: int | None = None
    slack_end: datetime | None = None
    deadline: datetime | None = None
    owner_name: str = ""
    owner_initials: str = ""
    owner_id: int | None = None
    late: bool = False
    href: str = "#"
    duration_label: str = ""
    waits_for: str = ""
    stop: datetime | None = None
    resume: datetime | None = None
    active: bool = True
    manual: bool = False
    criticality: float | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left to do; a milestone is then reached."""
        return self.percent >= 100


@dataclass(frozen=True, slots=True)
class GanttLink:
    """A dependency: `to_id` waits for `from_id` as its type says."""

    from_id: int
    to_id: int
    type: LinkType = "FS"
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """A baseline laid under the bars: what each task was planned to be, by its number."""

    id: int
    name: str
    spans: Mapping[int, tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class GanttInput:
    """A plan with its calendar.

    `start` begins week 1; `go_live` is the id of the go-live milestone. `day_begin` and `day_end` bound a working day:
    a bar that fills them fills the day's column.
    `day_minutes` is the length of a working day, by which slack becomes days. Variance is against the first of
    `overlays`; `baselines` are all that could be laid over it, by number and
    name. `likely` are P50 and P80 of the go-live in the forecast kept last.
    """

    name: str
    tasks: tuple[GanttTask, ...]
    links: tuple[GanttLink, ...]
    start: date
    finish: date
    is_working: Callable[[date], bool]
    today: date | None = None
    status_date: date | None = None
    target: date | None = None
    go_live: int | None = None
    day_begin: time = time(9)
    day_end: time = time(17)
    day_minutes: int = 480
    overlays: tuple[Overlay, ...] = ()
    baselines: tuple[tuple[int, str], ...] = ()
    likely: tuple[date, date] | None = None

    def children(self) -> set[int]:
        """Ids of the tasks that have tasks below them."""
        return {task.parent for task in self.tasks if task.parent is not None}
