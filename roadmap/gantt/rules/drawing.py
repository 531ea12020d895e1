"""A chart as SVG text: axis, bars, arrows and marks. Every text from a plan goes through `safe`."""

import re
from collections.abc import Iterable
from datetime import date

from markupsafe import escape

from roadmap.gantt.rules.geometry import Geometry, Row
from roadmap.gantt.rules.links import BAR_HEIGHT, BAR_TOP, MIDDLE, ROW, LinkPath
from roadmap.gantt.rules.scale import Tick
from roadmap.gantt.rules.words import Words, spoken, written

HEAD = 52
"""Height of the axis in pixels."""
ROUND = 3
"""Radius of a bar's corners."""
MONTH_ROOM, SHORT_ROOM, YEAR_ROOM = 66, 26, 50
"""Pixels that a month needs when written out, when shortened, and when shortened with its year."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def axis(geometry: Geometry, said: Words) -> str:
    """Months above weeks or days, or days above hours; the label under today gives way to its date."""
    ticks = geometry.axis
    if geometry.scale.hourly:
        return _hours_axis(geometry, said)
    days = bool(ticks.ticks) and ticks.ticks[0].week is None
    parts = [_month(tick, said, _years(geometry)) for tick in ticks.months]
    parts.append(f'<path class="wl" d="{"".join(f"M{tick.x + 0.5:.1f} 22V{HEAD}" for tick in ticks.ticks)}"/>')
    pill = geometry.today
    for tick in ticks.ticks:
        covered = pill is not None and tick.x + 16 > pill - 22 and tick.x < pill + 22
        parts.append((_day_tick if days else _week_tick)(tick, said, covered=covered))
    if pill is not None and geometry.plan.today is not None:
        x = min(max(pill, 22.0), max(geometry.width - 22, 22.0))
        day = safe(said.short(geometry.plan.today))
        parts.append(
            f'<rect class="pill" x="{x - 21:.1f}" y="35" width="42" height="15" rx="7.5"/>'
            f'<text class="pillt" x="{x:.1f}" y="46" text-anchor="middle">{day}</text>'
        )
    return "".join(parts)


def _hours_axis(geometry: Geometry, said: Words) -> str:
    """Days above hours; all days have the same hours, so these are drawn once, as a pattern."""
    days = "".join(
        f'<text class="mon" x="{tick.x + 6:.1f}" y="20">{safe(said.long(tick.day))}</text>'
        for tick in geometry.axis.months
    )
    hours = "".join(f'<text class="d" x="{x + 4:.1f}" y="46">{hour}</text>' for hour, x in geometry.scale.hours)
    edges = "".join(f"M{tick.x + 0.5:.1f} 4V{HEAD}" for tick in geometry.axis.months)
    return (
        f'<defs><pattern id="gc-hours" width="{geometry.scale.px:.3f}" height="{HEAD}" patternUnits="userSpaceOnUse">'
        f'{hours}</pattern></defs>{days}<rect y="32" width="{geometry.width:.1f}" height="20" fill="url(#gc-hours)"/>'
        f'<path class="wl" d="{edges}"/>'
    )


def _hour_lines(geometry: Geometry) -> str:
    if not geometry.scale.hourly:
        return ""
    rules = "".join(f"M{x + 0.5:.1f} 0v{ROW}" for _, x in geometry.scale.hours)
    return (
        f'<defs><pattern id="gc-hour-lines" width="{geometry.scale.px:.3f}" height="{ROW}"'
        f' patternUnits="userSpaceOnUse"><path class="wl" d="{rules}"/></pattern></defs><rect y="{geometry.top}"'
        f' width="{geometry.width:.1f}" height="{geometry.height}" fill="url(#gc-hour-lines)"/>'
    )


def body(geometry: Geometry, said: Words, *, links: bool) -> str:
    """Everything below the axis, back to front, in coordinates of the whole chart."""
    top, end = geometry.top, geometry.top + geometry.height
    upright = f'y1="{top}" y2="{end}"/>'
    shades = "".join(f"M{span.x:.1f} {top}h{span.width:.1f}V{end}h{-span.width:.1f}z" for span in geometry.shades)
    rules = lines(geometry, geometry.width)
    parts = [
        f'<g aria-hidden="true">{_hour_lines(geometry)}<path class="we" d="{shades}"/><path class="rl" d="{rules}"/>'
    ]
    if geometry.likely is not None:
        x0, x1 = geometry.likely
        parts.append(f'<rect class="likely" x="{x0:.1f}" y="{top}" width="{x1 - x0:.1f}" height="{end - top}"/>')
    for name, x in (("status", geometry.status), ("target", geometry.target)):
        if x is not None:
            parts.append(f'<line class="{name}" x1="{x:.1f}" x2="{x:.1f}" {upright}')
    parts.append(_planned(geometry))
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
    critical = f"{' c' if task.critical else ''}{'' if task.active else ' off'}{' own' if task.manual else ''}"
    if not links:
        return f'<g class="b{critical}">{draw(row)}</g>'
    name = safe(spoken(task, said))
    return (
        f'<a class="b{critical}" href="{safe(task.href)}" data-id="{task.id}" aria-label="{name}">'
        f"<title>{name}</title>{draw(row)}</a>"
    )


def _planned(geometry: Geometry) -> str:
    """The baselines below the bars, one path each; several share the six pixels that are free there.

    The first is a solid line, the second a broken one, the third dots (by their style), milestones likewise.
    """
    count = len(geometry.plan.overlays)
    paths = [""] * count
    height = {1: 3.0, 2: 2.5}.get(count, 2.0)
    for row in geometry.rows:
        for number, x0, x1 in row.planned:
            y = row.y + BAR_TOP + BAR_HEIGHT + 0.5 + height / 2 + number * (height + 0.25)
            if row.task.type == "milestone":
                x = (x0 + x1) / 2
                paths[number] += f"M{x:.1f} {row.y + 8 + number}l5 5-5 5-5-5z"
            else:
                paths[number] += f"M{x0:.1f} {y:.1f}H{x1:.1f}"
    return "".join(
        f'<path class="bl bl{number + 1}" stroke-width="{height}" d="{path}"/>' for number, path in enumerate(paths)
    )


def _task(row: Row) -> str:
    if row.pause is not None:
        return _pieces(row, *row.pause)
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


def _pieces(row: Row, stop: float, resume: float) -> str:
    """Work in two pieces, joined by a dotted line through the pause; what is done fills them one after the other."""
    first, done = stop - row.x0, (row.done - row.x0) / max(row.x1 - row.x0, 1)
    worked = done * (first + row.x1 - resume)
    return (
        f'<path class="pause" d="M{stop:.1f} {row.y + MIDDLE}H{resume:.1f}"/>'
        + _piece(row.y + BAR_TOP, row.x0, stop, min(worked, first))
        + _piece(row.y + BAR_TOP, resume, row.x1, max(worked - first, 0))
    )


def _piece(y: int, x0: float, x1: float, done: float) -> str:
    width = max(x1 - x0, 2.0)
    box = f'x="{x0:.1f}" y="{y}" height="{BAR_HEIGHT}" rx="3"'
    fill = f'<rect class="fill" {box} width="{done:.1f}"/>' if done >= ROUND else ""
    return (
        f'<rect class="track" {box} width="{width:.1f}"/>{fill}<rect class="edge" x="{x0 + 0.5:.1f}" y="{y + 0.5}"'
        f' width="{max(width - 1, 1):.1f}" height="{BAR_HEIGHT - 1}" rx="2.5"/>'
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
    critical = " lbl--c" if row.label.strong else ""
    anchor = ' text-anchor="end"' if row.label.end else ""
    day = safe(said.short(row.task.finish.date()))
    return f'<text class="lbl{critical}" x="{row.label.x:.1f}" y="{row.y + 17}"{anchor}>{day}</text>'


def lines(geometry: Geometry, width: float, shift: int = 0) -> str:
    """The hairlines below the rows, as a path."""
    return "".join(f"M0 {row.y + shift + ROW - 0.5}H{width:.1f}" for row in geometry.rows)


def _month(tick: Tick, said: Words, years: set[int]) -> str:
    new_year = len(years) > 1 and (tick.day.month == 1 or not tick.x or tick.week is not None)
    pattern = "LLLL" if tick.width >= MONTH_ROOM else "LLL"
    if tick.width < (YEAR_ROOM if new_year else SHORT_ROOM):
        return ""
    text = written(tick.day, pattern + (" y" if new_year else ""), said.locale)
    text = safe(f"{said.week.format(number=tick.week)} · {text}" if tick.week else text)
    line = f'<path class="wl" d="M{tick.x + 0.5:.1f} 4v16"/>' if tick.x else ""
    return f'<text class="mon" x="{tick.x + 6:.1f}" y="14">{text}</text>{line}'


def _week_tick(tick: Tick, said: Words, *, covered: bool) -> str:
    name = safe(said.week.format(number=tick.week)) if tick.week else ""
    day = "" if covered else f'<text class="d" x="{tick.x + 5:.1f}" y="46">{tick.day.day}</text>'
    return f'<text x="{tick.x + 5:.1f}" y="32">{name}</text>{day}'


def _day_tick(tick: Tick, said: Words, *, covered: bool) -> str:
    x = tick.x + tick.width / 2
    day = "" if covered else f'<text class="d" x="{x:.1f}" y="46" text-anchor="middle">{tick.day.day}</text>'
    return f'<text x="{x:.1f}" y="32" text-anchor="middle">{safe(written(tick.day, "ccccc", said.locale))}</text>{day}'


def _years(geometry: Geometry) -> set[int]:
    return {geometry.scale.start.year, last_day(geometry).year}


def last_day(geometry: Geometry) -> date:
    """The last day of the scale."""
    return date.fromordinal(geometry.scale.start.toordinal() + geometry.scale.days - 1)


def safe(text: str) -> str:
    """Text that is nothing but text in HTML and XML; characters that XML cannot hold become a question mark sign."""
    return str(escape(_UNWRITABLE.sub("\ufffd", text)))
