"""What other rooms say, in words and small drawings: sentences, amounts of money, the map of risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_currency
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from infra import formats
from readiness.colours import charts as colours
from readiness.health import charts as health_charts
from readiness.health.rules.indicators import Kind
from reports.beyond import rules
from reports.beyond.queries import Beyond
from reports.issued.rules import parts
from roadmap.costs.rules.figures import Line
from roadmap.costs.rules.money import Money
from roadmap.resources.queries import Overload
from roadmap.risks.queries import RiskRow
from roadmap.risks.rules.exposure import Exposure
from roadmap.risks.rules.scores import Band, band_of

INK = {Band.LOW: "#e4f5ea", Band.MEDIUM: "#fdf0cf", Band.HIGH: "#fbd9b8", Band.CRITICAL: "#f6c4c4"}
"""Cells by band; the number in a cell says how many, and the axes what it means."""
CELL, MARGIN = 22, 16
CAUSES = 3


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A line of the budget, its amounts written out; what is unknown says so."""

    name: str
    amounts: tuple[str, ...]


def objections(beyond: Beyond) -> list[Markup]:
    """What contradicts the claim, a line of a list each, with the answers; what speaks of money is a part of costs."""
    said = zip(beyond.health.contradictions, colours.objections(beyond.health, beyond.answers), strict=True)
    return [
        Markup("{}{}{}").format(part(parts.COST), _answered(text), part_end(parts.COST))
        if each.kind is Kind.COST
        else _answered(text)
        for each, text in said
    ]


def _answered(each: colours.Objection) -> Markup:
    """A contradiction, and what its manager says to it."""
    if each.answer is None:
        return Markup("<li>{} <em>{}</em></li>").format(each.sentence, _("Not answered yet."))
    by = _("%(who)s, %(day)s", who=each.answer.by or _("unknown"), day=formats.day(each.answer.at.date()))
    return Markup("<li>{} <strong>{}</strong> <bdi>{}</bdi> ({})</li>").format(
        each.sentence, _("Answer:"), each.answer.words, by
    )


def risk_line(exposure: Exposure) -> str:
    """How much hangs over the roll-out, against what it bears."""
    if not exposure.open:
        return _("No risk is open.")
    count = ngettext("One risk is open", "%(num)d risks are open", exposure.open)
    verdict = _("above the appetite of") if exposure.above else _("within the appetite of")
    critical = ngettext(", one of them critical", ", %(num)d of them critical", exposure.critical)
    return _(
        "%(count)s%(critical)s: exposure %(total)s, %(verdict)s %(appetite)s.",
        count=count,
        critical=critical if exposure.critical else "",
        total=exposure.total,
        verdict=verdict,
        appetite=exposure.appetite,
    )


def stretch(first: date, last: date) -> str:
    """A stretch of days."""
    return health_charts.stretch(first, last)


def causes(overload: Overload) -> str:
    """What asks for the time of somebody: the heaviest three, other roll-outs unnamed."""
    heavy = sorted(overload.causes, key=lambda each: -each.percent)
    named = [f"{each.cause.label or _('other work')} {formats.percent(each.percent)}" for each in heavy[:CAUSES]]
    rest = len(heavy) - CAUSES
    return ", ".join(named) + (_(" and %(num)s more", num=rest) if rest > 0 else "")


def money_lines(money: Money) -> list[MoneyLine]:
    """The budget by phase, the whole last."""
    lines = [_money_line(each, each.name or _("without a phase"), money) for each in money.by_phase]
    return [*lines, _money_line(money.total, _("Together"), money)]


def _money_line(line: Line, name: str, money: Money) -> MoneyLine:
    amounts = line.budget, line.planned_to_date, line.actual, line.forecast
    return MoneyLine(name, tuple(_amount(each, money) for each in amounts))


def _amount(value: int | None, money: Money) -> str:
    if value is None:
        return _("unknown")
    whole = round(value / 10**money.digits)
    return format_currency(whole, money.currency, "#,##0 ¤¤", locale=get_locale(), currency_digits=False)


def heat_svg(found: Sequence[RiskRow]) -> Markup:
    """The map of risks, small: how many lie in each cell; the table beside it names them."""
    counted = rules.cells((row.probability, row.impact) for row in found)
    drawn = "".join(
        _cell(column, row, rules.SIDE - row, column + 1, number)
        for row, line in enumerate(counted)
        for column, number in enumerate(line)
    )
    size = MARGIN + rules.SIDE * CELL
    label = _("Risks by probability, upwards, and impact, to the right")
    words = (
        f'<text x="{MARGIN}" y="{size - 3}">{_("impact")} →</text>'
        f'<text transform="translate(11 {size - MARGIN}) rotate(-90)">{_("probability")} →</text>'
    )
    return Markup(  # noqa: S704 - numbers and our own words
        f'<svg class="rp-heat" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" font-family="Inter" '
        f'font-size="9" fill="#454f54">{drawn}{words}</svg>'
    )


def _cell(column: int, row: int, probability: int, impact: int, number: int) -> str:
    x, y = MARGIN + column * CELL, row * CELL
    square = f'<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}" rx="3" '
    square += f'fill="{INK[band_of(probability * impact)]}"/>'
    if not number:
        return square
    middle = f'x="{x + CELL / 2}" y="{y + CELL / 2 + 4}" text-anchor="middle"'
    return f'{square}<text {middle} font-size="11" font-weight="600" fill="#141b1f">{number}</text>'


def part(name: str) -> Markup:
    """The mark before a part of the report that not every reader gets."""
    return Markup(parts.begin(name))  # noqa: S704 - our own mark


def part_end(name: str) -> Markup:
    """The mark after it."""
    return Markup(parts.end(name))  # noqa: S704 - our own mark


def said(beyond: Beyond) -> tuple[list[health_charts.Card], str, list[Markup]]:
    """The indicators in words, the claim, and what contradicts it."""
    health = beyond.health
    return health_charts.cards(health), health_charts.claim_line(health), objections(beyond)


DRAWN = {
    "part": part,
    "part_end": part_end,
    "risk_line": risk_line,
    "stretch": stretch,
    "causes": causes,
    "money_lines": money_lines,
    "heat_svg": heat_svg,
}
"""What the templates call."""
