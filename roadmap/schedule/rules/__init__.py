"""The pure scheduler: a plan in, its dates out, and what can be read from them."""

from .checks import check, check_activity
from .critical_path import schedule
from .durations import format_duration, parse_duration
from .links import WrittenLink, format_links, parse_links, resolve_links
from .network import would_cycle
from .pert import Estimate
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
from .rollup import rolled_up_percent
from .shift import Moved, Reason, Shift, Stayed, compare, shift_start
from .wbs import OutlineRow, outline, wbs_numbers

__all__ = [
    "Activity",
    "ConstraintType",
    "CycleFound",
    "Dates",
    "Estimate",
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
    "WrittenLink",
    "check",
    "check_activity",
    "compare",
    "format_duration",
    "format_links",
    "outline",
    "parse_duration",
    "parse_links",
    "resolve_links",
    "rolled_up_percent",
    "schedule",
    "shift_start",
    "wbs_numbers",
    "why",
    "would_cycle",
]
