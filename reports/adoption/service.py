"""An adoption report that leaves the house: made into a PDF, and entered in the trail as an export."""

from __future__ import annotations

from datetime import date

from infra.pdf import pdf_of
from infra.transaction import Work, note
from kernel.actor import Actor, project_scope
from reports.issued import service as issued
from reports.issued.rules.draft import DraftData
from reports.issued.service import Compose, Sent


def issue(project_id: int, compose: Compose, as_of: date, key: str, *, actor: Actor) -> int:
    """Issue the report; its number among the reports of the project. The same key again gives the same number."""
    wanted = issued.Wanted(DraftData(), as_of, key)
    return issued.issue(project_id, wanted, compose, _keep, editions=(), actor=actor)


def _keep(_work: Work, _sent: Sent) -> None:
    """It is kept and verified like every report, and sent by whoever wants to."""


def export(project_id: int, html: str, as_of: date, *, actor: Actor) -> bytes:
    """The PDF. Raises Problem where it can't be made; nothing is noted then."""
    made = pdf_of(html)
    scope = project_scope(project_id)
    note(actor, "adoption.reported", subject=f"project:{project_id}", scope=scope, as_of=as_of.isoformat())
    return made
