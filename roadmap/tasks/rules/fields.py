"""What may be entered in each field of a task: reading it, its limits, and what fits together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from kernel.errors import RuleBroken
from kernel.worktime import Calendar
from roadmap.schedule.rules import ConstraintType, TaskType, durations

NAME_LIMIT, TEXT_LIMIT = 300, 20_000
DAY_MINUTES, WEEK_DAYS = 480, 5
LONGEST = 10_000 * DAY_MINUTES
USUAL_PRIORITY, HIGHEST_PRIORITY = 500, 1000
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
SHAPES = ("pert", "triangular", "uniform")
"""How an estimate of three points may spread."""
CONSTRAINTS = {
    ConstraintType.ASAP: "as soon as possible",
    ConstraintType.ALAP: "as late as possible",
    ConstraintType.SNET: "start no earlier than",
    ConstraintType.SNLT: "start no later than",
    ConstraintType.FNET: "finish no earlier than",
    ConstraintType.FNLT: "finish no later than",
    ConstraintType.MSO: "must start on",
    ConstraintType.MFO: "must finish on",
}
"""The kinds of constraint in words."""


def parse_duration(text: str) -> int:
    """Working minutes of "3d", "4h", "1.5 d", "3d 4h", "2w" or "90m"; a bare number is days. Raises RuleBroken.

    >>> parse_duration("1.5d"), parse_duration("3"), parse_duration("2 h")
    (720, 1440, 120)
    """
    try:
        return durations.parse_duration(text.strip().rstrip("?"), DAY_MINUTES, WEEK_DAYS)
    except RuleBroken as error:
        raise RuleBroken(
            "task.duration",
            "“%(value)s” is no duration. Write a number and m, h, d or w, for example 3d or 4h.",
            field="duration_minutes",
            value=text.strip()[:40],
        ) from error


def duration_text(minutes: int) -> str:
    """A duration as it is typed: in days where it fits, else hours, else minutes.

    >>> duration_text(720), duration_text(60), duration_text(50)
    ('1.5d', '1h', '50m')
    """
    if minutes % (DAY_MINUTES // 4) == 0:
        return f"{minutes / DAY_MINUTES:g}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def parse_day(text: str) -> date | None:
    """A day as YYYY-MM-DD; nothing is None. Raises RuleBroken."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise RuleBroken(
            "task.date", "“%(value)s” is no date. Write it as 2026-03-03.", value=text.strip()[:40]
        ) from error


