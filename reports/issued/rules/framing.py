"""What people and earlier reports add to the figures: the comment, the decisions, what the last report said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that others have to decide: what, why, who, by when."""

    what: str
    why: str = ""
    who: str = ""
    by: date | None = None

    def stored(self) -> dict[str, str]:
        """As JSON keeps it."""
        return {"what": self.what, "why": self.why, "who": self.who, "by": self.by.isoformat() if self.by else ""}

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> "Decision":
        """The decision that `stored` wrote."""
        day = kept.get("by", "")
        return cls(kept["what"], kept.get("why", ""), kept.get("who", ""), date.fromisoformat(day) if day else None)


@dataclass(frozen=True, slots=True)
class Framing:
    """The frame of one report: ``number`` and ``code`` are empty until it is issued, ``last`` is the report before it.

    ``since`` is the first day after the last report, ``before`` the day of each milestone in it, by number.
    """

    number: int | None = None
    code: str = ""
    author: str = ""
    comment: str = ""
    decisions: tuple[Decision, ...] = ()
    last: int | None = None
    since: date | None = None
    before: Mapping[int, date] = field(default_factory=dict)
    corrects: int | None = None
    reason: str = ""
