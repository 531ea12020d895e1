"""What the knowledge base adds to other pages: articles beside a ticket, and suggestions while one is written."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from markupsafe import Markup

from crm.access.rules import Access, fields_seen
from crm.knowledge import queries
from crm.objects.rules.catalogue import TICKET
from crm.records import queries as records

SOLVED = frozenset({"resolved", "verified", "closed"})
"""The states of a ticket from which an article may be written."""


def ticket_panel(_kind: str, record: Any, access: Access) -> Markup:
    """The articles that answer a ticket, those that may, and the way to write one from it."""
    reader = queries.reader_of(g.actor)
    linked = queries.of_ticket(record.id, reader)
    seen = fields_seen(access, TICKET, records.facts(access, "see", TICKET, record))
    text = " ".join(str(getattr(record, key) or "") for key in ("name", "description") if key in seen)
    known = {each.id for each in linked}
    fitting = [each for each in queries.suggest(text, reader, queries.SUGGESTED + len(known)) if each.id not in known]
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "crm/knowledge/_ticket.html",
            ticket=record,
            linked=linked,
            fitting=fitting[: queries.SUGGESTED],
            may_write=reader.writes and record.state in SOLVED,
        )
    )


def suggest_box(_kind: str, _record: Any, _access: Access) -> Markup:
    """Room beside a form for a ticket, which fills with articles while its subject is typed."""
    return Markup(render_template("crm/knowledge/_box.html", field="name"))  # noqa: S704  # our template
