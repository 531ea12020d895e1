"""The plan as a file of some kind would hold it, and what a file that was sent would do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infra import sheets
from infra.bulk import defaults_of
from infra.database import db
from kernel.errors import NotFound
from kernel.merge import as_plain
from kernel.worktime import Calendar
from roadmap.branches.queries import PARTS
from roadmap.branches.rules.comparing import Difference, Line
from roadmap.branches.rules.shot import Row
from roadmap.costs.queries import currency_of
from roadmap.exchange import queries as exchange
from roadmap.exchange import service as files
from roadmap.exchange.rules import columns, document, document_writing, mspdi_reading, mspdi_writing
from roadmap.exchange.rules.columns import CSV_HEADS, Mapped
from roadmap.exchange.rules.dates import Order
from roadmap.exchange.rules.outgoing import Outgoing
from roadmap.exchange.rules.plan_file import CalendarSeed, PlanFile
from roadmap.exchange.rules.reading import read_sheet
from roadmap.projects.models import Project
from roadmap.revisions import queries as revisions
from roadmap.tasks import queries as tasks
from roadmap.tasks.rules import fields

MSPDI, DOCUMENT, SHEET = "mspdi", "json", "sheet"
SAMPLES = 3
_PAIRS = ("left", "notes", "issues", "warnings", "samples")


@dataclass(frozen=True, slots=True)
class Known:
    """A plan read back from a file of the kind that is brought into it.

    ``keys`` are its rows in a shot, ``workers`` what its resources are there, ``calendars`` the numbers of its own.
    """

    plan: PlanFile
    keys: tuple[str, ...]
    workers: Mapping[str, str]
    calendars: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file would do to a plan; empty where it can't be read as it is.

    ``differences`` are by row of the plan, new rows among them; ``left`` is what the file does not hold: number, name,
    and whether it has to stay; ``names`` are what rows are called. ``also`` is what changes besides rows, ``ends`` when
    the plan ends and goes live before and after, ``stamp`` the state of the plan that this is about.
    """

    rows: int = 0
    differences: tuple[Difference, ...] = ()
    left: tuple[tuple[int, str, bool], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    issues: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    samples: tuple[tuple[Any, ...], ...] = ()
    mapped: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, str | None] = field(default_factory=dict)
    moved: int = 0
    stamp: str = ""

    def plain(self) -> dict[str, Any]:
        """As a column holds it."""
        return {
            **{name: getattr(self, name) for name in self.__slots__ if name != "differences"},
            "differences": [
                [each.key, each.what, [[*_parts(line)] for line in each.lines]] for each in self.differences
            ],
        }


def _parts(line: Line) -> tuple[Any, ...]:
    return line.key, line.field, line.trunk, line.branch


def found_of(data: Mapping[str, Any]) -> Found:
    """What a column holds, read again."""
    known: dict[str, Any] = {name: value for name, value in data.items() if name in Found.__slots__}
    known |= {name: tuple(map(tuple, known.get(name, ()))) for name in _PAIRS}
    known |= {name: tuple(known.get(name, ())) for name in ("also", "heads")}
    known["differences"] = tuple(
        Difference(key, what, tuple(_line(*parts) for parts in lines))
        for key, what, lines in known.get("differences", ())
    )
    return Found(**known)


def _line(key: str, field: str, old: Any, new: Any) -> Line:
    return Line(key, field, old, new, by_branch=True)


def stamp_of(project_id: int) -> str:
    """The state of a plan, so that one can tell whether somebody changed it."""
    found = revisions.stamp_of(project_id)
    return f"{found.number}.{found.mark}"


def known(project: Project, kind: str, mapped: Mapped, calendar: Calendar, *, money: bool) -> Known:
    """The plan as a file of a kind has it; of a sheet the columns that ``mapped`` names."""
    out = exchange.outgoing(project.id, money=money)
    if kind == MSPDI:
        plan = mspdi_reading.read(mspdi_writing.write(out), project.currency)
    elif kind == DOCUMENT:
        plan = document.parse(json.dumps(exchange.document(project.id, money=money)))
    else:
        plan = pinned(_sheet(out, mapped, calendar, project), calendar)
    keys = tuple(f"task:{task['id']}" for task in out.tasks)
    return Known(plan, keys, _workers(out, plan), _calendars(out, plan))


