"""The report in words and drawings: one content for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, format_datetime
from flask import current_app
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from infra import formats
from infra.pdf import beyond_latin
from infra.wires import wires
from readiness.health.charts import Card, because
from reports.beyond import charts as more
from reports.beyond.queries import Beyond
from reports.issued.rules.framing import Decision
from reports.status.queries import Gathered
from reports.status.rules.facts import ListState, Work
from reports.status.rules.health import Reason
from reports.status.rules.milestones import Mark, MilestoneLine, worth_showing
from reports.status.rules.report import Late, Report
from reports.status.rules.space import clipped, fitting
from reports.status.rules.waiting import Wait
from roadmap.forecast import charts as forecasts
from roadmap.gantt import charts as gantt
from roadmap.gantt.charts import Sheet
from roadmap.gantt.rules.sentence import Answer
from roadmap.ruler import rules as ruler
from roadmap.ruler.rules import Ruler
from roadmap.standing.charts import health_words, slip_words
from roadmap.standing.rules.health import Health

MILESTONES, LATE, WEEKS, WAITS = 7, 6, 6, 4
"""Rows of each list on the first page."""
NAME_ROOM = 60
"""Columns of a name inside the sentence."""
DECISION, WHO = 76, 28
"""Columns of a decision and of who takes it, on the first page."""
COMMENT = 300
"""Columns of the comment on the first page."""
_ROOM = ((10, 6, 8), (7, 4, 6), (6, 3, 4))
"""Lines of milestones, then rows and lines of the weeks, with neither comment nor decisions, with one, with both."""

INK = {"good": "#0a7d45", "warn": "#b57301", "bad": "#ba2a31", "unknown": "#5d666c", "accent": "#007492"}
"""Token values: a drawing in a PDF knows no custom properties."""


@dataclass(frozen=True, slots=True)
class Said:
    """The report as the templates show it; ``first`` lists are what fits on page one."""

    report: Report
    name: str
    title: str
    period: str
    comment: str
    comment_cut: bool
    verify_at: str
    beyond: Beyond
    indicators: Sequence[Card]
    claim: str
    objections: Sequence[Markup]
    health: Health
    state: str
    reasons: str
    sentence: str
    ruler: Ruler
    cards: tuple[tuple[str, str, str], ...]
    first_milestones: tuple[MilestoneLine, ...]
    first_late: tuple[Late, ...]
    first_coming: tuple[Work, ...]
    first_done: tuple[Work, ...]
    first_waits: tuple[Wait, ...]
    sheets: list[Sheet]
    recorded: str


def said(gathered: Gathered, *, for_pdf: bool) -> Said:
    """The report in the reader's language; a PDF takes its style inside each drawing, a page may not."""
    report, frame = gathered.report, gathered.report.framing
    comment = clipped(frame.comment, COMMENT)
    stones, rows, lines = _ROOM[bool(frame.comment) + bool(frame.decisions)]
    indicators, claim, against = more.said(gathered.beyond)
    worst = gathered.beyond.health.worst
    state = report.standing.health if worst is Health.UNKNOWN else worst
    return Said(
        report=report,
        beyond=gathered.beyond,
        indicators=indicators,
        claim=claim,
        objections=against,
        name=name(frame.number),
        title=_(
            "%(what)s of %(name)s, %(day)s",
            what=name(frame.number),
            name=report.name,
            day=formats.full_date(report.as_of),
        ),
        period=period(report.since, report.as_of),
        comment=comment,
        comment_cut=comment.endswith("…") and not frame.comment.endswith("…"),
        verify_at=f"{wires().settings.base_url}/verify",
        health=state,
        state=health_words()[state],
        reasons=reasons(report) if state is report.standing.health else _others(gathered.beyond),
        sentence=sentence(report),
        ruler=scale(report),
        cards=cards(report),
        first_milestones=fitting(
            worth_showing(report.milestones, report.as_of, MILESTONES), _stone_words, MILESTONES, stones, 27
        ),
        first_late=fitting(report.late, lambda late: clipped(late.work.name, 42), LATE, 10, 21),
        first_coming=fitting(report.coming, _clipped_name, rows, lines, 28),
        first_done=fitting(report.done, _clipped_name, rows, lines, 28),
        first_waits=report.waits[:WAITS],
        sheets=gantt.paper(gathered.plan, styled=for_pdf),
        recorded=format_datetime(report.made_at, "EEE d MMM y, HH:mm", locale=get_locale()),
    )


