"""What a judgement looks like to scripts, and what a day keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from readiness.gates.rules.decision import Standing
from readiness.gates.rules.definitions import PERCENT
from readiness.gates.rules.path import cheapest_path
from readiness.gates.rules.results import Line

_HUNDRED = 100


def document(standing: Standing, now: datetime) -> dict[str, Any]:
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


def contributions(lines: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The contributions that a snapshot kept, by the criterion's key."""
    return {line["key"]: line["contribution"] for line in lines}