def _sheet(out: Outgoing, mapped: Mapped, calendar: Calendar, project: Project) -> PlanFile:
    places = {name: CSV_HEADS.index(name) for name in mapped if name in CSV_HEADS}
    body = [(number, line) for number, line in enumerate(document_writing.lines(out), 2)]
    if not body:
        return PlanFile(())
    money = currency_of(project.id)
    return read_sheet(body, CSV_HEADS, places, order=Order.DAY, calendar=calendar, currency=money, start=project.start)


def pinned(plan: PlanFile, calendar: Calendar) -> PlanFile:
    """A sheet whose days are hours of work, as they are kept."""
    return replace(
        plan,
        rows=tuple(
            replace(row, values={**row.values, **fields.with_hours(row.values, "ASAP", None, calendar)})
            for row in plan.rows
        ),
    )


def _workers(out: Outgoing, plan: PlanFile) -> dict[str, str]:
    """What each resource of the plan's file is: the one in its place, or of its name."""
    own = [each.key.replace("role-", "project_role:").replace("person-", "person:") for each in out.resources]
    if len(own) == len(plan.roles) and all(a.name == b.name for a, b in zip(plan.roles, out.resources, strict=True)):
        return dict(zip((each.key for each in plan.roles), own, strict=True))
    names = dict(reversed([(each.name, key) for each, key in zip(out.resources, own, strict=True)]))
    return {each.key: names[each.name] for each in plan.roles if each.name in names}


def _calendars(out: Outgoing, plan: PlanFile) -> dict[str, int]:
    """The numbers of the plan's calendars by their keys in its file."""
    names = {each.name: each.id for each in reversed(out.calendars)}
    found = {each.key: names[each.name] for each in plan.calendars if each.name in names}
    if plan.calendar is not None:
        found[plan.calendar.key] = out.project["calendar_id"]
    return found


def content_of(seed: CalendarSeed) -> str:
    """What a calendar says of time, to be compared."""
    days = sorted((day.isoformat(), periods) for day, _name, periods in seed.exceptions)
    return repr((seed.week, days, seed.country, seed.subdivision))


def blanks() -> dict[str, Row]:
    """A row of each table of the plan that nobody has filled in yet, as a shot holds it."""
    found: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        defaults = defaults_of(part.model)
        found[part.table] = {name: as_plain(defaults.get(name)) for name in part.columns}
    found["task"]["duration_minutes"] = fields.DAY_MINUTES
    return dict(found)


def said_by_sheet(mapped: Mapped) -> frozenset[str]:
    """The fields of tasks that a sheet has and an exported one has not."""
    return frozenset(name for name in mapped if name not in CSV_HEADS and name != "level")


def seeds_by_name(calendars: Sequence[CalendarSeed]) -> dict[str, CalendarSeed]:
    """Calendars by their names."""
    return {each.name: each for each in reversed(calendars)}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was read: what kind it is and, of a sheet, what its columns mean."""

    plan: PlanFile
    kind: str
    mapped: Mapped = field(default_factory=dict)
    heads: tuple[str, ...] = ()
    samples: tuple[tuple[Any, ...], ...] = ()


def read(project_id: int, content: bytes, *, mapped: Mapped | None = None, order: Order | None = None) -> Sent:
    """A file for a plan that is there; what its columns mean is guessed where nobody said so.

    Raises RuleBroken as `roadmap.exchange.service.read_plan`.
    """
    project = _project(project_id)
    kind = _kind(content)
    heads: tuple[str, ...] = ()
    samples: tuple[tuple[Any, ...], ...] = ()
    if kind == SHEET:
        sheet = sheets.read(content)
        heads, samples = sheet.heads, tuple(row.cells for row in sheet.rows[1 : SAMPLES + 1])
        mapped = columns.guess(heads) if mapped is None else mapped
    calendar = tasks.calendar_of(project)
    plan = files.read_plan(
        content, start=project.start, mapped=mapped, order=order, calendar=calendar, money=project.currency
    )
    plan = files.for_project(project_id, pinned(plan, calendar) if kind == SHEET else plan)
    return Sent(plan, kind, mapped or {}, heads, samples)


def heads_of(content: bytes) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """The heads and first rows of a sheet, nothing for another kind of file. Raises RuleBroken."""
    if _kind(content) != SHEET:
        return (), ()
    sheet = sheets.read(content)
    return sheet.heads, tuple(row.cells for row in sheet.rows[1 : SAMPLES + 1])


def _kind(content: bytes) -> str:
    if files.is_xml(content):
        return MSPDI
    return DOCUMENT if content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else SHEET


def _project(project_id: int) -> Project:
    found = db.session.get(Project, project_id)
    if found is None:
        raise NotFound
    return found
