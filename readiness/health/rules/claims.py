"""What a manager claims: how long it stands, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken
from readiness.health.rules.indicators import WEIGHT, Indicator, Kind, Loaded
from roadmap.standing.rules.health import Health as Colour
from roadmap.standing.rules.standing import Standing

CLAIMABLE = (Colour.ON_TRACK, Colour.AT_RISK, Colour.OFF_TRACK)
REASON_LIMIT = 1000
USUAL_DAYS, MOST_DAYS = 14, 60
"""How long a claim stands unless another day is chosen, and at most."""
SPI_LIMIT = 0.9
LOAD_LIMIT = 120.0
"""Below this SPI(t), and above this load in percent, nobody can claim green without contradiction."""


class Stands(StrEnum):
    """What became of a claim."""

    STANDS = "stands"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Claim:
    """A colour that somebody claimed on a day, with the reason, and what was computed then.

    It stands through ``until``; ``ended`` is the day on which it was withdrawn or lapsed.
    """

    id: int
    project_id: int
    state: Colour
    reason: str
    by_id: int | None
    by: str
    on: date
    until: date
    computed: Colour
    ended: date | None = None
    lapsed: bool = False


def worse(state: Colour, than: Colour) -> bool:
    """Whether a known colour is worse than another known one.

    >>> worse(Colour.OFF_TRACK, Colour.AT_RISK), worse(Colour.UNKNOWN, Colour.ON_TRACK)
    (True, False)
    """
    return WEIGHT.get(state, 0) > WEIGHT.get(than, 0) > 0


def lapses(claim: Claim, computed: Colour) -> bool:
    """Whether the computed colour has become worse than it was when the claim was made.

    A claim says "I know of this, and judge it otherwise"; what came after it, it can't have known of. Unknown counts
    as better than green here: data that appear are news as well.
    """
    return WEIGHT.get(computed, 0) > WEIGHT.get(claim.computed, 0) and worse(computed, claim.state)


def standing_of(claim: Claim, computed: Colour, today: date) -> Stands:
    """What became of the newest claim."""
    if claim.ended is not None:
        return Stands.LAPSED if claim.lapsed else Stands.WITHDRAWN
    if claim.until < today:
        return Stands.EXPIRED
    return Stands.LAPSED if lapses(claim, computed) else Stands.STANDS


def check_claim(state: str, reason: str, until: date | None, today: date) -> tuple[Colour, str, date]:
    """What was typed, as it is kept. Raises RuleBroken for another colour, no reason, or a day out of reach."""
    if state not in [each.value for each in CLAIMABLE]:
        raise RuleBroken("health.colour", "Claim green, amber or red.", field="state")
    said = " ".join(reason.split())
    if not said:
        raise RuleBroken("health.reason", "Say why: the reason stands beside the claim wherever it is.", field="reason")
    if len(said) > REASON_LIMIT:
        raise RuleBroken(
            "health.reason_long", "The reason has at most %(most)s characters.", field="reason", most=REASON_LIMIT
        )
    last = until or today + timedelta(days=USUAL_DAYS)
    if not today <= last <= today + timedelta(days=MOST_DAYS):
        raise RuleBroken(
            "health.until",
            "A claim stands from today on and for %(most)s days at most: choose a day until %(last)s.",
            field="until",
            most=MOST_DAYS,
            last=(today + timedelta(days=MOST_DAYS)).isoformat(),
        )
    return Colour(state), said, last


class Against(StrEnum):
    """What contradicts a claim, or would if it could be measured."""

    INDICATOR = "indicator"
    SPI = "spi"
    CRITICAL = "critical"
    OVERLOAD = "overload"
    NO_DATA = "no_data"
    MUST_HAVE = "must_have"
    FORECAST = "forecast"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing against a claim: which indicator it is about, and its figure."""

    against: Against
    kind: Kind
    figure: float = 0
    who: str = ""


def contradictions(
    claimed: Colour,
    indicators: Sequence[Indicator],
    standing: Standing,
    spi: float | None,
    overloads: Iterable[Loaded],
) -> tuple[Contradiction, ...]:
    """What contradicts a claim: each indicator that is worse; and for a claim of green SPI(t) below 0.9, a critical
    task overdue, an overload above 120 % in the next two weeks, an indicator without data.
    """
    found = [Contradiction(Against.INDICATOR, each.kind) for each in indicators if worse(each.state, claimed)]
    if claimed is not Colour.ON_TRACK:
        return tuple(found)
    if spi is not None and spi < SPI_LIMIT:
        found.append(Contradiction(Against.SPI, Kind.SCHEDULE, spi))
    if standing.critical_days:
        found.append(Contradiction(Against.CRITICAL, Kind.SCHEDULE, standing.critical_days))
    top = max(overloads, key=lambda each: each.percent, default=None)
    if top is not None and top.percent > LOAD_LIMIT:
        found.append(Contradiction(Against.OVERLOAD, Kind.RESOURCES, top.percent, top.person))
    found += [Contradiction(Against.NO_DATA, each.kind) for each in indicators if not each.known]
    return tuple(found)


UNMEASURED = (Against.MUST_HAVE, Against.FORECAST)
"""What would contradict a claim of green and is not measured: there are no gates and no forecast yet."""
