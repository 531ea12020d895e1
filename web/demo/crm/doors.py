"""The web form on the firm's page, with what was sent to it in the last weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.hooks import service as hooks
from crm.records.models import Lead
from crm.webforms import queries as forms
from crm.webforms import service
from crm.webforms.models import FormEntry
from crm.webforms.rules import Asked, Came, FormData
from infra.transaction import transaction
from kernel.actor import Actor

FORM = FormData(
    name="Ask for an offer",
    title="Ask us for an offer",
    asked=(
        Asked("first_name"),
        Asked("last_name", required=True),
        Asked("company", required=True),
        Asked("email", required=True),
        Asked("phone"),
        Asked("region", required=True),
        Asked("product_interest"),
        Asked("description"),
    ),
    fixed={"source": "web"},
    intro="Tell us what you plan. Somebody who knows your region answers within two working days.",
    thanks="We have your question. You hear from us within two working days.",
    purpose="news",
    wording="Yes, write to me about news and offers. I can withdraw that at any time.",
)
ORDERS = "https://localhost/orders"
"""What somebody tried first; the log of the webhook says why nothing comes there."""
CAME, WITHIN = 24, timedelta(days=60)
"""So many of the newest leads from the web came by the form, within this time."""
TURNED_AWAY = (
    (3, "filled in a field that people do not see"),
    (9, "sent after 0.8 seconds"),
    (9, "sent after 0.9 seconds"),
    (21, "filled in a field that people do not see"),
)
"""What looked like programs: days ago, and why."""


def knock(tobias: Actor, now: datetime) -> None:
    """A webhook to a machine of the house, which is refused: what is private is never called, whoever asks for it."""
    number, _key, _work = hooks.add("Order system", ORDERS, personal=False, actor=tobias)
    hooks.test(number, actor=tobias)
    hooks.send_due(now)


def play(tobias: Actor, now: datetime) -> None:
    """A form, the leads that came by it, and what was turned away."""
    number, _work = service.add(FORM, actor=tobias)
    row = forms.form(number)
    with transaction(tobias, "form.sent", at=now) as work:
        by_web = select(Lead).where(Lead.source == "web", Lead.created_at > now - WITHIN, Lead.origin == "entered")
        for lead in work.session.scalars(by_web.order_by(Lead.created_at.desc(), Lead.id).limit(CAME)):
            work.session.add(FormEntry(form_id=row.id, at=lead.created_at, came=Came.TAKEN.value, lead_id=lead.id))
        for days, why in TURNED_AWAY:
            at = now - timedelta(days=days)
            work.session.add(FormEntry(form_id=row.id, at=at, came=Came.SPAM.value, why=why))
