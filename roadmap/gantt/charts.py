"""Markup of a Gantt chart: SVG for screen and paper and the table beside it, each in one pass over its rows."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from roadmap.gantt.rules.geometry import Geometry, Row
from roadmap.gantt.rules.links import BAR_HEIGHT, BAR_TOP, MIDDLE, ROW, LinkPath
from roadmap.gantt.rules.paper import NAME_SIZE, NAMES, STYLE, WIDTH, Page, fitted
from roadmap.gantt.rules.plan import GanttTask
from roadmap.gantt.rules.scale import Tick
from roadmap.gantt.rules.view import query, toggled
from roadmap.gantt.rules.words import Words, spoken, written

HEAD = 52
"""Height of the axis in pixels."""
ROUND = 3
"""Radius of a bar's corners."""
MONTH_ROOM, SHORT_ROOM, YEAR_ROOM = 66, 26, 50
"""Pixels that a month needs when written out, when shortened, and when shortened with its year."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CHEVRON = {
    True: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m6 4 4 4-4 4"/></svg>',
    False: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4"/></svg>',
}


def words() -> Words:
    """The words of a chart in the reader's language."""
    return Words(
        locale=str(get_locale() or "en"),
        task=gettext("{wbs} {name}, {start} to {finish}, {percent} % done"),
        milestone=gettext("Milestone {wbs} {name}, {finish}"),
        summary=gettext("{wbs} {name}, all of it, {start} to {finish}, {percent} % done"),
        critical=gettext("critical"),
        late=gettext("late"),
        reached=gettext("reached"),
        days=gettext("{days} d"),
        collapse=gettext("Collapse {name}"),
        expand=gettext("Expand {name}"),
        week=gettext("W{number}"),
        chart=gettext("Bars of the plan, {count} rows, {start} to {finish}. The table beside it holds the same."),
        continued=gettext("{name}, page {number} of {count}"),
    )


def svg(
    geometry: Geometry,
    said: Words,
    mode: Literal["screen", "paper"] = "screen",
    part: Literal["axis", "body"] = "body",
) -> Markup:
    """One part of a chart as an SVG element of its own; on the screen each bar is a link, on paper it is not."""
    width = f"{geometry.width:.1f}"
    if part == "axis":
        inner = axis(geometry, said)
        return _markup(
            f'<svg class="gc__h" width="{width}" height="{HEAD}" viewBox="0 0 {width} {HEAD}"'
            f' aria-hidden="true">{inner}</svg>'
        )
    days = [said.long(geometry.scale.start), said.long(_last_day(geometry))]
    name = said.chart.format(count=geometry.row_count, start=days[0], finish=days[1])
    return _markup(
        f'<svg class="gc__b" width="{width}" height="{geometry.height}"'
        f' viewBox="0 {geometry.top} {width} {geometry.height}" role="group" aria-label="{_safe(name)}">'
        f"{body(geometry, said, links=mode == 'screen')}</svg>"
    )


def table_rows(geometry: Geometry, said: Words) -> Markup:
    """Rows of the table left of the bars; chevrons and names are links, so that all works without a script."""
    return _markup("".join(_table_row(row, geometry, said) for row in geometry.rows))


def paper_svg(page: Page, said: Words) -> Markup:
    """A page as one SVG with names, dates and its own style: what goes into a PDF or a file."""
    geometry = page.geometry
    height = HEAD + max(geometry.height, ROW)
    width = geometry.width
    title = said.continued.format(name=geometry.plan.name, number=page.number, count=page.count)
    return _markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gc gp" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" aria-label="{_safe(title)}"><style>{STYLE}</style>'
        f'<svg x="{NAMES}" y="0" width="{width:.1f}" height="{HEAD}" viewBox="0 0 {width:.1f} {HEAD}">'
        f"{axis(geometry, said)}</svg>"
        f'<svg x="{NAMES}" y="{HEAD}" width="{width:.1f}" height="{max(geometry.height, ROW)}"'
        f' viewBox="0 {geometry.top} {width:.1f} {max(geometry.height, ROW)}">{body(geometry, said, links=False)}</svg>'
        f'<path class="rl" d="{_lines(geometry, NAMES, HEAD - geometry.top)}"/>'
        f'<path class="wl" d="M0 {HEAD - 0.5}H{WIDTH}M{NAMES - 0.5} 0V{height}"/>'
        f"{''.join(_paper_name(row, HEAD + row.y - geometry.top, said) for row in geometry.rows)}</svg>"
    )


