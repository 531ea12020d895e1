"""What a judgement looks like to scripts, and what a day keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from readiness.gates.rules.decision import Standing, stand
from readiness.gates.rules.definitions import PERCENT, Category, Comparator, Criterion, Gate
from readiness.gates.rules.path import cheapest_path
from readiness.gates.rules.results import Evidence, Line, Result, Unknown, Waiver

_HUNDRED = 100


class Foreseen(Protocol):
    """What is read of a kept forecast."""

    @property
    def day(self) -> date: ...  # noqa: D102  # the day on which it was made
    @property
    def p50(self) -> datetime: ...  # noqa: D102
    @property
    def p80(self) -> datetime: ...  # noqa: D102
    @property
    def target(self) -> date | None: ...  # noqa: D102  # that of its day, as is its chance
    @property
    def chance(self) -> float | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class GoingLive:
    """When it goes live: by the plan, by its target, and by the forecast kept last; None is unknown."""

    plan: date | None = None
    target: date | None = None
    forecast: Foreseen | None = None


def document(standing: Standing, now: datetime, live: GoingLive) -> dict[str, Any]:
    """A judgement as `roadmap readiness --format json` and the API give it; percentages are shares of one."""
    path = cheapest_path(standing)
    return {
        "project": standing.gate.project_id,
        "gate": standing.gate.key,
        "as_of": now.isoformat(),
        "decision": standing.decision.value,
        "score": None if standing.score is None else round(standing.score, 4),
        "confidence": round(standing.confidence, 6),
        "criteria": [
            line_document(line, share) for line, share in zip(standing.lines, standing.contributions, strict=True)
        ],
        "cheapest_path": [line.criterion.key for line in path or ()],
        "go_live": _going_live(live),
    }


def _going_live(live: GoingLive) -> dict[str, Any]:
    """Days as ISO dates. ``of`` is the day of the forecast: null where none was kept, and so is all that it says."""
    row = live.forecast
    same = row is not None and row.target == live.target
    return {
        "plan": live.plan.isoformat() if live.plan else None,
        "target": live.target.isoformat() if live.target else None,
        "p50": row.p50.date().isoformat() if row else None,
        "p80": row.p80.date().isoformat() if row else None,
        "chance_of_target": row.chance if row and same else None,
        "of": row.day.isoformat() if row else None,
    }


def line_document(line: Line, contribution: float) -> dict[str, Any]:
    """One criterion of a judgement."""
    asked, found = line.criterion, line.evidence
    scale = _HUNDRED if asked.unit == PERCENT else 1
    return {
        "key": asked.key,
        "statement": asked.statement,
        "category": asked.category.value,
        "must_have": asked.must_have,
        "weight": asked.weight,
        "result": line.result.value,
        "value": None if found.value is None else round(found.value / scale, 6),
        "comparator": asked.comparator.value,
        "threshold": round(asked.threshold / scale, 6),
        "n": found.n,
        "as_of": found.at.isoformat() if found.at else None,
        "contribution": round(contribution, 4),
        "source": asked.source,
        "effort_days": asked.effort_days,
        "declared": found.declared,
        "why": found.why,
    }


def kept(standing: Standing) -> list[dict[str, Any]]:
    """What a day's snapshot keeps of each line: enough to draw its history and the waterfall."""
    return [
        {
            "key": line.criterion.key,
            "statement": line.criterion.statement,
            "must_have": line.criterion.must_have,
            "result": line.result.value,
            "value": line.evidence.value,
            "contribution": share,
            "weight": line.criterion.weight,
        }
        for line, share in zip(standing.lines, standing.contributions, strict=True)
    ]


def asked_at(standing: Standing) -> dict[str, Any]:
    """What a day's snapshot keeps of the questions: those of the gate, and each line's with what was found."""
    gate = standing.gate
    return {
        "gate": {
            "name": gate.name,
            "minimum_score": gate.minimum_score,
            "minimum_confidence": gate.minimum_confidence,
        },
        "lines": [_asked(line) for line in standing.lines],
    }


def _asked(line: Line) -> dict[str, Any]:
    found, waiver = line.evidence, line.waiver
    return {
        "asked": {name: getattr(line.criterion, name) for name in _ASKED},
        "found": {
            "n": found.n,
            "at": found.at.isoformat() if found.at else None,
            "why": found.why,
            "declared": found.declared,
        },
        "measured": line.measured.value,
        "attained": line.attained,
        "unknown": line.unknown.value if line.unknown else None,
        "waiver": None if waiver is None else {name: str(getattr(waiver, name)) for name in _WAIVED},
    }


def standing_then(gate: Gate, asked: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Standing:
    """A gate as it was judged on a kept day, by what was asked on that day."""
    then = [_line_then(gate, *each) for each in zip(lines, asked["lines"], strict=True)]
    criteria = tuple(line.criterion for line in then)
    return stand(replace(gate, **asked["gate"], criteria=criteria), then)


def _line_then(gate: Gate, line: Mapping[str, Any], more: Mapping[str, Any]) -> Line:
    asked, found, waived = more["asked"], more["found"], more["waiver"]
    number = next((each.id for each in gate.criteria if each.key == line["key"]), 0)
    plain = {name: line[name] for name in ("key", "statement", "must_have", "weight")}
    kinds = {"category": Category(asked["category"]), "comparator": Comparator(asked["comparator"])}
    at = datetime.fromisoformat(found["at"]) if found["at"] else None
    return Line(
        Criterion(id=number, gate_id=gate.id, **{**asked, **kinds, **plain}),
        Evidence(line["value"], **{**found, "at": at}),
        Result(line["result"]),
        Result(more["measured"]),
        more["attained"],
        Unknown(more["unknown"]) if more["unknown"] else None,
        None if waived is None else Waiver(0, number, **{**waived, "until": date.fromisoformat(waived["until"])}),
    )


_WAIVED = ("reason", "until", "given_by", "asked_by")
_ASKED = (
    *("category", "source", "subject", "comparator", "threshold", "unit", "margin", "window_days", "minimum_sample"),
    *("freshness_days", "effort_days", "never_waivable", "role", "owner"),
)
"""What a criterion asks for, as far as its judgement is told by it."""


def contributions(lines: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The contributions that a snapshot kept, by the criterion's key."""
    return {line["key"]: line["contribution"] for line in lines}
