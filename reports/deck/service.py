"""Slides that leave the house for good: issued with a number and a code, and kept."""

from __future__ import annotations

from datetime import date

from infra.transaction import Work
from kernel.actor import Actor
from reports.issued import service as issued
from reports.issued.rules.draft import DraftData
from reports.issued.service import Compose, Sent


def issue(project_id: int, compose: Compose, as_of: date, key: str, *, actor: Actor) -> int:
    """Issue the slides; their number among the reports of the project. The same key again gives the same number."""
    wanted = issued.Wanted(DraftData(), as_of, key)
    return issued.issue(project_id, wanted, compose, _keep, editions=(), actor=actor)


def _keep(_work: Work, _sent: Sent) -> None:
    """They are kept and verified like every report, and sent by whoever wants to."""
