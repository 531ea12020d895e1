"""The pure scheduler: a plan in, its dates out."""

from .checks import check, check_activity
from .critical_path import schedule
from .network import would_cycle
from .plan import (
    Activity,
    ConstraintType,
    CycleFound,
    Dates,
    Link,
    LinkType,
    Plan,
    PlanBroken,
    Schedule,
    TaskType,
)

__all__ = [
    "Activity",
    "ConstraintType",
    "CycleFound",
    "Dates",
    "Link",
    "LinkType",
    "Plan",
    "PlanBroken",
    "Schedule",
    "TaskType",
    "check",
    "check_activity",
    "schedule",
    "would_cycle",
]
