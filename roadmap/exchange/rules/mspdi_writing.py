"""A plan as the XML of MS Project (MSPDI): what is known here, and beside it what the file that it came from said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar
from xml.sax.saxutils import escape

from roadmap.exchange.rules import mspdi_baselines, mspdi_calendars_out, mspdi_fields, mspdi_money
from roadmap.exchange.rules import mspdi_words as words
from roadmap.exchange.rules.mspdi_order import ORDER
from roadmap.exchange.rules.outgoing import OutAssignment, Outgoing, OutResource, OutTie, by_number
from roadmap.exchange.rules.xml import Node, rows
from roadmap.tasks.rules.fields import DAY_MINUTES

Key = TypeVar("Key")
_Place = tuple[int | None, int | None]
"""A task and a phase, of which one is None, or both."""
NAMESPACE = "http://schemas.microsoft.com/project"
_LINKS = {name: number for number, name in words.LINKS.items()}
_CONSTRAINTS = {name: number for number, name in words.CONSTRAINTS.items()}
_FIXED = {name: number for number, name in words.FIXED.items()}
_PLACES = {name: {tag: place for place, tag in enumerate(tags)} for name, tags in ORDER.items()}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_LARGEST_UID = 2**31 - 1
_DAY_END = 1440
_DEFAULTS = {
    "FYStartDate": "1",
    "CurrencyDigits": "2",
    "DefaultStartTime": "08:00:00",
    "DefaultFinishTime": "17:00:00",
    "MinutesPerDay": "480",
    "MinutesPerWeek": "2400",
    "DaysPerMonth": "20",
    "DefaultTaskType": "0",
    "DefaultFixedCostAccrual": "3",
    "DurationFormat": "7",
    "WorkFormat": "2",
    "HonorConstraints": "1",
    "SplitsInProgressTasks": "1",
    "TaskUpdatesResource": "1",
    "WeekStartDay": "1",
    "NewTasksAreManual": "0",
}
"""What MS Project asks of every file and a plan of ours does not say."""


def write(plan: Outgoing) -> bytes:
    """The file. What we write, we read back as the same plan."""
    return _Writer(plan).document()


def numbers_of(plan: Outgoing) -> dict[int, int]:
    """The number (UID) that each task gets in the file, by its number here.

    One that brought none is called as here where nobody else is, so that it is the same in the next file.
    """
    brought = {task["uid"] for task in plan.tasks}
    own = {task["id"]: str(task["id"]) for task in plan.tasks if str(task["id"]) not in brought}
    return _numbers((task["id"], task["uid"] if _is_uid(task["uid"]) else own.get(task["id"])) for task in plan.tasks)


class _Writer:
    """Writes one plan; everything has a number of its own, the one that it came with where that can be."""

    def __init__(self, plan: Outgoing) -> None:
        self.plan = plan
        self.kept: Mapping[str, Any] = plan.project["kept"] or {}
        self.tasks = numbers_of(plan)
        self.resources = _numbers((each.key, each.uid) for each in plan.resources)
        kept = {number: uid for uid, number in self.kept.get("calendar_ids", {}).items()}
        self.calendars = _numbers((each.id, kept.get(each.id)) for each in plan.calendars)
        known = [each.get("UID") for each in self.kept.get("calendars", ())] if plan.calendars_kept else []
        numbered = by_number(plan.baselines)
        self.baselines = {number: each.rows for number, each in numbered.items()}
        self.counts = next((number for number, each in numbered.items() if each.reference), 0)
        self.fixed = self._fixed()
        self.fields = mspdi_fields.free(self.kept.get("project", {}))
        self.next_calendar = 1 + max(
            [*self.calendars.values(), *(int(uid) for uid in known if _is_uid(uid))], default=0
        )

    def document(self) -> bytes:
        """All of it, in the order of MS Project."""
        resources = [self._resource(each, place) for place, each in enumerate(self.plan.resources, 1)]
        root = self._project() | {
            "Calendars": {"Calendar": [*self._calendars(), *(own for _node, own in resources if own is not None)]},
            "Tasks": {"Task": [*self._summary(), *self._tasks()]},
            "Resources": {"Resource": [node for node, _own in resources]},
            "Assignments": {"Assignment": list(self._assignments())},
        }
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        lines = [head, f'<Project xmlns="{NAMESPACE}">\n', *_inside("Project", root, 1), "</Project>\n"]
        return "".join(lines).encode()

    def _project(self) -> Node:
        project, kept = self.plan.project, self.kept.get("project", {})
        day = str(kept.get("MinutesPerDay"))
        threshold = project["critical_threshold_minutes"] / (int(day) if _is_uid(day) else DAY_MINUTES)
        return {
            "SaveVersion": "14",
            **_DEFAULTS,
            **kept,
            "ExtendedAttributes": {"ExtendedAttribute": mspdi_fields.definitions(kept, self._fields_used())},
            "Name": project["name"],
            "Title": project["name"],
            "CreationDate": kept.get("CreationDate") or _moment(project["created_at"]),
            "ScheduleFromStart": _flag(project["finish_by"] is None),
            "StartDate": _moment(self.plan.start),
            "FinishDate": _moment(project["finish_by"] or self.plan.finish),
            "CriticalSlackLimit": str(round(threshold)),
            "CurrencyCode": project["currency"],
            "CalendarUID": self._calendar_uid(project["calendar_id"]),
            "StatusDate": _moment(_status(project)),
            "BaselineForEarnedValue": str(self.counts) if self.counts or "BaselineForEarnedValue" in kept else "",
        }

    def _fields_used(self) -> set[str]:
        return {name for task in self.plan.tasks for name in mspdi_fields.written(task, self.fields)}

    def _calendar_uid(self, number: int | None) -> str:
        return "-1" if number is None else str(self.calendars.get(number, -1))

    def _calendars(self) -> list[Node]:
        if self.plan.calendars_kept:
            return list(self.kept["calendars"])
        return [mspdi_calendars_out.base(each, self.calendars[each.id]) for each in self.plan.calendars]

    def _summary(self) -> Iterator[Node]:
        """The row that stands for the project as a whole."""
        node = {
            "UID": "0",
            "ID": "0",
            "Name": self.plan.project["name"],
            "Type": "1",
            "IsNull": "0",
            "WBS": "0",
            "OutlineNumber": "0",
            "OutlineLevel": "0",
            "Priority": "500",
            "Summary": "1",
            "Start": _moment(self.plan.start),
            "Finish": _moment(self.plan.finish),
        }
        dropped = words.TASK_DERIVED | {"Duration", "Work", "ActualWork", "PercentComplete", "Stop", "Resume"}
        kept = {tag: value for tag, value in self.kept.get("summary", {}).items() if tag not in dropped}
        fixed = mspdi_money.hundredths(self.fixed.get((None, None)) or None, self.plan.digits)
        money = {"FixedCost": fixed or ("0" if "FixedCost" in kept else "")} if self.plan.money else {}
        yield kept | node | money

    def _tasks(self) -> Iterator[Node]:
        waiting: dict[int, list[OutTie]] = {}
        for tie in self.plan.ties:
            waiting.setdefault(tie.successor_id, []).append(tie)
        for place, task in enumerate(self.plan.tasks, 1):
            yield self._task(task, place, waiting.get(task["id"], []))

    def _task(self, task: Mapping[str, Any], place: int, ties: Sequence[OutTie]) -> Node:
        kept = task["kept"] or {}
        node = {
            **kept,
            "ExtendedAttribute": [*rows(kept, "ExtendedAttribute"), *mspdi_fields.written(task, self.fields).values()],
            "UID": str(self.tasks[task["id"]]),
            "ID": str(place),
            "Name": task["name"],
            "Active": _flag(task["active"]),
            "Manual": _flag(task["manual_start"] is not None),
            "Type": str(_FIXED[task["fixed"]]),
            "IsNull": "0",
            "WBS": kept.get("WBS") or task["wbs"],
            "OutlineNumber": task["wbs"],
            "OutlineLevel": str(task["level"]),
            "Priority": str(task["priority"]),
            "EffortDriven": _flag(task["effort_driven"]),
            "Summary": _flag(task["type"] == "summary"),
            "Critical": _flag(task["critical"]),
            "ConstraintType": str(_CONSTRAINTS[task["constraint_type"]]),
            "ConstraintDate": _moment(task["constraint_date"]),
            "CalendarUID": self._calendar_uid(task["calendar_id"]),
            "Deadline": _moment(_deadline(task)),
            "LevelingDelay": str(task["delay_minutes"] * 10),
            "LevelingDelayFormat": "8",
            "IgnoreResourceCalendar": _flag(task["ignores_people"]),
            "Notes": task["description"],
            "PredecessorLink": [self._link(tie) for tie in ties],
        }
        node |= {"Baseline": mspdi_baselines.written(task, kept, self.baselines, self.plan.digits)}
        return node | _dates(task) | _length(task, kept) | _progress(task) | self._money(task, kept)

    def _link(self, tie: OutTie) -> Node:
        lag = tie.lag_percent if tie.lag_percent is not None else tie.lag_minutes * 10
        return {
            "PredecessorUID": str(self.tasks[tie.predecessor_id]),
            "Type": str(_LINKS[tie.type]),
            "CrossProject": "0",
            "LinkLag": str(round(lag)),
            "LagFormat": str(words.UNITS_IN_LAG[tie.lag_unit]),
        }

    def _money(self, task: Mapping[str, Any], kept: Mapping[str, Any]) -> Node:
        """What a row costs and has cost; a fixed cost is what no assignment brings, of a phase with its summary."""
        if not self.plan.money:
            return {}
        cost, spent, digits = self.plan.costs.get(task["id"]), self.plan.spent.get(task["id"]), self.plan.digits
        fixed = mspdi_money.hundredths(self.fixed.get(self._place_of(task)) or None, digits)
        found = {"FixedCost": fixed or ("0" if "FixedCost" in kept else "")}
        found["ActualCost"] = mspdi_money.hundredths(spent, digits) or ("0" if "ActualCost" in kept else "")
        if cost is not None:
            found |= {"Cost": mspdi_money.hundredths(cost, digits)}
            found |= {"RemainingCost": mspdi_money.hundredths(max(cost - (spent or 0), 0), digits)}
        return found

    def _place_of(self, task: Mapping[str, Any]) -> _Place:
        """Where the fixed costs that a row says are kept: with itself, or with the phase that it stands for."""
        if task["type"] != "summary":
            return task["id"], None
        return None, task["phase_id"] if task["phase_id"] is not None and task["parent_id"] is None else -task["id"]

    def _fixed(self) -> dict[_Place, int]:
        """Fixed costs by their task, else by their phase, else by neither, without what assignments bring."""
        found: dict[_Place, int] = {}
        for each in self.plan.entries:
            if not each.spent:
                place = (each.task_id, None if each.task_id else each.phase_id)
                found[place] = found.get(place, 0) + each.cents
        people = {each.key: each for each in self.plan.resources}
        leaves = {task["id"] for task in self.plan.tasks if task["type"] != "summary"}
        for given in self.plan.assignments:
            role = people[given.resource]
            brought = mspdi_money.brought_cents(given.kept, role.kind, role.kept, given.units, self.plan.digits)
            if brought and given.task_id in leaves:
                found[given.task_id, None] = found.get((given.task_id, None), 0) - brought
        return found

    def _resource(self, each: OutResource, place: int) -> tuple[Node, Node | None]:
        """A resource and the calendar of its own, None where it brings one from its file."""
        kept, own = dict(each.kept), None
        uid = str(kept.pop("CalendarUID", ""))
        if each.kind != "work":
            uid = "-1"
        elif not (uid and self.plan.calendars_kept):
            uid, self.next_calendar = str(self.next_calendar), self.next_calendar + 1
            base = self._calendar_uid(each.calendar or self.plan.project["calendar_id"])
            own = mspdi_calendars_out.derived(uid, each, base)
        if each.kind == "work" and self.plan.money:
            kept |= mspdi_money.rates_out(self.plan.rates.get(each.key, ()), kept, self.plan.digits)
        node = {
            **kept,
            "UID": str(self.resources[each.key]),
            "ID": str(place),
            "Name": each.name,
            "Type": _flag(each.kind == "work"),
            "IsNull": "0",
            "Initials": kept.get("Initials") or each.name[:1],
            "EmailAddress": each.email,
            "MaxUnits": f"{each.max_units / 100:g}" if each.kind == "work" else "",
            "CalendarUID": uid,
            "IsCostResource": _flag(each.kind == "cost"),
        }
        return node, own

    def _assignments(self) -> Iterator[Node]:
        numbers = _numbers(((each.task_id, each.resource), each.uid) for each in self.plan.assignments)
        tasks = {task["id"]: task for task in self.plan.tasks}
        for each in self.plan.assignments:
            yield self._assignment(each, numbers[each.task_id, each.resource], tasks[each.task_id])

    def _assignment(self, each: OutAssignment, uid: int, task: Mapping[str, Any]) -> Node:
        work = round(task["length"] * each.units / 100) if each.work_minutes is None else each.work_minutes
        return {
            **each.kept,
            "UID": str(uid),
            "TaskUID": str(self.tasks[each.task_id]),
            "ResourceUID": str(self.resources[each.resource]),
            "PercentWorkComplete": str(min(round(100 * each.done_minutes / work), 100)) if work else "0",
            "ActualWork": _duration(each.done_minutes),
            "Delay": str(each.delay_minutes * 10),
            "Start": _moment(task["start"]),
            "Finish": _moment(task["finish"]),
            "RemainingWork": _duration(max(work - each.done_minutes, 0)),
            "Units": f"{each.units / 100:g}",
            "Work": _duration(work),
        }


def _numbers(pairs: Iterable[tuple[Key, str | None]]) -> dict[Key, int]:
    """A number for each: the one that it brought, else the next that nobody has."""
    found: dict[Key, int] = {}
    waiting, taken = [], set[int]()
    for key, uid in pairs:
        if uid is not None and _is_uid(uid) and int(uid) not in taken:
            found[key] = int(uid)
            taken.add(int(uid))
        else:
            waiting.append(key)
    following = max(taken, default=0)
    return found | {key: following + place for place, key in enumerate(waiting, 1)}


def _is_uid(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and 0 < int(text[:12]) <= _LARGEST_UID


def _status(project: Mapping[str, Any]) -> datetime | None:
    return _at(project["status_date"], project["status_minute"] or 0)


def _deadline(task: Mapping[str, Any]) -> datetime | None:
    """Without an hour a deadline ends with its day: the last minute of it."""
    minute = task["deadline_minute"]
    return _at(task["deadline"], _DAY_END - 1 if minute is None else minute)


def _at(day: date | None, minute: int) -> datetime | None:
    return None if day is None else datetime.combine(day, time(minute // 60, minute % 60))


def _dates(task: Mapping[str, Any]) -> Node:
    moments = ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
    found = {"".join(part.title() for part in name.split("_")): _moment(task[name]) for name in moments}
    manual = {"ManualStart": _moment(task["manual_start"]), "ManualFinish": _moment(task["manual_finish"])}
    slack = {"FreeSlack": str(task["free_slack_minutes"] * 10), "TotalSlack": str(task["total_slack_minutes"] * 10)}
    return found | slack | (manual if task["manual_start"] is not None else {})


def _length(task: Mapping[str, Any], kept: Mapping[str, Any]) -> Node:
    form = str(kept.get("DurationFormat") or "")
    elapsed = form.isdigit() and int(form) & ~words.ESTIMATED in words.ELAPSED
    if not form or elapsed != task["elapsed"]:
        form = "8" if task["elapsed"] else "7"
    length = _duration(task["length"])
    found = {"Duration": length, "DurationFormat": form, "Milestone": _milestone(task, kept)}
    if task["work_minutes"] is not None:
        found["Work"] = _duration(task["work_minutes"])
    return found | ({"ManualDuration": length} if task["manual_start"] is not None else {})


def _milestone(task: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    return "1" if task["type"] == "milestone" else str(kept.get("Milestone") or "0") if task["length"] else "0"


def _progress(task: Mapping[str, Any]) -> Node:
    if task["type"] == "summary":
        return {"PercentComplete": str(round(task["percent"]))}
    done = task["done_minutes"]
    if done is None:
        done = round(task["length"] * task["percent_complete"] / 100)
    return {
        "PercentComplete": str(task["percent_complete"]),
        "ActualStart": _moment(task["actual_start"]),
        "ActualFinish": _moment(task["actual_finish"]),
        "ActualDuration": _duration(done),
        "RemainingDuration": _duration(max(task["length"] - done, 0)),
        "Stop": _moment(task["stop"]),
        "Resume": _moment(task["resume"]),
    }


def _flag(value: object) -> str:
    return "1" if value else "0"


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S")


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _inside(name: str, node: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The elements within one, in their order; empty ones are left out."""
    places = _PLACES.get(name, {})
    indent = "  " * depth
    for tag in sorted(filter(_TAG.fullmatch, node), key=lambda tag: places.get(tag, len(places))):
        for value in node[tag] if isinstance(node[tag], list) else (node[tag],):
            if isinstance(value, Mapping):
                yield f"{indent}<{tag}>\n"
                yield from _inside(tag, value, depth + 1)
                yield f"{indent}</{tag}>\n"
            elif value != "":
                yield f"{indent}<{tag}>{escape(_ILLEGAL.sub('', str(value)))}</{tag}>\n"
