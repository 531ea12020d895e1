"""What contradicts a claimed colour, in words, with the answers: on its page, in the portfolio and in reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.http import address
from readiness.health import charts as health_charts
from readiness.health.rules.claims import Against, Answer, Contradiction
from readiness.health.rules.indicators import Kind
from readiness.health.rules.whole import Health
from roadmap.standing.charts import count_words, health_words, slip_words


@dataclass(frozen=True, slots=True)
class Objection:
    """A contradiction in a sentence, with where it can be seen, and what was said to it.

    ``before`` is the sentence that was answered, where it reads otherwise today.
    """

    key: str
    sentence: str
    href: str | None
    answer: Answer | None = None
    before: str = ""


def objections(health: Health, answers: Mapping[str, Answer] | None = None) -> list[Objection]:
    """What contradicts the claim that stands, a sentence each, with what was said to it."""
    return [_objection(each, health, (answers or {}).get(each.key)) for each in health.contradictions]


def sentences(health: Health) -> dict[str, str]:
    """The contradictions in words, by their keys."""
    return {each.key: each.sentence for each in objections(health)}


def _objection(each: Contradiction, health: Health, said: Answer | None) -> Objection:
    if each.kind is None:
        text, href, private = _must_haves(each), address("readiness.page", project_id=health.project_id), False
    else:
        text, private = _about_indicator(each, each.kind, health), health.of(each.kind).private
        href = None if private else health_charts.place(each.kind, health.project_id)
    before = said.said if said is not None and not private and said.said != text else ""
    return Objection(each.key, text, href, said, before)


def _must_haves(each: Contradiction) -> str:
    return ngettext(
        "%(n)s must-have fails: %(name)s.",
        "%(n)s must-haves fail, among them: %(name)s.",
        round(each.figure),
        n=health_charts.large(count_words(round(each.figure))),
        name=each.who.rstrip("."),
    )


def _about_indicator(each: Contradiction, kind: Kind, health: Health) -> str:
    name = health_charts.kind_words()[kind]
    its = health.of(kind)
    if each.against is Against.INDICATOR or its.private:
        hidden = its.private or not its.known
        return _(
            "%(name)s is computed as “%(word)s”%(why)s",
            name=name,
            word=health_words()[its.state].lower(),
            why="." if hidden else f": {health_charts.sentence(its)}",
        )
    return _said_against(each, name)


def _late(each: Contradiction) -> str:
    slip = slip_words(round(each.figure))
    if each.who:
        day = formats.day(date.fromisoformat(each.who))
        return _("P80 goes live %(slip)s (forecast of %(day)s): eight of ten runs end by then.", slip=slip, day=day)
    return _("By the plan as it stands it goes live %(slip)s; no forecast was kept.", slip=slip)


def _said_against(each: Contradiction, name: str) -> str:
    return {
        Against.SPI: lambda: _(
            "SPI(t) is %(n)s: below 0.9 the work runs behind its own plan.", n=health_charts.number(each.figure)
        ),
        Against.CRITICAL: lambda: _("A critical task is overdue: %(slip)s.", slip=slip_words(round(each.figure))),
        Against.FORECAST: lambda: _late(each),
        Against.OVERLOAD: lambda: _(
            "%(who)s has %(percent)s of a full load within the next two weeks; above 120 %% counts.",
            who=each.who,
            percent=formats.percent(each.figure),
        ),
        Against.NO_DATA: lambda: _("%(name)s is unknown: green can't be claimed for what nobody measures.", name=name),
    }[each.against]()
