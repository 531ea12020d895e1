"""What a lead carries over when it is converted, and which way it may go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.errors import Conflict, RuleBroken

PATH = ("new", "contacted", "mql", "sql", "converted")
"""The way of a lead, in order; a lead can also be given up at any place before the last."""
REASON_LIMIT = 200
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class DealData:
    """The deal that is made with the conversion."""

    name: str
    amount: Decimal | None
    currency: str
    closes_on: date | None
    stage_id: int | None


@dataclass(frozen=True, slots=True)
class ConversionData:
    """What somebody chose: an existing record by its number, or a new one (None) with its name."""

    account_id: int | None
    account_name: str
    contact_id: int | None
    deal: DealData | None
    owner_id: int | None


ACCOUNT_FROM: Mapping[str, str] = {"industry": "industry", "region": "region", "country": "country"}
CONTACT_FROM: Mapping[str, str] = {
    "first_name": "first_name",
    "last_name": "last_name",
    "title": "title",
    "email": "email",
    "phone": "phone",
    "country": "country",
    "source": "source",
}
DEAL_FROM: Mapping[str, str] = {
    "source": "source",
    "campaign_id": "campaign_id",
    "product_line": "product_interest",
    "next_step": "next_step",
    "next_step_on": "next_step_on",
}
"""A field of the new record, and the field of the lead that it comes from."""


def carried(
    fields: Mapping[str, str], lead: Mapping[str, Any], seen: Collection[str], written: Collection[str]
) -> dict[str, Any]:
    """The values that a new record gets from the lead: what one sees of it, and may write there.

    >>> carried({"name": "company"}, {"company": "Oakfield"}, ["company"], ["name"])
    {'name': 'Oakfield'}
    """
    return {
        to: lead[source]
        for to, source in fields.items()
        if source in seen and to in written and lead.get(source) not in (None, "")
    }


def check_open(status: str, *, converted: bool) -> None:
    """Raise Conflict for a lead that was converted before, RuleBroken for one that was given up."""
    if converted or status == "converted":
        raise Conflict("crm.converted", "This lead was converted already. Reopen it first.")
    if status == "disqualified":
        raise RuleBroken("crm.disqualified", "This lead was given up. Reopen it first.")


def check_step(status: str) -> str:
    """A place on the way that is reached by a press. Raises RuleBroken."""
    if status not in PATH[:-1]:
        raise RuleBroken("crm.lead_step", "Choose a step before the last; converting has its own page.", field="status")
    return status


def check_reason(reason: str) -> str:
    """Why a lead is given up. Raises RuleBroken."""
    text = " ".join(reason.split())
    if not text:
        raise RuleBroken("crm.lead_reason", "Say why the lead is given up.", field="reason")
    if len(text) > REASON_LIMIT:
        raise RuleBroken("crm.lead_reason_long", "At most %(n)d characters fit.", field="reason", n=REASON_LIMIT)
    return text


def reopened(status: str, *, mql: bool, sql: bool) -> str:
    """Where a lead goes on that is opened again: where it had come. Raises RuleBroken for one that is open.

    >>> reopened("converted", mql=True, sql=True), reopened("disqualified", mql=False, sql=False)
    ('sql', 'contacted')
    """
    if status not in ("converted", "disqualified"):
        raise RuleBroken("crm.lead_open", "This lead is open.")
    if sql:
        return "sql"
    return "mql" if mql else "contacted"
