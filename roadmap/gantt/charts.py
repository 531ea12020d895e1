"""Markup of a Gantt chart: SVG for screen and paper and the table beside it, each in one pass over its rows."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

from flask import current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup

from infra import formats
from infra.pdf import beyond_latin
from roadmap.gantt.rules.choices import Choices, choices_of
from roadmap.gantt.rules.drawing import HEAD, axis, body, last_day, lines, safe
from roadmap.gantt.rules.geometry import Geometry, Row, layout
from roadmap.gantt.rules.links import ROW
from roadmap.gantt.rules.paper import (
    NAME_SIZE,
    NAMES,
    STYLE,
    WIDTH,
    Page,
    check_length,
    fitted,
    paper_layout,
    paper_pages,
    size_class,
)
from roadmap.gantt.rules.plan import GanttInput, GanttTask
from roadmap.gantt.rules.sentence import Answer, answer_of
from roadmap.gantt.rules.view import View, query, toggled
from roadmap.gantt.rules.weeks import WeekList, weeks_of
from roadmap.gantt.rules.words import Words
from roadmap.standing.charts import slip_words

_CHEVRON = {
    True: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m6 4 4 4-4 4"/></svg>',
    False: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4"/></svg>',
}


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the page of a Gantt shows: its parts as markup, the choices around it, and the list by week."""

    geometry: Geometry
    words: Words
    axis: Markup
    bars: Markup
    rows: Markup
    choices: Choices
    weeks: WeekList


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on paper: its rows, its words, and the drawing that stands right of the names."""

    page: Page
    words: Words
    bars: Markup

    def name_class(self, row: Row) -> str:
        """Classes of a row of names: its size, its level, and whether it is a summary."""
        level = min(row.task.level, 8)
        return f"{size_class(row.task.name, level)} l{level}{' sum' if row.parent else ''}"


def draw(plan: GanttInput, view: View) -> Chart:
    """Draw a plan as a view asks, in the reader's language."""
    said = words()
    geometry = layout(plan, view)
    return Chart(
        geometry=geometry,
        words=said,
        axis=svg(geometry, said, part="axis"),
        bars=svg(geometry, said),
        rows=table_rows(geometry, said),
        choices=choices_of(geometry),
        weeks=weeks_of(geometry),
    )


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
        percent=gettext("{percent} %"),
        stone=gettext("milestone"),
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
    days = [said.long(geometry.scale.start), said.long(last_day(geometry))]
    name = said.chart.format(count=geometry.row_count, start=days[0], finish=days[1])
    return _markup(
        f'<svg class="gc__b" width="{width}" height="{geometry.height}"'
        f' viewBox="0 {geometry.top} {width} {geometry.height}" role="group" aria-label="{safe(name)}">'
        f"{body(geometry, said, links=mode == 'screen')}</svg>"
    )


def table_rows(geometry: Geometry, said: Words) -> Markup:
    """Rows of the table left of the bars; chevrons and names are links, so that all works without a script."""
    return _markup("".join(_table_row(row, geometry, said) for row in geometry.rows))


def paper(plan: GanttInput, view: View | None = None, *, styled: bool = True) -> list[Sheet]:
    """The chart as pages of A4 landscape, for the template `_paper.html`.

    A PDF renderer gets each drawing as a picture with its own style: of shapes in the page it would match every one
    against all style sheets. A browser takes gantt.css, and may not read another.
    """
    said = words()
    draw = _sheet_picture if styled else _sheet_bars
    return [Sheet(page, said, draw(page, said)) for page in paper_pages(paper_layout(plan, view))]


def document(plan: GanttInput, view: View | None = None) -> str:
    """The chart as the HTML that becomes a PDF, without the frame of a page; the filters of the view hold.

    Raises RuleBroken for more rows than one PDF holds.
    """
    check_length(plan, view or View())
    page = current_app.jinja_env.get_template("roadmap/gantt/pdf.html")
    locale = str(get_locale() or "en")
    headline = _destination(answer_of(plan)).striptags()
    return page.render(sheets=paper(plan, view), plan=plan, sentence=headline, locale=locale, beyond_latin=beyond_latin)


