"""The pure scheduler: a plan in, its dates out, and what can be read from them."""

from .checks import check, check_activity
from .critical_path import delays, schedule
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
    Share,
    TaskType,
)
from .reasons import Held, Hold, Origin, origins, why
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
    "Origin",
    "OutlineRow",
    "Plan",
    "PlanBroken",
    "Reason",
    "Schedule",
    "Share",
    "Shift",
    "Stayed",
    "TaskType",
    "check",
    "check_activity",
    "compare",
    "delays",
    "origins",
    "outline",
    "parse_duration",
    "schedule",
    "shift_start",
    "why",
    "would_cycle",
]
