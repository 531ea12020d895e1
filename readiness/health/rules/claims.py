"""What a manager claims: how long it stands, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

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


class Foreseen(Protocol):
    """What is read of a kept forecast."""

    @property
    def day(self) -> date: ...  # noqa: D102  # the day on which it was made
    @property
    def target(self) -> date | None: ...  # noqa: D102  # that of its day, as is its chance
    @property
    def p50(self) -> datetime: ...  # noqa: D102
    @property
    def p80(self) -> datetime: ...  # noqa: D102
    @property
    def chance(self) -> float | None: ...  # noqa: D102
    def slip(self, target: date | None) -> int | None:
        """By how many days P80 lies after a target."""


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
    """One thing against a claim: which indicator it is about (None for a gate), its figure, and whom it names."""

    against: Against
    kind: Kind | None
    figure: float = 0
    who: str = ""

    @property
    def key(self) -> str:
        """What an answer to it is kept under, such as "spi:schedule"."""
        return f"{self.against.value}:{self.kind.value}" if self.kind else self.against.value


def contradictions(
    claimed: Colour,
    indicators: Sequence[Indicator],
    standing: Standing,
    spi: float | None,
    overloads: Iterable[Loaded],
    failing: Sequence[str] = (),
    forecast: Foreseen | None = None,
) -> tuple[Contradiction, ...]:
    """What contradicts a claim: each indicator that is worse; and for a claim of green the six of `against_green`.

    An indicator is not named twice: where one of the six says why it is worse, that is enough. ``failing`` are the
    must-haves that fail.
    """
    green = claimed is Colour.ON_TRACK
    narrow = against_green(indicators, standing, spi, overloads, failing, forecast) if green else []
    told = {each.kind for each in narrow if each.against in _EXPLAIN}
    wide = [each for each in indicators if worse(each.state, claimed) and each.kind not in told]
    return (*(Contradiction(Against.INDICATOR, each.kind) for each in wide), *narrow)


def against_green(
    indicators: Sequence[Indicator],
    standing: Standing,
    spi: float | None,
    overloads: Iterable[Loaded],
    failing: Sequence[str],
    forecast: Foreseen | None = None,
) -> list[Contradiction]:
    """What nobody can claim green against: SPI(t) below 0.9, a critical task overdue, a must-have that fails, a
    forecast after the target, an overload above 120 % in the next two weeks, an indicator without data.

    The forecast is P80; where none was kept, it is the finish that follows from the tasks.
    """
    found = []
    if spi is not None and spi < SPI_LIMIT:
        found.append(Contradiction(Against.SPI, Kind.SCHEDULE, spi))
    if standing.critical_days:
        found.append(Contradiction(Against.CRITICAL, Kind.SCHEDULE, standing.critical_days))
    if failing:
        found.append(Contradiction(Against.MUST_HAVE, None, len(failing), failing[0]))
    late, of = _lateness(standing, forecast)
    if late > 0:
        found.append(Contradiction(Against.FORECAST, Kind.SCHEDULE, late, of))
    top = max(overloads, key=lambda each: each.percent, default=None)
    if top is not None and top.percent > LOAD_LIMIT:
        found.append(Contradiction(Against.OVERLOAD, Kind.RESOURCES, top.percent, top.person))
    return [*found, *(Contradiction(Against.NO_DATA, each.kind) for each in indicators if not each.known)]


def _lateness(standing: Standing, forecast: Foreseen | None) -> tuple[int, str]:
    """By how many days go-live is late, and the day of the forecast that says so; empty where the plan does."""
    if forecast is None or standing.live:
        return standing.slip or 0, ""
    return forecast.slip(standing.target) or 0, forecast.day.isoformat()


_EXPLAIN = (Against.CRITICAL, Against.FORECAST, Against.OVERLOAD)
"""What makes an indicator worse by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a contradiction, to which sentence, by whom and when."""

    key: str
    words: str
    said: str
    by: str
    at: datetime


def check_answer(words: str) -> str:
    """An answer as it is kept. Raises RuleBroken where it is empty or too long."""
    said = " ".join(words.split())
    if not said:
        raise RuleBroken("health.answer", "Say in a sentence why the claim holds nevertheless.", field="words")
    if len(said) > REASON_LIMIT:
        raise RuleBroken(
            "health.answer_long", "An answer has at most %(most)s characters.", field="words", most=REASON_LIMIT
        )
    return said