def paper_svg(page: Page, said: Words) -> Markup:
    """A page as one SVG with names, dates and its own style: a file for browsers and drawing programs."""
    geometry = page.geometry
    height = HEAD + max(geometry.height, ROW)
    title = said.continued.format(name=geometry.plan.name, number=page.number, count=page.count)
    return _markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gc gp" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-size="12" role="img" aria-label="{safe(title)}"><style>{STYLE}</style>'
        f'{_nested(geometry, said, NAMES)}<path class="rl" d="{lines(geometry, NAMES, HEAD - geometry.top)}"/>'
        f'<path class="wl" d="M0 {HEAD - 0.5}H{WIDTH}M{NAMES - 0.5} 0V{height}"/>'
        f"{''.join(_paper_name(row, HEAD + row.y - geometry.top, said) for row in geometry.rows)}</svg>"
    )


def whole_svg(plan: GanttInput) -> str:
    """The whole chart as one drawing with names and dates, for a file."""
    geometry = paper_layout(plan)
    return paper_svg(paper_pages(geometry, rows=max(geometry.row_count, 1))[0], words())


def sentence(answer: Answer, late_href: str) -> Markup:
    """The answer above a chart: the date in bold, then what drives it and how much is on time; figures are links."""
    parts = [_destination(answer)]
    on_time = _link(late_href, gettext("%(count)s of %(total)s") % {"count": answer.on_time, "total": answer.total})
    if answer.driver is not None:
        driver = _link(answer.driver.href, f"“{answer.driver.name}”")
        parts.append(_said(gettext("%(name)s drives it; %(share)s tasks are on time."), name=driver, share=on_time))
    elif answer.goal is not None and not answer.goal.done:
        parts.append(_said(gettext("It waits for nothing else; %(share)s tasks are on time."), share=on_time))
    else:
        parts.append(_said(gettext("%(share)s tasks are on time."), share=on_time))
    return Markup(" ").join(parts)


def _destination(answer: Answer) -> Markup:
    goal = answer.goal
    if goal is None:
        return Markup("<strong>") + gettext("The plan has phases and no tasks yet.") + Markup("</strong>")
    if not answer.named:
        text = gettext("The plan ends on %(day)s; no milestone in it is the go-live.")
    elif answer.slip is None:
        text = gettext("Went live on %(day)s.") if goal.done else gettext("Go-live lands on %(day)s; no target is set.")
    elif goal.done:
        text = gettext("Went live on %(day)s, %(slip)s.")
    else:
        text = gettext("Go-live lands on %(day)s, %(slip)s.")
    day = _link(goal.href, formats.day(goal.finish))
    return Markup("<strong>") + _said(text, day=day, slip=slip_words(answer.slip or 0)) + Markup("</strong>")


def _link(href: str, text: str) -> Markup:
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(href, text)


def _said(text: str, **values: object) -> Markup:
    return Markup(text) % values  # noqa: S704 - our own words; the values are escaped as they are filled in


def _table_row(row: Row, geometry: Geometry, said: Words) -> str:
    task = row.task
    name = safe(task.name)
    classes = f"{'sum' if row.parent else ''} l{min(task.level, 8)}{' crit' if task.critical else ''}"
    finish = "" if task.type == "milestone" else safe(said.short(task.finish.date()))
    late = f'<span class="dn" aria-hidden="true">▼</span><i class="vh">{safe(said.late)}</i>' if task.late else ""
    start = safe(said.short(task.start.date() if task.type != "milestone" else task.finish.date()))
    in_start, in_finish = (late, "") if task.type == "milestone" else ("", late)
    return (
        f'<tr class="{classes}" data-id="{task.id}" aria-rowindex="{row.index + 2}">'
        f'<td class="w">{safe(task.wbs)}</td><th scope="row">{_before_name(row, geometry, name, said)}'
        f'<a href="{safe(task.href)}" title="{name}"><bdi>{name}</bdi></a></th>'
        f'<td>{_owner(task)}</td><td class="n">{start}{in_start}</td>'
        f'<td class="n">{finish}{in_finish}</td><td class="n slk">{_slack(task, geometry, said)}</td>'
        f'<td class="n">{_percent(task, said)}</td></tr>'
    )


