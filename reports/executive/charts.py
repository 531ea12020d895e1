"""The cells of the heat map in words and colours, and the trend of readiness as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.http import address
from readiness.benefits import charts as benefits
from readiness.benefits.rules.reach import Kept
from readiness.verdict.charts import score_words
from reports.board.queries import Board, Line
from reports.board.rules import trend as drawing
from reports.board.rules.aims import Aims, Stands
from reports.board.rules.lines import Ready
from roadmap.standing.charts import health_words, slip_words
from roadmap.standing.rules.health import Limits
from roadmap.standing.rules.health import health as slip_health

TONES = {
    Ready.GO: "green",
    Ready.CONDITIONS: "amber",
    Ready.NO_GO: "red",
    Ready.OPEN: "open",
    Ready.UNKNOWN: "unknown",
    Ready.LIVE: "green",
    Ready.CLOSED: "open",
}
COLUMNS = ("health", "readiness", "forecast", "adoption", "benefits")
"""The columns of the heat map, in their order."""
PAIR = 2
"""Of two one says both; a line has two ends."""
MOST_DRAWN = 4
"""So many roll-outs have a line of their own in the drawing: the table has all."""
KINDS = ("s1", "s2", "s3", "s4")
LONGEST_LABEL = 15
"""So many letters of a name fit beside its line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat map: colour and word, a line below, and the page that it opens."""

    key: str
    tone: str
    word: str
    detail: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What an objective came to so far, against its target: as it was kept on a day."""

    name: str
    project: str
    href: str | None
    baseline: str
    target: str
    value: str
    between: str
    tone: str
    word: str
    day: date


def brought(board: Board) -> list[Brought]:
    """Every objective of the board whose value is known, the worst first."""
    known = [
        (list(Stands).index(each.stands), line, each.name, each.kept)
        for line in board.lines
        for each in line.aims.every
        if each.kept is not None and each.kept.value is not None
    ]
    return [_brought(line, name, kept) for _rank, line, name, kept in sorted(known, key=itemgetter(0))]


def _brought(line: Line, name: str, kept: Kept) -> Brought:
    sure = kept.low is not None and kept.high is not None
    return Brought(
        name,
        line.name,
        address("benefits.page", project_id=line.id),
        benefits.figure_words(kept.kpi, kept.baseline) if kept.baseline is not None else _("none"),
        benefits.figure_words(kept.kpi, kept.target),
        benefits.figure_words(kept.kpi, kept.value),
        benefits.between_words(kept.kpi, kept.low or 0.0, kept.high or 0.0) if sure else "",
        benefits.TONES.get(kept.reach, "unknown"),
        benefits.reach_words()[kept.reach],
        kept.day,
    )


def ready_words() -> dict[Ready, str]:
    """Whether a roll-out can go, in a word or two."""
    return {
        Ready.GO: _("Go"),
        Ready.CONDITIONS: _("Go with conditions"),
        Ready.NO_GO: _("No-go"),
        Ready.OPEN: _("Not due yet"),
        Ready.UNKNOWN: _("Unknown"),
        Ready.LIVE: _("Live"),
        Ready.CLOSED: _("Closed"),
    }


def column_words() -> dict[str, str]:
    """The heads of the heat map."""
    return {
        "health": _("Health"),
        "readiness": _("Readiness"),
        "forecast": _("Forecast"),
        "adoption": _("Adoption"),
        "benefits": _("Benefits"),
    }


def cells(line: Line) -> list[Cell]:
    """A roll-out's row of the heat map."""
    return [_CELLS[key](line) for key in COLUMNS]


def cell(line: Line, key: str) -> Cell:
    """One cell of it."""
    return _CELLS[key](line)


def _health(line: Line) -> Cell:
    health, words = line.health, health_words()
    if line.unanswered:
        detail = ngettext(
            "claimed %(word)s, %(num)d contradiction to answer",
            "claimed %(word)s, %(num)d contradictions to answer",
            line.unanswered,
            word=words[health.claimed or health.worst].lower(),
        )
    elif health.claimed:
        detail = _("claimed %(word)s", word=words[health.claimed].lower())
    else:
        detail = _("nothing claimed")
    tone = "open" if health.worst == "done" else health.worst.value
    return Cell("health", tone, words[health.worst], detail, address("standing.page", project_id=line.id))


def _readiness(line: Line) -> Cell:
    return Cell(
        "readiness",
        TONES[line.ready],
        ready_words()[line.ready],
        _judged(line),
        address("readiness.page", project_id=line.id),
    )


def _judged(line: Line) -> str:
    if line.ready is Ready.LIVE:
        since = line.glance.live_since or line.standing.go_live
        return _("since %(day)s", day=formats.short_day(since)) if since else ""
    if line.kept is None:
        return _("no day is kept yet")
    known = formats.percent(100 * line.kept.confidence)
    return _("score %(score)s, %(known)s known", score=score_words(line.kept.score), known=known)


def _forecast(line: Line) -> Cell:
    stands = line.standing
    href = (
        address("tasks.page", project_id=line.id, task_id=stands.go_live_id)
        if stands.go_live_id
        else address("gantt.page", project_id=line.id)
    )
    if stands.go_live is None:
        return Cell("forecast", "unknown", _("Unknown"), _("no go-live in the plan"), href)
    day = formats.short_day(stands.go_live)
    if stands.slip is None:
        return Cell("forecast", "unknown", day, _("no target"), href)
    limits = line.health.tolerances
    tone = slip_health(stands.slip, 0, Limits(limits.slip_amber, limits.slip_red)).value
    said = slip_words(stands.slip)
    if stands.live:
        return Cell("forecast", tone, day, _("was %(said)s", said=said), href)
    row = line.health.forecast
    if row is None:
        return Cell("forecast", tone, day, _("%(said)s, no forecast kept", said=said), href)
    late = row.slip(stands.target) or 0
    tone = slip_health(late, 0, Limits(limits.slip_amber, limits.slip_red)).value
    shown = _("P80 %(day)s", day=formats.short_day(row.p80))
    return Cell("forecast", tone, shown, slip_words(late), address("forecast.page", project_id=line.id))


