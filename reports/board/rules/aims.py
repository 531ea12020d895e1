"""What the objectives of a roll-out came to: as it was measured, else as somebody said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from readiness.benefits.rules.aims import Outcome
from readiness.benefits.rules.reach import Kept, Reach


class Stands(StrEnum):
    """How an objective stands; the worst first."""

    LOST = "lost"
    DOUBTFUL = "doubtful"
    COURSE = "course"
    REACHED = "reached"
    UNKNOWN = "unknown"


_MEASURED = {
    Reach.REACHED: Stands.REACHED,
    Reach.REACHABLE: Stands.COURSE,
    Reach.UNLIKELY: Stands.DOUBTFUL,
    Reach.IMPOSSIBLE: Stands.LOST,
    Reach.MISSED: Stands.LOST,
}
_SAID = {Outcome.REACHED: Stands.REACHED, Outcome.PARTLY: Stands.DOUBTFUL, Outcome.MISSED: Stands.LOST}


@dataclass(frozen=True, slots=True)
class Aimed:
    """An objective: whether its baseline is frozen, what somebody said, and how it stood on the day kept last."""

    id: int
    name: str
    based: bool = False
    said: str = ""
    kept: Kept | None = None

    @property
    def stands(self) -> Stands:
        """What was measured counts before what was said.

        >>> Aimed(1, "Win more").stands, Aimed(1, "Win more", said="reached").stands, Aimed(1, "W", said="open").stands
        (<Stands.UNKNOWN: 'unknown'>, <Stands.REACHED: 'reached'>, <Stands.UNKNOWN: 'unknown'>)
        """
        measured = _MEASURED.get(self.kept.reach) if self.kept else None
        return measured or (_SAID.get(Outcome(self.said), Stands.UNKNOWN) if self.said else Stands.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Aims:
    """The objectives of a roll-out."""

    every: Sequence[Aimed] = ()

    @property
    def based(self) -> int:
        """How many have a frozen baseline."""
        return sum(each.based for each in self.every)

    def count(self, stands: Stands) -> int:
        """How many stand so."""
        return sum(each.stands is stands for each in self.every)

    @property
    def known(self) -> int:
        """Of how many something is known."""
        return len(self.every) - self.count(Stands.UNKNOWN)

    @property
    def tone(self) -> str:
        """The colour: unknown until something is known, red where one is lost, green where all are well.

        >>> good, half, lost, none = (Aimed(1, "A", said=each) for each in ("reached", "partly", "missed", ""))
        >>> Aims([good]).tone, Aims([good, half]).tone, Aims([good, lost]).tone
        ('green', 'amber', 'red')
        >>> Aims([good, none]).tone, Aims([none]).tone, Aims().tone
        ('amber', 'unknown', 'open')
        """
        if not self.every:
            return "open"
        if not self.known:
            return "unknown"
        if self.count(Stands.LOST):
            return "red"
        return "amber" if self.count(Stands.DOUBTFUL) or self.known < len(self.every) else "green"


NO_AIMS = Aims()
