"""The register in pictures: where risks stand on the heat map, how each moved, how exposure went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import hypot
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from infra import formats
from infra.http import may
from roadmap.risks import queries, rules
from roadmap.risks.queries import ResponseRow, RiskRow
from roadmap.risks.rules import Exposure, History, Point, Rating

MOST_ARROWS = 6
"""More than the longest few can't be told apart."""
SIDE = rules.LARGEST
_LEFT, _GAP = 72.0, 3.0
_CHART = (440, 238, 36, 372)
"""Width and height of the exposure chart, and where its grid starts and ends."""
_MOVEMENT = (4.0, 104.0)
_LINE_OF_TEXT = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat map: its place in the drawing, its score and how many risks stand in it."""

    key: str
    x: float
    y: float
    width: float
    height: float
    score: int
    band: str
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map, ready to be drawn; ``arrows`` run from where risks were to where they are."""

    width: int
    height: int
    left: float
    cells: tuple[Cell, ...]
    arrows: tuple[tuple[float, float, float, float], ...]
    rows: tuple[tuple[float, int, str], ...]
    columns: tuple[tuple[float, int, str], ...]


def heat(rows: Sequence[RiskRow], stage: str, width: int = 460, *, narrow: bool = False) -> Heat:
    """Where open risks stand by one of their ratings; with ``now`` the arrows show whence they came."""
    left = 22.0 if narrow else _LEFT
    wide, high = (width - left) / SIDE, 46.0
    ratings = [rated for rated in (getattr(row, stage) for row in rows) if rated]
    counts = Counter(rated.cell for rated in ratings)
    cells = [
        _cell(Rating(p, i), (left, wide, high), counts[f"{p}x{i}"])
        for p in range(SIDE, 0, -1)
        for i in range(1, SIDE + 1)
    ]
    return Heat(
        width,
        round(SIDE * high) + 36,
        left,
        tuple(cells),
        _arrows(rows, (left, wide, high)) if stage == "now" else (),
        tuple((_y(p, high) + high / 2, p, "" if narrow else _(word)) for p, word in rules.PROBABILITIES.items()),
        tuple((left + (i - 0.5) * wide, i, _(word)) for i, word in rules.IMPACTS.items()),
    )


def heat_table(rows: Sequence[RiskRow]) -> list[tuple[str, ...]]:
    """The heat map for those who read a table: probability by impact, how many risks now."""
    counts = Counter(row.now.cell for row in rows if row.now)
    return [
        (f"{p} {_(word)}", *(str(counts[f"{p}x{i}"] or "–") for i in range(1, SIDE + 1)))
        for p, word in sorted(rules.PROBABILITIES.items(), reverse=True)
    ]


def movement(row: RiskRow) -> dict[str, float]:
    """Where the marks of a risk's three scores stand on its line, left to right by score."""
    rated = {"inherent": row.inherent, "now": row.now, "target": row.target}
    return {name: _along(each.score) for name, each in rated.items() if each}