def parse_instant(text: str) -> datetime | None:
    """A wall time as 2026-03-03T09:00 or a day alone; nothing is None. Raises RuleBroken."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError as error:
        raise RuleBroken(
            "task.moment",
            "“%(value)s” is no date. Write it as 2026-03-03 or 2026-03-03T09:00.",
            value=text.strip()[:40],
        ) from error


def parse_percent(text: str) -> int:
    """A whole number with or without its sign. Raises RuleBroken; the range is checked with the task."""
    found = re.fullmatch(r"\s*(-?\d{1,6})(?:[.,]0+)?\s*%?\s*", text)
    if found is None:
        raise RuleBroken(
            "task.percent", "“%(value)s” is no percentage. Write a number from 0 to 100.", value=text.strip()[:40]
        )
    return int(found[1])


def parse_priority(text: str) -> int:
    """A whole number from 0 to 1000, nothing is the usual 500. Raises RuleBroken.

    >>> parse_priority("700"), parse_priority("")
    (700, 500)
    """
    found = re.fullmatch(r"[0-9]{1,4}", text.strip() or str(USUAL_PRIORITY))
    if found is None or int(found[0]) > HIGHEST_PRIORITY:
        said = "“%(value)s” is no priority. Write a whole number from 0 to 1000; levelling leaves 1000 where it is."
        raise RuleBroken("task.priority", said, value=text.strip()[:40])
    return int(found[0])


def parse_number(text: str) -> int | None:
    """The number of a person or a role that a list offered; nothing is None. Raises RuleBroken."""
    if not text.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise RuleBroken("task.choice", "“%(value)s” is none of the choices.", value=text.strip()[:40])
    return int(text)


def parse_constraint(text: str) -> str:
    """One of the eight kinds, in short or in words; nothing is as soon as possible. Raises RuleBroken."""
    wanted = text.strip()
    kinds = {kind.value: kind for kind in CONSTRAINTS} | {words.upper(): kind for kind, words in CONSTRAINTS.items()}
    if wanted and wanted.upper() not in kinds:
        raise RuleBroken(
            "task.constraint",
            "“%(value)s” is no constraint. Use one of %(kinds)s.",
            value=wanted[:40],
            kinds=", ".join(CONSTRAINTS),
        )
    return kinds[wanted.upper()].value if wanted else ConstraintType.ASAP.value


def parse_type(text: str) -> str:
    """Task, milestone or summary. Raises RuleBroken."""
    if text.strip().lower() not in set(TaskType):
        raise RuleBroken("task.type", "“%(value)s” is no kind of row. Use task or milestone.", value=text.strip()[:40])
    return text.strip().lower()


def parse_shape(text: str) -> str:
    """How an estimate spreads; nothing is PERT. Raises RuleBroken."""
    wanted = text.strip().lower() or SHAPES[0]
    if wanted not in SHAPES:
        text = "“%(value)s” is no way to spread an estimate. Use one of %(shapes)s."
        raise RuleBroken("task.shape", text, value=wanted[:40], shapes=", ".join(SHAPES))
    return wanted


def _optional_duration(text: str) -> int | None:
    return parse_duration(text) if text.strip() else None


def parse_yes(text: str) -> bool:
    """Yes or no; nothing is no. Raises RuleBroken."""
    wanted = text.strip().lower()
    if wanted not in ("", "yes", "no"):
        raise RuleBroken("task.yes", "“%(value)s” is neither yes nor no.", value=text.strip()[:40])
    return wanted == "yes"


def _line(text: str) -> str:
    return " ".join(text.split())


PARSERS: dict[str, Callable[[str], Any]] = {
    "name": _line,
    "description": str.strip,
    "reason": str.strip,
    "acceptance": str.strip,
    "type": parse_type,
    "duration_minutes": parse_duration,
    "estimate_low": _optional_duration,
    "estimate_likely": _optional_duration,
    "estimate_high": _optional_duration,
    "estimate_shape": parse_shape,
    "work_minutes": _optional_duration,
    "percent_complete": parse_percent,
    "actual_start": parse_instant,
    "actual_finish": parse_instant,
    "constraint_type": parse_constraint,
    "constraint_date": parse_instant,
    "deadline": parse_day,
    "owner_id": parse_number,
    "role_id": parse_number,
    "priority": parse_priority,
    "active": parse_yes,
    "elapsed": parse_yes,
    "ignores_people": parse_yes,
    "calendar_id": parse_number,
    "manual_start": parse_instant,
    "manual_finish": parse_instant,
}
"""The fields of a task that people may change, each with how it is read."""


def parse(name: str, text: str) -> Any:
    """The value of a field. Raises RuleBroken naming the field."""
    if name not in PARSERS:
        raise RuleBroken("task.field", "A task has no field “%(name)s”.", field=name, name=name[:40])
    try:
        return PARSERS[name](text)
    except RuleBroken as error:
        raise placed(error, name) from error


def placed(error: RuleBroken, field: str) -> RuleBroken:
    """The same complaint, said of a field."""
    return RuleBroken(error.code, error.text, field=field, **dict(error.params))


@dataclass(frozen=True, slots=True)
class Draft:
    """The values of a task that have to fit together."""

    name: str
    type: str = "task"
    duration_minutes: int = 0
    percent_complete: int = 0
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    constraint_type: str = "ASAP"
    constraint_date: datetime | None = None
    deadline: date | None = None
    estimate_low: int | None = None
    estimate_likely: int | None = None
    estimate_high: int | None = None
    work_minutes: int | None = None
    description: str = ""
    reason: str = ""
    acceptance: str = ""
    manual_start: datetime | None = None
    manual_finish: datetime | None = None


DRAFT_FIELDS = tuple(Draft.__slots__)
"""The names of those values."""


def complaints(draft: Draft) -> Iterator[RuleBroken]:
    """Everything that does not fit, each with its field and what would be right."""
    yield from _about_texts(draft)
    yield from _about_amounts(draft)
    yield from _about_dates(draft)
    yield from _about_estimates(draft)


def check(draft: Draft) -> None:
    """Raise the first complaint, if there is one."""
    for complaint in complaints(draft):
        raise complaint


def check_kind(type: str, name: str, wanted: Collection[str], to: str | None = None) -> None:
    """Raise RuleBroken for fields that a summary takes from below, and for making one by hand.

    ``wanted`` are the names of fields that are to change, ``to`` the kind of row that is wanted.
    """
    if type != TaskType.SUMMARY:
        if to == TaskType.SUMMARY:
            text = "A summary comes from the tasks below it: move tasks below this one."
            raise RuleBroken("task.summary_by_hand", text, field="type")
        return
    rolled = {"type", "duration_minutes", "percent_complete", "actual_start", "actual_finish"} & set(wanted)
    for field in sorted(rolled):
        text = "“%(name)s” is a summary: its dates and progress come from the tasks below it."
        raise RuleBroken("task.summary_rolls_up", text, field=field, name=name)


def _about_texts(draft: Draft) -> Iterator[RuleBroken]:
    if not draft.name.strip():
        yield RuleBroken("task.name", "Give the task a name.", field="name")
    limits = {"name": NAME_LIMIT, "description": TEXT_LIMIT, "reason": TEXT_LIMIT, "acceptance": TEXT_LIMIT}
    for field, limit in limits.items():
        length = len(getattr(draft, field))
        if length > limit:
            text = "This text has %(length)s characters; at most %(limit)s fit. Attach a file for more."
            yield RuleBroken("task.text_long", text, field=field, length=length, limit=limit)


def _about_amounts(draft: Draft) -> Iterator[RuleBroken]:
    if not 0 <= draft.percent_complete <= 100:
        text = "%(percent)s %% is not possible. Progress lies between 0 and 100 %%."
        yield RuleBroken("task.percent_range", text, field="percent_complete", percent=draft.percent_complete)
    if draft.type == TaskType.MILESTONE and draft.duration_minutes:
        text = "A milestone has no duration. Set it to 0, or make this a task."
        yield RuleBroken("task.milestone_duration", text, field="duration_minutes")
    for field in ("duration_minutes", "work_minutes", "estimate_low", "estimate_likely", "estimate_high"):
        minutes = getattr(draft, field) or 0
        if not 0 <= minutes <= LONGEST:
            text = "A duration lies between 0 and 10,000 days."
            yield RuleBroken("task.duration_range", text, field=field)


def _about_dates(draft: Draft) -> Iterator[RuleBroken]:
    for field in ("actual_start", "actual_finish", "constraint_date", "deadline", "manual_start", "manual_finish"):
        value = getattr(draft, field)
        day = value.date() if isinstance(value, datetime) else value
        if day is not None and not EARLIEST <= day <= LATEST:
            text = "%(day)s is out of range. Dates lie between 1990 and 2199."
            yield RuleBroken("task.date_range", text, field=field, day=day.isoformat())
    if draft.actual_start and draft.actual_finish and draft.actual_finish < draft.actual_start:
        text = "It can't finish (%(finish)s) before it starts (%(start)s)."
        shown = {"finish": draft.actual_finish.date().isoformat(), "start": draft.actual_start.date().isoformat()}
        yield RuleBroken("task.finish_before_start", text, field="actual_finish", **shown)
    if draft.actual_finish and draft.percent_complete < 100:
        text = "It has an actual finish, so its progress is 100 %%. Take the finish out, or set 100 %%."
        yield RuleBroken("task.finish_unfinished", text, field="actual_finish")
    if draft.manual_finish and (draft.manual_start is None or draft.manual_finish < draft.manual_start):
        text = "A task that stands where you put it starts before it finishes: give both days, the start first."
        yield RuleBroken("task.manual", text, field="manual_finish")
    kind = ConstraintType(draft.constraint_type)
    if kind.needs_date and draft.constraint_date is None:
        text = "“%(kind)s” needs a date. Give one, or choose “as soon as possible”."
        yield RuleBroken("task.constraint_date", text, field="constraint_date", kind=CONSTRAINTS[kind])


def _about_estimates(draft: Draft) -> Iterator[RuleBroken]:
    points = (draft.estimate_low, draft.estimate_likely, draft.estimate_high)
    given = [point for point in points if point is not None]
    if given and len(given) < len(points):
        text = "A three-point estimate has all three: best, likely and worst."
        yield RuleBroken("task.estimate_part", text, field="estimate_low")
    elif given != sorted(given):
        text = "Best is at most likely, and likely is at most worst."
        yield RuleBroken("task.estimate_order", text, field="estimate_low")


def moment_on(day: date, calendar: Calendar, *, finish: bool) -> datetime:
    """The wall time that a day means for a constraint: the begin of its work, or its end for a finish.

    A day off has no hours of its own and is meant as a whole.
    """
    periods = calendar.periods(day)
    if not periods:
        return datetime.combine(day, time(23, 59) if finish else time())
    minute = periods[-1].end if finish else periods[0].start
    return datetime.combine(day, time(minute // 60, minute % 60) if minute < 1440 else time(23, 59))


def says_the_same(before: Any, value: Any) -> bool:
    """Whether a value changes nothing: nor does a day where a moment of it is stored, for forms show no times."""
    both = isinstance(before, datetime) and isinstance(value, datetime)
    return bool(before == value or (both and value.time() == time() and value.date() == before.date()))


WITH_HOURS = frozenset({"constraint_type", "constraint_date", "manual_start", "manual_finish"})
"""The fields in which a day means an hour of it."""


def with_hours(wanted: Mapping[str, Any], kind: str, date: datetime | None, calendar: Calendar) -> dict[str, Any]:
    """The values of those fields that are to change, each day with the hour it means; ``kind``, ``date`` are stored."""
    found: dict[str, Any] = {}
    if "constraint_type" in wanted or "constraint_date" in wanted:
        kind, date = wanted.get("constraint_type", kind), wanted.get("constraint_date", date)
        found |= {"constraint_type": kind, "constraint_date": pinned(kind, date, calendar)}
    for name in ("manual_start", "manual_finish"):
        moment = wanted.get(name)
        if moment is not None and moment.time() == time():
            found[name] = moment_on(moment.date(), calendar, finish=name == "manual_finish")
    return found


def pinned(kind: str, moment: datetime | None, calendar: Calendar) -> datetime | None:
    """A constraint's date as it is kept: none where the kind needs none; midnight means the day, not the minute."""
    if moment is None or not ConstraintType(kind).needs_date:
        return None
    if moment.time() != time():
        return moment
    return moment_on(moment.date(), calendar, finish=kind in {"FNET", "FNLT", "MFO"})
