"""The health of a roll-out as a whole: computed beside claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from kernel.worktime import Calendar
from readiness.health.rules import claims, indicators
from readiness.health.rules.claims import Claim, Contradiction, Foreseen, Stands
from readiness.health.rules.indicators import Drifted, Exposed, Indicator, Kind, Loaded, Spent
from readiness.health.rules.tolerances import Tolerances
from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work
from roadmap.standing.rules.health import Health as Colour
from roadmap.standing.rules.health import Limits
from roadmap.standing.rules.standing import Row, Standing, standing_of
from roadmap.tasks.rules.states import FINISHED

AHEAD_DAYS = 14
"""How far ahead overloads count."""


class Planned(Row, Protocol):
    """What is read of a row of the plan beyond its dates."""

    @property
    def owner_id(self) -> int | None: ...  # noqa: D102  # named in the table of tasks


@dataclass(frozen=True, slots=True)
class Frame:
    """What is read of a project; ``time`` is its working calendar."""

    id: int
    start: date
    target: date | None
    state: str
    time: Calendar


@dataclass(frozen=True, slots=True)
class Known:
    """What other rooms know of a project; None is unknown. ``hidden``: what the reader may see the colour of only.

    ``failing`` are the must-haves that fail at the gate that decides, ``spi`` is SPI(t), None where it is not defined.
    """

    money: Spent | None = None
    exposure: Exposed | None = None
    overloads: Sequence[Loaded] = ()
    hidden: frozenset[Kind] = frozenset()
    failing: Sequence[str] = ()
    spi: float | None = None
    forecast: Foreseen | None = None
    drift: Drifted | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """A roll-out's health on a day. ``worst`` is computed; ``claim`` is the newest, ``stands`` what became of it.

    ``spi`` is SPI(t) against the reference baseline or the plan as it stands, None where it is not defined; ``work`` is
    that of the plan.
    """

    project_id: int
    indicators: tuple[Indicator, ...]
    worst: Colour
    claim: Claim | None
    stands: Stands | None
    contradictions: tuple[Contradiction, ...]
    standing: Standing
    spi: float | None
    tolerances: Tolerances
    overloads: tuple[Loaded, ...]
    work: tuple[Work, ...] = ()
    forecast: Foreseen | None = None

    @property
    def claimed(self) -> Colour | None:
        """The colour that is claimed today, None where no claim stands."""
        return self.claim.state if self.claim is not None and self.stands is Stands.STANDS else None

    @property
    def unknown(self) -> tuple[Kind, ...]:
        """The indicators that nothing is known of."""
        return tuple(each.kind for each in self.indicators if not each.known)

    def of(self, kind: str) -> Indicator:
        """One indicator by its name."""
        return next(each for each in self.indicators if each.kind == kind)


def health_of(  # what a judgement needs
    frame: Frame, rows: Sequence[Planned], known: Known, tolerances: Tolerances, claim: Claim | None, today: date
) -> Health:
    """Judge one roll-out from its plan and what other rooms know of it."""
    work, limits = curve.work_of(rows, frame.time), Limits(tolerances.slip_amber, tolerances.slip_red)
    stands = standing_of(rows, work, frame.target, frame.state, today, limits)
    spi = known.spi
    assigned = any(row.owner_id is not None and row.percent < FINISHED for row in rows)
    open_found = (
        indicators.schedule(stands, spi),
        indicators.cost(known.money, stands.done, tolerances),
        indicators.scope(known.drift, tolerances),
        indicators.risk(known.exposure, tolerances),
        indicators.resources(known.overloads, tolerances, assigned=assigned),
        indicators.quality(),
    )
    found = tuple(replace(each, private=each.kind in known.hidden) for each in open_found)
    whole = indicators.overall(found)
    became = claims.standing_of(claim, whole, today) if claim else None
    against: tuple[Contradiction, ...] = ()
    if claim is not None and became is Stands.STANDS and whole is not Colour.CLOSED:
        failing, foreseen = known.failing, known.forecast
        against = claims.contradictions(claim.state, found, stands, spi, known.overloads, failing, foreseen)
    overloads = tuple(known.overloads)
    return Health(
        project_id=frame.id,
        indicators=found,
        worst=whole,
        claim=claim,
        stands=became,
        contradictions=against,
        standing=stands,
        spi=spi,
        tolerances=tolerances,
        overloads=overloads,
        work=tuple(work),
        forecast=known.forecast,
    )


def became(claim: Claim, computed: Colour, today: date, *, newest: bool) -> Stands:
    """What became of a claim of the history: the newest by today's figures, an older one was replaced or had ended."""
    if newest:
        return claims.standing_of(claim, computed, today)
    if claim.ended is None:
        return Stands.REPLACED
    return Stands.LAPSED if claim.lapsed else Stands.WITHDRAWN
