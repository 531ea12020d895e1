"""What reporting progress means for the dates when a task began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is, and since and until when."""

    percent: int
    actual_start: datetime | None
    actual_finish: datetime | None


def reported(
    percent: int, now: datetime, planned_start: datetime, before: Progress, *, milestone: bool = False
) -> Progress:
    """The progress after somebody reports a percentage at a wall time of the project.

    A task began when it was planned to, unless that is still ahead: then it began now. It ends now, never before it
    began. A milestone begins and ends in one moment. Back to 0 means it has not begun; below 100 it has not ended.

    >>> at = datetime(2026, 2, 18, 10)
    >>> reported(100, at, datetime(2026, 2, 16, 8), Progress(0, None, None)).actual_start
    datetime.datetime(2026, 2, 16, 8, 0)
    """
    if not 0 <= percent <= 100:
        text = "%(percent)s %% is not possible. Progress lies between 0 and 100 %%."
        raise RuleBroken("task.percent_range", text, field="percent_complete", percent=percent)
    if percent == 0:
        return Progress(0, None, None)
    began = before.actual_start or (now if milestone else min(planned_start, now))
    if percent < 100:
        return Progress(percent, began, None)
    return Progress(100, began, before.actual_finish or max(began, now))
