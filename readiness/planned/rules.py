"""How risks and action items are counted for criteria."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from readiness.gates.rules.sources import part_of

OVERALL = "overall"
"""The subject of health as a whole."""
CRITICAL, RESPONSES, EXPOSURE = "critical", "planned-responses", "exposure"
CRITICAL_FROM, MEDIUM_FROM = 15, 5
EXPOSURE_RULE = "Sum of probability times impact over the open risks."
RISK_SUBJECTS: Mapping[str, tuple[str, str]] = {
    CRITICAL: ("Open critical risks", "Open risks with a score of 15 or more; a risk without a score may be one."),
    RESPONSES: (
        "Medium and higher risks with an owner and a response",
        "Open risks with a score of 5 or more that somebody owns and that have at least one response.",
    ),
    EXPOSURE: ("Exposure of all open risks", EXPOSURE_RULE),
}
"""What the register can be asked besides the exposure of a phase: a name and the rule."""
OPEN, OVERDUE = "open", "overdue"
DUE_RULE = "Done action items of those that are done or whose day has passed; dropped ones do not count."
ACTION_SUBJECTS: Mapping[str, tuple[str, str]] = {
    OPEN: ("Open action items", "Action items that are neither done nor dropped."),
    OVERDUE: ("Late action items", "Open action items whose day has passed."),
}
"""What the action items can be asked besides those of a meeting: a name and the rule."""


class Rated(Protocol):
    """What is read of a risk."""

    @property
    def open(self) -> bool: ...  # noqa: D102  # named in the table of risks

    @property
    def score(self) -> int | None: ...  # noqa: D102

    @property
    def responsible_id(self) -> int | None: ...  # noqa: D102

    @property
    def responses(self) -> Sequence[object]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Todo:
    """What is read of an action item."""

    id: int
    number: int
    title: str
    subject: str
    state: str
    due: date | None

    @property
    def open(self) -> bool:
        """Whether it is neither done nor dropped."""
        return self.state == "open"

    def late(self, today: date) -> bool:
        """Open although its day has passed."""
        return self.open and self.due is not None and self.due < today


R = TypeVar("R", bound=Rated)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judged(Generic[T]):
    """A value (None is unknown, ``why`` says why) from ``n`` things, and those that stand against it."""

    value: float | None
    n: int
    against: Sequence[T] = ()
    why: str = ""


def of_risks(subject: str, register: Sequence[R], unit: str) -> Judged[R]:
    """What the register says; any subject that is not named here is the exposure of the risks that are given."""
    opened = [row for row in register if row.open]
    if not register:
        return Judged(None, 0, why="no risk was ever recorded here")
    if subject == RESPONSES:
        return _planned(opened, unit)
    bare = [row for row in opened if row.score is None]
    if subject == CRITICAL:
        heavy = [row for row in opened if (row.score or 0) >= CRITICAL_FROM]
        if bare and not heavy:
            return Judged(None, len(register), bare, "open risks have no score yet: one of them may be critical")
        return Judged(float(len(heavy)), len(register), heavy)
    if bare:
        return Judged(None, len(register), bare, "open risks have no score yet: the exposure is not known")
    heaviest = sorted(opened, key=lambda row: -(row.score or 0))
    return Judged(float(sum(row.score or 0 for row in opened)), len(register), heaviest)


def _planned(opened: Sequence[R], unit: str) -> Judged[R]:
    asked = [row for row in opened if (row.score or MEDIUM_FROM) >= MEDIUM_FROM]
    if not asked:
        return Judged(None, 0, why="no open risk has a score of 5 or more")
    lacking = [row for row in asked if row.responsible_id is None or not row.responses]
    return Judged(part_of(len(asked) - len(lacking), len(asked), unit), len(asked), lacking)


def of_actions(subject: str, items: Sequence[Todo], today: date, unit: str) -> Judged[Todo]:
    """How many are open or late; for any other subject the share done of those that are given and due."""
    if subject in ACTION_SUBJECTS:
        against = [each for each in items if (each.open if subject == OPEN else each.late(today))]
        return Judged(float(len(against)), len(items), against)
    due = [each for each in items if not each.open or each.late(today)]
    if not due:
        return Judged(None, 0, why="none of its action items is due yet")
    still = [each for each in due if each.open]
    return Judged(part_of(len(due) - len(still), len(due), unit), len(due), still)


def by_number(number: int) -> str:
    """What a list or a task that was made by hand is called by: it has no key.

    >>> by_number(12)
    '#12'
    """
    return f"#{number}"


def numbers(keys: Iterable[str]) -> list[int]:
    """The numbers among what is asked about.

    >>> numbers(["go-live", "#12", "#x", "#99999999999999999999"])
    [12]
    """
    return [int(each[1:]) for each in keys if each[:1] == "#" and each[1:].isdecimal() and len(each) <= _DIGITS]


_DIGITS = 10
"""A longer number is none of a row."""
