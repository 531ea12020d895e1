"""What a lead is like: accounts and contacts that are there already, people who could own what it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records.models import TABLES, Lead
from infra.database import db

MOST = 5
_COMPARED: Mapping[str, tuple[str, ...]] = {"account": ("name",), "contact": ("name", "email")}
_REASONS = {"name": "the same name", "email": "the same e-mail address"}


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same, and why."""

    id: int
    name: str
    reasons: tuple[str, ...]


def like(kind: str, values: Mapping[str, Any], access: Access) -> list[Match]:
    """Records that agree with these values word for word, of those that the reader may see."""
    subject, table = OBJECTS[kind], TABLES[kind]
    wanted = {key: str(values[key]).strip().lower() for key in _COMPARED[kind] if values.get(key)}
    shown = access_rules.fields_seen(access, subject)
    tests = {key: func.lower(getattr(table, key)) == text for key, text in wanted.items() if key in shown}
    if not tests or "name" not in shown:
        return []
    columns = [table.id, table.name, *(test.label(f"same_{key}") for key, test in tests.items())]
    reach = [records.allowed(access, access_rules.SEE, subject)]
    query = select(*columns).where(table.deleted_at.is_(None), *reach, or_(*tests.values())).limit(MOST)
    return [
        Match(row.id, row.name, tuple(_REASONS[key] for key in tests if getattr(row, f"same_{key}")))
        for row in db.session.execute(query)
    ]


def account_like(lead: Lead, access: Access) -> list[Match]:
    """Accounts that the lead's company may be."""
    return like("account", {"name": lead.company}, access) if lead.company else []


def contact_like(lead: Lead, access: Access) -> list[Match]:
    """Contacts who the lead may be."""
    return like("contact", {"name": lead.name, "email": lead.email}, access)


def owners() -> list[tuple[int, str]]:
    """Who may own records: whoever holds a role of the CRM and is not switched off."""
    holders = select(CrmHolder.person_id)
    query = select(Person.id, Person.name).where(Person.id.in_(holders), Person.active.is_(True)).order_by(Person.name)
    return [(row[0], row[1]) for row in db.session.execute(query)]
