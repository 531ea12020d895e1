"""The states of a risk, where each may go, and what has to be said on the way; the kinds of responses."""

from __future__ import annotations

from enum import StrEnum

from kernel.errors import RuleBroken
from roadmap.risks.rules.scores import Band, Rating


class State(StrEnum):
    """How a risk stands."""

    IDENTIFIED = "identified"
    ASSESSED = "assessed"
    PLANNED = "response planned"
    IN_PROGRESS = "response in progress"
    OCCURRED = "occurred"
    CLOSED = "closed"
    REJECTED = "rejected"


class Response(StrEnum):
    """What is done about a risk."""

    AVOID = "avoid"
    MITIGATE = "mitigate"
    TRANSFER = "transfer"
    ACCEPT = "accept"
    ESCALATE = "escalate"


SHORT = {State.PLANNED: "planned", State.IN_PROGRESS: "in progress"}
"""States whose word is long, as a table writes them."""
RESPONSES = {
    Response.AVOID: "Avoid: it can no longer happen",
    Response.MITIGATE: "Mitigate: less likely, or less harm",
    Response.TRANSFER: "Transfer: somebody else carries it",
    Response.ACCEPT: "Accept: nothing is done, knowingly",
    Response.ESCALATE: "Escalate: somebody above decides",
}
_CLOSING = frozenset({State.CLOSED, State.REJECTED})
_LIVING = (State.ASSESSED, State.PLANNED, State.IN_PROGRESS)
_MOVES: dict[State, tuple[State, ...]] = {
    State.IDENTIFIED: (State.ASSESSED, State.REJECTED),
    State.ASSESSED: (State.PLANNED, State.OCCURRED, State.CLOSED, State.REJECTED),
    State.PLANNED: (State.IN_PROGRESS, State.ASSESSED, State.OCCURRED, State.CLOSED, State.REJECTED),
    State.IN_PROGRESS: (State.PLANNED, State.OCCURRED, State.CLOSED),
    State.OCCURRED: (State.IN_PROGRESS, State.CLOSED),
    State.CLOSED: (State.ASSESSED,),
    State.REJECTED: (State.IDENTIFIED,),
}
"""Where a risk may go from each state."""
_NEEDS = {
    State.REJECTED: "Write why it is no risk.",
    State.OCCURRED: "Write what happened.",
}
"""What has to be said before a state, whatever the score."""


def is_open(state: str) -> bool:
    """Whether somebody still has to look after it; what occurred stays open until it is dealt with.

    >>> [is_open(state) for state in ("identified", "occurred", "closed", "rejected")]
    [True, True, False, False]
    """
    return state not in _CLOSING


def moves_from(state: str) -> tuple[State, ...]:
    """Where a risk may go."""
    return _MOVES[State(state)]


def state_named(word: str) -> State:
    """The state of a word. Raises RuleBroken for a word that is none."""
    try:
        return State(word)
    except ValueError:
        raise RuleBroken(
            "risk.state",
            "“%(word)s” is no state of a risk. Choose one of %(states)s.",
            field="state",
            word=word[:40],
            states=", ".join(State),
        ) from None


def check_move(now: str, wanted: State, *, score: Rating | None, reason: str, responses: int) -> None:
    """Refuse a move that the table does not know, or before which something has to be said or done. Raises RuleBroken.

    A critical risk is closed only with what was done; a response is planned before it is in progress.
    """
    if wanted not in moves_from(now):
        ways = ", ".join(moves_from(now))
        raise RuleBroken(
            "risk.move",
            "A risk that is %(now)s can't become %(wanted)s. It can become %(ways)s.",
            field="state",
            now=now,
            wanted=wanted.value,
            ways=ways,
        )
    if wanted == State.ASSESSED and score is None:
        raise RuleBroken("risk.unscored", "Give it a probability and an impact first.", field="state")
    if wanted in (State.PLANNED, State.IN_PROGRESS) and now != State.OCCURRED and not responses:
        raise RuleBroken("risk.no_response", "Write down a response first.", field="state")
    if not reason.strip():
        _check_silence(wanted, score)


def _check_silence(wanted: State, score: Rating | None) -> None:
    if wanted in _NEEDS:
        raise RuleBroken("risk.reason", _NEEDS[wanted], field="reason")
    if wanted == State.CLOSED and score is not None and score.band is Band.CRITICAL:
        raise RuleBroken(
            "risks.close_needs_response", "Write what was done before closing a critical risk.", field="reason"
        )


def check_response(word: str) -> Response:
    """The kind of a response. Raises RuleBroken for a word that is none."""
    try:
        return Response(word)
    except ValueError:
        raise RuleBroken(
            "risk.response",
            "“%(word)s” is no response. Choose one of %(kinds)s.",
            field="kind",
            word=word[:40],
            kinds=", ".join(Response),
        ) from None
