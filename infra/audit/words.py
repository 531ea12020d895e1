"""The trail in words: who did what to which thing, for histories and for recent activity.

The words of each action stand in one table that the shell wires; an action without words is shown by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask_babel import gettext as _

from infra.audit.models import AuditEntry
from infra.audit.rules import Kind
from infra.wires import wires

WORDS = "words"
FOLLOWERS = frozenset({"action_item", "checklist_item", "foreseen", "risk_response"})
"""Tables whose days follow the plan."""
_LEADERS = frozenset({"task", "tasks", "plan", "project", "calendar"})


@dataclass(frozen=True, slots=True)
class Said:
    """One action in words; ``more`` counts further rows that the same action touched."""

    at: datetime
    actor_id: int | None
    actor_name: str
    text: str
    more: int
    transaction_id: str


def say(entries: Iterable[AuditEntry]) -> list[Said]:
    """Actions in words, newest first: the rows of one transaction are told once, by the first of them."""
    told: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        told.setdefault(entry.transaction_id, []).append(entry)
    return [_said(rows[0], len(rows) - 1) for rows in told.values()]


def sentence(entry: AuditEntry) -> str:
    """What an entry says happened, without who and when: "ticked “Audit every source”"."""
    label = entry.label if entry.label is not None else _("(erased)")
    if _followed(entry):
        return _("moved “%(label)s” along with the plan", label=label)
    return action_words(entry.action, label)


def action_words(action: str, label: str) -> str:
    """What an action did to the thing of that name; an action without words is told by its key."""
    words = cast("Mapping[str, str]", wires().extras.get(WORDS, {})).get(action)
    if words is None:
        return f"{action.replace('.', ' ').replace('_', ' ')} {label}".strip()
    return str(words) % {"label": label}


def _followed(entry: AuditEntry) -> bool:
    """Whether a row only went along with what was done to a task or a whole project."""
    table = entry.subject.partition(":")[0]
    return entry.kind == Kind.CHANGED and table in FOLLOWERS and entry.action.partition(".")[0] in _LEADERS


def _said(entry: AuditEntry, more: int) -> Said:
    name = entry.actor_name if entry.actor_name is not None else _("(erased)")
    return Said(entry.at, entry.actor_id, name, sentence(entry), more, entry.transaction_id)
