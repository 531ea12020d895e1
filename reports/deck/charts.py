"""The slides: what each says, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from infra import formats
from infra.sheets import clean, guard
from infra.wires import wires
from readiness.health.rules.claims import Foreseen
from reports.board import charts as words
from reports.board.queries import Board, Line
from reports.board.rules.lines import Ready
from reports.deck import rules
from reports.deck.rules import Chart, Grid, Slide
from reports.executive import charts as heat
from reports.issued.queries import DECK
from reports.issued.rules.framing import Framing
from reports.issued.service import Compose, Composed
from roadmap.forecast.charts import chance_words, slip_words

WIDTH, HEIGHT = 13.333, 7.5
LEFT, TOP, ROOM = 0.6, 1.75, 12.13
"""Inches of a wide slide; the content begins below the title."""
INK, GREY, PETROL, LINE = "141B1F", "5D666C", "005D76", "EEF1F2"
TINTS = {"green": "E7FAEC", "amber": "FEF2E5", "red": "FEF1F0", "unknown": "EEF1F2"}
SERIES = ("007492", "AB3473", "826401", "8971C8")
AIM = "A9B3B8"
"""A target stands back behind what was reached."""
FONT = "Inter"
GAP, GAPS = 80, {1: 400, 2: 200}
"""Room between columns, in percent of their width: a single one is no wall."""
TITLES = (24, 20, 17, 14)
"""Sizes of a title, in points: a long one gets a smaller one."""
_KINDS = {"line": XL_CHART_TYPE.LINE_MARKERS, "column": XL_CHART_TYPE.COLUMN_CLUSTERED}
_TITLE_ONLY = 5
"""The layout of the empty template that has a title and nothing else."""


def slides(board: Board) -> list[Slide]:
    """The six slides of a moment."""
    told = (_portfolio, _readiness, _forecast, _adoption, _benefits, _decisions)
    return [each(board) for each in told]


def deck(board: Board) -> bytes:
    """The slides as a PPTX file."""
    return written(rules.packed(_("Portfolio for executives"), slides(board)))


def written(document: str) -> bytes:
    """The PPTX file of slides that were kept as text: the same text gives slides of the same words and figures."""
    title, found = rules.unpacked(document)
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    made.core_properties.author, made.core_properties.title = "Launch90", clean(title)
    for number, each in enumerate(found, 1):
        _draw(made, each, number)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def composer(board: Board) -> Compose:
    """What writes the slides of one roll-out into the frame of an issue."""

    def compose(frame: Framing) -> Composed:
        (line,) = board.lines
        heading = _("Slides %(number)s", number=frame.number)
        title = _("%(what)s of %(name)s, %(day)s", what=heading, name=line.name, day=formats.full_date(board.today))
        issued = _("%(what)s, code %(code)s", what=heading, code=frame.code)
        found = [replace(each, source=f"{each.source}  ·  {issued}") for each in slides(board)]
        return Composed(
            title=title[:300],
            as_of=board.today,
            since=board.today,
            state=line.health.worst.value,
            sentence=words.plain(words.sentence(board)),
            milestones={},
            document=rules.packed(title, found),
            page=current_app.jinja_env.get_template("reports/_deck_body.html").render(slides=found),
            kind=DECK,
            write=written,
        )

    return compose


def _made(board: Board) -> str:
    zone = wires().settings.timezone
    return f"{board.now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}, {zone}"


def _portfolio(board: Board) -> Slide:
    names = heat.column_words()
    rows = tuple(
        ((line.name, ""), *((f"{cell.word}\n{cell.detail}".strip(), cell.tone) for cell in heat.cells(line)))
        for line in board.lines[: rules.ROWS]
    )
    return Slide(
        words.plain(words.sentence(board)),
        _(
            "Source: health, plan and decisions of this moment, readiness of the newest kept day. %(at)s",
            at=_made(board),
        ),
        grid=Grid((_("Roll-out"), *names.values()), rows, (2.2, 2.4, 2.1, 1.7, 2.0, 2.0)),
        more=_more(len(board.lines)),
    )


def _more(count: int) -> str:
    rest = count - rules.ROWS
    return ngettext("and %(num)d more", "and %(num)d more", rest) if rest > 0 else ""


def _readiness(board: Board) -> Slide:
    source = _("Source: readiness score of the go-live gate, last kept day of each ISO week. %(at)s", at=_made(board))
    lines = heat.drawn(board)
    if not lines:
        return Slide(_("Readiness has no trend yet"), source, words=_("No roll-out has kept days of two weeks."))
    least = lines[0].gate.minimum_score if lines[0].gate else None
    series = [(line.name, line.weeks) for line in lines]
    if least is not None:
        series.append((_("Least for a go"), tuple(least for _day in board.mondays)))
    chart = Chart("line", tuple(heat.week_heads(board)), tuple(series))
    return Slide("; ".join(_trend(line) for line in lines), source, chart=chart)


def _trend(line: Line) -> str:
    known = [score for score in line.weeks if score is not None]
    values = {"name": line.name, "last": formats.number(round(known[-1])), "first": formats.number(round(known[0]))}
    if round(known[-1]) == round(known[0]):
        return _("%(name)s stands at %(last)s of 100", **values)
    if known[-1] > known[0]:
        return _("%(name)s rose from %(first)s to %(last)s of 100", **values)
    return _("%(name)s fell from %(first)s to %(last)s of 100", **values)


def _forecast(board: Board) -> Slide:
    """By how many days the plan, P50 and P80 lie after the target, of each roll-out that is still to go live."""
    source = _("Source: the forecast kept last of each roll-out, days from its target. %(at)s", at=_made(board))
    ahead = [line for line in board.lines if not line.standing.live and line.standing.go_live]
    told = [(line, row) for line in ahead if (row := line.health.forecast) and line.standing.target][: rules.COLUMNS]
    if not told:
        said = _("No forecast of a roll-out with a target was kept yet: dates are those of the plans.")
        return Slide(_("How sure the dates are is not known yet"), source, words=said)
    series = (
        (_("By the plan"), tuple(line.standing.slip for line, _row in told)),
        ("P50", tuple((row.p50.date() - line.standing.target).days for line, row in told if line.standing.target)),
        ("P80", tuple(row.slip(line.standing.target) for line, row in told)),
    )
    title = "; ".join(_foreseen(line, row) for line, row in told[:3])
    without = [line.name for line in ahead if not line.health.forecast or not line.standing.target]
    more = _("Without a forecast or a target: %(names)s.", names=", ".join(without)) if without else ""
    chart = Chart("column", tuple(line.name for line, _row in told), series, _("days after the target"), span=None)
    return Slide(title, source, chart=chart, more=more)


def _foreseen(line: Line, row: Foreseen) -> str:
    values = {"name": line.name, "day": formats.day(row.p80), "slip": slip_words(row.slip(line.standing.target))}
    if row.chance is None or row.target != line.standing.target:
        return _("P80 of %(name)s is %(day)s, %(slip)s", **values)
    return _("P80 of %(name)s is %(day)s, %(slip)s: %(n)s chance", n=chance_words(row.chance), **values)


def _adoption(board: Board) -> Slide:
    live = [line for line in board.lines if line.use is not None]
    source = _("Source: sign-ins of the CRM, people with three in the last whole ISO week. %(at)s", at=_made(board))
    if not live:
        waiting = [line for line in board.lines if line.ready is Ready.LIVE]
        said = _("No use of a live roll-out can be told yet.") if waiting else _("No roll-out is live yet.")
        return Slide(_("Adoption is not known yet"), source, words=said)
    shares = tuple(round(line.use, 1) if line.use is not None else None for line in live)
    series = [(_("Active in the week, percent"), shares)]
    targets = [line.glance.use.target if line.glance.use else None for line in live]
    if any(each is not None for each in targets):
        goals = tuple(None if each is None else float(100 * each) for each in targets)
        series.append((_("Target, percent"), goals))
    title = "; ".join(
        _("%(name)s is used weekly by %(share)s", name=line.name, share=formats.percent(line.use)) for line in live[:3]
    )
    return Slide(title, source, chart=Chart("column", tuple(line.name for line in live), tuple(series), "%"))


def _benefits(board: Board) -> Slide:
    rows = tuple(
        ((line.name, ""), (cell.word, cell.tone), (cell.detail, ""))
        for line in board.lines[: rules.ROWS]
        for cell in (heat.cell(line, "benefits"),)
    )
    return Slide(
        _("What the roll-outs bring, against what was foreseen"),
        _("Source: objectives of the charters, baselines and what was said of them. %(at)s", at=_made(board)),
        grid=Grid((_("Roll-out"), _("Benefits"), _("Objectives")), rows, (4, 3, 6)),
        more=_more(len(board.lines)),
    )


def _decisions(board: Board) -> Slide:
    asked = words.decisions(board)
    source = _("Source: gates, waivers, claims and reports of this moment. %(at)s", at=_made(board))
    if not asked:
        return Slide(_("No decision is needed this week"), source, words=_("No gate is due and no waiver waits."))
    count = len(asked)
    title = ngettext("%(num)d decision is needed this week", "%(num)d decisions are needed this week", count)
    rows = tuple(
        ((each.text, ""), (each.project, ""), (each.due or _("now"), "red" if each.overdue else ""))
        for each in asked[: rules.ROWS]
    )
    grid = Grid((_("Decision"), _("Roll-out"), _("Due")), rows, (7.5, 3, 1.6))
    return Slide(title, source, grid=grid, more=_more(count))


# How a slide is drawn.


def _draw(made: Any, slide: Slide, number: int) -> None:
    page = made.slides.add_slide(made.slide_layouts[_TITLE_ONLY])
    _title(page, slide.title)
    if slide.grid:
        _table(page, slide.grid)
    if slide.chart:
        _chart(page, slide.chart)
    if slide.words:
        _text(page, slide.words, TOP, 1.0, 20, INK)
    if slide.more:
        _text(page, slide.more, HEIGHT - 0.95, 0.3, 12, GREY)
    _text(page, f"{slide.source}  ·  {number}", HEIGHT - 0.6, 0.35, 10, GREY)


def _title(page: Any, said: str) -> None:
    shape = page.shapes.title
    shape.left, shape.top, shape.width, shape.height = Inches(LEFT), Inches(0.4), Inches(ROOM), Inches(1.2)
    frame = shape.text_frame
    frame.word_wrap, frame.margin_left, frame.vertical_anchor = True, 0, MSO_ANCHOR.BOTTOM
    frame.text, size = rules.fitted(clean(said), TITLES, ROOM - 0.2, 1.1)
    for run in _runs(frame):
        run.font.size, run.font.bold = Pt(size), True
        run.font.color.rgb, run.font.name = RGBColor.from_string(INK), FONT
    for paragraph in frame.paragraphs:
        paragraph.alignment = 1  # left


def _text(page: Any, said: str, top: float, height: float, size: int, ink: str) -> None:
    frame = page.shapes.add_textbox(Inches(LEFT), Inches(top), Inches(ROOM), Inches(height)).text_frame
    frame.word_wrap = True
    frame.margin_left = 0
    frame.text, fits = rules.fitted(clean(said), (size, size - 1, size - 2), ROOM - 0.1, height)
    for run in _runs(frame):
        run.font.size, run.font.color.rgb, run.font.name = Pt(fits), RGBColor.from_string(ink), FONT


def _runs(frame: Any) -> Iterable[Any]:
    return (run for paragraph in frame.paragraphs for run in paragraph.runs)


def _table(page: Any, grid: Grid) -> None:
    heights = rules.heights(len(grid.rows), HEIGHT - TOP - 1.0)
    place = Inches(LEFT), Inches(TOP), Inches(ROOM), Inches(sum(heights))
    table = page.shapes.add_table(len(grid.rows) + 1, len(grid.heads), *place).table
    table.horz_banding = False
    for row, height in zip(table.rows, heights, strict=True):
        row.height = Inches(height)
    sizes = rules.sizes(heights[-1])
    widths = rules.scaled(grid.widths, ROOM)
    for at, width in enumerate(widths):
        table.columns[at].width = Inches(width)
    for at, head in enumerate(grid.heads):
        _fill(table.cell(0, at), head, "", widths[at], sizes, head=True)
    for down, row in enumerate(grid.rows, 1):
        for at, (said, tone) in enumerate(row):
            _fill(table.cell(down, at), said, tone, widths[at], sizes, head=False)


def _fill(cell: Any, said: str, tone: str, width: float, sizes: tuple[int, int], *, head: bool) -> None:
    """Three lines fit: those of one text, or one of a word and two of what stands below it."""
    word, *below = clean(said).split("\n", 1)
    room, (large, small) = width - 0.16, sizes
    parts = [rules.clipped(word, large, room, 1 if below or head else 3)]
    cell.text = "\n".join([*parts, *(rules.clipped(" ".join(each.split()), small, room, 2) for each in below)])
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(LINE if head else TINTS.get(tone, "FFFFFF"))
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    for place, paragraph in enumerate(cell.text_frame.paragraphs):
        for run in paragraph.runs:
            run.font.size, run.font.name = Pt(large if place == 0 else small), FONT
            run.font.bold = head or (place == 0 and bool(tone))
            run.font.color.rgb = RGBColor.from_string(GREY if head or place else INK)


def _chart(page: Any, chart: Chart) -> None:
    data = CategoryChartData()
    data.categories = [guard(clean(each)) for each in chart.categories]
    for name, values in chart.series:
        data.add_series(guard(clean(name)), values)
    frame = page.shapes.add_chart(
        _KINDS[chart.kind], Inches(LEFT), Inches(TOP), Inches(ROOM), Inches(HEIGHT - TOP - 0.85), data
    )
    made = frame.chart
    made.has_legend = True
    made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    made.legend.font.size = made.category_axis.tick_labels.font.size = made.value_axis.tick_labels.font.size = Pt(12)
    if chart.span:
        made.value_axis.minimum_scale, made.value_axis.maximum_scale = chart.span
    else:  # values on both sides of zero: the names stay below them all
        made.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        made.value_axis.has_title = True
        made.value_axis.axis_title.text_frame.text = chart.unit
        for run in _runs(made.value_axis.axis_title.text_frame):
            run.font.size, run.font.bold = Pt(12), False
    made.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("DCE0E3")
    made.font.name = FONT
    is_share = chart.unit == "%"
    inks = (SERIES[0], AIM) if is_share else SERIES
    for series, ink in zip(made.plots[0].series, inks, strict=False):
        shown = series.format.line.color if chart.kind == "line" else series.format.fill
        if chart.kind != "line":
            series.format.fill.solid()
            shown = series.format.fill.fore_color
        shown.rgb = RGBColor.from_string(ink)
        if chart.kind == "line":
            series.smooth = False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = RGBColor.from_string(ink)
    if chart.kind == "column":
        plot = made.plots[0]
        plot.has_data_labels, plot.gap_width, plot.overlap = True, GAPS.get(len(chart.categories), GAP), -10
        plot.data_labels.font.size, plot.data_labels.number_format = Pt(14), 'General"%"' if is_share else "General"
        plot.data_labels.number_format_is_linked = False