def axis(geometry: Geometry, said: Words) -> str:
    """Months above weeks or days; the label under today gives way to its date."""
    ticks = geometry.axis
    days = bool(ticks.ticks) and ticks.ticks[0].week is None
    parts = [_month(tick, said, _years(geometry)) for tick in ticks.months]
    parts.append(f'<path class="wl" d="{"".join(f"M{tick.x + 0.5:.1f} 22V{HEAD}" for tick in ticks.ticks)}"/>')
    pill = geometry.today
    for tick in ticks.ticks:
        covered = pill is not None and tick.x + 16 > pill - 22 and tick.x < pill + 22
        parts.append((_day_tick if days else _week_tick)(tick, said, covered=covered))
    if pill is not None and geometry.plan.today is not None:
        x = min(max(pill, 22.0), max(geometry.width - 22, 22.0))
        day = _safe(said.short(geometry.plan.today))
        parts.append(
            f'<rect class="pill" x="{x - 21:.1f}" y="35" width="42" height="15" rx="7.5"/>'
            f'<text class="pillt" x="{x:.1f}" y="46" text-anchor="middle">{day}</text>'
        )
    return "".join(parts)


def body(geometry: Geometry, said: Words, *, links: bool) -> str:
    """Everything below the axis, back to front, in coordinates of the whole chart."""
    top, end = geometry.top, geometry.top + geometry.height
    upright = f'y1="{top}" y2="{end}"/>'
    shades = "".join(f"M{span.x:.1f} {top}h{span.width:.1f}V{end}h{-span.width:.1f}z" for span in geometry.shades)
    rules = _lines(geometry, geometry.width)
    parts = [f'<g aria-hidden="true"><path class="we" d="{shades}"/><path class="rl" d="{rules}"/>']
    for name, x in (("status", geometry.status), ("target", geometry.target)):
        if x is not None:
            parts.append(f'<line class="{name}" x1="{x:.1f}" x2="{x:.1f}" {upright}')
    parts.append(_tails(geometry.rows))
    parts += [_arrows(geometry.links, critical=critical) for critical in (False, True)]
    parts.append("</g>")
    parts += [_bar(row, said, links=links) for row in geometry.rows]
    parts.append('<g aria-hidden="true">')
    parts += [_deadline(row) for row in geometry.rows]
    if geometry.today is not None:
        parts.append(f'<line class="today" x1="{geometry.today:.1f}" x2="{geometry.today:.1f}" {upright}')
    parts += [_label(row, said) for row in geometry.rows]
    return "".join(parts) + "</g>"


def _bar(row: Row, said: Words, *, links: bool) -> str:
    task = row.task
    draw = _milestone if task.type == "milestone" else _summary if task.type == "summary" else _task
    critical = " c" if task.critical else ""
    if not links:
        return f'<g class="b{critical}">{draw(row)}</g>'
    name = _safe(spoken(task, said))
    return (
        f'<a class="b{critical}" href="{_safe(task.href)}" data-id="{task.id}" aria-label="{name}">'
        f"<title>{name}</title>{draw(row)}</a>"
    )


def _task(row: Row) -> str:
    x, y, width, done = row.x0, row.y + BAR_TOP, row.x1 - row.x0, row.done - row.x0
    edge = (
        f'<rect class="edge" x="{x + 0.5:.1f}" y="{y + 0.5}" width="{max(width - 1, 1):.1f}"'
        f' height="{BAR_HEIGHT - 1}" rx="2.5"/>'
    )
    track = f'<rect class="track" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR_HEIGHT}" rx="3"/>'
    if row.task.done:
        return track.replace("track", "fill") + edge
    if done < ROUND:
        return track + edge
    return (
        f'{track}<path class="fill" d="M{x + 3:.1f} {y}h{done - 3:.1f}v{BAR_HEIGHT}H{x + 3:.1f}'
        f'a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z"/>{edge}'
    )


def _milestone(row: Row) -> str:
    on = " ms--on" if row.task.done else ""
    x = (row.x0 + row.x1) / 2
    return f'<path class="ms{on}" d="M{x:.1f} {row.y + 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z"/>'


