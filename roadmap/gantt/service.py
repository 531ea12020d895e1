"""A chart that leaves the house: made into a PDF, and entered in the trail as an export."""

from __future__ import annotations

from infra.pdf import pdf_of
from infra.transaction import note
from kernel.actor import Actor, project_scope


def export_pdf(project_id: int, name: str, html: str, *, actor: Actor) -> bytes:
    """The PDF of a chart's document. Raises Problem where it can't be made; nothing is noted then."""
    made = pdf_of(html)
    note_export(project_id, name, "pdf", actor=actor)
    return made


def note_export(project_id: int, name: str, kind: str, *, actor: Actor) -> None:
    """Enter in the trail that a chart left the house."""
    scope = project_scope(project_id)
    note(actor, "plan.exported", subject=scope, label=name, scope=scope, format=kind)
