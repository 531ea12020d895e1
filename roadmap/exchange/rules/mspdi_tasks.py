"""The rows of a file of MS Project: what each says as values of a task, and who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from roadmap.exchange.rules import mspdi_baselines, mspdi_fields
from roadmap.exchange.rules import mspdi_words as words
from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.xml import rows
from roadmap.planting.rules import RowSeed, TieSeed
from roadmap.tasks.rules import fields

_KNOWN = words.TASK_READ | words.TASK_DERIVED
_MOST_LAG = fields.LONGEST


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """The rows by their number where each has its own, else as they stand in the file; blank rows are left out."""
    found = [entry for entry in entries if not entry.flag("IsNull") and entry.text("OutlineLevel") != "0"]
    numbers = [entry.whole("ID", -1) for entry in found]
    if -1 in numbers or len(set(numbers)) < len(numbers):
        return found
    return [entry for _number, entry in sorted(zip(numbers, found, strict=True), key=lambda pair: pair[0])]


def keys_of(entries: Sequence[Entry]) -> list[str]:
    """What each row is called in the plan: its UID, or its place where it has none of its own."""
    seen: set[str] = set()
    keys = []
    for place, entry in enumerate(entries, 1):
        uid = entry.text("UID", 40)
        if uid in seen or not uid:
            entry.warn(
                f"The number {uid or 'of the task'} is used twice or missing; links go to the first of its name."
            )
            uid = f"row {place}"
        seen.add(uid)
        keys.append(uid)
    return keys


def seeds(
    entries: Sequence[Entry], keys: Sequence[str], calendars: Mapping[str, str], ours: Mapping[str, str]
) -> list[RowSeed]:
    """The rows with their parents.

    ``calendars`` maps each calendar's UID to the one that stands for it, ``ours`` custom fields to columns.
    """
    levels = [max(entry.whole("OutlineLevel", 1), 1) for entry in entries]
    above: list[tuple[int, str]] = []
    found = []
    for place, (entry, key, level) in enumerate(zip(entries, keys, levels, strict=True)):
        above = [each for each in above if each[0] < level]
        is_parent = place + 1 < len(levels) and levels[place + 1] > level
        name = entry.text("Name", fields.NAME_LIMIT)
        if not name:
            entry.warn("The task has no name.")
        values = _values(entry, key, ours, is_parent=is_parent)
        values["calendar"] = _calendar(entry, calendars)
        found.append(
            RowSeed(
                key, name or f"Task {entry.text('ID') or key}", above[-1][1] if above else None, _sane(entry, values)
            )
        )
        above.append((level, key))
    return found


def ties(entries: Sequence[Entry], keys: Sequence[str]) -> Iterator[TieSeed]:
    """The links; those to tasks that the file does not hold are told and left out."""
    known = set(keys)
    for entry, key in zip(entries, keys, strict=True):
        for node in rows(entry.node, "PredecessorLink"):
            link = Entry(node, entry.where, entry.tell)
            other = link.text("PredecessorUID", 40)
            if link.flag("CrossProject"):
                entry.warn("It waits for a task of another file; that link was left out.")
            elif other not in known:
                entry.warn(f"It waits for task {other or '?'}, which the file does not hold; the link was left out.")
            elif other == key:
                entry.warn("It waits for itself; the link was left out.")
            else:
                yield _tie(link, other, key)


def _tie(link: Entry, predecessor: str, successor: str) -> TieSeed:
    kind = words.LINKS.get(link.whole("Type", 1))
    if kind is None:
        link.warn("A link is of no known type; it was read as finish to start.")
    lag, form = link.whole("LinkLag"), link.whole("LagFormat", 7) & ~words.ESTIMATED
    unit = ("elapsed " if form in words.ELAPSED else "") + ("percent" if form in words.PERCENT else "")
    if form in words.PERCENT:
        return TieSeed(predecessor, successor, kind or "FS", 0, unit, float(lag))
    minutes = round(lag / 10)
    if abs(minutes) > _MOST_LAG:
        link.warn("A lag is longer than 10,000 days; 10,000 days were taken.")
        minutes = _MOST_LAG if minutes > 0 else -_MOST_LAG
    return TieSeed(predecessor, successor, kind or "FS", minutes, unit.strip() or "working")


def _values(entry: Entry, key: str, ours: Mapping[str, str], *, is_parent: bool) -> dict[str, Any]:
    milestone = entry.flag("Milestone")
    own, others = mspdi_fields.read(entry, ours)
    kept = entry.rest(_KNOWN | {"ExtendedAttribute", "Baseline"}) or {}
    kept |= {"ExtendedAttribute": others} if others else {}
    kept |= {"Baseline": beside} if (beside := mspdi_baselines.left(entry.node)) else {}
    if entry.text("WBS") == entry.text("OutlineNumber"):
        kept.pop("WBS", None)
    values = {
        **own,
        "uid": entry.text("UID", 40) if key == entry.text("UID", 40) else None,
        "description": entry.words("Notes", fields.TEXT_LIMIT),
        "active": entry.flag("Active", default=True),
        "priority": min(max(entry.whole("Priority", 500), 0), 1000),
        "fixed": words.FIXED.get(entry.whole("Type"), "units"),
        "effort_driven": entry.flag("EffortDriven"),
        "ignores_people": entry.flag("IgnoreResourceCalendar"),
        "delay_minutes": min(max(round(entry.whole("LevelingDelay") / 10), -fields.LONGEST), fields.LONGEST),
        "constraint_type": words.CONSTRAINTS.get(entry.whole("ConstraintType"), "ASAP"),
        "constraint_date": entry.moment("ConstraintDate"),
        **_deadline(entry),
        **_manual(entry),
    }
    if is_parent:
        return values | {"type": "summary", "duration_minutes": 0, "kept": kept or None}
    duration = entry.minutes("Duration", entry.minutes("ManualDuration", fields.DAY_MINUTES))
    values |= {
        "type": "milestone" if milestone and duration == 0 else "task",
        "duration_minutes": duration,
        "elapsed": entry.whole("DurationFormat", 7) & ~words.ESTIMATED in words.ELAPSED,
        "work_minutes": entry.minutes("Work"),
        **_progress(entry),
    }
    return values | {"kept": kept or None}


def _deadline(entry: Entry) -> dict[str, Any]:
    moment = entry.moment("Deadline")
    if moment is None:
        return {"deadline": None, "deadline_minute": None}
    return {"deadline": moment.date(), "deadline_minute": moment.hour * 60 + moment.minute}


def _manual(entry: Entry) -> dict[str, Any]:
    if not entry.flag("Manual"):
        return {}
    start = entry.moment("ManualStart") or entry.moment("Start")
    return {"manual_start": start, "manual_finish": entry.moment("ManualFinish") or entry.moment("Finish")}


def _progress(entry: Entry) -> dict[str, Any]:
    percent = entry.whole("PercentComplete")
    begun, done = entry.moment("ActualStart"), entry.moment("ActualFinish")
    started = percent > 0 or begun is not None
    return {
        "percent_complete": 100 if done else percent,
        "actual_start": begun,
        "actual_finish": done,
        "done_minutes": entry.minutes("ActualDuration") if started else None,
        "stop": entry.moment("Stop") if started else None,
        "resume": entry.moment("Resume") if started else None,
    }


def _calendar(entry: Entry, calendars: Mapping[str, str]) -> str | None:
    uid = entry.text("CalendarUID", 40)
    if uid in ("", "-1"):
        return None
    if uid not in calendars:
        entry.warn(f"It works by calendar {uid}, which the file does not hold; the project's is used.")
        return None
    return calendars[uid]


_FALLBACK: dict[str, Any] = {"constraint_type": "ASAP", "percent_complete": 0}


def _sane(entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    """The values without those that contradict each other or lie beyond every limit; each is told."""
    percent = values.get("percent_complete", 0)
    if not 0 <= percent <= 100:
        entry.warn(f"{percent} % is done; progress lies between 0 and 100 %.")
        values["percent_complete"] = min(max(percent, 0), 100)
    for name in ("duration_minutes", "work_minutes"):
        minutes = values.get(name) or 0
        if not 0 <= minutes <= fields.LONGEST:
            entry.warn(f"A duration lies between 0 and 10,000 days, not {minutes // fields.DAY_MINUTES} days.")
            values[name] = min(max(minutes, 0), fields.LONGEST)
    known = {name: value for name, value in values.items() if name in fields.DRAFT_FIELDS and value is not None}
    for complaint in fields.complaints(fields.Draft(**{"name": "-", **known})):
        entry.warn(f"{complaint.message} It was left out.")
        field = str(complaint.field)
        values[field] = _FALLBACK.get(field)
        if field == "constraint_date":
            values["constraint_type"] = "ASAP"
    if values["constraint_type"] in ("ASAP", "ALAP"):
        values["constraint_date"] = None
    return values