def exposure_chart(points: Sequence[Point], histories: Sequence[History], appetite: int) -> dict[str, Any]:
    """Exposure at the end of each week with the appetite as a line; the largest rise and fall are named."""
    width, height, left, right = _CHART
    top = _ceiling(max([appetite, *(each.total for each in points)]))
    bottom = height - 26

    def x(place: int) -> float:
        return left + (right - left) * place / max(len(points) - 1, 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - 16) * value / top, 1)

    end = points[-1]
    line = [(round(x(place), 1), y(each.total)) for place, each in enumerate(points)]
    notes: list[tuple[float, float, str, str, str]] = [(right + 8, y(end.total) + 4, str(end.total), "start", "lab")]
    below = 0 < y(appetite) - y(end.total) < _LINE_OF_TEXT
    notes.append((right + 8, y(appetite) + (10 if below else 4), _("Appetite"), "start", "lab2"))
    for each in rules.shifts(histories, points):
        above = _("%(code)s up", code=each.code) if each.by > 0 else _("%(code)s down", code=each.code)
        at = line[each.week - 1]
        notes.append((at[0], at[1] - 9, above, "end" if each.week == end.week else "middle", "lab2"))
    return {
        "width": width,
        "height": height,
        "left": left,
        "right": right,
        "label": _said(points, appetite),
        "grid": [(y(value), str(value)) for value in range(top, -1, -max(top // 4, 1))],
        "axis": [(x(place), _("W%(n)s", n=each.week)) for place, each in enumerate(points) if _labelled(place, points)],
        "lines": [("s1", line)],
        "marks": [("pt--end", *line[-1])],
        "target": y(appetite),
        "notes": notes,
    }


def exposure_rows(points: Sequence[Point]) -> list[tuple[str, str, str]]:
    """The figures behind the chart, the newest first."""
    return [(_("Week %(n)s", n=each.week), formats.day(each.day), str(each.total)) for each in reversed(points)]


def trend_word(points: Sequence[Point]) -> str:
    """Whether exposure rose or fell within the last week: ``rose``, ``fell``, ``same``; empty in the first week."""
    if len(points) < 2:  # noqa: PLR2004  # a change needs two points
        return ""
    now, before = points[-1].total, points[-2].total
    return "same" if now == before else "rose" if now > before else "fell"


def due_this_week(rows: Sequence[RiskRow], today: date) -> list[tuple[RiskRow, ResponseRow]]:
    """Open responses that are late or due by Sunday, the longest waiting first."""
    sunday = today + timedelta(days=6 - today.weekday())
    found = [
        (row, each)
        for row in rows
        if row.open
        for each in row.responses
        if each.done_at is None and each.due is not None and each.due <= sunday
    ]
    return sorted(found, key=lambda pair: (pair[1].due or sunday, pair[0].number))


def reviews_due(rows: Sequence[RiskRow], today: date) -> list[RiskRow]:
    """Open risks whose review is late or due by Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    return [row for row in rows if row.open and row.review_on is not None and row.review_on <= sunday]


def panel(project_id: int, key: str, *, still: bool = False) -> Markup:
    """The risks that hit a task or a checklist item, with a way to link one; nothing where there is none to show."""
    if not may("risk.see", project_id):
        return Markup("")
    rows = queries.of_subject(project_id, key)
    shown = {row.id for row in rows}
    may_link = not still and may("risk.edit", project_id)
    others = [row for row in queries.register(project_id) if row.open and row.id not in shown] if may_link else []
    others = [row for row in others if may("risk.edit", project_id, row.facts)]
    if not rows and not others:
        return Markup("")
    page = render_template("roadmap/risks/_panel.html", project_id=project_id, subject=key, rows=rows, others=others)
    return Markup(page)  # noqa: S704  # a template's own markup


def task_panel(project_id: int, task_id: int) -> Markup:
    """The risks that hit a task, on its page and in the roadmap's panel."""
    return panel(project_id, f"task:{task_id}", still="panel" in request.args)


def register_address(project_id: int, stage: str, query: str = "") -> str:
    """The register with a rating shown on its heat map; ``query`` holds its filters."""
    address = url_for("risks.register", project_id=project_id)
    return f"{address}?{query or 'open=yes'}" + ("" if stage == "now" else f"&stage={stage}")


def _cell(rated: Rating, grid: tuple[float, float, float], count: int) -> Cell:
    left, wide, high = grid
    words = {"probability": _(rules.PROBABILITIES[rated.probability]), "impact": _(rules.IMPACTS[rated.impact])}
    label = ngettext(
        "Probability %(p)s %(probability)s, impact %(i)s %(impact)s, score %(score)s: %(num)s risk",
        "Probability %(p)s %(probability)s, impact %(i)s %(impact)s, score %(score)s: %(num)s risks",
        count,
        p=rated.probability,
        i=rated.impact,
        score=rated.score,
        **words,
    )
    x, y = left + (rated.impact - 1) * wide, _y(rated.probability, high)
    return Cell(rated.cell, round(x, 1), y, round(wide - _GAP, 1), high - _GAP, rated.score, rated.band, count, label)


def _y(probability: int, high: float) -> float:
    return (SIDE - probability) * high


def _arrows(rows: Sequence[RiskRow], grid: tuple[float, float, float]) -> tuple[tuple[float, float, float, float], ...]:
    """The longest moves, beside the circles: from a cell's lower right, so that numbers stay readable."""
    left, wide, high = grid
    moves = {(row.inherent, row.now) for row in rows if row.inherent and row.now and row.inherent != row.now}
    longest = sorted(moves, key=lambda pair: (-abs(pair[0].score - pair[1].score), pair[0].cell, pair[1].cell))
    drawn = []
    for before, now in longest[:MOST_ARROWS]:
        start = (left + (before.impact - 0.22) * wide, _y(before.probability, high) + 0.72 * high)
        end = (left + (now.impact - 0.22) * wide, _y(now.probability, high) + 0.72 * high)
        length = hypot(end[0] - start[0], end[1] - start[1]) or 1
        cut = 6 / length
        drawn.append((*start, end[0] - (end[0] - start[0]) * cut, end[1] - (end[1] - start[1]) * cut))
    return tuple(tuple(round(value, 1) for value in each) for each in drawn)  # type: ignore[misc]  # four of them


def _along(score: int) -> float:
    first, last = _MOVEMENT
    return round(first + (last - first) * (score - 1) / (SIDE * SIDE - 1), 1)


def _ceiling(value: int) -> int:
    """The next round number above, in four equal steps."""
    step = 10
    while step * 4 <= value:
        step += 10 if step < 50 else 50  # noqa: PLR2004  # finer steps below 200
    return step * 4


def _labelled(place: int, points: Sequence[Point]) -> bool:
    step = max(1, -(-len(points) // 6))
    return place == len(points) - 1 or (place % step == 0 and place + step / 2 < len(points) - 1)


def _said(points: Sequence[Point], appetite: int) -> str:
    return _(
        "Exposure by week: %(first)s at the end of week 1, %(last)s now; the appetite is %(appetite)s.",
        first=points[0].total,
        last=points[-1].total,
        appetite=appetite,
    )


def standing(found: Exposure) -> str:
    """How exposure stands against the appetite: above, at, below."""
    return "above" if found.total > found.appetite else "at" if found.total == found.appetite else "below"
