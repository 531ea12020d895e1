"""What the pages of the plan show beyond its rows: the list's columns, why a task stands where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from accounts.calendars import queries as calendars
from infra import formats
from infra.audit import queries as trail
from infra.audit.models import AuditEntry
from infra.audit.words import say
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.merge import FieldConflict
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.permission import Facts
from roadmap.outline import rules
from roadmap.schedule.rules import (
    ConstraintType,
    Held,
    Hold,
    Origin,
    Reason,
    Stayed,
    origins,
    schedule,
    shift_start,
    why,
)
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task
from roadmap.tasks.queries import TaskRow
from roadmap.tasks.rules.fields import CONSTRAINTS
from roadmap.tasks.rules.states import State

HISTORY, TEXT_SHOWN = 30, 80
"""How many actions a history tells, and how much of a text."""


class Wbs(str):
    """A WBS number that sorts by its parts: 1.9 before 1.10.

    >>> sorted([Wbs("1.10"), Wbs("1.9"), Wbs("1")])
    ['1', '1.9', '1.10']
    """

    __slots__ = ()

    def casefold(self) -> Wbs:
        """Itself, so that ordering a list without regard to letters keeps the parts."""
        return self

    def __lt__(self, other: str) -> bool:
        """By the numbers between the dots."""
        return [int(part) for part in self.split(".")] < [int(part) for part in other.split(".")]


Choices = Sequence[tuple[str, str]]


def task_list(people: Choices, roles: Choices, phases: Choices) -> ListSpec:
    """The columns of a project's task table; owners, roles and phases are those of the project."""
    return ListSpec(
        key="tasks",
        title="Tasks",
        default_sort="wbs",
        page_size=200,
        columns=(
            Column("wbs", "WBS", value=_outline, sortable=True),
            Column("name", "Task", Kind.TEXT, searched=True),
            Column("owner", "Owner", Kind.PERSON, filter_value=_owner, choices=people),
            Column("role", "Role", Kind.CHOICE, filter_value=_role, choices=roles, visible=False),
            Column("phase", "Phase", Kind.CHOICE, filter_value=_phase, choices=phases, visible=False),
            Column("state", "State", Kind.CHOICE, choices=[(each.value, each.value.capitalize()) for each in State]),
            Column("duration_minutes", "Duration", format=Format.DAYS, numeric=True),
            Column("start", "Start", Kind.DATE, format=Format.DAY),
            Column("finish", "Finish", Kind.DATE, format=Format.DAY),
            Column("total_slack_minutes", "Slack", format=Format.DAYS, numeric=True),
            Column("critical", "Critical", Kind.FLAG, format=Format.FLAG, visible=False),
            Column("percent", "Done", Kind.NUMBER, format=Format.PERCENT, numeric=True),
            Column("predecessors_text", "Waits for", sortable=False),
            Column("deadline", "Deadline", Kind.DATE, format=Format.DAY, visible=False),
        ),
    )


def stored(task_id: int) -> Task:
    """The row behind a task's form; while it is kept, nobody on the page reads it again."""
    return db.session.get_one(Task, task_id)


def form_values(row: Task) -> dict[str, Any]:
    """What the form of a task shows."""
    return {name: getattr(row, name) for name in rules.FORM_FIELDS}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a task stands where it stands, and where its start and its finish come from, in words."""

    sentence: str
    start: str
    finish: str


def reason(project_id: int, task_id: int, rows: Sequence[TaskRow]) -> Why:
    """Why a task stands where it stands; ``rows`` are all of its plan."""
    plan = tasks.load(project_id).plan
    held = why(plan, schedule(plan), task_id)
    start, finish = origins(next(row for row in plan.activities if row.id == task_id), held)
    sentence = " ".join(filter(None, (in_words(held, names_of(rows)), _calendar_in_words(held))))
    return Why(sentence, _origin(start), _origin(finish))


def _origin(origin: Origin) -> str:
    return {Origin.GIVEN: _("given"), Origin.INHERITED: _("inherited"), Origin.COMPUTED: _("computed")}[origin]


def _calendar_in_words(held: Held) -> str:
    """Which calendar lets a task wait longer than the project's would; empty for none."""
    if held.calendar is None or held.since is None:
        return ""
    kind, _dash, number = held.calendar.rpartition(" & ")[2].partition("-")
    if kind == "person":
        return _("Who does it is not at work on %(day)s.", day=formats.day(held.since))
    name = calendars.row(int(number)).name if kind == "calendar" else _("the project’s")
    return _("Its calendar “%(name)s” has no working time then, on %(day)s.", name=name, day=formats.day(held.since))


@dataclass(frozen=True, slots=True)
class Follows:
    """A task under another start: where it was, where it would be, and why it does not follow in full."""

    name: str
    before: datetime
    after: datetime
    why_not: str

    @property
    def stays(self) -> bool:
        """Whether it starts when it did."""
        return self.before == self.after


def start_preview(project_id: int, start: date, names: Mapping[int, str]) -> list[Follows]:
    """What another start day moves and what it leaves, those that move first."""
    moved = shift_start(tasks.load(project_id).plan, start)
    reasons = {each.id: _why_not(each, names) for each in moved.stayed}
    changed = {each.id for each in moved.moved}
    found = [
        Follows(name, moved.before.dates[id].start, moved.after.dates[id].start, reasons.get(id, ""))
        for id, name in names.items()
        if id in changed or id in reasons
    ]
    return sorted(found, key=lambda each: (each.stays, not each.why_not))


