"""Who may do what with templates, and what their names may be."""

from __future__ import annotations

import re
import unicodedata

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

GRANTS = (
    *allow("template.see", administrator=Visibility.ALL, person=Visibility.ALL),
    *allow("template.edit", administrator=Visibility.ALL, person=Visibility.ALL),
    *allow("template.save", administrator=Visibility.ALL, manager=Visibility.ALL),
)
"""Everybody may have templates; which of them one may see and change, the owner decides (``may_edit``)."""
NAME_LIMIT, TEXT_LIMIT, NOTE_LIMIT = 120, 2_000, 500
_KEY = re.compile(r"[^a-z0-9]+")


def may_edit(owner_id: int | None, person_id: int | None, *, administers: bool) -> bool:
    """Whether somebody may change, share or put away a template: its owner and administrators."""
    return administers or (owner_id is not None and owner_id == person_id)


def key_of(name: str, taken: frozenset[str]) -> str:
    """A key for a name: lower-case words joined by hyphens, none that is taken.

    >>> key_of("Rollout für Händler", frozenset()), key_of("CRM", frozenset({"crm"})), key_of("報告", frozenset())
    ('rollout-fur-handler', 'crm-2', 'template')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = _KEY.sub("-", plain).strip("-")[:60].strip("-") or "template"
    return next(
        key for number in range(1, len(taken) + 2) if (key := f"{base}-{number}" if number > 1 else base) not in taken
    )


def check_head(name: str, description: str) -> tuple[str, str]:
    """Name and description as they are kept. Raises RuleBroken for a missing name and for texts too long."""
    name, description = " ".join(name.split()), description.strip()
    if not name:
        raise RuleBroken("template.name", "Give the template a name.", field="name")
    for field, text, limit in (("name", name, NAME_LIMIT), ("description", description, TEXT_LIMIT)):
        check_text(field, text, limit)
    return name, description


def check_text(field: str, text: str, limit: int) -> str:
    """The text as it is kept. Raises RuleBroken when it is too long."""
    text = text.strip()
    if len(text) > limit:
        sentence = "That is %(length)s characters; at most %(limit)s fit."
        raise RuleBroken("template.too_long", sentence, field=field, length=f"{len(text):,}", limit=f"{limit:,}")
    return text
