"""A meeting and its decisions in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from readiness.decisions.queries import Taken
from readiness.decisions.rules import Altered
from readiness.gates.rules.decision import Decision
from readiness.signoffs.charts import answer_words
from readiness.signoffs.rules import Answer
from readiness.verdict.charts import decision_words


def answer_choices() -> list[tuple[str, str]]:
    """The answers as they are offered."""
    return [
        (Answer.APPROVE.value, _("Approve")),
        (Answer.CONDITION.value, _("Approve with a condition")),
        (Answer.REJECT.value, _("Reject")),
    ]


def decision_choices() -> list[tuple[str, str]]:
    """The decisions as they are offered."""
    return [(key.value, word) for key, word in decision_words().items()]


def against_words(each: Taken) -> str:
    """Whether a decision differs from the computed one."""
    if each.decision is each.computed:
        return _("as computed")
    return _("computed: %(word)s", word=decision_words()[each.computed].lower())


def altered_words(found: Sequence[Altered]) -> list[str]:
    """What is wrong with a decision that was altered, a sentence each."""
    said = {
        Altered.DOCUMENT: _("The document does not fit its digest: it was changed after the decision."),
        Altered.COLUMNS: _("What lists show of it differs from its document."),
        Altered.NO_ENTRY: _("The audit trail has no entry of it: it was put there, or its entry was removed."),
        Altered.ENTRY: _("The audit trail holds other values than it shows."),
        Altered.TRAIL: _("The entry in the audit trail was altered, or does not follow from the one before it."),
    }
    return [said[each] for each in found]


def outcome(decision: Decision) -> str:
    """The first words of a decision's page."""
    return {
        Decision.GO: _("Decided: go."),
        Decision.CONDITIONS: _("Decided: go with conditions."),
        Decision.NO_GO: _("Decided: no-go."),
    }[decision]


def when(text: str | None) -> datetime | date | None:
    """A moment or a day that a document keeps as text."""
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def kept_answer(each: Mapping[str, Any]) -> str:
    """What a document keeps of a place, in a word or two."""
    if each["answer"] is None:
        return _("Not signed")
    return _("No longer stood") if each["stale"] else answer_words()[Answer(each["answer"])]
