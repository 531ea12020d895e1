"""What a decision keeps of the judgement that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from readiness.gates.rules.decision import Standing
from readiness.gates.rules.definitions import Criterion
from readiness.gates.rules.results import Line
from readiness.verdict.rules import line_document

Words = Callable[[Criterion, float | None], str]


def facts(
    standing: Standing, project: str, sentence: str, value_words: Words, needs_words: Callable[[Criterion], str]
) -> dict[str, Any]:
    """The gate, the sentence, and every criterion with its result, evidence, owner and waiver."""
    gate = standing.gate
    return {
        "project": {"id": gate.project_id, "name": project},
        "gate": {
            "key": gate.key,
            "name": gate.name,
            "minimum_score": gate.minimum_score,
            "minimum_confidence": gate.minimum_confidence,
        },
        "sentence": sentence,
        "criteria": [
            line_document(line, share)
            | _beside(line)
            | {
                "said": value_words(line.criterion, line.evidence.value),
                "asked": needs_words(line.criterion),
            }
            for line, share in zip(standing.lines, standing.contributions, strict=True)
        ],
        "waivers": [_waiver(line) for line in standing.lines if line.waiver],
    }


def _beside(line: Line) -> dict[str, Any]:
    asked, found = line.criterion, line.evidence
    return {
        "id": asked.id,
        "owner": asked.owner,
        "role": asked.role,
        "unit": asked.unit,
        "attained": line.attained,
        "subject": asked.subject,
        "rule": found.rule,
        "version": found.version,
        "offending": found.offending,
        "unknown": line.unknown.value if line.unknown else None,
    }


def _waiver(line: Line) -> dict[str, Any]:
    waiver = line.waiver
    if waiver is None:
        return {}
    return {
        "criterion": line.criterion.key,
        "statement": line.criterion.statement,
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "given_by": waiver.given_by,
        "asked_by": waiver.asked_by,
    }
