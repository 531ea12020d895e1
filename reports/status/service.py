"""A report that leaves the house: made into a PDF, and entered in the trail as an export."""

from __future__ import annotations

from datetime import date

from infra.pdf import pdf_of
from infra.transaction import note
from kernel.actor import Actor, project_scope


def export(project_id: int, html: str, as_of: date, *, actor: Actor) -> bytes:
    """The PDF of a report. Raises Problem where it can't be made; nothing is noted then."""
    made = pdf_of(html)
    note(actor, "report.exported", subject=f"project:{project_id}", scope=project_scope(project_id), as_of=f"{as_of}")
    return made
