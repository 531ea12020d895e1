"""The six indicators, each a colour with what made it; what can't be known is unknown and never counts as green."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from readiness.health.rules.tolerances import Tolerances, colour
from roadmap.standing.rules.health import Health as Colour
from roadmap.standing.rules.standing import Standing

WEIGHT = {Colour.OFF_TRACK: 3, Colour.AT_RISK: 2, Colour.ON_TRACK: 1}
"""How bad a known colour is."""
SUBSTANCE = 0.005
"""Less than half a cent is no money."""


class Kind(StrEnum):
    """What is judged."""

    SCHEDULE = "schedule"
    COST = "cost"
    SCOPE = "scope"
    RISK = "risk"
    RESOURCES = "resources"
    QUALITY = "quality"


class Reason(StrEnum):
    """What made a colour."""

    CLOSED = "closed"
    NO_PLAN = "no_plan"
    NO_GO_LIVE = "no_go_live"
    NO_TARGET = "no_target"
    GO_LIVE_LATE = "go_live_late"
    CRITICAL_LATE = "critical_late"
    IN_TIME = "in_time"
    NO_BUDGET = "no_budget"
    NO_COST = "no_cost"
    NOTHING_EARNED = "nothing_earned"
    OVER_BUDGET = "over_budget"
    COST_OVER = "cost_over"
    COST_WITHIN = "cost_within"
    NO_RISKS = "no_risks"
    CRITICAL_RISKS = "critical_risks"
    EXPOSURE_OVER = "exposure_over"
    RISK_WITHIN = "risk_within"
    NOBODY_ASSIGNED = "nobody_assigned"
    OVERLOADED = "overloaded"
    LOAD_WITHIN = "load_within"
    NO_SCOPE = "no_scope"
    SCOPE_MOVED = "scope_moved"
    DECISIONS_LATE = "decisions_late"
    SCOPE_WITHIN = "scope_within"
    NO_TESTS_KEPT = "no_tests_kept"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its colour, what made it, and the figures that belong to it.

    ``private``: the reader may know the colour, not the figures.
    """

    kind: Kind
    state: Colour
    reason: Reason
    figures: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False

    @property
    def known(self) -> bool:
        """Whether there is anything to judge by."""
        return self.state is not Colour.UNKNOWN


class Spent(Protocol):
    """What is read of a project's money; None is unknown."""

    @property
    def budget(self) -> float | None: ...  # noqa: D102  # named in the class's sentence
    @property
    def actual(self) -> float | None: ...  # noqa: D102
    @property
    def earned(self) -> float | None: ...  # noqa: D102


class Exposed(Protocol):
    """What is read of a register of risks: open risks, the critical ones among them, exposure and what is tolerated."""

    @property
    def total(self) -> float: ...  # noqa: D102  # named in the class's sentence
    @property
    def appetite(self) -> float | None: ...  # noqa: D102
    @property
    def critical(self) -> int: ...  # noqa: D102
    @property
    def open(self) -> int: ...  # noqa: D102


