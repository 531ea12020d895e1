"""What a change comes to: the plan before and after, as it was measured, so that it can be kept and grow stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from phases.kickoff.changes.rules import Size
from roadmap.branches.rules.comparing import Figures, later

_DAYS = ("finish", "go_live", "p80")


@dataclass(frozen=True, slots=True)
class GateDay:
    """When a gate is decided, before and after; None where the plan has no such milestone."""

    name: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Both plans as they were measured at a moment, with what tells whether either moved since."""

    at: datetime
    before: Figures
    after: Figures
    gates: tuple[GateDay, ...]
    prints: tuple[str, str]

    @property
    def days(self) -> int | None:
        """By how many days go-live (or, without one, the finish) moves; below 0 it is sooner."""
        if self.before.go_live is None:
            return later(self.before.finish, self.after.finish)
        return later(self.before.go_live, self.after.go_live)

    @property
    def cents(self) -> int | None:
        """What it costs more; below 0 it saves."""
        known = self.before.cost is not None and self.after.cost is not None
        return (self.after.cost or 0) - (self.before.cost or 0) if known else None

    def stale(self, prints: Sequence[str]) -> bool:
        """Whether either plan is another one than it was."""
        return tuple(prints) != self.prints


def size_of(effect: Effect | None, *, scope: bool) -> Size:
    """How much a change asks for; without a measured effect nobody knows."""
    return Size(effect.days, effect.cents, scope) if effect else Size(scope=scope)


def as_json(effect: Effect) -> dict[str, Any]:
    """The effect as it is kept."""
    return {
        "at": effect.at.isoformat(),
        "before": _plain(asdict(effect.before)),
        "after": _plain(asdict(effect.after)),
        "gates": [_plain(asdict(gate)) for gate in effect.gates],
        "prints": list(effect.prints),
    }


def from_json(kept: Mapping[str, Any] | None) -> Effect | None:
    """The effect that was kept."""
    if not kept:
        return None
    gates = tuple(GateDay(each["name"], _day(each["before"]), _day(each["after"])) for each in kept["gates"])
    first, second = kept["prints"]
    at = datetime.fromisoformat(kept["at"])
    return Effect(at, _figures(kept["before"]), _figures(kept["after"]), gates, (first, second))


def _figures(kept: Mapping[str, Any]) -> Figures:
    days = {name: _day(kept.get(name)) for name in _DAYS}
    return Figures(**days, cost=kept.get("cost"), overloads=kept.get("overloads"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
