"""Why the schedule is in its state, which `roadmap.standing` finds: what weighs most comes first."""

from collections.abc import Sequence
from enum import StrEnum

from reports.status.rules.facts import Work
from reports.status.rules.milestones import Mark, MilestoneLine
from roadmap.standing.rules.health import Health
from roadmap.standing.rules.standing import Standing


class Reason(StrEnum):
    """What is said of a schedule; a number stands beside it: days, or how many."""

    CLOSED = "closed"
    NO_PLAN = "no_plan"
    NO_GO_LIVE = "no_go_live"
    NO_TARGET = "no_target"
    GO_LIVE = "go_live"
    CRITICAL_LATE = "critical_late"
    LATE = "late"
    MILESTONES_MOVED = "milestones_moved"
    IN_TIME = "in_time"


Reasons = tuple[tuple[Reason, int], ...]


def reasons_of(standing: Standing, work: Sequence[Work], milestones: Sequence[MilestoneLine]) -> Reasons:
    """What makes the state: how late the go-live is and the latest critical task, in days. Then what does not make it
    and is worth knowing: how much other work is late, and how many other milestones are later than planned.
    """
    if standing.health is Health.CLOSED:
        return ((Reason.CLOSED, 0),)
    if not work:
        return ((Reason.NO_PLAN, 0),)
    return _in_general(standing) + _counted(
        (Reason.GO_LIVE, standing.slip or 0),
        (Reason.CRITICAL_LATE, standing.critical_days),
        (Reason.LATE, sum(each.late and not each.critical for each in work)),
        (Reason.MILESTONES_MOVED, sum(map(_moved, milestones))),
    )


def _in_general(standing: Standing) -> Reasons:
    if standing.health is Health.ON_TRACK:
        return ((Reason.IN_TIME, 0),)
    if standing.go_live is None:
        return ((Reason.NO_GO_LIVE, 0),)
    return ((Reason.NO_TARGET, 0),) if standing.slip is None else ()


def _moved(line: MilestoneLine) -> bool:
    return line.mark in (Mark.AT_RISK, Mark.LATE) and not (line.work.late or line.work.go_live)


def _counted(*reasons: tuple[Reason, int]) -> Reasons:
    return tuple((reason, number) for reason, number in reasons if number > 0)
