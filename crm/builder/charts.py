"""A report in words and drawings: the sentence that it opens with, its bars or line, its table, files and mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from crm.builder.models import BuiltReport
from crm.builder.rules.rhythm import EVERY, Every, Form, Rhythm
from crm.builder.rules.stacks import Part, by_colour, chief, parts
from crm.counts.charts import several
from crm.counts.rules.periods import PERIODS
from crm.grouping.queries import HIDDEN, NONE
from crm.lists.queries import ListRow
from crm.objects.rules.fields import Field, Kind
from crm.rates.charts import short_money
from crm.rates.queries import base
from crm.records import charts as values
from crm.reporting.charts import listed
from crm.reporting.queries import Ground
from crm.reporting.rules.definition import MEASURES, Chart, Definition, Measure
from crm.reporting.rules.steps import Step
from crm.summaries.queries import OTHERS, Line, Summary
from crm.summaries.rules.cells import Cell
from infra import formats, sheets
from infra.pdf import beyond_latin, pdf_of
from infra.wires import wires

BARS = 12
"""So many bars are drawn; the table has them all."""
MOST_ON_PAPER, MOST_IN_SHEETS = 500, 50_000
"""So many records a file holds."""
_SHARED = (Measure.COUNT, Measure.SUM)
"""Measures whose groups are parts of the whole."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A group as a bar: name, width in percent of the longest, value in words, key, and parts by the second group."""

    label: str
    width: float
    said: str
    key: str
    parts: tuple[tuple[Part, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report as templates show it."""

    place: Ground
    summary: Summary
    sentence: str
    bars: tuple[Bar, ...]
    lines: tuple[dict[str, Any], ...]
    legend: tuple[tuple[int, str], ...] = ()

    @property
    def asked(self) -> Definition:
        """What it asks."""
        return self.summary.asked

    def said(self, cell: Cell) -> str:
        """What the report says of a group, in words."""
        return writer(self.place)(self.summary.value(cell))

    def share(self, cell: Cell) -> str:
        """The part of the whole, where groups are parts of it."""
        whole, value = self.summary.value(self.summary.whole), self.summary.value(cell)
        if self.asked.measure not in _SHARED or not whole or value is None or whole < 0:
            return ""
        return formats.percent(100 * float(value / whole))

    def name(self, line: Line, side: int = 0) -> str:
        """What a group is called."""
        return group_name(self.place, line.key, line.label, side)

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return measure_words(self.place)

    @property
    def rule(self) -> str:
        """How it counts."""
        return rule_words(self.place)

    def address(self, report: BuiltReport, chosen: str, *keys: str) -> str:
        """Where the records of a group are listed; empty where they can't be told by one key."""
        if any(each in (HIDDEN, OTHERS) for each in keys):
            return ""
        pairs = dict(zip(("first", "second"), keys, strict=False)) | ({"period": chosen} if chosen else {})
        return f"/crm/reports/{report.id}/records?{urlencode(pairs)}"


def draw(place: Ground, summary: Summary) -> Drawn:
    """A report with its drawings."""
    found = Drawn(place, summary, sentence(place, summary), (), ())
    if not place.asked.groups or place.asked.chart is Chart.NONE:
        return found
    if place.asked.chart is Chart.BARS:
        return _stacked(found, _bars(found))
    return _over_time(found)


def _over_time(found: Drawn) -> Drawn:
    """A line, or one for each of the chief groups of the second field; all others are one where they can be added."""
    place, summary = found.place, found.summary
    rows = [line for line in summary.rows if line.key != NONE]
    series = {"s1": [summary.value(line.cell) for line in rows]}
    colours, legend = _coloured(found)
    if summary.columns:
        held = [
            {each.key: summary.value(summary.cell(line.key, each.key)) for each in summary.columns} for line in rows
        ]
        series = {f"s{colour}": [by_colour(each, colours, colour) for each in held] for colour, _name in legend}
    label = _("%(what)s over time", what=measure_words(place))
    drawn = several(label, [_short(found, line) for line in rows], series, writer(place))
    return replace(found, lines=drawn, legend=legend)


def _coloured(found: Drawn) -> tuple[dict[str, int], tuple[tuple[int, str], ...]]:
    """The chief groups of the second field by their colours, and what the colours are called."""
    summary = found.summary
    colours = chief({each.key: summary.value(each.cell) for each in summary.columns})
    legend = sorted((colours[each.key], found.name(each, 1)) for each in summary.columns if each.key in colours)
    beyond = len(summary.columns) > len(colours) and found.asked.measure in _SHARED
    return colours, (*legend, *([(0, _("all others"))] if beyond else []))


def _bars(found: Drawn) -> tuple[Bar, ...]:
    summary = found.summary
    shown = sorted(summary.rows, key=lambda line: -(summary.value(line.cell) or Decimal(0)))[:BARS]
    known = [value for line in shown if (value := summary.value(line.cell)) is not None]
    longest = max((abs(value) for value in known), default=Decimal(0))
    return tuple(
        Bar(found.name(line), _width(summary.value(line.cell), longest), found.said(line.cell), line.key)
        for line in shown
    )


def _stacked(found: Drawn, bars: tuple[Bar, ...]) -> Drawn:
    """The bars in the parts of the second group, where these are parts of a whole."""
    summary, said = found.summary, writer(found.place)
    if not summary.columns or found.asked.measure not in _SHARED:
        return replace(found, bars=bars)
    colours, legend = _coloured(found)
    held = [{each.key: summary.value(summary.cell(bar.key, each.key)) for each in summary.columns} for bar in bars]
    cut = (tuple((each, dict(legend)[each.colour], said(each.value)) for each in one) for one in parts(held, colours))
    whole = tuple(replace(bar, parts=each) for bar, each in zip(bars, cut, strict=True))
    return replace(found, bars=whole, legend=legend)


def _width(value: Decimal | None, longest: Decimal) -> float:
    return float(100 * max(value, Decimal(0)) / longest) if value is not None and longest else 0.0


def _short(found: Drawn, line: Line) -> str:
    """The start of a stretch as a line's axis has room for it."""
    step, day = found.asked.groups[0].step, date.fromisoformat(line.key)
    if step in (Step.DAY, Step.WEEK):
        return formats.short_day(day)
    return str(day.year) if step == Step.YEAR else found.name(line)


def sentence(place: Ground, summary: Summary) -> str:
    """What the report's reader came for: the whole, and the group that is ahead."""
    whole = _whole(place, summary)
    named = [line for line in summary.rows if line.key not in (NONE, HIDDEN, OTHERS)]
    known = [line for line in named if summary.value(line.cell)]
    dated = bool(place.asked.groups and place.asked.groups[0].step)
    if dated or place.asked.measure not in _SHARED or not known or len(named) == 1:
        return whole
    ahead = max(known, key=lambda line: summary.value(line.cell) or Decimal(0))
    share = Drawn(place, summary, "", (), ()).share(ahead.cell)
    name = group_name(place, ahead.key, ahead.label, 0)
    return _("%(whole)s Most: %(name)s, %(share)s.", whole=whole, name=name, share=share)


def _whole(place: Ground, summary: Summary) -> str:
    what = _(place.subject.label_plural).lower()
    number, when = formats.number(summary.whole.n), when_words(place.asked)
    count = _("%(number)s %(what)s", number=number, what=what)
    if place.asked.measure is not Measure.COUNT:
        said = writer(place)(summary.value(summary.whole))
        if summary.whole.lacking:
            lacking = _("%(number)s amounts have no rate", number=formats.number(summary.whole.lacking))
            count = f"{count}, {lacking}"
        count = _("%(measure)s: %(said)s, from %(count)s", measure=measure_words(place), said=said, count=count)
    return f"{count}; {when}." if when else f"{count}."


def when_words(asked: Definition) -> str:
    """The period in words."""
    if not asked.period:
        return ""
    field = _(asked.subject.field(asked.period_field).label).lower()
    return _("%(field)s: %(period)s", field=field, period=_(PERIODS[asked.period][0]).lower())


def measure_words(place: Ground) -> str:
    """What is measured, in words."""
    asked = place.asked
    if asked.measure is Measure.COUNT:
        return _(place.subject.label_plural)
    return f"{_(MEASURES[asked.measure])} {_(place.subject.field(asked.measured).label).lower()}"


def rule_words(place: Ground) -> str:
    """How the report counts, so that its numbers can be checked."""
    parts = [
        _(
            "Counted are the %(what)s of which the reader sees every field that the report asks for.",
            what=_(place.subject.label_plural).lower(),
        )
    ]
    field = place.subject.field(place.asked.measured) if place.asked.measured else None
    if field is not None:
        parts.append(_("n is how many records there are; those without a value add nothing."))
    if field is not None and field.kind is Kind.MONEY and place.subject.has("currency"):
        parts.append(
            _(
                "Amounts are in %(currency)s at the rate of their day; without a rate the sum is unknown.",
                currency=base(),
            )
        )
    return " ".join(parts)


def writer(place: Ground) -> Callable[[Decimal | None], str]:
    """How values of the measure are written."""
    asked = place.asked
    kind = None if asked.measure is Measure.COUNT else place.subject.field(asked.measured).kind

    def said(value: Decimal | None) -> str:
        if value is None:
            return _("unknown")
        if kind is Kind.MONEY:
            return short_money(value, base())
        if kind is Kind.PERCENT:
            return formats.percent(float(value), 1)
        return formats.number(round(float(value), 2))

    return said


def group_name(place: Ground, key: str, label: str, side: int) -> str:
    """What a group is called, in the reader's language."""
    beside = {NONE: _("not said"), HIDDEN: _("not shown to you"), OTHERS: _("all others")}
    if key in beside:
        return beside[key]
    group = place.asked.groups[side]
    field = place.subject.field(group.field)
    if group.step:
        return stretch_name(date.fromisoformat(key), Step(group.step))
    if field.kind is Kind.FLAG:
        return _("yes") if key == "yes" else _("no")
    if field.kind is Kind.COUNTRY:
        return values.country(key)
    return _(label) if field.kind is Kind.CHOICE else label


def stretch_name(day: date, step: Step) -> str:
    """A stretch of days as people call it."""
    if step is Step.MONTH:
        return formats.month(day)
    if step is Step.QUARTER:
        return _("Q%(number)d %(year)d", number=(day.month - 1) // 3 + 1, year=day.year)
    if step is Step.YEAR:
        return str(day.year)
    return formats.day(day) if step is Step.DAY else _("week of %(day)s", day=formats.short_day(day))


def rhythm_words(rhythm: Rhythm, weekdays: Sequence[str]) -> str:
    """When a report is sent, in words."""
    every = _(EVERY[rhythm.every])
    if rhythm.every is Every.WEEK:
        return _("every %(day)s at %(at)s", day=weekdays[rhythm.day], at=rhythm.at)
    if rhythm.every is Every.MONTH:
        return _("%(every)s on day %(day)d at %(at)s", every=every, day=rhythm.day, at=rhythm.at)
    return _("%(every)s at %(at)s", every=every, at=rhythm.at)


def table(drawn: Drawn) -> tuple[list[str], list[list[Any]]]:
    """The groups as heads and rows with numbers as numbers, for a sheet."""
    place, summary = drawn.place, drawn.summary
    if not place.asked.groups:
        return [measure_words(place), "n"], [[summary.value(summary.whole), summary.whole.n]]
    first = _(place.subject.field(place.asked.groups[0].field).label)
    if not summary.columns:
        rows: list[list[Any]] = [[drawn.name(line), summary.value(line.cell), line.cell.n] for line in summary.rows]
        return [first, measure_words(place), "n"], [*rows, [_("All"), summary.value(summary.whole), summary.whole.n]]
    heads = [first, *(drawn.name(each, 1) for each in summary.columns), _("All"), "n"]
    rows = [
        [
            drawn.name(line),
            *(summary.value(summary.cell(line.key, each.key)) for each in summary.columns),
            summary.value(line.cell),
            line.cell.n,
        ]
        for line in summary.rows
    ]
    last = [_("All"), *(summary.value(each.cell) for each in summary.columns)]
    return heads, [*rows, [*last, summary.value(summary.whole), summary.whole.n]]


def workbook(report: BuiltReport, drawn: Drawn) -> bytes:
    """The report as XLSX: its groups, its records as far as the reader may take them out, and how it counts."""
    heads, rows = table(drawn)
    pages = [sheets.Page(_("Groups"), heads, rows)]
    found = listed(drawn.place, MOST_IN_SHEETS, exported=True)
    if found is not None:
        cells = [[_typed(each, row, drawn.place.now.zone) for each in found.fields] for row in found.rows]
        pages.append(sheets.Page(_(drawn.place.subject.label_plural), [_(each.label) for each in found.fields], cells))
    pages.append(sheets.Page(_("About"), [_("What"), _("Said")], about(report, drawn)))
    return sheets.write_book(pages)


def about(report: BuiltReport, drawn: Drawn) -> list[tuple[str, str]]:
    """What stands beside the numbers, so that a file explains itself."""
    now = drawn.place.now
    return [
        (_("Report"), report.name),
        (_("What it is for"), report.description),
        (_("It says"), drawn.sentence),
        (_("Rule"), rule_words(drawn.place)),
        (_("Counted at"), f"{now.now.astimezone(now.zone):%Y-%m-%d %H:%M}"),
    ]


def _typed(field: Field, row: ListRow, zone: Any) -> Any:
    value = row.cell(field.key)
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    return _(field.said(value)) if field.kind is Kind.CHOICE and value else value


def paper(report: BuiltReport, drawn: Drawn, reader: str) -> bytes:
    """The report as PDF."""
    template, now = current_app.jinja_env.get_template("crm/reports/paper.html"), drawn.place.now
    document = template.render(
        report=report,
        drawn=drawn,
        listed=listed(drawn.place, MOST_ON_PAPER, exported=True),
        beyond_latin=beyond_latin,
        reader=reader,
        made=f"{now.now.astimezone(now.zone):%Y-%m-%d %H:%M}",
        language=str(get_locale() or "en"),
    )
    return pdf_of(document)


def file_of(report: BuiltReport, drawn: Drawn, form: Form, reader: str) -> tuple[str, str, bytes]:
    """The report as a file: its name, its type, its content."""
    words = "".join(letter if letter.isalnum() else "-" for letter in report.name.lower())
    stem = "-".join(part for part in words.split("-") if part)[:60] or "report"
    name = f"{stem}-{drawn.place.now.today.isoformat()}.{form.value}"
    if form is Form.PDF:
        return name, "application/pdf", paper(report, drawn, reader)
    return name, sheets.XLSX_TYPE, workbook(report, drawn)


def letter(report: BuiltReport, drawn: Drawn, form: Form, reader: str) -> tuple[str, str]:
    """Subject and text of the mail around a report."""
    where, now = wires().settings.base_url, drawn.place.now
    lines_ = [_("Hello %(name)s,", name=reader), "", f"{report.name}: {drawn.sentence}", ""]
    lines_.append(_("The report is attached as %(form)s. It counts what you may see.", form=form.value.upper()))
    if where:
        lines_ += [
            "",
            _("As it stands now, and where you end this mail: %(where)s", where=f"{where}/crm/reports/{report.id}"),
        ]
    return _("%(name)s, %(day)s", name=report.name, day=formats.day(now.today)), "\n".join(lines_)
