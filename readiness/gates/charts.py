"""Gates and criteria in words, and the gates of a phase on its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from infra import formats
from infra.http import may
from phases.foreseen.charts import PhasePart
from readiness.gates import queries
from readiness.gates.rules.definitions import YES_NO, Category, Comparator, Criterion, Gate
from readiness.gates.rules.results import Result
from roadmap.tasks.queries import TaskRow


def category_words() -> dict[Category, str]:
    """What the categories are called, in the order in which pages show them."""
    return {
        Category.DATA: _("Data"),
        Category.CONFIGURATION: _("Configuration"),
        Category.PEOPLE: _("People"),
        Category.PROCESS: _("Process"),
        Category.TECHNOLOGY: _("Technology"),
        Category.SUPPORT: _("Support"),
        Category.BUSINESS: _("Business"),
    }


RESULT_TONES = {
    Result.PASS: "green",
    Result.WARN: "amber",
    Result.FAIL: "red",
    Result.UNKNOWN: "unknown",
    Result.WAIVED: "waived",
}
"""How a result looks."""


def result_words() -> dict[Result, str]:
    """The results in words."""
    return {
        Result.PASS: _("Pass"),
        Result.WARN: _("Warning"),
        Result.FAIL: _("Fail"),
        Result.UNKNOWN: _("Unknown"),
        Result.WAIVED: _("Waived"),
    }


def value_words(asked: Criterion, value: float | None) -> str:
    """A value in its unit, such as "94.1 %", "3 days", "1 risk", "yes"."""
    if value is None:
        return _("unknown")
    if asked.unit == YES_NO and value in (0, 1):
        return _("yes") if value else _("no")
    return _in_unit(round(value, 2), asked.unit)


def threshold_words(criterion: Criterion) -> str:
    """What is asked, such as "at least 95 %", "none" or "yes"."""
    if criterion.unit == YES_NO:
        return _("yes") if criterion.threshold else _("no")
    if none_is_asked(criterion):
        return _("none")
    value = _in_unit(criterion.threshold, criterion.unit)
    words = {
        Comparator.AT_LEAST: _("at least %(value)s", value=value),
        Comparator.AT_MOST: _("at most %(value)s", value=value),
        Comparator.EQUAL: _("exactly %(value)s", value=value),
    }
    return words[criterion.comparator]


def none_is_asked(criterion: Criterion) -> bool:
    """Whether nothing may be there at all: no risk, no defect."""
    return criterion.unit != YES_NO and criterion.threshold == 0 and criterion.comparator is not Comparator.AT_LEAST


def _in_unit(value: float, unit: str) -> str:
    """A number and its unit. A unit is any word of the template; those that count things have a singular."""
    number = formats.number(value)
    count = 1 if value == 1 else 2
    counted = {
        "days": ngettext("%(number)s day", "%(number)s days", count, number=number),
        "defects": ngettext("%(number)s defect", "%(number)s defects", count, number=number),
        "findings": ngettext("%(number)s finding", "%(number)s findings", count, number=number),
        "hours": ngettext("%(number)s hour", "%(number)s hours", count, number=number),
        "items": ngettext("%(number)s item", "%(number)s items", count, number=number),
        "minutes": ngettext("%(number)s minute", "%(number)s minutes", count, number=number),
        "people": ngettext("%(number)s person", "%(number)s people", count, number=number),
        "records": ngettext("%(number)s record", "%(number)s records", count, number=number),
        "risks": ngettext("%(number)s risk", "%(number)s risks", count, number=number),
        "rows": ngettext("%(number)s row", "%(number)s rows", count, number=number),
        "seconds": ngettext("%(number)s second", "%(number)s seconds", count, number=number),
        "tickets": ngettext("%(number)s ticket", "%(number)s tickets", count, number=number),
    }
    if unit in counted:
        return counted[unit]
    return f"{number} {unit}" if unit and unit != YES_NO else number


def by_category(criteria: Iterable[Criterion]) -> dict[str, list[Criterion]]:
    """Criteria below the name of their category; a category without any is left out."""
    found = list(criteria)
    groups = {name: [each for each in found if each.category is key] for key, name in category_words().items()}
    return {name: rows for name, rows in groups.items() if rows}


def must_haves(gate: Gate) -> int:
    """How many of its criteria fail a gate by themselves."""
    return sum(each.must_have for each in gate.criteria)


def phase_part(project_id: int, phase_id: int, tasks: Sequence[TaskRow]) -> PhasePart | None:
    """The gates that stand in a phase; None for a phase without any and for readers who may not see them."""
    gates = queries.of_phase(project_id, phase_id) if may("readiness.see", project_id) else []
    if not gates:
        return None
    shown: dict[str, Any] = {
        "project_id": project_id,
        "gates": gates,
        "milestones": {row.id: row for row in tasks if row.id in {gate.milestone_id for gate in gates}},
        "must_haves": must_haves,
        "by_category": by_category,
        "threshold_words": threshold_words,
    }
    parts = (render_template("readiness/_phase_gates.html", part=part, **shown) for part in ("sentence", "panel"))
    return PhasePart(*(Markup(each.strip()) for each in parts))  # noqa: S704  # templates escape what they show