def _before_name(row: Row, geometry: Geometry, name: str, said: Words) -> str:
    if row.parent:
        address = safe(query(toggled(geometry.view, row.task.id)))
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
    name = safe(task.owner_name)
    tone = (task.owner_id or 0) % 5 + 1
    short = safe(task.owner_initials)
    return f'<span class="av av-{tone}" role="img" aria-label="{name}" title="{name}">{short}</span>'


def _slack(task: GanttTask, geometry: Geometry, said: Words) -> str:
    if task.slack_minutes is None or task.done or task.type == "summary":
        return ""
    return safe(said.days.format(days=f"{round(task.slack_minutes / geometry.plan.day_minutes, 1):g}"))


def _percent(task: GanttTask, said: Words) -> str:
    if task.type != "milestone":
        return str(task.percent)
    reached = f'<span aria-hidden="true">✓</span><span class="vh">{safe(said.reached)}</span>'
    return reached if task.done else ""


_NAME_X, _DATES_X = 58, 386


def _sheet_bars(page: Page, said: Words) -> Markup:
    return _markup(_sheet_svg(page, said, f'role="img" aria-label="{safe(_sheet_title(page, said))}"'))


def _sheet_picture(page: Page, said: Words) -> Markup:
    drawn = _sheet_svg(page, said, 'xmlns="http://www.w3.org/2000/svg"', f"<style>{STYLE}</style>")
    address = f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"
    return _markup(f'<img class="gp" alt="{safe(_sheet_title(page, said))}" src="{address}" />')


def _sheet_title(page: Page, said: Words) -> str:
    return said.continued.format(name=page.geometry.plan.name, number=page.number, count=page.count)


def _sheet_svg(page: Page, said: Words, attributes: str, style: str = "") -> str:
    height = HEAD + max(page.geometry.height, ROW)
    return (
        f'<svg class="gc gp" viewBox="0 0 {WIDTH - NAMES} {height}" font-size="12" {attributes}>'
        f'{style}{_nested(page.geometry, said, 0)}<path class="wl" d="M0 {HEAD - 0.5}H{WIDTH}"/></svg>'
    )


def _nested(geometry: Geometry, said: Words, x: int) -> str:
    """Axis and bars as two clipped drawings, so that nothing of another page shows."""
    width, height = f"{geometry.width:.1f}", max(geometry.height, ROW)
    return (
        f'<svg x="{x}" y="0" width="{width}" height="{HEAD}" viewBox="0 0 {width} {HEAD}">{axis(geometry, said)}</svg>'
        f'<svg x="{x}" y="{HEAD}" width="{width}" height="{height}" viewBox="0 {geometry.top} {width} {height}">'
        f"{body(geometry, said, links=False)}</svg>"
    )


def _paper_name(row: Row, y: int, said: Words) -> str:
    task = row.task
    x = _NAME_X + 12 * (min(task.level, 6) - 1)
    strong = " name--s" if row.parent else ""
    lines, size = fitted(task.name, _DATES_X - 46 - x)
    step = size * 1.1
    first = y + 17.5 - step * (len(lines) - 1) / 2
    spans = "".join(f'<tspan x="{x}" y="{first + n * step:.1f}">{safe(line)}</tspan>' for n, line in enumerate(lines))
    sized = f' font-size="{size:.1f}"' if size < NAME_SIZE else ""
    days = [task.finish.date()] if task.type == "milestone" else [task.start.date(), task.finish.date()]
    dates = "".join(
        f'<text class="num" x="{at}" y="{y + 17.5}" text-anchor="end">{safe(said.short(day))}</text>'
        for at, day in zip((_DATES_X, NAMES - 8), days, strict=False)
    )
    return (
        f'<text class="num" x="4" y="{y + 17.5}">{safe(task.wbs)}</text>'
        f'<text class="{"named" if sized else "name"}{strong}"{sized}>{spans}</text>{dates}'
    )


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every text in it went through safe
