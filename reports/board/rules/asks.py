"""What needs a decision this week, in all roll-outs, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.across.rules import GateStop
from readiness.health.rules.whole import Health
from reports.board.rules.lines import end_of_week
from roadmap.standing.rules.health import Health as Colour


class Kind(StrEnum):
    """What is to be decided, in the order in which those of one day stand."""

    GATE = "gate"
    SIGN_OFF = "sign-off"
    WAIVER = "waiver"
    LAPSE = "lapse"
    CONTRADICTION = "contradiction"
    CLAIM = "claim"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Ask:
    """One decision that is needed. ``number`` and ``key`` say where: a criterion, a report, a gate.

    ``day`` is when it is due; None: now. ``what`` names it, ``who`` asks for it or has to say a word.
    """

    kind: Kind
    project_id: int
    project: str
    what: str
    day: date | None = None
    who: str = ""
    number: int = 0
    key: str = ""
    count: int = 0


def ordered(found: Iterable[Ask]) -> list[Ask]:
    """The decisions by their day, those without one where today is."""
    kinds = list(Kind)
    return sorted(
        found,
        key=lambda each: (
            each.day is not None,
            each.day or date.min,
            kinds.index(each.kind),
            each.project,
            each.number,
        ),
    )


def of_gates(project_id: int, project: str, gates: Iterable[GateStop], today: date) -> list[Ask]:
    """Gates whose milestone is due by the end of this week, or was due and is not reached."""
    last = end_of_week(today)
    return [
        Ask(Kind.GATE, project_id, project, each.name, each.day, number=each.id, key=each.key)
        for each in gates
        if each.day is not None and each.day <= last and not each.reached
    ]


def of_health(project_id: int, project: str, health: Health, answered: frozenset[str], today: date) -> list[Ask]:
    """A claim that figures contradict, as long as nobody answered, and one that ends this week: what holds now?

    ``answered`` are the keys of the contradictions that somebody said a word to.
    """
    claim = health.claim
    if claim is None or health.claimed is None or health.worst is Colour.CLOSED:
        return []
    found = []
    against = sum(each.key not in answered for each in health.contradictions)
    if against:
        found.append(Ask(Kind.CONTRADICTION, project_id, project, "", who=claim.by, count=against))
    if claim.until <= end_of_week(today):
        found.append(Ask(Kind.CLAIM, project_id, project, claim.reason, claim.until, claim.by))
    return found
