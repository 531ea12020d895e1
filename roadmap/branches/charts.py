"""Plans side by side as a page shows them: figures in words, what differs field by field, and a small Gantt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.forms import told
from kernel.errors import RuleBroken
from roadmap.branches import queries, service
from roadmap.branches.queries import BranchRow
from roadmap.branches.rules.comparing import CHANGED, Dates, Difference, Figures, Line, differences, later
from roadmap.branches.rules.merging import ORDER, ROW, Disagreement
from roadmap.branches.rules.shot import PROJECT, Row, Shot, in_order, table_of
from roadmap.branches.rules.words import DAYS, DURATIONS, LABELS, PERCENT
from roadmap.costs.charts import money
from roadmap.projects import queries as projects
from roadmap.schedule.rules import LinkType
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.links import Tie, predecessors_text
from roadmap.twins.queries import start_of

_COUNTED = DURATIONS | PERCENT | {"cents"}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys and numbers of shots stand for."""

    rows: Mapping[str, str]
    people: Mapping[int, str]
    project: str
    currency: str
    calendars: Mapping[int, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """What people call a row."""
        return self.project if key == PROJECT else self.rows.get(key, key)


@dataclass(frozen=True, slots=True)
class Said:
    """A field that differs, in words."""

    label: str
    trunk: str
    branch: str
    by_branch: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the small Gantt, in percent of its width; a point has none."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A task in one branch: its bar, its days in words, what differs; ``gone`` where the branch has no such task."""

    bar: Bar | None
    days: str
    moved: int | None
    what: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task that differs in a branch: as the plan has it, and as each branch does."""

    key: str
    name: str
    number: int | None
    bar: Bar | None
    days: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A branch beside its plan: what it comes to, what differs, when each row lies, by key."""

    row: BranchRow
    figures: Figures
    differences: Mapping[str, Difference]
    shot: Shot
    dates: Mapping[str, Dates]


def task_lines(sides: Sequence[Side], trunk: Shot, dates: Mapping[str, Dates], names: Names) -> list[TaskLine]:
    """Every row that differs or moved in any of the branches, in the order of the plan."""
    whole: dict[str, Row] = dict(trunk)
    for side in sides:
        whole.update({key: row for key, row in side.shot.items() if key not in whole})
    keys = [key for key in in_order(whole) if any(_differs(key, side, dates) for side in sides)]
    scale = _Scale([dates, *(side.dates for side in sides)], keys)
    found = []
    for key in keys:
        cells = tuple(_cell(key, side, dates.get(key), scale, names) for side in sides)
        number = int(key.partition(":")[2]) if table_of(key) == "task" and key in trunk else None
        found.append(TaskLine(key, names.of(key), number, scale.bar(dates.get(key)), days(dates.get(key)), cells))
    return found


def _differs(key: str, side: Side, dates: Mapping[str, Dates]) -> bool:
    return key in side.differences or (table_of(key) == "task" and dates.get(key) != side.dates.get(key))


def _cell(key: str, side: Side, before: Dates | None, scale: _Scale, names: Names) -> Cell:
    found, after = side.differences.get(key), side.dates.get(key)
    moved = later(before[1].date() if before else None, after[1].date() if after else None)
    lines = tuple(said(line, names) for line in found.lines) if found else ()
    what = found.what if found and found.what != CHANGED else ""
    return Cell(scale.bar(after), days(after), moved, what, lines)


class _Scale:
    """Where days lie in the small Gantt."""

    def __init__(self, dates: Iterable[Mapping[str, Dates]], keys: Sequence[str]) -> None:
        spans = [found[key] for found in dates for key in keys if key in found]
        begin = min((span[0] for span in spans), default=None)
        self.first = begin
        self.length = max((max(span[1] for span in spans) - begin).total_seconds(), 1) if begin else 1.0

    def bar(self, dates: Dates | None) -> Bar | None:
        if dates is None or self.first is None:
            return None
        x = (dates[0] - self.first).total_seconds() / self.length * 100
        width = (dates[1] - dates[0]).total_seconds() / self.length * 100
        return Bar(round(x, 2), round(width, 2), days(dates))


def days(dates: Dates | None) -> str:
    """From when to when, in words."""
    if dates is None:
        return NOTHING
    first, last = formats.day(dates[0]), formats.day(dates[1])
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def said(line: Line, names: Names) -> Said:
    """A field that differs, or a link, an assignment or an allocation that one side has not."""
    about = _about(line.key)
    if line.field == ROW:
        there = _there(line.key, line.branch or line.trunk, names)
        return Said(about, there if line.trunk else NOTHING, there if line.branch else NOTHING, line.by_branch)
    label = _(LABELS.get(line.field, line.field))
    trunk, branch = (words(line.field, value, names) for value in (line.trunk, line.branch))
    return Said(f"{about}: {label}" if about else label, trunk, branch, line.by_branch)


def words(field: str, value: Any, names: Names) -> str:
    """A value of a shot as people read it."""
    if value is None or value == "":
        return NOTHING
    if field in _COUNTED:
        return _counted(field, value, names)
    if field == "calendar_id":
        return names.calendars.get(value, NOTHING)
    if field.endswith("_id"):
        return names.people.get(value, NOTHING) if isinstance(value, int) else names.of(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _day(str(value)) if field in DAYS else str(fields.CONSTRAINTS.get(value, value))


def _counted(field: str, value: float, names: Names) -> str:
    if field == "cents":
        return money(value, names.currency)
    return fields.duration_text(int(value)) if field in DURATIONS else _("%(number)s %%", number=formats.number(value))


def _day(text: str) -> str:
    """A day or a moment as people read it."""
    moment = datetime.fromisoformat(text)
    return formats.day(moment) + (f", {moment:%H:%M}" if "T" in text else "")


def _about(key: str) -> str:
    """What a row of another table says of its task or role: what it waits for, who works on it."""
    table = table_of(key)
    if table == "dependency":
        return _(LABELS["predecessor_id"])
    if table == "task_assignment":
        return _("Works on it")
    return _("Allocation") if table == "allocation" else ""


def _there(key: str, row: Mapping[str, Any], names: Names) -> str:
    """A link, an assignment or an allocation in a few words."""
    table = table_of(key)
    if table == "dependency":
        tie = Tie("", LinkType(row["type"]), row["lag_minutes"])
        lag = predecessors_text([tie])
        return f"{names.of(row['predecessor_id'])} ({lag or row['type']})"
    person = names.people.get(row.get("person_id") or 0)
    if table == "allocation":
        first, last = (formats.day(date.fromisoformat(row[name])) for name in ("first", "last"))
        text = _("%(percent)s %% from %(first)s to %(last)s", percent=row["percent"], first=first, last=last)
        return f"{person or _('nobody yet')}, {text}"
    who = person or names.of(row.get("role_id") or "")
    return _("%(who)s, %(units)s %%", who=who, units=formats.number(row["units"]))


@dataclass(frozen=True, slots=True)
class Open:
    """Something to choose, in words: what it is about, how it was, and both sides."""

    id: str
    about: str
    label: str
    base: str
    branch: str
    trunk: str


def _choice(each: Disagreement, names: Names) -> Open:
    if each.field == ROW:
        gone, stays = _("removed"), _("changed, and kept")
        branch, trunk = (gone if row is None else stays for row in (each.branch, each.trunk))
        return Open(each.id, names.of(each.key), _("Whether it stays"), _("it was there"), branch, trunk)
    if each.field == ORDER:
        lists = (", ".join(names.of(key) for key in rows) for rows in (each.base, each.branch, each.trunk))
        return Open(each.id, names.of(each.key) if each.key else names.project, _("Order of the rows"), *lists)
    about = _about(each.key)
    label = _(LABELS.get(each.field, each.field))
    shown = (words(each.field, value, names) for value in (each.base, each.branch, each.trunk))
    return Open(each.id, _subject(each.key, names), f"{about}: {label}" if about else label, *shown)


def _subject(key: str, names: Names) -> str:
    """What a tie is said of: the task that waits, or that is worked on."""
    ends = key.partition(":")[2].split(">")
    place = {"dependency": 1, "task_assignment": 0}.get(table_of(key))
    return names.of(key) if place is None else names.of(ends[place])


def verdict(side: Side, plan: Figures) -> str:
    """The sentence that a comparison opens with: when it goes live, and what changes beside that."""
    before, after = (plan.go_live or plan.finish, side.figures.go_live or side.figures.finish)
    moved = later(before, after)
    day = formats.day(after) if after else ""
    if moved is None:
        return _("Nothing to compare yet: one of the plans has no dates.")
    if moved == 0:
        return _("Go-live stays on %(day)s.", day=day) if plan.go_live else _("The finish stays on %(day)s.", day=day)
    by = ngettext("%(num)d day", "%(num)d days", abs(moved))
    texts = {
        (True, True): _("Go-live on %(day)s, %(by)s sooner.", day=day, by=by),
        (True, False): _("Go-live on %(day)s, %(by)s later.", day=day, by=by),
        (False, True): _("Finished on %(day)s, %(by)s sooner.", day=day, by=by),
        (False, False): _("Finished on %(day)s, %(by)s later.", day=day, by=by),
    }
    return texts[plan.go_live is not None, moved < 0]


def change_words(before: date | None, after: date | None) -> str:
    """By how much a day moved, in words; empty where nothing can be said."""
    moved = later(before, after)
    if moved is None:
        return ""
    if moved == 0:
        return _("as now")
    if moved > 0:
        return ngettext("%(num)d day later", "%(num)d days later", moved)
    return ngettext("%(num)d day sooner", "%(num)d days sooner", -moved)


@dataclass(frozen=True, slots=True)
class Coming:
    """What a merge brings to a task: that it comes or goes, or the fields that change."""

    name: str
    what: str
    lines: tuple[Said, ...]


def _coming(found: Difference, names: Names) -> Coming:
    """What a merge brings, in words."""
    return Coming(names.of(found.key), found.what, tuple(said(line, names) for line in found.lines))


@dataclass(frozen=True, slots=True)
class MergeView:
    """What a merge would bring, what has to be chosen first, and why it can't be done at all."""

    open: tuple[Open, ...]
    coming: tuple[Coming, ...]
    problem: str


def merge_view(project_id: int, branch_id: int, *, catching_up: bool = False) -> MergeView:
    """What merging a branch would do to its plan now, or bringing it up to date to the branch. Raises NotFound."""
    start = start_of(branch_id)
    trunk, there = queries.read(project_id), queries.read(branch_id, start.twins)
    names = names_of(project_id, [start.plan, trunk.shot, there.shot])
    try:
        found = service.preview(project_id, branch_id)
    except RuleBroken as problem:
        return MergeView((), (), told(problem))
    before = there.shot if catching_up else trunk.shot
    coming = differences(before, found.shot, before).values()
    return MergeView(
        tuple(_choice(each, names) for each in found.open), tuple(_coming(each, names) for each in coming), ""
    )


def names_of(project_id: int, shots: Iterable[Shot]) -> Names:
    """What the keys and numbers of some shots of a plan stand for."""
    rows = {key: str(row["name"]) for shot in shots for key, row in shot.items() if "name" in row}
    project = projects.row_of(project_id)
    return Names(rows, queries.people_named(project_id), project.name, project.currency, queries.calendars_named())
