"""What holds of change requests: their states, what may be written, who decides, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL, OWN = Visibility.ALL, Visibility.OWN
TITLE_LIMIT, TEXT_LIMIT, NAME_LIMIT = 200, 10_000, 200
MOST_LINES = 50

GRANTS = (
    *allow("change.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("change.ask", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("change.edit", administrator=ALL, manager=ALL, member=OWN, stakeholder=OWN, executive=OWN),
    *allow("change.decide", administrator=ALL, manager=ALL, executive=ALL),
    *allow("change.apply", administrator=ALL, manager=ALL),
)
"""Anybody in a roll-out may ask; who decides depends on the size of what is asked for."""


class State(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN, State.DRAFT}),
    State.APPROVED: frozenset({State.APPLIED, State.WITHDRAWN}),
    State.REJECTED: frozenset({State.DRAFT}),
    State.WITHDRAWN: frozenset({State.DRAFT}),
    State.APPLIED: frozenset(),
}
"""From where one may go where. What was applied stays: whoever wants it otherwise asks for another change."""

KINDS = {
    "schedule": "Dates and order",
    "scope": "What is in scope",
    "people": "People and their time",
    "cost": "Money",
    "quality": "How good it has to be",
    "other": "Something else",
}
"""What a request is about."""


class Urgency(StrEnum):
    """How soon somebody has to decide."""

    LOW = "low"
    NORMAL = "normal"
    URGENT = "urgent"


DAYS_TO_DECIDE = {Urgency.LOW: 14, Urgency.NORMAL: 7, Urgency.URGENT: 2}
"""Calendar days from the day on which it was submitted."""


class Level(StrEnum):
    """Who decides."""

    MANAGER = "manager"
    ABOVE = "executive"


class Act(StrEnum):
    """What a request does to the scope."""

    ADD = "add"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class ScopeAct:
    """A line that a request adds to the scope, in it or out of it, or takes away; ``line_id`` is the one it takes."""

    act: Act
    name: str
    inside: bool
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Up to how many days that go-live moves, and how much money it costs, the manager decides alone."""

    days: int = 3
    cents: int = 500_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much a request changes; None is unknown, and whatever is unknown is not small."""

    days: int | None = None
    cents: int | None = None
    scope: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the scope of a roll-out moved by requests that were approved.

    ``agreed`` counts the lines without them, ``changed`` what they added or took away; ``waiting`` requests want a
    decision, of which ``late`` should have had it.
    """

    agreed: int = 0
    changed: int = 0
    waiting: int = 0
    late: int = 0

    @property
    def share(self) -> float | None:
        """What changed, in percent of what was agreed; None where no line was.

        >>> Drift(agreed=20, changed=3).share, Drift(agreed=0, changed=1).share
        (15.0, None)
        """
        return 100 * self.changed / self.agreed if self.agreed else None


@dataclass(frozen=True, slots=True)
class ChangeData:
    """What is asked for, by whom and why; ``branch_id`` is the branch that shows it in the plan."""

    title: str
    what: str = ""
    why: str = ""
    asked_by: str = ""
    kind: str = "schedule"
    urgency: str = Urgency.NORMAL.value
    branch_id: int | None = None
    scope: tuple[ScopeAct, ...] = ()


def code(number: int) -> str:
    """What people call it.

    >>> code(3)
    'C-03'
    """
    return f"C-{number:02d}"


def level(size: Size, policy: Policy) -> Level:
    """Who decides: the manager what is small, the sponsor or an executive everything else.

    >>> level(Size(days=2, cents=0), Policy(3, 500_000)).value, level(Size(days=4, cents=0), Policy()).value
    ('manager', 'executive')
    >>> level(Size(days=None, cents=0), Policy()).value
    'executive'
    """
    if size.scope or size.days is None or size.cents is None:
        return Level.ABOVE
    return Level.MANAGER if size.days <= policy.days and size.cents <= policy.cents else Level.ABOVE