def document(gathered: Gathered) -> str:
    """The whole report as the HTML that becomes a PDF. It is rendered without the frame of a page."""
    page = current_app.jinja_env.get_template("reports/status_pdf.html")
    locale = str(get_locale() or "en")
    return page.render(r=said(gathered, for_pdf=True), locale=locale, beyond_latin=beyond_latin, **DRAWN)


def body(shown: Said, leads: str = "") -> Markup:
    """The same as a part of a page, that can be kept and shown in any frame; ``leads`` is where names of tasks lead."""
    page = current_app.jinja_env.get_template("reports/_body.html")
    return Markup(page.render(r=shown, leads=leads, **DRAWN))  # noqa: S704 - our own template, which escapes


def name(number: int | None) -> str:
    """What the report is called: with its number once it is issued."""
    return _("Status report %(number)s", number=number) if number else _("Status report")


def sentence(report: Report) -> str:
    """The one sentence that the reader came for, verdict first."""
    if report.answer.goal is None:
        return destination(report.answer)
    parts = [] if report.begun else [_("Work begins on %(day)s.", day=long_day(report.start))]
    foreseen = [forecasts.foreseen_words(report.forecast)] if report.forecast else []
    late = [_lateness(report)] if report.begun and report.standing.health is not Health.CLOSED else []
    plain = [] if foreseen or report.answer.goal.done else [_("The date is the plan’s: no forecast was kept.")]
    return " ".join([*parts, destination(report.answer), *foreseen, *late, *plain])


def destination(answer: Answer) -> str:
    """Where go-live stands, in a sentence."""
    goal = answer.goal
    if goal is None:
        return _("The plan has no tasks yet, so there is nothing to report.")
    day = long_day(goal.finish.date())
    if not answer.named:
        return _("The plan ends on %(day)s; no milestone in it is the go-live.", day=day)
    if answer.slip is None:
        text = _("It went live on %(day)s.") if goal.done else _("Go-live is planned for %(day)s; no target is set.")
        return text % {"day": day}
    text = _("It went live on %(day)s, %(slip)s.") if goal.done else _("Go-live is planned for %(day)s, %(slip)s.")
    return text % {"day": day, "slip": slip_words(answer.slip)}


def _lateness(report: Report) -> str:
    driver = report.answer.driver
    count = len(report.late)
    name = clipped(driver.name, NAME_ROOM) if driver else ""
    if not count:
        return _("No task is late; “%(name)s” drives the date.", name=name) if driver else _("No task is late.")
    late = ngettext("%(num)d task is late", "%(num)d tasks are late", count)
    return _("%(late)s; “%(name)s” drives the date.", late=late, name=name) if driver else f"{late}."


def change(slip: int | None) -> str:
    """A slip in a table: "+2 d"; a dash where there is nothing to compare with."""
    return "–" if slip is None else _("%(days)s d", days=f"{slip:+d}".replace("-", "−") if slip else "0")


def mark_word(mark: Mark) -> str:
    """The state of a milestone in a word or two."""
    return {
        Mark.DONE: _("Done"),
        Mark.LATE: _("Late"),
        Mark.AT_RISK: _("At risk"),
        Mark.ON_PLAN: _("On plan"),
        Mark.OPEN: _("Open"),
    }[mark]


def reasons(report: Report) -> str:
    """Why the schedule is in its state."""
    critical = any(reason is Reason.CRITICAL_LATE for reason, _number in report.reasons)
    said_ = [_reason(reason, number, critical=critical) for reason, number in report.reasons]
    return _("computed: %(reasons)s", reasons="; ".join(said_))


def _others(beyond: Beyond) -> str:
    """Which indicators make the state, where it is not the schedule."""
    return _("computed, %(reasons)s", reasons=because(beyond.health))


def _reason(reason: Reason, number: int, *, critical: bool) -> str:
    plain = {
        Reason.CLOSED: _("the roll-out has ended"),
        Reason.NO_PLAN: _("there is no plan to judge"),
        Reason.NO_GO_LIVE: _("no milestone is the go-live"),
        Reason.NO_TARGET: _("no target is set for the go-live"),
        Reason.IN_TIME: _("neither the go-live nor a critical task is late"),
    }
    return plain[reason] if reason in plain else _counted_reason(reason, number, critical=critical)


