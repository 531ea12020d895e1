"""Levelling in words and data: why tasks move, what is left and who clashes, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.absences.rules import FULL
from infra import formats
from roadmap.levelling.queries import Levelled, Outcome, Situation
from roadmap.levelling.rules.reading import NOT_LEVELLED
from roadmap.levelling.rules.reasons import Move
from roadmap.projects.rules import monday_of
from roadmap.resources.charts import days_words, words
from roadmap.resources.queries import Overload, PersonLoad
from roadmap.resources.rules.load import Cause, Kind, WeekLoad
from roadmap.resources.rules.weeks import tone
from roadmap.schedule.rules import Activity, ConstraintType

NAMED = 2
"""How many tasks a reason names."""


@dataclass(frozen=True, slots=True)
class Clash:
    """An overload that is left, in words, and what holds each of those that clash."""

    overload: Overload
    said: str
    because: tuple[str, ...]


def reason(found: Situation, move: Move) -> str:
    """Why a task moves: who, on which day, how much it would be, and what comes first there."""
    others = [_("“%(name)s”", name=found.names[each]) for each in move.why.others[:NAMED]]
    if move.why.kind == "sooner":
        return _("its delay is not needed any more")
    if move.why.kind == "follows":
        return _("follows %(name)s", name=others[0]) if others else _("follows what comes before it")
    who = next((row.name for row in found.loads if row.key == move.why.pool), "")
    said = {
        "who": who,
        "percent": formats.percent(move.why.percent),
        "day": formats.day(date.fromordinal(move.why.day + 1)),
    }
    more = len(move.why.others) - NAMED
    if more > 0:
        others.append(ngettext("one more", "%(num)s more", more))
    if len(others) > 1:
        text = _("%(who)s would be at %(percent)s on %(day)s; %(first)s and %(last)s come first")
        return text % {**said, "first": ", ".join(others[:-1]), "last": others[-1]}
    text = _("%(who)s would be at %(percent)s on %(day)s; %(first)s comes first")
    return text % {**said, "first": others[0] if others else _("other work")}


def clashes(result: Outcome) -> list[Clash]:
    """The overloads that are left, each with what holds its causes."""
    return [
        Clash(each, _said(each), tuple(_held(result.situation, named.cause, named.percent) for named in each.causes))
        for each in result.overloads
    ]


def _said(overload: Overload) -> str:
    when = days_words(overload.first, overload.last)
    if overload.day_off:
        return _("%(who)s, work on days off, %(when)s", who=overload.person, when=when)
    percent = formats.percent(overload.percent)
    return _("%(who)s, %(percent)s on %(when)s", who=overload.person, percent=percent, when=when)


def _held(found: Situation, cause: Cause, percent: int) -> str:
    if cause.kind is Kind.OTHER:
        return _("other work, %(percent)s", percent=formats.percent(percent))
    name = _("“%(name)s”, %(percent)s", name=cause.label, percent=formats.percent(percent))
    if cause.kind is Kind.ALLOCATION:
        return _("%(name)s: allocated in %(project)s", name=name, project=cause.project)
    return f"{name}: {_pin(found, cause.number)}"


def _pin(found: Situation, task_id: int) -> str:
    """What keeps a task where it is."""
    for each in found.projects:
        row = next((row for row in each.rows.plan.activities if row.id == task_id), None)
        if row is not None:
            return _pin_of_row(each, row) or _pin_of_place(found, row)
    return _("a task of another project, which is not levelled here")


_DATED = {
    ConstraintType.MSO: "must start on %(day)s",
    ConstraintType.MFO: "must finish on %(day)s",
    ConstraintType.SNLT: "must start by %(day)s",
    ConstraintType.FNLT: "must finish by %(day)s",
}


def _pin_of_row(project: Levelled, row: Activity) -> str:
    if row.started:
        return _("has begun")
    if row.constraint in _DATED and row.constraint_date is not None:
        return _(_DATED[row.constraint], day=formats.day(row.constraint_date))
    if row.constraint is ConstraintType.ALAP and project.bare_dates is None:
        return _("stands as late as possible")
    if project.priorities.get(row.id, 0) >= NOT_LEVELLED:
        return _("has priority 1000, which is not levelled")
    return "" if row.id in project.movable else _("may not be moved by you, or has dates of its own")


def _pin_of_place(found: Situation, row: Activity) -> str:
    job = found.problem.jobs[found.place[row.id]]
    if min(job.latest, job.ceiling) < 1 << 59:
        if found.back:
            return _("can't be sooner: there is no room before it from today on")
        return _("can't be later without moving what must stay")
    return _("asks for more than there is by itself")


def as_json(result: Outcome, *, status: str, seconds: float, applied: bool) -> dict[str, Any]:
    """What the command prints."""
    found = result.situation
    return {
        "status": status,
        "seconds": round(seconds, 1),
        "finish_before": _stamp(found.finish),
        "finish_after": _stamp(result.finish),
        "applied": applied,
        "moves": [
            {
                "task": move.task_id,
                "from": _stamp(move.start),
                "to": _stamp(move.new_start),
                "because": reason(found, move),
            }
            for move in result.moves
        ],
        "overloads_left": [
            {
                "resource": clash.overload.person,
                "date": clash.overload.first.isoformat(),
                "until": clash.overload.last.isoformat(),
                "percent": clash.overload.percent,
                "because": list(clash.because),
            }
            for clash in clashes(result)
        ],
    }


def as_text(data: dict[str, Any], names: dict[int, str]) -> str:
    """The same for people."""
    head = {
        "optimal": "Levelled, and proved: no plan ends earlier.",
        "feasible": "Levelled; a longer search may find an earlier finish.",
        "unchanged": "Nothing to level.",
    }[data["status"]]
    lines = [head, f"Finish: {data['finish_before']} -> {data['finish_after']}"]
    lines += [f"{names[each['task']]}: {each['from']} -> {each['to']}, {each['because']}" for each in data["moves"]]
    for each in data["overloads_left"]:
        lines.append(f"Left: {each['resource']}, {each['percent']} % from {each['date']}: {'; '.join(each['because'])}")
    lines.append("Stored." if data["applied"] else "Nothing was stored; add --apply to store it.")
    return "\n".join(lines)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def status_of(result: Outcome, *, proved: bool) -> str:
    """How good an answer is: unchanged where nothing moves, optimal where no plan ends earlier, else feasible."""
    if not result.moves:
        return "unchanged"
    return "optimal" if proved else "feasible"


def told(moves: Sequence[Move]) -> tuple[int, int]:
    """How many tasks are moved themselves, and how many follow."""
    chosen = sum(move.chosen for move in moves)
    return chosen, len(moves) - chosen


@dataclass(frozen=True, slots=True)
class Line:
    """An overload as a list says it."""

    person: str
    said: str
    percent: int


def lines(overloads: Sequence[Overload]) -> list[Line]:
    """Overloads in words, the soonest first."""
    return [Line(each.person, words(each), each.percent) for each in overloads]


def sentence(result: Outcome) -> str:
    """What a proposal comes to, in one sentence."""
    found, left = result.situation, len(result.overloads)
    if not found.overloads and not result.moves:
        return _("nobody is asked for more than they have: there is nothing to level.")
    if not result.moves:
        return _("no move takes an overload away.")
    when = _begin_words(found.begin, result.begin) if found.back else _end_words(found.finish, result.finish)
    if left:
        return ngettext("one overload is left, %(when)s.", "%(num)s overloads are left, %(when)s.", left, when=when)
    return _("everybody has room, %(when)s.", when=when)


def _end_words(before: datetime, after: datetime) -> str:
    days = (after.date() - before.date()).days
    if not days:
        return _("and the plan ends on %(day)s as before", day=formats.day(after))
    day = formats.day(after)
    if days > 0:
        late = "and the plan ends %(num)s days later, on %(day)s"
        return ngettext("and the plan ends a day later, on %(day)s", late, days, day=day)
    soon = "and the plan ends %(num)s days sooner, on %(day)s"
    return ngettext("and the plan ends a day sooner, on %(day)s", soon, -days, day=day)


def _begin_words(before: datetime, after: datetime) -> str:
    days = (before.date() - after.date()).days
    if days <= 0:
        return _("and the plan begins on %(day)s", day=formats.day(after))
    soon = "and the plan begins %(num)s days sooner, on %(day)s"
    return ngettext("and the plan begins a day sooner, on %(day)s", soon, days, day=formats.day(after))


@dataclass(frozen=True, slots=True)
class Side:
    """A line of the comparison: what it is, before, after, and in which tone the change reads."""

    label: str
    before: str
    after: str
    tone: str = ""


def sides(result: Outcome) -> list[Side]:
    """Before and after: go-live and finish of each project, overloads, what is missing, tasks that move."""
    found = result.situation
    rows = []
    for each, then in zip(found.projects, result.after, strict=True):
        name = each.rows.project.name if len(found.projects) > 1 else ""
        if each.go_live is not None:
            old, new = each.now.dates[each.go_live].finish, then.dates[each.go_live].finish
            rows.append(_dated(_("Go-live %(name)s", name=name).strip(), old, new))
        rows.append(_dated(_("Finish %(name)s", name=name).strip(), each.now.finish, then.finish))
        if found.back:
            rows.append(Side(_("Start"), formats.day(each.now.start), formats.day(then.start)))
    before, after = len(found.overloads), len(result.overloads)
    rows.append(Side(_("Overloads"), str(before), str(after), "good" if after < before else "bad" if after else ""))
    worst = [max((each.percent for each in some), default=0) for some in (found.overloads, result.overloads)]
    highest = [formats.percent(each) if each else _("100 %% or less") for each in worst]
    rows.append(Side(_("Highest load of a day"), highest[0], highest[1]))
    hours = [formats.number(round(each / 60, 1)) for each in (found.excess, result.excess)]
    rows.append(Side(_("Hours asked for and not there"), hours[0], hours[1]))
    moved, follow = told(result.moves)
    rows.append(Side(_("Tasks that are moved"), "", str(moved)))
    rows.append(Side(_("Tasks and milestones that follow"), "", str(follow)))
    return rows


def _dated(label: str, old: datetime, new: datetime) -> Side:
    tone = "good" if new.date() < old.date() else "bad" if new.date() > old.date() else ""
    return Side(label, formats.day(old), formats.day(new), tone)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A move as the table shows it; positions are percent of the span of all moves."""

    move: Move
    reason: str
    project: str
    days: int
    old: tuple[float, float]
    new: tuple[float, float]