def with_request(
    drift: Drift, state: str | None, acts: Sequence[ScopeAct], decide_by: date | None, today: date
) -> Drift:
    """The same with one request more. What was applied stands among the lines already, so it is taken off the agreed.

    >>> with_request(Drift(agreed=10), "applied", [ScopeAct(Act.ADD, "Chat", True)], None, date(2026, 1, 5))
    Drift(agreed=9, changed=1, waiting=0, late=0)
    >>> with_request(Drift(agreed=9, changed=1), "submitted", [], date(2026, 1, 4), date(2026, 1, 5))
    Drift(agreed=9, changed=1, waiting=1, late=1)
    """
    if state == State.SUBMITTED:
        late = decide_by is not None and decide_by < today
        return replace(drift, waiting=drift.waiting + 1, late=drift.late + late)
    added = sum(each.act is Act.ADD for each in acts)
    before = len(acts) - 2 * added if state == State.APPLIED else 0
    return replace(drift, agreed=max(drift.agreed + before, 0), changed=drift.changed + len(acts))


def why_not_decide(needed: Level, roles: frozenset[str], *, asked: bool) -> str:
    """Why somebody may not decide, in a sentence; empty where they may. Whoever asked never decides.

    >>> why_not_decide(Level.MANAGER, frozenset({"manager"}), asked=False)
    ''
    """
    if asked:
        return "Whoever asked for a change does not decide about it: somebody else has to."
    deciding = {Level.MANAGER: {"manager", "executive", "administrator"}, Level.ABOVE: {"executive", "administrator"}}
    if roles & deciding[needed]:
        return ""
    if needed is Level.ABOVE:
        return "This is larger than what the manager decides alone: the sponsor or an executive of the roll-out has to."
    return "The manager of the roll-out decides about this."


def check_move(before: State, after: State) -> None:
    """Raise RuleBroken unless a request may go from one state to another."""
    if after not in MOVES[before]:
        text = "A request that is %(before)s can't become %(after)s."
        raise RuleBroken("change.move", text, before=before.value, after=after.value)


def decide_by(day: date, urgency: str) -> date:
    """By which day somebody should have decided."""
    return day + timedelta(days=DAYS_TO_DECIDE[Urgency(urgency)])


def checked(data: ChangeData) -> ChangeData:
    """The request as it is kept. Raises RuleBroken for what is missing, too long or unknown."""
    title = " ".join(data.title.split())
    if not title:
        raise RuleBroken("change.title", "Say in a few words what should change.", field="title")
    limits = (("title", title, TITLE_LIMIT), ("what", data.what, TEXT_LIMIT), ("why", data.why, TEXT_LIMIT))
    for field, text, limit in (*limits, ("asked_by", data.asked_by, NAME_LIMIT)):
        if len(text) > limit:
            said = "The text has %(length)s characters; at most %(limit)s fit."
            raise RuleBroken("change.long", said, field=field, length=len(text), limit=limit)
    if data.kind not in KINDS:
        raise RuleBroken("change.kind", "Choose one of the kinds of the list.", field="kind")
    if data.urgency not in set(Urgency):
        raise RuleBroken("change.urgency", "Choose how urgent it is.", field="urgency")
    if len(data.scope) > MOST_LINES:
        raise RuleBroken("change.scope", "At most %(limit)s lines of scope fit.", field="adds", limit=MOST_LINES)
    asked_by = " ".join(data.asked_by.split())
    return ChangeData(
        title, data.what.strip(), data.why.strip(), asked_by, data.kind, data.urgency, data.branch_id, data.scope
    )


def check_complete(what: str, why: str) -> None:
    """Raise RuleBroken unless somebody could decide about it."""
    if not what.strip():
        raise RuleBroken("change.what", "Say what should change before you submit it.", field="what")
    if not why.strip():
        raise RuleBroken("change.why", "Say why it should change before you submit it.", field="why")


def check_policy(policy: Policy) -> None:
    """Raise RuleBroken for limits that make no sense."""
    if not 0 <= policy.days <= 365:
        raise RuleBroken("change.days", "Write a number of days from 0 to 365.", field="days")
    if not 0 <= policy.cents <= 10**12:
        raise RuleBroken("change.money", "Write an amount from 0 to 10,000,000,000.", field="amount")
