"""Health in words, with where to look: the same on its page, on the overview, in the portfolio and in reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.http import address
from readiness.health.queries import Day
from readiness.health.rules.claims import MOST_DAYS, Stands
from readiness.health.rules.indicators import Indicator, Kind, Reason
from readiness.health.rules.tolerances import Tolerances
from readiness.health.rules.whole import Health
from roadmap.projects.rules import monday_of
from roadmap.standing.charts import count_words, health_words, slip_words
from roadmap.standing.rules.health import Health as Colour

PLACES = {
    Kind.SCHEDULE: "gantt.page",
    Kind.COST: "costs.page",
    Kind.SCOPE: "scope.page",
    Kind.RESOURCES: "resources.page",
}

"""Where to look for the cause of an indicator's colour."""


@dataclass(frozen=True, slots=True)
class Card:
    """An indicator as a page shows it. ``href`` is None where there is nowhere to look, or outside a request."""

    kind: str
    name: str
    state: Colour
    word: str
    figure: str
    sentence: str
    rule: str
    href: str | None


def kind_words() -> dict[Kind, str]:
    """The indicators by name."""
    return {
        Kind.SCHEDULE: _("Schedule"),
        Kind.COST: _("Cost"),
        Kind.SCOPE: _("Scope"),
        Kind.RISK: _("Risk"),
        Kind.RESOURCES: _("Resources"),
        Kind.QUALITY: _("Quality"),
    }


def colour_words() -> dict[Colour, str]:
    """The colours as a claim names them."""
    words = health_words()
    return {each: words[each] for each in (Colour.ON_TRACK, Colour.AT_RISK, Colour.OFF_TRACK)}


def cards(health: Health) -> list[Card]:
    """The six indicators with their sentences."""
    return [card(each, health.tolerances, health.project_id) for each in health.indicators]


def card(each: Indicator, tolerances: Tolerances, project_id: int) -> Card:
    """One indicator in words."""
    return Card(
        kind=each.kind.value,
        name=kind_words()[each.kind],
        state=each.state,
        word=health_words()[each.state],
        figure="" if each.private else figure(each),
        sentence=_("Your role sees the colour, not the figures.") if each.private else sentence(each),
        rule=rule(each.kind, tolerances),
        href=None if each.private else place(each.kind, project_id),
    )


def place(kind: Kind, project_id: int) -> str | None:
    """Where to look for an indicator."""
    return address(PLACES[kind], project_id=project_id) if kind in PLACES else None


def figure(each: Indicator) -> str:
    """The one figure of an indicator, as short as a card; empty where there is none."""
    its = each.figures
    if each.kind is Kind.SCHEDULE:
        return _("SPI(t) %(n)s", n=number(its["spi"]))
    if each.kind is Kind.COST:
        return _("CPI %(n)s", n=number(its["cpi"])) if "cpi" in its else _used(its)
    if each.kind is Kind.SCOPE and its:
        return _("%(share)s changed", share=formats.percent(its["share"]))
    if each.kind is Kind.RISK and its:
        return _("exposure %(n)s", n=formats.number(round(its["total"])))
    if each.kind is Kind.RESOURCES and each.known:
        return ngettext("%(num)d person overloaded", "%(num)d people overloaded", its["people"])
    return ""


def _used(its: Mapping[str, float]) -> str:
    return _("%(n)s of the budget", n=formats.percent(its["used"])) if "used" in its else ""


def number(value: float | None) -> str:
    """An index with two digits; "n/a" where it is not defined."""
    return _("n/a") if value is None else formats.number(round(value, 2))