def move_lines(result: Outcome) -> list[MoveLine]:
    """The moves in the order of their new starts, with their bars."""
    found, moves = result.situation, sorted(result.moves, key=lambda each: (each.new_start, each.task_id))
    if not moves:
        return []
    begin = min(min(each.start, each.new_start) for each in moves)
    span = max((max(max(each.finish, each.new_finish) for each in moves) - begin).total_seconds(), 1.0)

    def bar(start: datetime, finish: datetime) -> tuple[float, float]:
        x = 100 * (start - begin).total_seconds() / span
        return round(x, 2), round(max(100 * (finish - start).total_seconds() / span, 0.8), 2)

    names = {each.id: each.rows.project.name for each in found.projects}
    several = len(found.projects) > 1
    return [
        MoveLine(
            each,
            reason(found, each),
            names[each.project_id] if several else "",
            (each.new_start.date() - each.start.date()).days,
            bar(each.start, each.finish),
            bar(each.new_start, each.new_finish),
        )
        for each in moves
    ]


MOST_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Cell:
    """A week of somebody: the figure, its tone, the worst day where the week itself fits, and where it opens."""

    text: str
    tone: str
    peak: int
    href: str


@dataclass(frozen=True, slots=True)
class LoadLine:
    """Somebody's load by week before and after."""

    name: str
    nobody: bool
    before: list[Cell]
    after: list[Cell]


