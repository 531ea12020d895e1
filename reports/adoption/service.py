"""An adoption report that leaves the house: made into a PDF, and entered in the trail as an export."""

from __future__ import annotations

from datetime import date

from infra.pdf import pdf_of
from infra.transaction import note
from kernel.actor import Actor, project_scope


def export(project_id: int, html: str, as_of: date, *, actor: Actor) -> bytes:
    """The PDF. Raises Problem where it can't be made; nothing is noted then."""
    made = pdf_of(html)
    scope = project_scope(project_id)
    note(actor, "adoption.reported", subject=f"project:{project_id}", scope=scope, as_of=as_of.isoformat())
    return made
