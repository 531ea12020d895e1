"""Where the parts of the overview's drawings lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from desk.overview.rules.changes import Change, Group, Topic
from infra import formats
from infra.http import address
from readiness.health.rules.indicators import Loaded
from readiness.verdict import charts as verdicts
from readiness.verdict.queries import Latest
from readiness.verdict.rules.drawings import Dial, dial
from roadmap.forecast import charts as forecasts
from roadmap.forecast.queries import ForecastRow
from roadmap.forecast.rules.answer import Help
from roadmap.forecast.rules.keeping import Content
from roadmap.resources.rules.load import Kind
from roadmap.ruler import rules as ruler
from roadmap.standing.rules.curve import Point
from roadmap.standing.rules.standing import Standing
from roadmap.tasks.queries import TaskRow

MINUTES_A_DAY = 480
WIDE, NARROW = (740, 230), (340, 220)
LEFT, TOP, BOTTOM, RIGHT = 36, 12, 24, 76
LINES = 4
MILESTONE_ROOM = 14.0
"""Names of milestones closer than this, in percent of the ruler, would run into each other."""
MOST_MILESTONES = 6
LETTERS, LETTERS_AT_END = 20, 14
Mapping = dict[str, object]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from zero: where it ends, in person-days, and its lines."""

    top: float
    lines: tuple[float, ...]


def person_days(minutes: float) -> float:
    """Minutes of work as days of eight hours."""
    return minutes / MINUTES_A_DAY


def axis(highest: float) -> Axis:
    """A round scale that holds a value with at most four steps.

    >>> axis(206).lines
    (0, 60, 120, 180, 240)
    """
    step = next(each for each in _round_steps() if each * LINES >= highest)
    return Axis(step * LINES, tuple(step * number for number in range(LINES + 1)))


def _round_steps() -> Sequence[int]:
    return [size * 10**power for power in range(9) for size in (1, 2, 3, 4, 5, 6, 8)]


def burn_up(points: Sequence[Point], scope: float, today: date, words: Callable[[str, float], str]) -> list[Mapping]:
    """The burn-up for wide pages and for phones. ``words`` writes a label: its kind and its person-days."""
    return [_burn_up(points, scope, today, words, *size) for size in ((WIDE, "only-wide"), (NARROW, "only-narrow"))]


def _burn_up(
    points: Sequence[Point],
    scope: float,
    today: date,
    words: Callable[[str, float], str],
    size: tuple[int, int],
    cls: str,
) -> Mapping:
    width, height = size
    right, base = width - RIGHT, height - BOTTOM
    scale = axis(person_days(scope))
    first, span = points[0].day, max((points[-1].day - points[0].day).days, 1)

    def at(day: date) -> float:
        return round(LEFT + (right - LEFT) * (day - first).days / span, 1)

    def up(minutes: float) -> float:
        return round(base - (base - TOP) * person_days(minutes) / scale.top, 1)

    done = [(at(point.day), up(point.done)) for point in points if point.done is not None]
    now = next((point for point in points if point.day == today), None)
    notes: list[tuple[float, float, str, str, str]] = [
        (right + 6, up(scope) + 4, words("scope", scope), "start", "lab2")
    ]
    if now is not None and now.done is not None:
        ahead = now.planned >= now.done
        x = at(today)
        notes.append((x + 8, up(now.done) + (16 if ahead else -8), words("done", now.done), "start", "lab"))
        notes.append((x - 8, up(now.planned) + (-8 if ahead else 16), words("plan", now.planned), "end", "lab2"))
    return {
        "width": width,
        "height": height,
        "label": words("all", scope),
        "grid": [(up(value * MINUTES_A_DAY), f"{value:g}") for value in reversed(scale.lines)],
        "axis": _weeks(points, first, at, width),
        "lines": [
            ("scope", [(LEFT, up(scope)), (right, up(scope))]),
            ("plan", [(at(point.day), up(point.planned)) for point in points]),
            ("s1", done),
        ],
        "marks": [("pt--end", *done[-1])] if done else [],
        "notes": notes,
        "now": at(today) if now is not None else None,
        "target": None,
        "left": LEFT,
        "right": right,
        "cls": cls,
    }