def _adoption(line: Line) -> Cell:
    href, glance = address("adoption.page", project_id=line.id), line.glance
    if glance.live_since is None:
        people = ngettext("for %(num)d person", "for %(num)d people", glance.people) if glance.people else ""
        return Cell("adoption", "open", _("Not live yet"), people, href)
    if glance.use is None:
        return Cell("adoption", "unknown", _("Unknown"), _("no whole week yet"), href)
    if not glance.shown:
        return Cell("adoption", "unknown", _("Unknown"), _("too few people to tell of"), href)
    if glance.use.value is None:
        return Cell("adoption", "unknown", _("Unknown"), _("nobody was enabled all week"), href)
    counted = _(
        "%(active)s of %(all)s active, week of %(day)s",
        active=glance.use.numerator,
        all=glance.use.denominator,
        day=formats.short_day(glance.monday),
    )
    return Cell("adoption", glance.use.state.value, formats.percent(line.use), counted, href)


def _benefits(line: Line) -> Cell:
    href, aims = address("benefits.page", project_id=line.id), line.aims
    if not aims.every:
        return Cell("benefits", aims.tone, _("None set"), _("the charter has no objective"), href)
    if not aims.known:
        based = ngettext(
            "%(based)s of %(num)d objective has a baseline",
            "%(based)s of %(num)d objectives have a baseline",
            len(aims.every),
            based=aims.based,
        )
        return Cell("benefits", aims.tone, _("Unknown"), based, href)
    said = _("%(reached)s of %(all)s reached", reached=aims.count(Stands.REACHED), all=len(aims.every))
    return Cell("benefits", aims.tone, said, _rest_of(aims), href)


def _rest_of(aims: Aims) -> str:
    """How those stand that are not reached, and of which day the figures are."""
    course, doubtful, lost = (aims.count(each) for each in (Stands.COURSE, Stands.DOUBTFUL, Stands.LOST))
    unknown = len(aims.every) - aims.known
    days = [each.kept.day for each in aims.every if each.kept]
    parts = [
        _("%(n)s still reachable", n=course) if course else "",
        _("%(n)s in doubt", n=doubtful) if doubtful else "",
        _("%(n)s missed", n=lost) if lost else "",
        _("%(n)s unknown", n=unknown) if unknown else "",
        _("kept %(day)s", day=formats.short_day(max(days))) if days else "",
    ]
    return ", ".join(part for part in parts if part)


_CELLS = {
    "health": _health,
    "readiness": _readiness,
    "forecast": _forecast,
    "adoption": _adoption,
    "benefits": _benefits,
}


def trend_words(line: Line) -> str:
    """The trend of one roll-out for who does not see it."""
    known = [score for score in line.weeks if score is not None]
    if len(known) < PAIR:
        return ""
    return _("Readiness from %(first)s to %(last)s", first=score_words(known[0]), last=score_words(known[-1]))


def drawn(board: Board) -> list[Line]:
    """The roll-outs with a line in the drawing: those that are not live and have two scores, the nearest first."""
    found = [line for line in board.lines if line.ready is not Ready.LIVE and drawing.spark(line.weeks)]
    return sorted(found, key=lambda line: (line.standing.go_live or date.max, line.id))[:MOST_DRAWN]


def trend(board: Board) -> dict[str, Any] | None:
    """The readiness of the roll-outs that go live next, week by week, as the line chart takes it."""
    found = [(line, drawing.line(line.weeks, board.mondays)) for line in drawn(board)]
    if not found:
        return None
    days = (board.mondays[0], board.mondays[len(board.mondays) // 2], board.mondays[-1])
    return {
        "width": drawing.WIDTH,
        "height": drawing.HEIGHT,
        "left": drawing.LEFT,
        "right": drawing.RIGHT,
        "label": "; ".join(f"{line.name}: {trend_words(line)}" for line, _points in found),
        "grid": [(drawing.height(mark), str(mark)) for mark in (100, 75, 50, 25, 0)],
        "axis": [(drawing.across(day, board.mondays), formats.short_day(day)) for day in days],
        "lines": [(KINDS[at], points) for at, (_line, points) in enumerate(found)],
        "marks": [(f"pt--end {KINDS[at]}", *points[-1]) for at, (_line, points) in enumerate(found)],
        "notes": _labels([(points[-1][1], line) for line, points in found]),
    }


def _labels(ends: Sequence[tuple[float, Line]]) -> list[tuple[float, float, str, str, str]]:
    heights = drawing.names(y for y, _line in ends)
    ranked = sorted(ends, key=lambda each: each[0])
    return [(drawing.NAMES, y, _label(line), "start", "lab") for y, (_end, line) in zip(heights, ranked, strict=True)]


def _label(line: Line) -> str:
    name = line.name if len(line.name) <= LONGEST_LABEL else f"{line.name[: LONGEST_LABEL - 1]}…"
    return f"{name} {formats.number(round(drawing.last(line.weeks) or 0))}"


def week_heads(board: Board) -> list[str]:
    """The weeks of the trend by their Mondays."""
    return [formats.short_day(day) for day in board.mondays]


def trend_rows(board: Board) -> list[tuple[str, ...]]:
    """The same for every roll-out, as a table."""
    return [
        (line.name, *("–" if score is None else formats.number(round(score)) for score in line.weeks))
        for line in board.lines
    ]
