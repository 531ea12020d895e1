"""The question before a branch is merged."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class MayMerge(Question):
    """May this branch be merged into its plan? A change request may have to be decided first."""

    branch_id: int