def _why_not(stayed: Stayed, names: Mapping[int, str]) -> str:
    other = names.get(stayed.by or 0, "")
    return {
        Reason.FINISHED: _("It is done."),
        Reason.IN_PROGRESS: _("It has begun."),
        Reason.CONSTRAINT: _("A constraint holds it."),
        Reason.STATUS_DATE: _("What is left starts no earlier than the status date."),
        Reason.ELAPSED_LAG: _("It waits for a time that runs on days off too."),
        Reason.OWN_CALENDAR: _("It has a calendar of its own."),
        Reason.OTHER_TASK: _("It hangs on “%(name)s”.", name=other),
    }[stayed.reason]


@dataclass(frozen=True, slots=True)
class Conflicting:
    """A field that somebody else changed meanwhile, and both values in words."""

    label: str
    mine: str
    theirs: str


def conflicts(found: Iterable[FieldConflict], named: Mapping[str, Mapping[int, str]]) -> list[Conflicting]:
    """Conflicts in words; ``named`` has the words of numbers, by field."""

    def words(name: str, value: Any) -> str:
        return named[name].get(value, "") if name in named else rules.shown(name, value)

    return [
        Conflicting(_(rules.LABELS[each.name]), words(each.name, each.mine), words(each.name, each.theirs))
        for each in found
    ]


def history(task_id: int, named: Mapping[str, Mapping[int, str]]) -> list[dict[str, object]]:
    """What happened to a task, newest first, with old and new values; ``named`` has the words of numbers, by field."""
    entries = trail.of_subject(f"task:{task_id}", HISTORY)
    details = {each.transaction_id: _details(each, named) for each in reversed(entries)}
    said = say(entries)
    shown = formats.as_timeline(said)
    return [line | {"body": details[each.transaction_id]} for line, each in zip(shown, said, strict=True)]


def _details(entry: AuditEntry, named: Mapping[str, Mapping[int, str]]) -> str:
    if entry.kind != "changed":
        return ""
    lines = [
        _(
            "%(field)s: %(old)s → %(new)s",
            field=_(rules.LABELS[name]),
            old=_value(name, old, named),
            new=_value(name, new, named),
        )
        for name, old, new in rules.differences(entry.changes)
    ]
    return "\n".join(lines)


def _value(name: str, value: Any, named: Mapping[str, Mapping[int, str]]) -> str:
    """A value of the trail in words."""
    if value is None or value == "":
        return _("nothing")
    if name in named:
        return named[name].get(value, _("somebody else") if name == "owner_id" else _("another one"))
    if name in rules.DURATIONS:
        return formats.days(value)
    if name in rules.DAYS:
        return formats.day(datetime.fromisoformat(value))
    return _plain_value(name, value)


def _plain_value(name: str, value: Any) -> str:
    if name == "percent_complete":
        return formats.percent(value)
    text = _(CONSTRAINTS[ConstraintType(value)]) if name == "constraint_type" else str(value)
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN].rstrip()}…"


def subject(number: int) -> Subject | None:
    """A task as comments and files see it."""
    row = db.session.get(Task, number)
    if row is None:
        return None
    owners = frozenset({row.owner_id}) if row.owner_id is not None else frozenset()
    address = f"/projects/{row.project_id}/tasks/{row.id}"
    scope = project_scope(row.project_id)
    return Subject(f"task:{number}", row.name, scope, address, "task.see", facts=Facts(owners=owners))


def counts(rows: Sequence[TaskRow]) -> dict[str, int]:
    """How many tasks there are, and how many of them are done, late and critical."""
    work = [row for row in rows if row.type != "summary"]
    return {
        "all": len(work),
        "done": sum(row.done for row in work),
        "late": sum(row.late for row in work),
        "critical": sum(row.critical for row in work),
    }


def names_of(rows: Sequence[TaskRow]) -> dict[int, str]:
    """Rows by number, as sentences name them."""
    return {row.id: f"{row.wbs} {row.name}" for row in rows}


def in_words(held: Held, names: Mapping[int, str]) -> str:
    """What holds a task, in a sentence; ``names`` are those of the rows."""
    other = names.get(held.by or 0, "")
    day = formats.day(held.date)
    if held.hold is Hold.CONSTRAINT:
        return _("It is held by the constraint “%(kind)s” %(day)s.", kind=_(_constraint(held)), day=day)
    return {
        Hold.PROJECT_START: _("It starts with the project and waits for nothing."),
        Hold.PREDECESSOR: _("It waits for “%(name)s”.", name=other),
        Hold.STATUS_DATE: _("What is left to do starts no earlier than the status date, %(day)s.", day=day),
        Hold.ACTUAL_START: _("It began on %(day)s.", day=day),
        Hold.ACTUAL_FINISH: _("It was finished on %(day)s.", day=day),
        Hold.AS_LATE_AS_POSSIBLE: _("It is planned as late as possible without moving what waits for it."),
        Hold.MANUAL: _("It stands where it was put, on %(day)s, whatever it waits for.", day=day),
        Hold.DELAY: _("Levelling put it later, to %(day)s, so that nobody has too much to do.", day=day),
        Hold.CHILD: _("Its dates come from the tasks below it; “%(name)s” starts first.", name=other),
    }[held.hold]


def _constraint(held: Held) -> str:
    return CONSTRAINTS[held.constraint or ConstraintType.ASAP]


def _outline(row: TaskRow) -> Wbs:
    return Wbs(row.wbs)


def _owner(row: TaskRow) -> int | None:
    return row.owner_id


def _role(row: TaskRow) -> int | None:
    return row.role_id


def _phase(row: TaskRow) -> int | None:
    return row.phase_id
