"""The words of a chart: what a screen reader hears of a bar, and how days are written."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from roadmap.gantt.rules.plan import GanttTask

_BIDI = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a chart in one language, looked up once a chart instead of once a row."""

    locale: str
    task: str
    milestone: str
    summary: str
    critical: str
    late: str
    new: str
    inactive: str
    own_dates: str
    reached: str
    days: str
    percent: str
    stone: str
    collapse: str
    expand: str
    week: str
    chart: str
    continued: str

    def short(self, day: date) -> str:
        """A day in a table, "3 Mar"."""
        return written(day, "d MMM", self.locale)

    def long(self, day: date) -> str:
        """A day in a sentence, "Tue 3 Mar"."""
        return written(day, "EEE d MMM", self.locale)


def spoken(task: GanttTask, said: Words) -> str:
    """A task in words: number, name, dates, progress, and whether it is critical or late."""
    form = said.milestone if task.type == "milestone" else said.summary if task.type == "summary" else said.task
    text = form.format(
        wbs=task.wbs,
        name=f"\u2068{task.name}\u2069" if _BIDI.search(task.name) else task.name,
        start=said.long(task.start.date()),
        finish=said.long(task.finish.date()),
        percent=task.percent,
    )
    reached = task.type == "milestone" and task.done
    facts = (
        (reached, said.reached),
        (task.critical, said.critical),
        (task.late, said.late),
        (not task.active, said.inactive),
        (task.manual, said.own_dates),
    )
    return ", ".join([text, *(word for holds, word in facts if holds)])


@lru_cache(maxsize=8192)
def written(day: date, pattern: str, locale: str) -> str:
    """A day by a CLDR pattern; remembered, as a chart writes the same days many times."""
    return format_date(day, pattern, locale=locale)
