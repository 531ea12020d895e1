"""The preview as a drawing: the phases over the ninety days, with the target and the go-live."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from desk.setup.rules import PhaseDates, Preview
from infra.formats import short_day
from roadmap.ruler import rules as ruler

Milestone = tuple[float, str, str, str]


def scale(found: Preview, target_day: Any) -> ruler.Ruler:
    """The ruler from the first day of work to the last, with the target where it lies inside."""
    marks = [ruler.Mark(found.go_live, "p80", _("Go-live %(day)s", day=short_day(found.go_live)), 2)]
    if target_day:
        marks.append(ruler.Mark(target_day, "target", _("Target %(day)s", day=short_day(target_day)), 1))
    ends = short_day(found.start), short_day(found.finish)
    return ruler.draw(found.start, found.start, marks, ends, length(found))


def lanes(found: Preview) -> list[dict[str, Any]]:
    """A lane for each phase, in percent of the ruler."""
    return [_lane(phase, found) for phase in found.phases]


def length(found: Preview) -> int:
    """Days from the first to the last, at least the ninety of a roll-out."""
    return max(ruler.DAYS, (found.finish - found.start).days)


def _lane(phase: PhaseDates, found: Preview) -> dict[str, Any]:
    days = length(found)
    first, last = (ruler.place(day, found.start, days) for day in (phase.start, phase.finish))
    return {
        "name": phase.name,
        "href": "",
        "text": "",
        "x": first,
        "w": max(round(last - first + 100 / days, 2), 0.5),
        "done": 0,
        "current": False,
    }
