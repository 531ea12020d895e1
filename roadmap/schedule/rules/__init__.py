"""The pure scheduler: a plan in, its dates out, and what can be read from them."""

from .checks import check, check_activity
from .critical_path import schedule
from .durations import parse_duration
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
from .reasons import Held, Hold, why
from .shift import Moved, Reason, Shift, Stayed, compare, shift_start
from .wbs import OutlineRow, outline

__all__ = [
    "Activity",
    "ConstraintType",
    "CycleFound",
    "Dates",
    "Held",
    "Hold",
    "Link",
    "LinkType",
    "Moved",
    "OutlineRow",
    "Plan",
    "PlanBroken",
    "Reason",
    "Schedule",
    "Shift",
    "Stayed",
    "TaskType",
    "check",
    "check_activity",
    "compare",
    "outline",
    "parse_duration",
    "schedule",
    "shift_start",
    "why",
    "would_cycle",
]
