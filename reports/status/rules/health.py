"""The state of the schedule, computed, with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.status.rules.facts import Work
from reports.status.rules.milestones import Mark, MilestoneLine


class Tone(StrEnum):
    """The state: the first three are colours; the others say why there is none."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    DONE = "done"


class Reason(StrEnum):
    """Why the state is what it is; a number stands beside it."""

    NO_PLAN = "no_plan"
    NOT_BEGUN = "not_begun"
    ALL_DONE = "all_done"
    PAST_TARGET = "past_target"
    CRITICAL_LATE = "critical_late"
    LATE = "late"
    MILESTONES_AT_RISK = "milestones_at_risk"
    IN_TIME = "in_time"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the schedule and what makes it so, the heaviest first."""

    tone: Tone
    reasons: tuple[tuple[Reason, int], ...]


def health_of(work: Sequence[Work], milestones: Sequence[MilestoneLine], slip: int | None, *, begun: bool) -> Health:
    """Off track: the go-live lies after its target, or critical work is late. At risk: other work is late, or a
    milestone is later than planned. ``slip`` is the go-live's, in working days.
    """
    if not work:
        return Health(Tone.UNKNOWN, ((Reason.NO_PLAN, 0),))
    if all(each.done for each in work):
        return Health(Tone.DONE, ((Reason.ALL_DONE, len(work)),))
    red = _counted((Reason.PAST_TARGET, _open_slip(work, slip)), (Reason.CRITICAL_LATE, _late(work, critical=True)))
    behind = sum(line.mark in (Mark.AT_RISK, Mark.LATE) and not _counted_already(line.work) for line in milestones)
    amber = _counted((Reason.LATE, _late(work, critical=False)), (Reason.MILESTONES_AT_RISK, behind))
    if red:
        return Health(Tone.RED, red + amber)
    if amber:
        return Health(Tone.AMBER, amber)
    return Health(Tone.GREEN, ((Reason.IN_TIME, 0),)) if begun else Health(Tone.WAITING, ((Reason.NOT_BEGUN, 0),))


def _counted_already(work: Work) -> bool:
    return work.late or work.go_live


def _open_slip(work: Sequence[Work], slip: int | None) -> int:
    reached = any(each.go_live and each.done for each in work)
    return 0 if reached or slip is None else max(slip, 0)


def _late(work: Sequence[Work], *, critical: bool) -> int:
    return sum(each.late and each.critical is critical for each in work)


def _counted(*reasons: tuple[Reason, int]) -> tuple[tuple[Reason, int], ...]:
    return tuple((reason, number) for reason, number in reasons if number > 0)
