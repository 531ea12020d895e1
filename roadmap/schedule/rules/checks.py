"""What makes a plan impossible to schedule, found before it is tried."""

from collections import Counter
from collections.abc import Iterable

from .plan import Activity, ConstraintType, Plan, PlanBroken, TaskType


def check(plan: Plan) -> None:
    """Raise `PlanBroken`, naming the ids, unless every row makes sense by itself and points at rows that exist."""
    known = {activity.id for activity in plan.activities}
    _check_ids(plan, known)
    _check_links(plan, known)
    for activity in plan.activities:
        if not _is_ordinary(activity):
            check_activity(activity)
        for name in (activity.calendar, activity.slack_calendar):
            if name is not None and name not in plan.calendars:
                text = "Task %(id)s uses the calendar “%(calendar)s”, which does not exist."
                raise PlanBroken("plan.unknown_calendar", text, [activity.id], id=activity.id, calendar=name)


def _is_ordinary(row: Activity) -> bool:
    """Most rows have nothing that could contradict itself; asking them everything takes longer than their dates."""
    return (
        row.type is TaskType.TASK
        and row.duration_minutes >= 0
        and row.constraint is ConstraintType.ASAP
        and row.percent_complete == 0
        and row.actual_finish is None
    )


def check_activity(activity: Activity) -> None:
    """Raise `PlanBroken` when a row contradicts itself."""
    for broken, code, text in _complaints(activity):
        if broken:
            raise PlanBroken(code, text, [activity.id], id=activity.id)


def _complaints(activity: Activity) -> Iterable[tuple[bool, str, str]]:
    begun, done = activity.actual_start, activity.actual_finish
    return (
        (activity.duration_minutes < 0, "plan.negative_duration", "Task %(id)s has a duration below zero."),
        (
            activity.type is TaskType.MILESTONE and activity.duration_minutes > 0,
            "plan.milestone_duration",
            "Milestone %(id)s has a duration. Set it to 0, or make it a task.",
        ),
        (
            not 0 <= activity.percent_complete <= 100,
            "plan.percent_range",
            "Task %(id)s has a progress outside 0 to 100 percent.",
        ),
        (
            begun is not None and done is not None and done < begun,
            "plan.finish_before_start",
            "Task %(id)s has an actual finish before its actual start.",
        ),
        (
            activity.constraint.needs_date and activity.constraint_date is None,
            "plan.constraint_date",
            "Task %(id)s has a constraint that needs a date.",
        ),
    )


def _check_ids(plan: Plan, known: set[int]) -> None:
    if len(known) < len(plan.activities):
        counts = Counter(activity.id for activity in plan.activities)
        twice = [each for each, count in counts.items() if count > 1]
        raise PlanBroken("plan.id_twice", "The number %(id)s is used by two tasks.", twice, id=twice[0])
    for activity in plan.activities:
        if activity.parent is not None and activity.parent not in known:
            raise PlanBroken(
                "plan.unknown_parent",
                "Task %(id)s stands below task %(parent)s, which does not exist.",
                [activity.id, activity.parent],
                id=activity.id,
                parent=activity.parent,
            )
    if plan.target is not None and plan.target not in known:
        text = "There is no task %(id)s to measure slack to."
        raise PlanBroken("plan.unknown_target", text, [plan.target], id=plan.target)


def _check_links(plan: Plan, known: set[int]) -> None:
    for link in plan.links:
        if link.predecessor == link.successor:
            raise PlanBroken("plan.self_link", "Task %(id)s waits for itself.", [link.successor], id=link.successor)
        if link.predecessor not in known or link.successor not in known:
            stray = [each for each in (link.predecessor, link.successor) if each not in known]
            raise PlanBroken("plan.unknown_task", "A link names task %(id)s, which does not exist.", stray, id=stray[0])