def _summary(row: Row) -> str:
    x, y, width, done = row.x0, row.y + 8, row.x1 - row.x0, row.done - row.x0
    foot = min(6.0, width / 2)
    return (
        f'<rect class="hit" x="{x:.1f}" y="{y - 3}" width="{width:.1f}" height="16"/>'
        f'<path class="sumd" d="M{x:.1f} {y}h{width:.1f}v5h{-width:.1f}z"/>'
        f'<path class="sum" d="M{x:.1f} {y}h{done:.1f}v5h{-done:.1f}zM{x:.1f} {y}h{foot:.1f}l{-foot:.1f} 10z'
        f'M{row.x1:.1f} {y}h{-foot:.1f}l{foot:.1f} 10z"/>'
    )


def _tails(rows: Iterable[Row]) -> str:
    tails = [(row.x1 + 1, row.slack, row.y + MIDDLE) for row in rows if row.slack is not None]
    lines = "".join(f"M{x:.1f} {y}H{end:.1f}" for x, end, y in tails)
    stops = "".join(f"M{end:.1f} {y - 3}v6" for _, end, y in tails)
    return f'<path class="slack" d="{lines}"/><path class="slackend" d="{stops}"/>'


def _arrows(links: Iterable[LinkPath], *, critical: bool) -> str:
    wanted = [link for link in links if link.critical is critical]
    mark = "--c" if critical else ""
    paths = "".join(_path(link.points) for link in wanted)
    return f'<path class="dep dep{mark}" d="{paths}"/><path class="ah ah{mark}" d="{"".join(map(_head, wanted))}"/>'


def _path(points: tuple[tuple[float, float], ...]) -> str:
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x, y), (x1, y1) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(x - x0) + abs(y - y0), abs(x1 - x) + abs(y1 - y)
        into, out = min(3.0, before / 2) / (before or 1), min(3.0, after / 2) / (after or 1)
        parts.append(
            f"L{x - (x - x0) * into:.1f} {y - (y - y0) * into:.1f}Q{x:.1f} {y:.1f} "
            f"{x + (x1 - x) * out:.1f} {y + (y1 - y) * out:.1f}"
        )
    return "".join(parts) + f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"


_HEADS = {"down": "l-3-4.5h6z", "up": "l-3 4.5h6z", "right": "l-4.5-3v6z", "left": "l4.5-3v6z"}


def _head(link: LinkPath) -> str:
    x, y = link.points[-1]
    return f"M{x:.1f} {y:.1f}{_HEADS[link.head]}"


def _deadline(row: Row) -> str:
    return "" if row.deadline is None else f'<path class="dl" d="M{row.deadline - 4.5:.1f} {row.y - 2.5}h9l-4.5 6.5z"/>'


def _label(row: Row, said: Words) -> str:
    if row.label is None:
        return ""
    critical = " lbl--c" if row.task.critical else ""
    anchor = ' text-anchor="end"' if row.label.end else ""
    day = _safe(said.short(row.task.finish.date()))
    return f'<text class="lbl{critical}" x="{row.label.x:.1f}" y="{row.y + 17}"{anchor}>{day}</text>'


def _lines(geometry: Geometry, width: float, shift: int = 0) -> str:
    return "".join(f"M0 {row.y + shift + ROW - 0.5}H{width:.1f}" for row in geometry.rows)


def _month(tick: Tick, said: Words, years: set[int]) -> str:
    new_year = len(years) > 1 and (tick.day.month == 1 or tick.x == 0)
    pattern = "LLLL" if tick.width >= MONTH_ROOM else "LLL"
    if tick.width < (YEAR_ROOM if new_year else SHORT_ROOM):
        return ""
    text = _safe(written(tick.day, pattern + (" y" if new_year else ""), said.locale))
    line = f'<path class="wl" d="M{tick.x + 0.5:.1f} 4v16"/>' if tick.x else ""
    return f'<text class="mon" x="{tick.x + 6:.1f}" y="14">{text}</text>{line}'


def _week_tick(tick: Tick, said: Words, *, covered: bool) -> str:
    name = _safe(said.week.format(number=tick.week)) if tick.week else ""
    day = "" if covered else f'<text class="d" x="{tick.x + 5:.1f}" y="46">{tick.day.day}</text>'
    return f'<text x="{tick.x + 5:.1f}" y="32">{name}</text>{day}'


def _day_tick(tick: Tick, said: Words, *, covered: bool) -> str:
    x = tick.x + tick.width / 2
    day = "" if covered else f'<text class="d" x="{x:.1f}" y="46" text-anchor="middle">{tick.day.day}</text>'
    return f'<text x="{x:.1f}" y="32" text-anchor="middle">{_safe(written(tick.day, "ccccc", said.locale))}</text>{day}'