def _counted_reason(reason: Reason, number: int, *, critical: bool) -> str:
    others = ngettext("%(num)d other task late", "%(num)d other tasks late", number)
    return {
        Reason.GO_LIVE: _("go-live %(slip)s", slip=slip_words(number)),
        Reason.CRITICAL_LATE: _("a critical task %(slip)s", slip=slip_words(number)),
        Reason.LATE: others if critical else ngettext("%(num)d task late", "%(num)d tasks late", number),
        Reason.MILESTONES_MOVED: ngettext("%(num)d milestone moved", "%(num)d milestones moved", number),
    }[reason]


def cards(report: Report) -> tuple[tuple[str, str, str], ...]:
    """Four figures under their names, each with what it is measured against."""
    stands, reached = report.standing, sum(line.work.done for line in report.milestones)
    done, total = (sum(getattr(each, name) for each in report.lists) for name in ("done", "total"))
    late = sum(each.late for each in report.lists)
    return (
        (
            _("Work done"),
            formats.percent(stands.done),
            _("%(planned)s by the plan's dates", planned=formats.percent(stands.plan)),
        ),
        (
            _("On time"),
            _("%(count)s of %(total)s", count=stands.tasks - stands.late, total=stands.tasks),
            ngettext("%(num)d task late", "%(num)d tasks late", stands.late),
        ),
        (
            _("Milestones"),
            _("%(count)s of %(total)s", count=reached, total=len(report.milestones)),
            _("reached"),
        ),
        (
            _("Checklist items"),
            _("%(count)s of %(total)s", count=done, total=total),
            ngettext("%(num)d item late", "%(num)d items late", late),
        ),
    )


def scale(report: Report) -> Ruler:
    """The ninety days, or as many as the plan has, with the day of the report, the target and the go-live."""
    goal = report.answer.goal
    last = max(goal.finish.date() if goal else report.start, report.start + timedelta(days=ruler.DAYS))
    day = (report.as_of - report.start).days + 1
    marks = [ruler.Mark(report.as_of, "today", _("%(date)s, day %(day)d", date=short(report.as_of), day=day), 3)]
    if goal is not None and report.answer.named:
        marks.append(ruler.Mark(goal.finish.date(), "p80", _("Go-live %(day)s", day=short(goal.finish.date())), 2))
    if report.target:
        marks.append(ruler.Mark(report.target, "target", _("Target %(day)s", day=short(report.target)), 1))
    ends = short(report.start), short(last)
    return ruler.draw(report.start, report.as_of, marks, ends, (last - report.start).days)


_STROKE = {"day-on": "#007492", "week-on": "#007492", "today": "#192025", "target": "#192025", "p80": "#8b285c"}
_FILL = {"today": "#141b1f", "p80": "#8b285c"}
_ANCHOR = {"start": "start", "finish": "end"}


def ruler_svg(drawn: Ruler) -> Markup:
    """The ruler for paper, its colours inside."""
    ticks = "".join(
        f'<path d="M{10 * x:.1f} {0 if kind.startswith("week") else 7}V20" stroke="{_STROKE.get(kind, "#a3aaaf")}"/>'
        for x, kind in drawn.ticks
    )
    marks = "".join(
        f'<path d="M{10 * x:.1f} 0V25" stroke="{_STROKE[kind]}" stroke-width="3"/>'
        for x, kind, _text in drawn.labels
        if kind in _STROKE
    )
    texts = "".join(
        f'<text x="{10 * x:.1f}" y="42" text-anchor="{_ANCHOR.get(kind, "middle")}" fill="{_FILL.get(kind, "#454f54")}"'
        f"{' font-weight=' + chr(34) + '600' + chr(34) if kind == 'today' else ''}>{escape(text)}</text>"
        for x, kind, text in drawn.labels
    )
    name = escape(", ".join(text for _x, _kind, text in drawn.labels if text))
    return Markup(  # noqa: S704 - numbers and escaped texts
        f'<svg class="rp-ruler" viewBox="-2 0 1004 48" role="img" aria-label="{name}" fill="none" stroke-width="1.6">'
        f'{ticks}{marks}<g font-family="Inter" font-size="15.5" stroke="none">{texts}</g></svg>'
    )


