"""What a survey brought, drawn: a bar for every possible answer, and the figure of a question in words."""

from __future__ import annotations

from flask_babel import gettext as _

from crm.surveys.rules.questions import CSAT_WORDS, Kind
from crm.surveys.rules.results import DETRACTOR_TO, Scores, Summary
from infra import formats


def figure(found: Summary) -> str:
    """The figure of a question as it is read; "" where there is none."""
    if found.value is None:
        return ""
    if found.question.kind is Kind.CSAT:
        return formats.percent(found.value)
    if found.question.kind is Kind.NPS:
        return f"{found.value:+.0f}"
    return formats.number(round(found.value, 2))


def unit(found: Summary) -> str:
    """What the figure is."""
    most = found.question.points
    return {
        Kind.CSAT: _("satisfied (4 or 5)"),
        Kind.NPS: _("NPS, from -100 to 100"),
        Kind.SCALE: _("mean of 1 to %(most)d", most=most),
    }.get(found.question.kind, "")


def tone(found: Summary, place: int) -> str:
    """The colour that repeats what an answer means: bad for who is dissatisfied, else nothing."""
    if found.question.kind is Kind.CSAT:
        return "bad" if place <= 1 else ""
    if found.question.kind is Kind.NPS:
        return "bad" if place <= DETRACTOR_TO else ""
    return ""


def label(found: Summary, place: int) -> str:
    """What an answer is called: its number with its word."""
    said = found.bars[place].label
    if found.question.kind is Kind.CSAT:
        return f"{said} {_(CSAT_WORDS[place])}"
    ends = {0: found.question.low, len(found.bars) - 1: found.question.high}
    return f"{said} {ends[place]}" if ends.get(place) and found.question.kind is not Kind.CHOICE else said


def parts(found: Summary) -> str:
    """How an NPS is made up, in words."""
    if found.question.kind is not Kind.NPS or not found.n:
        return ""
    told = Scores({int(bar.label): bar.count for bar in found.bars})
    return _(
        "%(up)d promoters (9, 10), %(between)d passives (7, 8), %(down)d detractors (0 to 6)",
        up=told.promoters,
        between=told.n - told.promoters - told.detractors,
        down=told.detractors,
    )
