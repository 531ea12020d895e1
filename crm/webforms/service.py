"""Writing web forms, and taking what strangers send to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, select

from crm.consent import queries as consent
from crm.consent import service as consenting
from crm.consent.rules import ConsentData, hashed
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service as records
from crm.records.events import RecordsHappened
from crm.webforms import queries, rules
from crm.webforms.models import FormEntry, WebForm
from crm.webforms.rules import Came, FormData
from infra.knocks.rules import Door
from infra.transaction import Work, transaction
from kernel.actor import Actor

UNDOABLE = dict.fromkeys(("form.added", "form.changed", "form.switched", "form.removed"), "crm.setup")
"""What can be taken back, and the permission that this needs."""
_TOKEN_BYTES = 16
SENT = Door("form", 10, timedelta(minutes=10))
"""What one visitor sends."""
READ = Door("form-read", 120, timedelta(minutes=1))
"""Forms that one visitor opens."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a visitor sent: typed values by field, whether they agreed, and what speaks for a program."""

    values: Mapping[str, Any]
    agreed: bool
    suspicion: str = ""


def add(data: FormData, *, actor: Actor) -> tuple[int, Work]:
    """Keep a new form; its number. Raises RuleBroken."""
    checked = _checked(data)
    with transaction(actor, "form.added") as work:
        row = WebForm(token=token_urlsafe(_TOKEN_BYTES))
        _fill(row, checked)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(form_id: int, data: FormData, *, actor: Actor) -> Work:
    """Keep a form changed; its address stays. Raises NotFound, RuleBroken."""
    checked = _checked(data)
    with transaction(actor, "form.changed") as work:
        _fill(queries.form(form_id), checked)
    return work


def switch(form_id: int, *, on: bool, actor: Actor) -> Work:
    """Open or close a form. Raises NotFound."""
    with transaction(actor, "form.switched") as work:
        queries.form(form_id).active = on
    return work


def remove(form_id: int, *, actor: Actor) -> Work:
    """Take a form away with what is known of its entries; the leads stay. Raises NotFound."""
    with transaction(actor, "form.removed") as work:
        work.session.delete(queries.form(form_id))
    return work


def take(form: WebForm, sent: Sent, *, now: datetime) -> Came:
    """Make a lead of what a visitor sent, with the consent that they gave; spam and a second press make none.

    The lead belongs to the form's owner or, without one, to nobody until a rule assigns it. Raises RuleBroken.
    """
    actor = Actor(None, f"Web form “{form.name}”")
    address = hashed(str(sent.values.get("email") or ""))
    with transaction(actor, "form.sent", at=now) as work:
        came = _judged(work, form, sent, address, now)
        lead_id = _lead(work, form, sent, now) if came is Came.TAKEN else None
        entry = FormEntry(form_id=form.id, at=now, came=came.value, why=sent.suspicion, email=address, lead_id=lead_id)
        work.session.add(entry)
    return came


def prune(now: datetime) -> int:
    """Forget what was sent to forms long ago; the leads stay. How many were forgotten."""
    with transaction(Actor(None, "Timetable"), "forms.pruned", at=now) as work:
        return work.session.execute(delete(FormEntry).where(FormEntry.at < now - rules.KEPT)).rowcount or 0  # type: ignore[attr-defined]  # a cursor's


def _judged(work: Work, form: WebForm, sent: Sent, address: str, now: datetime) -> Came:
    if sent.suspicion:
        return Came.SPAM
    same = (FormEntry.form_id == form.id, FormEntry.email == address, FormEntry.at > now - rules.TWICE)
    before = select(FormEntry.id).where(*same, FormEntry.came == Came.TAKEN.value).limit(1)
    return Came.TWICE if work.session.scalar(before) is not None else Came.TAKEN


def _lead(work: Work, form: WebForm, sent: Sent, now: datetime) -> int:
    values = {"source": "web", **form.fixed, **sent.values, "owner_id": form.owner_id}
    (lead_id,) = records.create_many(work, "lead", [values], now=now, origin="automatic")
    if form.purpose:
        proof = f"Web form “{form.name}”, sent {now:%Y-%m-%d %H:%M} UTC"
        answer = ConsentData(form.purpose, sent.agreed, now, "form", form.wording, proof)
        consenting.note_many(work, "lead", [(lead_id, answer)], now=now)
    work.emit(RecordsHappened("lead", "form", (lead_id,)))
    return lead_id


def _checked(data: FormData) -> FormData:
    purposes = [each.key for each in consent.purposes() if each.active]
    return rules.check(data, OBJECTS["lead"].fields, purposes)


def _fill(row: WebForm, data: FormData) -> None:
    row.name, row.title, row.intro, row.thanks = " ".join(data.name.split()), data.title, data.intro, data.thanks
    row.framed_by = rules.check_sites(data.framed_by)
    row.next_page, row.purpose, row.wording = data.next_page, data.purpose, data.wording.strip()
    row.consent_needed, row.owner_id = data.consent_needed, data.owner_id
    row.asked = [[each.key, each.required] for each in data.asked]
    row.fixed = dict(data.fixed)
