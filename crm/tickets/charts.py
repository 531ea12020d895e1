"""A ticket as its page shows it: what was said, what may be done next, and the box to answer in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.objects.rules import choices
from crm.objects.rules.catalogue import TICKET
from crm.records import queries as records
from crm.records.models import Ticket
from crm.tickets import queries, rules
from crm.tickets.forms import AnswerForm, NewsForm
from crm.tickets.models import CannedAnswer
from crm.tickets.queries import Affected, Entry
from crm.tickets.rules import Part, Step
from infra.attachments import queries as files
from kernel.rownumbers import row_number_or_none

_STRAIGHT = frozenset({"start", "verify", "close"})
"""Steps that a press takes; the others ask for something on a page of their own."""
_FIRST = ("resolve", "verify", "start", "close", "reopen")
"""Which step leads, if several are offered."""


@dataclass(slots=True)
class Talk:
    """Everything that the template needs of a conversation."""

    ticket: Ticket
    name: str
    entries: list[Entry]
    works: bool
    seen: frozenset[str]
    steps: list[Step] = field(default_factory=list)
    agents: list[tuple[int, str]] = field(default_factory=list)
    canned: list[CannedAnswer] = field(default_factory=list)
    affected: list[Affected] = field(default_factory=list)
    attached: list[files.Attached] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the ticket's page lies."""
        return f"/crm/tickets/{self.ticket.id}"

    @property
    def leading(self) -> Step | None:
        """The step that stands out."""
        found = {each.key: each for each in self.steps}
        return next((found[key] for key in _FIRST if key in found), None)

    def straight(self, step: Step) -> bool:
        """Whether a press takes this step."""
        return step.key in _STRAIGHT


def talk(access: Access, ticket: Ticket, now: datetime) -> Talk:
    """The conversation of a ticket with what its reader may do about it."""
    works = queries.may_work(access, ticket)
    seen = records.fields_of_many(access, TICKET, [ticket])[ticket.id]
    entries = queries.conversation(ticket, internal=works)
    name = records.called(access, TICKET, [ticket])[ticket.id]
    found = Talk(
        ticket, name, [_shown(each, seen) for each in entries if each.id or "description" in seen], works, seen
    )
    if works:
        found.steps = rules.offered(ticket.state, Part.AGENT, ticket.resolved_at, now)
        found.agents = queries.agents()
        found.canned = queries.canned(ticket.queue_id) if ticket.state in rules.OPEN else []
    if ticket.kind == "problem":
        found.affected = queries.affected(access, ticket.id)
    found.attached = files.of_subject(f"support:{ticket.id}", g.actor)
    return found


def _shown(entry: Entry, seen: frozenset[str]) -> Entry:
    """An entry without the name of who asked, where that is hidden from the reader."""
    hidden = entry.inward and "requester_name" not in seen
    return (
        entry
        if not hidden
        else Entry(entry.id, entry.at, entry.kind, True, entry.public, entry.automatic, None, "", entry.body)
    )


def panel(_kind: str, record: Any, access: Access) -> Markup:
    """The conversation on the page of a ticket."""
    return conversation(talk(access, record, g.now))


def conversation(view: Talk, form: AnswerForm | None = None, news: NewsForm | None = None) -> Markup:
    """The conversation with its box; the forms carry what was typed and what is wrong with it."""
    form = form or _begun(view)
    html = render_template(
        "crm/tickets/_panel.html",
        talk=view,
        form=form,
        news=news or NewsForm(formdata=None),
        state_words=dict(choices.TICKET_STATES),
    )
    return Markup(html)  # noqa: S704  # a template of ours, which escapes what it is given


def _begun(view: Talk) -> AnswerForm:
    """An empty box, or one with the canned answer that the address names."""
    form = AnswerForm(formdata=None)
    wanted = row_number_or_none(request.args.get("canned", ""))
    found = next((each for each in view.canned if each.id == wanted), None)
    if found is not None:
        form.text.data = rules.filled_in(found.body, places(view.ticket, view.name))
    return form


def places(ticket: Ticket, name: str) -> Mapping[str, str]:
    """What the places in a canned answer are filled with."""
    asks = ticket.requester_name or str(_("customer"))
    return {"requester": asks, "agent": g.actor.name, "ticket": rules.code(ticket.id), "subject": name}


def may_create(access: Access) -> bool:
    """Whether the reader may make tickets."""
    return access_rules.may(access, access_rules.CREATE, TICKET)
