"""Markup of a Gantt chart: SVG for screen and paper and the table beside it, each in one pass over its rows."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flask import current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup

from infra import formats
from infra.pdf import beyond_latin
from kernel.worktime import Calendar
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
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.sentence import Answer, answer_of
from roadmap.gantt.rules.table import Table, columns_of
from roadmap.gantt.rules.view import COLUMNS, Column, View
from roadmap.gantt.rules.weeks import WeekList, weeks_of
from roadmap.gantt.rules.words import Words
from roadmap.gantt.rules.working import working_of
from roadmap.standing.charts import slip_words


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
    columns: tuple[Column, ...]

    @property
    def column_choices(self) -> list[tuple[str, str, bool]]:
        """The columns of the table with the address that shows or leaves out each."""
        return [
            (self.headings[name], choice.href, choice.on)
            for name, choice in zip(COLUMNS, self.choices.columns, strict=True)
        ]

    @property
    def headings(self) -> dict[Column, str]:
        """What the columns are called."""
        return {
            "owner": gettext("Owner"),
            "start": gettext("Start"),
            "finish": gettext("Finish"),
            "duration": gettext("Duration"),
            "slack": gettext("Slack"),
            "done": gettext("Done"),
            "waits": gettext("Waits for"),
            "deadline": gettext("Deadline"),
            "criticality": gettext("Criticality"),
            "variance": gettext("Variance"),
        }


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
        columns=columns_of(geometry),
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
        new=gettext("new"),
        inactive=gettext("not active"),
        own_dates=gettext("with dates of its own"),
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


def editing(chart: Chart, address: str, calendar: Calendar, people: Iterable[tuple[int, str]]) -> dict[str, object]:
    """What a script needs to let people edit: where to send, working time to snap to, who can own a task, and words."""
    return {
        "url": address,
        "calendar": working_of(calendar),
        "people": list(people),
        "words": edit_words() | _drawn_words(chart),
    }


def _drawn_words(chart: Chart) -> dict[str, object]:
    said = chart.words
    drawn: dict[str, object] = {f"c_{name}": word for name, word in chart.headings.items()}
    drawn |= {"a_task": said.task, "a_milestone": said.milestone, "a_summary": said.summary, "days": said.days}
    drawn |= {name: getattr(said, name) for name in ("critical", "late", "reached", "inactive", "own_dates")}
    return drawn | {"c_name": gettext("Name"), "day_minutes": chart.geometry.plan.day_minutes}


def edit_words() -> dict[str, str]:
    """What is said while one edits, in the reader's language; names in braces are filled in by the script."""
    return {
        "add": gettext("Add"),
        "again": gettext("Try again"),
        "at_end": gettext("There is no row to pass on that side."),
        "before": gettext("It was: {value}"),
        "below": gettext("Below “{name}”"),
        "changed_by": gettext("{names} changed the plan; it is shown as it is now."),
        "choose_first": gettext("Choose a row first: click its number, or go to its bar with Tab and the arrow keys."),
        "chosen": gettext("{count} rows chosen"),
        "cut": gettext("{count} rows cut. Ctrl V puts them below the row with the focus; Escape leaves them."),
        "cut_first": gettext("Cut rows first with Ctrl X, then go to another row."),
        "ends": gettext("Ends {day}"),
        "from": gettext("from {who}, saved"),
        "link_FF": gettext("“{to}” ends after “{from}” has ended"),
        "link_FS": gettext("“{to}” starts after “{from}” has ended"),
        "link_SF": gettext("“{to}” ends after “{from}” has started"),
        "link_SS": gettext("“{to}” starts after “{from}” has started"),
        "link_to": gettext("Drop on a bar to link"),
        "link_two": gettext("Choose two rows or more, in the order in which they wait for each other."),
        "new_name": gettext("Name of the new task"),
        "new_row": gettext("Name of the new task, Enter adds it"),
        "no_links": gettext("There is no link to take away."),
        "no_stretch": gettext("Choose a task: summaries and milestones have no length of their own."),
        "nobody": gettext("Nobody"),
        "not_here": gettext("Not here"),
        "nothing": gettext("nothing"),
        "one_family": gettext("Choose rows of one summary to put them elsewhere together."),
        "starts": gettext("Starts {day}"),
        "to_top": gettext("At the top level"),
        "yours": gettext("yours, not saved"),
    }


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
    table = Table(geometry, said)
    return _markup("".join([table.row(row) for row in geometry.rows]))


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
        '<rect class="paper" width="100%" height="100%"/>'
        f'{_nested(geometry, said, NAMES)}<path class="rl" d="{lines(geometry, NAMES, HEAD - geometry.top)}"/>'
        f'<path class="wl" d="M0 {HEAD - 0.5}H{WIDTH}M{NAMES - 0.5} 0V{height}"/>'
        f"{''.join(_paper_name(row, HEAD + row.y - geometry.top, said) for row in geometry.rows)}</svg>"
    )


def whole_svg(plan: GanttInput, view: View | None = None) -> str:
    """The whole chart as one drawing with names and dates, for a file; the filters of the view hold."""
    geometry = paper_layout(plan, view)
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
