"""What a lead is like: accounts and contacts that are there already, people who could own what it becomes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.rules import Access
from crm.conversion.rules import ACCOUNT_FROM, CONTACT_FROM
from crm.duplicates.queries import Match, like
from crm.objects.rules.catalogue import LEAD
from crm.records import queries as records
from crm.records.models import Lead
from infra.database import db


def account_like(lead: Lead, access: Access) -> list[Match]:
    """Accounts that the lead's company may be, by what the reader sees of the lead."""
    seen = _seen(lead, access)
    values = {to: seen.get(source) for to, source in {**ACCOUNT_FROM, "name": "company"}.items()}
    return like("account", values, access) if values["name"] else []


def contact_like(lead: Lead, access: Access) -> list[Match]:
    """Contacts who the lead may be, by what the reader sees of the lead."""
    seen = _seen(lead, access)
    return like("contact", {to: seen.get(source) for to, source in CONTACT_FROM.items()}, access)


def _seen(lead: Lead, access: Access) -> dict[str, Any]:
    facts = records.facts(access, access_rules.SEE, LEAD, lead)
    return {key: getattr(lead, key) for key in access_rules.fields_seen(access, LEAD, facts)}


def owners() -> list[tuple[int, str]]:
    """Who may own records: whoever holds a role of the CRM and is not switched off."""
    holders = select(CrmHolder.person_id)
    query = select(Person.id, Person.name).where(Person.id.in_(holders), Person.active.is_(True)).order_by(Person.name)
    return [(row[0], row[1]) for row in db.session.execute(query)]