def _table_row(row: Row, geometry: Geometry, said: Words) -> str:
    task = row.task
    name = _safe(task.name)
    classes = f"{'sum' if row.parent else ''} l{min(task.level, 8)}{' crit' if task.critical else ''}"
    finish = "" if task.type == "milestone" else _safe(said.short(task.finish.date()))
    late = f'<span class="dn" aria-hidden="true">▼</span><i class="vh">{_safe(said.late)}</i>' if task.late else ""
    start = _safe(said.short(task.start.date() if task.type != "milestone" else task.finish.date()))
    in_start, in_finish = (late, "") if task.type == "milestone" else ("", late)
    return (
        f'<tr class="{classes}" data-id="{task.id}" aria-rowindex="{row.index + 2}">'
        f'<td class="w">{_safe(task.wbs)}</td><th scope="row">{_before_name(row, geometry, name, said)}'
        f'<a href="{_safe(task.href)}" title="{name}"><bdi>{name}</bdi></a></th>'
        f'<td>{_owner(task)}</td><td class="n">{start}{in_start}</td><td class="n">{finish}{in_finish}</td><td class="n slk">{_slack(task, geometry, said)}</td>'
        f'<td class="n">{_percent(task, said)}</td></tr>'
    )


def _before_name(row: Row, geometry: Geometry, name: str, said: Words) -> str:
    if row.parent:
        address = _safe(query(toggled(geometry.view, row.task.id)))
        action = (said.expand if row.collapsed else said.collapse).format(name=name)
        return (
            f'<a class="tog" href="{address}" aria-expanded="{str(not row.collapsed).lower()}" aria-label="{action}">'
            f"{_CHEVRON[row.collapsed]}</a>"
        )
    if row.task.type == "milestone":
        return f'<span class="msd{" msd--on" if row.task.done else ""}" aria-hidden="true"></span>'
    return ""


def _owner(task: GanttTask) -> str:
    if not task.owner_name:
        return ""
    name = _safe(task.owner_name)
    tone = (task.owner_id or 0) % 5 + 1
    short = _safe(task.owner_initials)
    return f'<span class="av av-{tone}" role="img" aria-label="{name}" title="{name}">{short}</span>'


def _slack(task: GanttTask, geometry: Geometry, said: Words) -> str:
    if task.slack_minutes is None or task.done or task.type == "summary":
        return ""
    return _safe(said.days.format(days=f"{round(task.slack_minutes / geometry.plan.day_minutes, 1):g}"))


def _percent(task: GanttTask, said: Words) -> str:
    if task.type != "milestone":
        return str(task.percent)
    reached = f'<span aria-hidden="true">✓</span><span class="vh">{_safe(said.reached)}</span>'
    return reached if task.done else ""


_NAME_X, _DATES_X = 58, 386


def _paper_name(row: Row, y: int, said: Words) -> str:
    task = row.task
    x = _NAME_X + 12 * (min(task.level, 6) - 1)
    strong = " name--s" if row.parent else ""
    lines, size = fitted(task.name, _DATES_X - 46 - x)
    step = size * 1.1
    first = y + 17.5 - step * (len(lines) - 1) / 2
    spans = "".join(f'<tspan x="{x}" y="{first + n * step:.1f}">{_safe(line)}</tspan>' for n, line in enumerate(lines))
    sized = f' font-size="{size:.1f}"' if size < NAME_SIZE else ""
    days = [task.finish.date()] if task.type == "milestone" else [task.start.date(), task.finish.date()]
    dates = "".join(
        f'<text class="num" x="{at}" y="{y + 17.5}" text-anchor="end">{_safe(said.short(day))}</text>'
        for at, day in zip((_DATES_X, NAMES - 8), days, strict=False)
    )
    return (
        f'<text class="num" x="4" y="{y + 17.5}">{_safe(task.wbs)}</text>'
        f'<text class="{"named" if sized else "name"}{strong}"{sized}>{spans}</text>{dates}'
    )


def _years(geometry: Geometry) -> set[int]:
    return {geometry.scale.start.year, _last_day(geometry).year}


def _last_day(geometry: Geometry) -> date:
    return date.fromordinal(geometry.scale.start.toordinal() + geometry.scale.days - 1)


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every text in it went through _safe


def _safe(text: str) -> str:
    """Text that is nothing but text in HTML and XML; characters that XML cannot hold become a question mark sign."""
    return str(escape(_UNWRITABLE.sub("\ufffd", text)))
