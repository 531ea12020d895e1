"""Everything about one criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from readiness.evidence import queries as evidence
from readiness.evidence.rules import Look, Statement
from readiness.gates import queries as gates
from readiness.gates.rules.definitions import Criterion, Gate
from readiness.gates.rules.results import Line, Result, judge
from readiness.verdict import queries as verdict
from readiness.waivers import queries as waivers
from readiness.waivers.queries import WaiverRow

HISTORY_DAYS = 120
"""So far back the kept days are shown."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a criterion stood on a day."""

    day: date
    result: Result
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Found:
    """A criterion with all that its page shows. ``asked``: it counts at its gate; ``open``: a statement may answer."""

    gate: Gate
    line: Line
    asked: bool
    open: bool
    statements: Sequence[Statement]
    waivers: Sequence[WaiverRow]
    days: Sequence[Kept]

    @property
    def criterion(self) -> Criterion:
        """What is asked."""
        return self.line.criterion

    @property
    def waiting(self) -> WaiverRow | None:
        """The waiver that was asked for and waits for an answer."""
        return next((each for each in self.waivers if each.state == "asked"), None)


def found(criterion_id: int, look: Look) -> Found:
    """One criterion of a project, judged now as its gate does. Raises NotFound."""
    criterion = gates.criterion(look.project_id, criterion_id)
    gate = next(each for each in gates.gates(look.project_id) if each.id == criterion.gate_id)
    said = evidence.evidence([criterion], look)[criterion_id]
    given = waivers.standing([look.project_id], look.today).get(criterion_id)
    days = verdict.days(gate.id, look.today - timedelta(days=HISTORY_DAYS), look.today)
    return Found(
        gate=gate,
        line=judge(criterion, said, look.now, given),
        asked=any(each.id == criterion_id for each in gate.criteria),
        open=evidence.may_state(criterion),
        statements=evidence.statements(look.project_id, [criterion_id]).get(criterion_id, ()),
        waivers=[each for each in waivers.waivers(look.project_id) if each.criterion_id == criterion_id],
        days=[kept for day in days if (kept := _kept(day, criterion.key))],
    )


def _kept(day: verdict.Day, key: str) -> Kept | None:
    line = next((each for each in day.lines if each["key"] == key), None)
    return Kept(day.day, Result(line["result"]), line["value"], line["contribution"]) if line else None
