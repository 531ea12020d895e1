"""What is asked before a field goes."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class MayDropField(Question):
    """May a field of one's own be deleted? Whoever uses it by its key names where."""

    object: str
    key: str
    label: str
