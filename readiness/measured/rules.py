"""Which stretch a figure covers for a criterion, and what measurements say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from crm.counts.rules.windows import DAY, WEEK, Window, monday
from crm.kpis.rules.definitions import Kpi
from readiness.gates.rules.definitions import PERCENT

GROWTH = "contact-creation"
"""It speaks of the days after go-live."""
GROWTH_DAYS = 30
DUPLICATES, FIELDS = "duplicates", "required-fields"
RESPONSE, ERRORS = "response-p95", "error-rate"
MEASURED: Mapping[str, tuple[str, str]] = {
    RESPONSE: ("Page time at the 95th percentile", "95 of 100 answers came within it, over all pages."),
    ERRORS: ("Answers that failed", "Answers with a status of 500 or more, of all answers."),
}
"""What the application measures of itself: a name and the rule."""
USUAL_DAYS = 1
"""How far back measurements go where the criterion has no window of its own."""


def stretch(one: Kpi, window_days: int | None, live_since: date | None, window: Window) -> Window | None:
    """The days that a figure covers for a criterion; None where they have not begun.

    A stock is as it stands now; weekly use is that of the last whole ISO week (or as many as fit into the window);
    growth is that of the 30 days after go-live.
    """
    today = window.until
    if one.stands:
        return window.between(today, today)
    if one.key == GROWTH:
        if live_since is None or live_since > today:
            return None
        return window.between(live_since, min(today, live_since + timedelta(days=(window_days or GROWTH_DAYS) - 1)))
    if one.key == "weekly-active":
        last = monday(today) - DAY
        return window.between(last + DAY - WEEK * max(1, (window_days or one.days) // 7), last)
    return window.between(today - timedelta(days=(window_days or one.days) - 1), today)


def in_percent(value: Decimal, one: Kpi, unit: str) -> Decimal:
    """A figure in the unit of a criterion: shares are kept as parts of one."""
    return value * 100 if one.share and unit.startswith(PERCENT) else value