def sentence(each: Indicator) -> str:
    """Why an indicator has its colour."""
    its = each.figures
    words: dict[Reason, Callable[[], str]] = {
        Reason.CLOSED: lambda: _("The roll-out has ended."),
        Reason.NO_PLAN: lambda: _("There is no plan to judge yet."),
        Reason.NO_GO_LIVE: lambda: _("No milestone of the plan is the go-live."),
        Reason.NO_TARGET: lambda: _("No target is set for the go-live."),
        Reason.IN_TIME: lambda: _("Neither the go-live nor a critical task is late."),
        Reason.NO_BUDGET: lambda: _("No budget is set, so there is nothing to hold the cost against."),
        Reason.NO_COST: lambda: _("No cost is recorded yet."),
        Reason.NOTHING_EARNED: lambda: _("Money is spent, and no work is done yet that it could be held against."),
        Reason.NO_RISKS: lambda: _("No open risk has a score, which is not the same as no risk."),
        Reason.NOBODY_ASSIGNED: lambda: _("No open task has an owner, so nobody's load is known."),
        Reason.LOAD_WITHIN: lambda: _("Nobody has more work than time in the next two weeks."),
        Reason.NO_SCOPE: lambda: _("Nobody wrote down what is in scope, so nobody can say whether it moved."),
        Reason.SCOPE_MOVED: lambda: _(
            "Approved changes moved %(share)s of the scope: %(changed)s of %(agreed)s lines.",
            share=formats.percent(its["share"]),
            changed=its["changed"],
            agreed=its["agreed"],
        ),
        Reason.DECISIONS_LATE: lambda: ngettext(
            "%(num)d change request waits longer than it should for a decision.",
            "%(num)d change requests wait longer than they should for a decision.",
            its["late"],
        ),
        Reason.SCOPE_WITHIN: lambda: _scope_kept(its["changed"], its["agreed"]),
        Reason.NO_TESTS_KEPT: lambda: _("Results of tests are not recorded yet."),
        Reason.GO_LIVE_LATE: lambda: _("Go-live is planned %(slip)s.", slip=slip_words(its["slip"])),
        Reason.CRITICAL_LATE: lambda: _("The latest critical task is %(slip)s.", slip=slip_words(its["critical_days"])),
        Reason.OVER_BUDGET: lambda: _(
            "More is spent than the budget holds: %(used)s of it.", used=formats.percent(its["used"])
        ),
        Reason.COST_OVER: lambda: _(
            "The work done has cost %(over)s more than it was budgeted at.", over=formats.percent(its["over"])
        ),
        Reason.COST_WITHIN: lambda: _(
            "The work done costs what it was budgeted at; %(used)s of the budget is spent.",
            used=formats.percent(its["used"]),
        ),
        Reason.CRITICAL_RISKS: lambda: ngettext(
            "%(num)d critical risk is open.", "%(num)d critical risks are open.", its["critical"]
        ),
        Reason.EXPOSURE_OVER: lambda: _(
            "Exposure is at %(share)s of what is tolerated.", share=formats.percent(its["share"])
        ),
        Reason.RISK_WITHIN: lambda: ngettext(
            "%(num)d open risk, within what is tolerated.",
            "%(num)d open risks, together within what is tolerated.",
            its["open"],
        ),
        Reason.OVERLOADED: lambda: _(
            "%(who)s has %(percent)s of a full load on %(days)s.",
            who=its["person"],
            percent=formats.percent(its["percent"]),
            days=stretch(its["first"], its["last"]),
        ),
    }
    return words[each.reason]()


def _scope_kept(changed: int, agreed: int) -> str:
    if not changed:
        return _("The scope stands as it was agreed.")
    words = "%(num)d of %(agreed)s lines of the scope changed, within what is tolerated."
    return ngettext(words, words, changed, agreed=agreed)


def stretch(first: date, last: date) -> str:
    """A stretch of days: "18 Feb" or "18 to 20 Feb"."""
    if first == last:
        return formats.short_day(first)
    begin = str(first.day) if (first.year, first.month) == (last.year, last.month) else formats.short_day(first)
    return _("%(first)s to %(last)s", first=begin, last=formats.short_day(last))


def rule(kind: Kind, its: Tolerances) -> str:
    """The rule of an indicator in words, with the tolerances that hold."""
    words: dict[Kind, Callable[[], str]] = {
        Kind.SCHEDULE: lambda: _(
            "Amber when go-live lies more than %(amber)s days after its target or a critical task is late by more than "
            "that, red above %(red)s days. SPI(t) is earned schedule by time passed, against the baseline that "
            "counts, or else the plan as it stands.",
            amber=its.slip_amber,
            red=its.slip_red,
        ),
        Kind.COST: lambda: _(
            "Amber when the actual cost is more than %(amber)s %% above the budget's share that the work done stands "
            "for, red above %(red)s %% or when the budget is spent. CPI is that share by actual cost.",
            amber=its.cost_amber,
            red=its.cost_red,
        ),
        Kind.SCOPE: lambda: _(
            "What approved change requests added to the scope or took away, by the lines agreed: amber above "
            "%(amber)s %%, or when a decision is overdue; red above %(red)s %%.",
            amber=its.scope_amber,
            red=its.scope_red,
        ),
        Kind.RISK: lambda: _(
            "Amber when exposure is above %(amber)s %% of the appetite or more than %(some)s critical risks are open; "
            "red above %(red)s %% or more than %(many)s.",
            amber=its.exposure_amber,
            red=its.exposure_red,
            some=its.critical_amber,
            many=its.critical_red,
        ),
        Kind.RESOURCES: lambda: _(
            "The heaviest load of anybody in the next two weeks: amber above %(amber)s %%, red above %(red)s %%.",
            amber=its.load_amber,
            red=its.load_red,
        ),
        Kind.QUALITY: lambda: _("Unknown until results of tests are recorded."),
    }
    return words[kind]()


def whole_rule() -> str:
    """How the six come to one colour."""
    return _(
        "The worst of the indicators that are known. Unknown ones never count as green, and without a known schedule "
        "the whole is not green either."
    )


