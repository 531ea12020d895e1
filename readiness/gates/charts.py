"""Gates and criteria in words, and the gates of a phase on its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

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


def threshold_words(criterion: Criterion) -> str:
    """What is asked, such as "at least 95 %", "none" or "yes"."""
    if criterion.unit == YES_NO:
        return _("yes") if criterion.threshold else _("no")
    if criterion.threshold == 0 and criterion.comparator is not Comparator.AT_LEAST:
        return _("none")
    number = f"{criterion.threshold:,.10g}"
    words = {
        Comparator.AT_LEAST: _("at least %(number)s %(unit)s", number=number, unit=criterion.unit),
        Comparator.AT_MOST: _("at most %(number)s %(unit)s", number=number, unit=criterion.unit),
        Comparator.EQUAL: _("exactly %(number)s %(unit)s", number=number, unit=criterion.unit),
    }
    return words[criterion.comparator]


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