_SHAPES = {
    "good": '<circle cx="8" cy="8" r="7" fill="{0}"/>'
    '<path d="m4.8 8.3 2.2 2.2 4.2-4.6" stroke="#fff" stroke-width="1.8"/>',
    "warn": '<path d="M8 1.2 15.3 14a.6.6 0 0 1-.5.9H1.2a.6.6 0 0 1-.5-.9z" fill="{0}"/>'
    '<path d="M8 6v4M8 12.3v.2" stroke="#fff" stroke-width="1.8"/>',
    "bad": '<path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z" fill="{0}"/>'
    '<path d="m5.4 5.4 5.2 5.2M10.6 5.4l-5.2 5.2" stroke="#fff" stroke-width="1.8"/>',
    "unknown": '<circle cx="8" cy="8" r="6.4" stroke="{0}" stroke-width="1.5" stroke-dasharray="2.6 2"/>'
    '<path d="M6.4 6.4a1.7 1.7 0 1 1 2.4 1.5c-.6.3-.8.6-.8 1.2M8 11.3v.1" stroke="{0}" stroke-width="1.5"/>',
    "open": '<circle cx="8" cy="8" r="6.4" stroke="{0}" stroke-width="1.5"/>',
}
_KINDS: dict[str, str] = {
    Health.ON_TRACK: "good",
    Health.AT_RISK: "warn",
    Health.OFF_TRACK: "bad",
    Health.UNKNOWN: "unknown",
    Health.CLOSED: "good",
    Mark.DONE: "good",
    Mark.LATE: "bad",
    Mark.AT_RISK: "warn",
    Mark.ON_PLAN: "good",
    Mark.OPEN: "open",
}


def kind_of(state: Health | Mark | str) -> str:
    """The look of a state: good, warn, bad, unknown or open."""
    return _KINDS.get(state, state)


def sign(state: Health | Mark | str) -> Markup:
    """The shape of a state; its word stands beside it."""
    kind = kind_of(state)
    shape = _SHAPES[kind].format(INK.get(kind, INK["unknown"]))
    return Markup(  # noqa: S704 - our own drawing
        f'<svg class="rp-sign" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke-linecap="round">{shape}</svg>'
    )


def progress_svg(each: ListState) -> Markup:
    """How far a list is, as a bar."""
    share = 100 * each.done / each.total if each.total else 0
    return Markup(  # noqa: S704 - numbers
        '<svg class="rp-bar" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="5" fill="#dce0e3"/>'
        f'<rect width="{share:.1f}" height="5" fill="{INK["accent"]}"/></svg>'
    )


def period(first: date, last: date) -> str:
    """A stretch of days: "Thu 12 to Wed 18 February 2026"."""
    pattern = "EEE d" if (first.year, first.month) == (last.year, last.month) else "EEE d MMMM"
    begin = format_date(first, pattern + (" y" if first.year != last.year else ""), get_locale())
    return _("%(first)s to %(last)s", first=begin, last=format_date(last, "EEE d MMMM y", get_locale()))


def long_day(day: date) -> str:
    """A day in a sentence: "Thu 5 March"."""
    return format_date(day, "EEE d MMMM", get_locale())


def short(day: date) -> str:
    """A day in a table: "5 Mar"."""
    return formats.short_day(day)


def people(wait: Wait) -> str:
    """Who waits: two names, and how many more."""
    names = [name or _("nobody named") for name in wait.waiting]
    more = len(names) - 2
    shown = ", ".join(clipped(name, 20) for name in names[:2])
    return shown if more <= 0 else _("%(names)s and %(more)d more", names=shown, more=more)


def _clipped_name(work: Work) -> str:
    return clipped(work.name, 56)


def _stone_words(line: MilestoneLine) -> str:
    """What a milestone takes in its cell: its name, and how far it moved."""
    return clipped(line.work.name, 54) + (" +10 d since report 10" if line.moved else "")


def decisions_fit(decisions: Sequence[Decision]) -> bool:
    """Whether the first page has each of them in full."""
    return all(max(len(each.what), len(each.why)) <= DECISION and len(each.who) <= WHO for each in decisions)


DRAWN = more.DRAWN | {
    "decisions_fit": decisions_fit,
    "sign": sign,
    "kind_of": kind_of,
    "mark_word": mark_word,
    "change": change,
    "short": short,
    "people": people,
    "clipped": clipped,
    "ruler_svg": ruler_svg,
    "progress_svg": progress_svg,
}
"""What the templates of the report call."""