def _weeks(points: Sequence[Point], first: date, at: Callable[[date], float], width: int) -> list[tuple[float, str]]:
    mondays = [point.day for point in points if (point.day - first).days % 7 == 0]
    every = max(1, -(-len(mondays) * 56 // width))
    return [(at(day), f"W{number * every + 1}") for number, day in enumerate(mondays[::every])]


def lanes(rows: Sequence[TaskRow], start: date, today: date, href: Callable[[TaskRow], str]) -> list[Mapping]:
    """The phases over the ruler, from their summaries."""
    found = [row for row in rows if row.type == "summary" and row.level == 1]
    return [_lane(row, start, today, href(row)) for row in found]


def _lane(row: TaskRow, start: date, today: date, href: str) -> Mapping:
    left, right = ruler.place(row.start.date(), start), ruler.place(row.finish.date(), start)
    return {
        "name": row.name,
        "href": href,
        "text": f"{round(row.percent)} %",
        "x": left,
        "w": round(max(right - left, 0.6), 2),
        "done": round(row.percent, 1),
        "current": row.start.date() <= today <= row.finish.date() and not row.done,
    }


def milestones(rows: Sequence[TaskRow], start: date, write: Callable[[date], str]) -> list[tuple[float, str, str, str]]:
    """The milestones that have room under the ruler: go-live first, then the ends of phases, then the rest."""
    found = sorted((row for row in rows if row.type == "milestone"), key=lambda row: (not row.is_go_live, -row.row))
    kept: list[tuple[float, TaskRow]] = []
    for row in found:
        x = ruler.place(row.finish.date(), start)
        if len(kept) < MOST_MILESTONES and all(abs(x - other) >= MILESTONE_ROOM for other, _row in kept):
            kept.append((x, row))
    return [
        (x, _short(row.name, _room(x)), write(row.finish.date()), _kind(row))
        for x, row in sorted(kept, key=lambda each: each[0])
    ]


def _kind(row: TaskRow) -> str:
    if row.is_go_live:
        return "crit"
    return "done opt" if row.done else "opt"


def _room(x: float) -> int:
    """How many letters fit under a place: fewer where the ruler ends."""
    return LETTERS_AT_END if min(x, 100 - x) < MILESTONE_ROOM / 2 else LETTERS


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


NAMED = 3
"""How many of the things that changed are named; the rest is counted."""
PAGES = {
    "task": ("tasks.page", "task_id"),
    "checklist_item": ("checklists.item", "item_id"),
    "item": ("checklists.item", "item_id"),
    "criterion": ("criterion.page", "criterion_id"),
}
"""Where a changed thing can be seen, and what its number is called there."""
GOOD = (Topic.REACHED, Topic.EARLIER, Topic.BETTER, Topic.DONE, Topic.TICKED)
BAD = (Topic.SLIPPED, Topic.WORSE, Topic.BLOCKERS)


@dataclass(frozen=True, slots=True)
class Told:
    """A group of changes: what happened, to which things (name and address), and how many more."""

    tone: str
    sentence: str
    things: tuple[tuple[str, str | None], ...]
    more: int


def told(group: Group, project_id: int, most: int = NAMED) -> Told:
    """A group of changes in words."""
    tone = "green" if group.topic in GOOD else "red" if group.topic in BAD else "open"
    things = tuple((_thing(each), _address(each, project_id)) for each in group.changes[:most])
    return Told(tone, _counted(group.topic, len(group.changes)), things, max(len(group.changes) - most, 0))


def _thing(change: Change) -> str:
    label = change.label if len(change.label) <= LONGEST else f"{change.label[: LONGEST - 1].rstrip()}…"
    if not change.was:
        return label
    was, now = (formats.short_day(date.fromisoformat(day)) for day in (change.was, change.now))
    return _("%(name)s, %(was)s to %(now)s", name=label, was=was, now=now)


LONGEST = 90
"""No name or comment is told at greater length."""


def _address(change: Change, project_id: int) -> str | None:
    kind, _colon, number = change.subject.partition(":")
    if kind not in PAGES or not number.isdigit():
        return None
    endpoint, name = PAGES[kind]
    return address(endpoint, project_id=project_id, **{name: int(number)})


def _counted(topic: Topic, count: int) -> str:
    words = {
        Topic.REACHED: lambda: ngettext("%(num)d milestone reached", "%(num)d milestones reached", count),
        Topic.SLIPPED: lambda: ngettext("%(num)d milestone slipped", "%(num)d milestones slipped", count),
        Topic.EARLIER: lambda: ngettext("%(num)d milestone is earlier", "%(num)d milestones are earlier", count),
        Topic.DECIDED: lambda: ngettext("%(num)d gate was decided", "%(num)d gates were decided", count),
        Topic.WORSE: lambda: ngettext("%(num)d criterion turned worse", "%(num)d criteria turned worse", count),
        Topic.BETTER: lambda: ngettext("%(num)d criterion turned better", "%(num)d criteria turned better", count),
        Topic.DONE: lambda: ngettext("%(num)d task done", "%(num)d tasks done", count),
        Topic.BLOCKERS: lambda: ngettext(
            "%(num)d blocker raised or cleared", "%(num)d blockers raised or cleared", count
        ),
        Topic.RISKS: lambda: ngettext("%(num)d risk new or changed", "%(num)d risks new or changed", count),
        Topic.HEALTH: lambda: _("Health was claimed, or its tolerances changed"),
        Topic.COMMENTS: lambda: ngettext("%(num)d comment", "%(num)d comments", count),
        Topic.ACTIONS: lambda: ngettext(
            "%(num)d action item new or changed", "%(num)d action items new or changed", count
        ),
        Topic.TICKED: lambda: ngettext("%(num)d checklist item ticked", "%(num)d checklist items ticked", count),
        Topic.GREW: lambda: ngettext("%(num)d task added", "%(num)d tasks added", count),
        Topic.SHRANK: lambda: ngettext("%(num)d task removed", "%(num)d tasks removed", count),
        Topic.PLAN: lambda: ngettext("%(num)d change of the plan", "%(num)d changes of the plan", count),
        Topic.REPORTS: lambda: ngettext("%(num)d report issued", "%(num)d reports issued", count),
        Topic.MONEY: lambda: ngettext("%(num)d change of budget or cost", "%(num)d changes of budget or cost", count),
        Topic.TEAM: lambda: ngettext("%(num)d change of the team", "%(num)d changes of the team", count),
        Topic.FORESEEN: lambda: ngettext(
            "%(num)d thing foreseen was changed", "%(num)d things foreseen were changed", count
        ),
        Topic.FILES: lambda: ngettext("%(num)d file attached", "%(num)d files attached", count),
        Topic.PROJECT: lambda: _("The roll-out's own settings changed"),
    }
    return words[topic]()


def causes(overload: Loaded) -> str:
    """What makes an overload: "Data cleansing 80 %, other work 57 %"."""
    parts = []
    for each in overload.causes[:NAMED]:
        name = _("other work") if each.cause.kind is Kind.OTHER else each.cause.label
        parts.append(f"{name} {formats.percent(each.percent)}")
    rest = len(overload.causes) - NAMED
    return ", ".join(parts) + (" " + ngettext("and %(num)d more", "and %(num)d more", rest) if rest > 0 else "")


@dataclass(frozen=True, slots=True)
class Ready:
    """A kept day of readiness as a dial and in words; ``known`` in percent."""

    name: str
    day: date
    dial: Dial
    label: str
    score: str
    tone: str
    decision: str
    known: float


def ready(latest: Latest) -> Ready:
    """The dial of the last kept day."""
    point = latest.point
    return Ready(
        name=latest.name,
        day=point.day,
        dial=dial(point.score, point.confidence, latest.least),
        label=verdicts.dial_label(point.score, point.confidence, latest.least),
        score="?" if point.score is None else formats.number(round(point.score)),
        tone=verdicts.TONES[point.decision],
        decision=verdicts.decision_words()[point.decision],
        known=100 * point.confidence,
    )


@dataclass(frozen=True, slots=True)
class When:
    """A forecast as a picture, the chance of the target in words, and what would help most."""

    picture: Mapping
    said: str
    help: str


def when(row: ForecastRow, content: Content, target: date | None, help_said: str) -> When:
    """When it goes live by the newest forecast."""
    dates = _("P50 %(p50)s, P80 %(p80)s", p50=formats.day(row.p50), p80=formats.day(row.p80))
    if target is None or row.target != target:
        said = _("%(dates)s.", dates=dates)
    else:
        chance = forecasts.chance_words(row.chance)
        said = _("%(dates)s: %(chance)s chance of %(day)s.", dates=dates, chance=chance, day=formats.day(target))
    return When(forecasts.histogram(row, content, target, narrow=True), said, help_said)


def help_line(best: Help, names: forecasts.Names, risks: forecasts.Names, roles: forecasts.Names) -> str:
    """What would bring P80 nearer, and by how much: "Close the risk “Late data”: 2.8 d earlier."."""
    words = forecasts.help_words(best, names, risks, roles)
    return _("%(what)s: P80 %(gain)s.", what=words, gain=forecasts.gain_words(best.days))


def schedule(standing: Standing, links: dict[str, str]) -> list[tuple[str, str, str]]:
    """Where the plan stands, by its own dates: names, values and where each opens; ``links`` go to the plan's pages."""
    late = ngettext("%(num)d d late", "%(num)d d late", standing.critical_days)
    go_live = standing.go_live
    return [
        (_("Go-live in the plan"), formats.day(go_live) if go_live else _("unknown"), links["go_live"]),
        (_("Target"), formats.day(standing.target) if standing.target else _("none"), ""),
        (_("Plan slips"), _slips(standing.slip), links["go_live"]),
        (_("Done"), formats.percent(standing.done), links["value"]),
        (_("Should be"), formats.percent(standing.plan), links["value"]),
        (_("Latest critical"), late if standing.critical_days else _("on time"), links["critical"]),
    ]


def _slips(days: int | None) -> str:
    if days is None:
        return _("unknown")
    return _("%(n)s d", n=f"{days:+d}".replace("-", "−")) if days else _("on time")
