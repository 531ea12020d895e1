"""What the objectives of a roll-out came to, in one word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REACHED, PARTLY, OPEN = "reached", "partly", "open"


@dataclass(frozen=True, slots=True)
class Aims:
    """How many objectives there are, how many have a frozen baseline, and what was said of them."""

    count: int
    based: int
    said: Sequence[str] = ()

    @property
    def reached(self) -> int:
        """How many were said to be reached."""
        return sum(each == REACHED for each in self.said)

    @property
    def answered(self) -> int:
        """How many have an end; what was left open has none."""
        return sum(each != OPEN for each in self.said)

    @property
    def tone(self) -> str:
        """The colour: unknown until something was said, green where all of it was reached.

        >>> Aims(2, 2).tone, Aims(2, 2, ["reached"]).tone, Aims(2, 2, ["reached", "missed"]).tone
        ('unknown', 'green', 'amber')
        >>> Aims(2, 2, ["missed"]).tone, Aims(0, 0).tone, Aims(1, 1, ["open"]).tone
        ('red', 'open', 'unknown')
        >>> Aims(1, 1, ["partly"]).tone
        'amber'
        """
        if not self.count:
            return "open"
        if not self.answered:
            return "unknown"
        if self.reached == self.answered:
            return "green"
        return "amber" if self.reached or PARTLY in self.said else "red"


NO_AIMS = Aims(0, 0)