def weeks_of(result: Outcome) -> list[date]:
    """The Mondays that the chart of load shows: from the first overload on."""
    firsts = [each.first for each in (*result.situation.overloads, *result.overloads)]
    lasts = [each.last for each in (*result.situation.overloads, *result.overloads)]
    lasts += [each.new_finish.date() for each in result.moves]
    if not firsts:
        return []
    monday = monday_of(min(firsts))
    count = min(MOST_WEEKS, (monday_of(max(lasts)) - monday).days // 7 + 1)
    return [monday + timedelta(days=7 * number) for number in range(count)]


def load_lines(result: Outcome) -> list[LoadLine]:
    """Who is asked for too much before or after, week by week."""
    mondays, after = weeks_of(result), {row.key: row for row in result.loads}
    names = {(each.person_id, each.person) for each in (*result.situation.overloads, *result.overloads)}
    over = {row.key for row in result.situation.loads if (row.person_id, row.name) in names}
    base = url_for("resources.page", project_id=result.situation.projects[0].id)
    found = []
    for row in result.situation.loads:
        then = after.get(row.key, row)
        if row.key in over:
            found.append(LoadLine(row.name, row.person_id is None, _cells(row, mondays, base), _cells(then, mondays)))
    return found


def _cells(row: PersonLoad, mondays: Sequence[date], base: str = "") -> list[Cell]:
    """What is there opens in the load of the project, what would be among the moves."""
    weeks = {week.monday: week for week in row.weeks}
    hrefs = [f"{base}?from={mondays[0]}&person={row.key}&week={each}#behind" if base else "#moves" for each in mondays]
    return [_cell(weeks.get(monday), href) for monday, href in zip(mondays, hrefs, strict=True)]


def _cell(week: WeekLoad | None, href: str) -> Cell:
    if week is None or week.percent is None:
        return Cell("–", "none", 0, href)
    return Cell(str(week.percent), tone(week.percent), week.peak if week.over and week.percent <= FULL else 0, href)
