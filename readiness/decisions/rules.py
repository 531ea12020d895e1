"""What a decision is: what it needs, what it freezes, and how one sees that it was altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kernel.errors import RuleBroken
from readiness.gates.rules.decision import Decision, Standing
from readiness.gates.rules.definitions import GO_LIVE, TEXT_LIMIT, check_text
from readiness.signoffs.rules import Place, SignOff, Table, check_due

VERSION = 1
"""Of the document: a reader of later days knows by it what to expect."""


class Altered(StrEnum):
    """What a check of a decision found."""

    DOCUMENT = "document"
    COLUMNS = "columns"
    NO_ENTRY = "no entry"
    ENTRY = "entry"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be done for a go to hold: ``subject`` is what it hangs on, such as ``criterion:12``."""

    key: str
    text: str
    subject: str
    owner_id: int | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody decides: the decision, why (where that is needed), the conditions, and why anew."""

    decision: str
    reasons: str = ""
    conditions: tuple[Condition, ...] = ()
    superseding: str = ""
    key: str = ""


def conditions(standing: Standing, table: Table, decision: Decision) -> list[Condition]:
    """What becomes an action item: what was signed with a condition, and for a go with conditions all that is open."""
    if decision is Decision.NO_GO:
        return []
    signed = [
        Condition(f"signoff-{word.id}", word.words, f"project:{standing.gate.project_id}", word.person_id, word.due)
        for word in (place.counted for place in table.conditional)
        if word is not None
    ]
    if decision is Decision.GO:
        return signed
    return signed + [
        Condition(f"criterion-{asked.id}", asked.statement, f"criterion:{asked.id}", asked.owner_id)
        for asked in (line.criterion for line in standing.conditions)
    ]


def is_against(decision: Decision, computed: Decision, table: Table) -> bool:
    """Whether a decision needs reasons: it says yes to what the figures or a signature refuse, or differs from them."""
    return decision is not computed or (decision is not Decision.NO_GO and bool(table.rejected))


def check_taken(taken: Taken, standing: Standing, table: Table, *, again: bool, today: date) -> Decision:
    """The decision, when all that it needs is there.

    Raises RuleBroken for no choice, a yes without a quorum, missing reasons, a condition without owner or day.
    """
    if taken.decision not in set(Decision):
        raise RuleBroken("decisions.choose", "Choose what is decided.", field="decision")
    wanted = Decision(taken.decision)
    if wanted is not Decision.NO_GO and not table.reached:
        raise RuleBroken(
            "decisions.quorum",
            "There is no quorum yet: a go needs the word of %(who)s.",
            field="decision",
            who=", ".join(place.seat.name for place in table.missing) or f"{table.short} more",
        )
    if is_against(wanted, standing.decision, table):
        check_text("reasons", taken.reasons, TEXT_LIMIT, "Why it is decided against the figures or a sign-off",
                   needed=True)  # fmt: skip
    check_text("reasons", taken.reasons, TEXT_LIMIT, "The reasons")
    check_text("superseding", taken.superseding, TEXT_LIMIT, "Why it is decided anew", needed=again)
    for each in taken.conditions:
        _check_condition(each, today)
    return wanted


def _check_condition(condition: Condition, today: date) -> None:
    if condition.owner_id is None:
        text = "“%(what)s” needs an owner."
        raise RuleBroken("decisions.owner", text, field=f"owner-{condition.key}", what=condition.text)
    if condition.due is None:
        text = "“%(what)s” needs a day."
        raise RuleBroken("decisions.due", text, field=f"due-{condition.key}", what=condition.text)
    check_due(condition.due, today, f"due-{condition.key}")


def launches(gate_key: str, decision: Decision) -> bool:
    """Whether a decision lets the roll-out go live."""
    return gate_key == GO_LIVE and decision is not Decision.NO_GO


def signature(place: Place) -> dict[str, Any]:
    """A place of the table as a document keeps it."""
    word = place.signed
    return {
        "seat": place.seat.key,
        "role": place.seat.name,
        "required": place.seat.required,
        "decides": place.seat.decides,
        "people": [each.name for each in place.seat.people],
        "answer": _answer(word),
        "stale": word is not None and word.stale_at is not None,
        "person": word.person if word else None,
        "words": word.words if word else "",
        "at": word.at.isoformat() if word else None,
    }


def _answer(word: SignOff | None) -> str | None:
    return word.answer.value if word else None


def canonical(document: Mapping[str, Any]) -> str:
    """One text for one document: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 of a document, in hex.

    >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1}), digest_of({"a": 2}) == digest_of({"a": 3})
    (True, False)
    """
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def frozen(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as the database will give it back."""
    kept: dict[str, Any] = json.loads(canonical(document))
    return kept


def agrees(document: Mapping[str, Any], columns: Mapping[str, Any]) -> bool:
    """Whether the columns of a decision say what its document says."""
    return all(document.get(name) == value for name, value in columns.items())


def spelled(digest: str) -> Sequence[str]:
    """A digest in groups of eight, as it is printed.

    >>> spelled("0123456789abcdef")
    ['01234567', '89abcdef']
    """
    return [digest[place : place + 8] for place in range(0, len(digest), 8)]
