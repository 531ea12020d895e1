"""What a Gantt chart is drawn from: tasks in tree order, their links, and the days of the project."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

TaskType = Literal["task", "milestone", "summary"]
LinkType = Literal["FS", "SS", "FF", "SF"]


@dataclass(frozen=True, slots=True)
class GanttTask:
    """One row of the plan.

    `level` is 1 for a phase; `slack_minutes` are working minutes of total slack; `slack_end` is the late finish;
    `percent` is 0 to 100; `duration_label` is shown as it is; `href` is where the bar leads.
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
class GanttInput:
    """A plan with its calendar.

    `start` begins week 1; `go_live` is the id of the go-live milestone. `day_begin` and `day_end` bound a working day:
    a bar that fills them fills the day's column.
    `day_minutes` is the length of a working day, by which slack becomes days.
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

    def children(self) -> set[int]:
        """Ids of the tasks that have tasks below them."""
        return {task.parent for task in self.tasks if task.parent is not None}