def claim_rule() -> str:
    """How long a claim stands."""
    return _(
        "A claim stands beside the computed colour, never instead of it. It ends when its day has passed, after "
        "%(most)s days at most. It lapses when the computed colour becomes worse than it was on the day of the claim, "
        "and worse than the claim.",
        most=MOST_DAYS,
    )


def answer(health: Health) -> str:
    """The one sentence: what is computed, and why."""
    if health.worst is Colour.CLOSED:
        return _("The roll-out has ended; its health is no longer computed.")
    if health.worst is Colour.UNKNOWN:
        return _("Too little is known to say how this roll-out stands.")
    if health.worst is Colour.ON_TRACK:
        return _("On track, as far as it is known.") if health.unknown else _("On track in everything.")
    return _("%(word)s %(why)s.", word=health_words()[health.worst], why=because(health))


def because(health: Health) -> str:
    """Which indicators make the colour of the whole: "because of cost and risk"."""
    names = [kind_words()[each.kind].lower() for each in health.indicators if each.state is health.worst]
    return _("because of %(names)s", names=in_words(names)) if names else ""


def gaps(health: Health) -> str:
    """How many of the six are unknown."""
    count = len(health.unknown)
    words = count_words(count)
    if not count or health.worst is Colour.CLOSED:
        return ""
    return ngettext(
        "%(n)s of six indicators is unknown.",
        "%(n)s of six indicators are unknown.",
        count,
        n=large(words),
    )


def large(word: str) -> str:
    """A word as a sentence begins with it."""
    return word[:1].upper() + word[1:]


def in_words(names: Sequence[str]) -> str:
    """Names as they stand in a sentence: "cost and risk"."""
    if len(names) < 2:  # noqa: PLR2004  # one name alone
        return "".join(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def claim_state(stands: Stands) -> str:
    """What became of a claim."""
    return {
        Stands.STANDS: _("stands"),
        Stands.EXPIRED: _("expired"),
        Stands.LAPSED: _("lapsed: the figures became worse"),
        Stands.WITHDRAWN: _("withdrawn"),
        Stands.REPLACED: _("replaced by the next"),
    }[stands]


def claim_line(health: Health) -> str:
    """Who claims what until when, for one line; empty where no claim was ever made."""
    claim = health.claim
    if claim is None:
        return ""
    word = health_words()[claim.state].lower()
    who = claim.by or _("Somebody who is gone")
    if health.stands is Stands.STANDS:
        until = formats.day(claim.until)
        return _("%(who)s claims “%(word)s” until %(day)s: %(why)s", who=who, word=word, day=until, why=claim.reason)
    if health.stands is Stands.LAPSED:
        return _("%(who)s's claim of “%(word)s” lapsed: the figures became worse after it.", who=who, word=word)
    return ""


@dataclass(frozen=True, slots=True)
class Strip:
    """The way of the colours by week: the heads of its columns, and a row for each line."""

    weeks: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Colour | None, ...]], ...]


def strip(days: Iterable[Day], start: date, today: date) -> Strip:
    """The last colours of every week from the start to today; None where nothing was kept."""
    by_week = {monday_of(each.day): each for each in days}
    first = monday_of(start)
    count = max((monday_of(today) - first).days // 7 + 1, 0)
    mondays = [first + timedelta(weeks=number) for number in range(count)]
    shown = [(f"W{number + 1}", formats.short_day(day)) for number, day in enumerate(mondays)]
    kept = [by_week.get(day) for day in mondays]
    rows = [
        (_("Computed"), tuple(each.computed if each else None for each in kept)),
        (_("Claimed"), tuple(each.claimed if each else None for each in kept)),
    ]
    rows += [(name, tuple(each.states.get(key) if each else None for each in kept)) for key, name in kinds()]
    return Strip(tuple(shown), tuple(rows))


def day_rows(days: Sequence[Day]) -> list[tuple[str, str, str, str]]:
    """The days on which a colour changed, newest first: the day, computed, claimed, and the six in words."""
    words = health_words()
    before: list[Day | None] = [None, *days]
    changed = [day for earlier, day in zip(before, days, strict=False) if earlier is None or _differ(earlier, day)]
    return [
        (
            formats.day(each.day),
            words[each.computed],
            words[each.claimed] if each.claimed else _("nothing"),
            ", ".join(f"{name} {words[each.states[key]].lower()}" for key, name in kinds() if key in each.states),
        )
        for each in reversed(changed)
    ]


def kinds() -> list[tuple[str, str]]:
    """The indicators by the key that days are kept under, with their names."""
    return [(kind.value, name) for kind, name in kind_words().items()]


def _differ(one: Day, other: Day) -> bool:
    return (one.computed, one.claimed, one.states) != (other.computed, other.claimed, other.states)
