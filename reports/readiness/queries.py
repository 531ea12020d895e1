"""Gathering the pack of a gate: as it is judged now, or as a day was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kernel.errors import NotFound, RuleBroken
from readiness.decisions import queries as decisions
from readiness.decisions.queries import Taken
from readiness.gates import queries as gates
from readiness.gates.rules.decision import Decision, Standing, stand
from readiness.gates.rules.definitions import Gate
from readiness.gates.rules.results import Evidence, Line, Result, attainment
from readiness.gates.rules.sources import Look
from readiness.signoffs import queries as signoffs
from readiness.signoffs.rules import Table
from readiness.verdict import queries as verdict
from readiness.verdict.queries import Day, Point, Stop
from readiness.verdict.rules import standing_then
from roadmap.forecast import queries as forecasts
from roadmap.forecast.queries import ForecastRow
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow


@dataclass(frozen=True, slots=True)
class Pack:
    """A gate with all that its meeting looks at. ``kept`` is the day it was kept on, None for the figures of now.

    ``by_today``: a kept day is told by what is asked today, because what was asked then was not kept.
    """

    project: ProjectRow
    standing: Standing
    table: Table
    decisions: Sequence[Taken]
    points: Sequence[Point]
    stops: Sequence[Stop]
    as_of: date
    at: datetime
    kept: Day | None = None
    by_today: bool = False
    forecast: ForecastRow | None = None

    @property
    def gate(self) -> Gate:
        """What is decided at."""
        return self.standing.gate

    @property
    def milestone(self) -> Stop | None:
        """Where the gate stands in the plan."""
        return next((each for each in self.stops if each.id == self.gate.milestone_id), None)

    @property
    def taken(self) -> Taken | None:
        """The decision that stood at this gate on the day."""
        mine = [each for each in self.decisions if each.gate == self.gate.key]
        return mine[0] if mine else None


def gather(project_id: int, key: str, as_of: date | None, now: datetime) -> Pack:
    """The pack of a gate (an empty key: the one that pages ask first) for a day; None is now.

    Raises NotFound for no such gate, RuleBroken for a day of which nothing was kept.
    """
    project, found = projects.row_of(project_id), gates.gates(project_id)
    gate = next((each for each in found if each.key == key), None) if key else gates.main_gate(found)
    if gate is None:
        raise NotFound("Project %(id)d has no such gate.", id=project_id)
    today = project.local(now).date()
    day = as_of or today
    kept = None if day == today else _kept(gate, day)
    asked = verdict.asked_on(gate.id, day) if kept else None
    standing = _as_kept(gate, kept, asked) if kept else verdict.standing(gate, Look(project_id, now, today))
    return Pack(
        project=project,
        standing=standing,
        table=_table(project_id, gate, project, day),
        decisions=[each for each in decisions.decisions(project_id) if project.local(each.at).date() <= day],
        points=verdict.points(gate.id, project.start, day),
        stops=verdict.stops(project_id, [gate.milestone_id] if gate.milestone_id else []),
        as_of=day,
        at=kept.at if kept else now,
        kept=kept,
        by_today=kept is not None and asked is None,
        forecast=forecasts.latest_by([project_id], day).get(project_id),
    )


def _kept(gate: Gate, day: date) -> Day:
    found = verdict.days(gate.id, day, day)
    if not found:
        raise RuleBroken(
            "pack.day",
            "Nothing was kept of this gate on %(day)s. Choose a day whose readiness was kept, or leave it out for now.",
            field="as_of",
            day=day.isoformat(),
        )
    return found[0]


def _as_kept(gate: Gate, kept: Day, asked: Mapping[str, Any] | None) -> Standing:
    """The gate by what it asked for on a kept day.

    Of days whose questions were not kept the results are held against today's: what was not asked then is left out,
    what is asked no more too, and the paper says so.
    """
    if asked is not None:
        then = standing_then(gate, asked, kept.lines)
        return replace(then, decision=kept.decision, score=kept.score, confidence=kept.confidence)
    lines = {line["key"]: line for line in kept.lines}
    found = []
    for each in (each for each in gate.criteria if each.key in lines):
        line = lines[each.key]
        result, value = Result(line["result"]), line["value"]
        known = value is not None and result is not Result.UNKNOWN
        measured = Result.UNKNOWN if not known else result
        evidence = Evidence(value, at=kept.at, why="" if known else "unknown on that day")
        found.append(Line(each, evidence, result, measured, attainment(each, value) if known else None))
    standing = stand(gate, found)
    return replace(standing, decision=kept.decision, score=kept.score, confidence=kept.confidence)


def _table(project_id: int, gate: Gate, project: ProjectRow, day: date) -> Table:
    """The table, with the words that had been given by the end of the day."""
    table = signoffs.table(project_id, gate.id)
    places = tuple(
        place if place.signed is None or project.local(place.signed.at).date() <= day else replace(place, signed=None)
        for place in table.places
    )
    return replace(table, places=places)


def outcome(pack: Pack) -> Decision:
    """What a pack is about in a word: the decision that was taken, else the computed one."""
    return pack.taken.decision if pack.taken else pack.standing.decision