class Loaded(Protocol):
    """A stretch of days on which somebody has more to do than time, in percent of capacity."""

    @property
    def person(self) -> str: ...  # noqa: D102  # named in the class's sentence
    @property
    def first(self) -> date: ...  # noqa: D102
    @property
    def last(self) -> date: ...  # noqa: D102
    @property
    def causes(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def percent(self) -> float: ...  # noqa: D102


class Drifted(Protocol):
    """What is read of a scope: lines agreed and changed since, in percent too, and decisions that are overdue."""

    @property
    def agreed(self) -> int: ...  # noqa: D102  # named in the class's sentence
    @property
    def changed(self) -> int: ...  # noqa: D102
    @property
    def share(self) -> float | None: ...  # noqa: D102
    @property
    def late(self) -> int: ...  # noqa: D102


def schedule(standing: Standing, spi: float | None) -> Indicator:
    """The colour that the plan's dates have, by `roadmap.standing`, with SPI(t) beside it."""
    figures = {"slip": standing.slip, "critical_days": standing.critical_days, "spi": spi}
    return Indicator(Kind.SCHEDULE, standing.health, _schedule_reason(standing), figures)


def _schedule_reason(standing: Standing) -> Reason:
    if standing.health is Colour.CLOSED:
        return Reason.CLOSED
    if not standing.tasks:
        return Reason.NO_PLAN
    late = max(standing.slip or 0, 0)
    if standing.critical_days > late:
        return Reason.CRITICAL_LATE
    if late:
        return Reason.GO_LIVE_LATE
    if standing.slip is None:
        return Reason.NO_GO_LIVE if standing.go_live is None else Reason.NO_TARGET
    return Reason.IN_TIME


def cost(money: Spent | None, done: float | None, tolerances: Tolerances) -> Indicator:
    """Actual cost against earned value: CPI = EV / AC.

    Earned value is the planned cost of the work done; where no rate prices it, the budget's share that the work done
    (``done`` percent of all) stands for. The colour goes by how far actual cost lies above earned value, in percent of
    it; a budget that is spent is red whatever is done.
    """
    if money is None or not money.budget:
        return Indicator(Kind.COST, Colour.UNKNOWN, Reason.NO_BUDGET)
    actual, budget = float(money.actual or 0), float(money.budget)
    figures = {"actual": actual, "budget": budget, "used": 100 * actual / budget}
    if actual > budget:
        return Indicator(Kind.COST, Colour.OFF_TRACK, Reason.OVER_BUDGET, figures)
    if actual < SUBSTANCE:
        return Indicator(Kind.COST, Colour.UNKNOWN, Reason.NO_COST, figures)
    earned = budget * (done or 0) / 100 if money.earned is None else float(money.earned)
    if earned < SUBSTANCE:
        return Indicator(Kind.COST, Colour.UNKNOWN, Reason.NOTHING_EARNED, figures)
    over = 100 * (actual - earned) / earned
    state = colour(over, tolerances.cost_amber, tolerances.cost_red)
    reason = Reason.COST_WITHIN if state is Colour.ON_TRACK else Reason.COST_OVER
    return Indicator(Kind.COST, state, reason, {**figures, "over": over, "cpi": earned / actual})


def risk(exposure: Exposed | None, tolerances: Tolerances) -> Indicator:
    """The worse of two: exposure in percent of the appetite, and how many critical risks are open.

    Unknown where no open risk has a score: a register that nobody keeps is not a roll-out without risks.
    """
    if exposure is None or not exposure.total:
        return Indicator(Kind.RISK, Colour.UNKNOWN, Reason.NO_RISKS)
    figures = {"total": exposure.total, "appetite": exposure.appetite, "critical": exposure.critical}
    share = 100 * exposure.total / exposure.appetite if exposure.appetite else 0
    by_share = colour(share, tolerances.exposure_amber, tolerances.exposure_red)
    by_count = colour(exposure.critical, tolerances.critical_amber, tolerances.critical_red)
    state = worst((by_share, by_count))
    reason = Reason.RISK_WITHIN
    if state is not Colour.ON_TRACK:
        reason = Reason.CRITICAL_RISKS if by_count is state else Reason.EXPOSURE_OVER
    return Indicator(Kind.RISK, state, reason, {**figures, "share": share, "open": exposure.open})


def resources(overloads: Sequence[Loaded], tolerances: Tolerances, *, assigned: bool) -> Indicator:
    """The heaviest overload of the next two weeks; unknown where nobody is asked to do anything.

    ``assigned``: whether unfinished work has an owner.
    """
    if not assigned and not overloads:
        return Indicator(Kind.RESOURCES, Colour.UNKNOWN, Reason.NOBODY_ASSIGNED)
    top = max(overloads, key=lambda each: each.percent, default=None)
    state = colour(top.percent if top else 0, tolerances.load_amber, tolerances.load_red)
    if top is None or state is Colour.ON_TRACK:
        return Indicator(Kind.RESOURCES, state, Reason.LOAD_WITHIN, {"people": 0})
    heavy = {each.person for each in overloads if each.percent > tolerances.load_amber}
    figures = {"person": top.person, "percent": top.percent, "first": top.first, "last": top.last, "people": len(heavy)}
    return Indicator(Kind.RESOURCES, state, Reason.OVERLOADED, figures)


def scope(drift: Drifted | None, tolerances: Tolerances) -> Indicator:
    """How far approved requests moved the scope, in percent of the lines agreed; a decision overdue is amber at least.

    Unknown where nobody wrote down what is in scope: a scope that nobody knows has not kept still.
    """
    if drift is None or drift.share is None:
        return Indicator(Kind.SCOPE, Colour.UNKNOWN, Reason.NO_SCOPE)
    figures = {"share": drift.share, "changed": drift.changed, "agreed": drift.agreed, "late": drift.late}
    moved = colour(drift.share, tolerances.scope_amber, tolerances.scope_red)
    if moved is not Colour.ON_TRACK:
        return Indicator(Kind.SCOPE, moved, Reason.SCOPE_MOVED, figures)
    if drift.late:
        return Indicator(Kind.SCOPE, Colour.AT_RISK, Reason.DECISIONS_LATE, figures)
    return Indicator(Kind.SCOPE, Colour.ON_TRACK, Reason.SCOPE_WITHIN, figures)


def quality() -> Indicator:
    """Unknown: results of tests are not recorded."""
    return Indicator(Kind.QUALITY, Colour.UNKNOWN, Reason.NO_TESTS_KEPT)


def worst(states: Iterable[Colour]) -> Colour:
    """The worst of the known colours; unknown where none is known.

    >>> worst([Colour.ON_TRACK, Colour.UNKNOWN, Colour.AT_RISK]).value, worst([Colour.UNKNOWN]).value
    ('amber', 'unknown')
    """
    return max((state for state in states if state in WEIGHT), key=lambda state: WEIGHT[state], default=Colour.UNKNOWN)


def overall(indicators: Iterable[Indicator]) -> Colour:
    """The colour of the whole: the worst of the known, but no green while the schedule is unknown; closed when it is.

    A roll-out about whose go-live nothing is known is not on track because its people have time.
    """
    states = {each.kind: each.state for each in indicators}
    dates = states.get(Kind.SCHEDULE, Colour.UNKNOWN)
    if dates is Colour.CLOSED:
        return Colour.CLOSED
    found = worst(states.values())
    return Colour.UNKNOWN if found is Colour.ON_TRACK and dates is Colour.UNKNOWN else found
