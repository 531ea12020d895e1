"""Who would be asked, and how many that are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams import rules as tree
from accounts.teams.models import TeamMember
from crm.access.queries import reach
from crm.access.rules import SEE, Access
from crm.campaigns.models import CampaignMember
from crm.consent import queries as consent
from crm.objects.rules.catalogue import ACCOUNT, CONTACT
from crm.records.models import Account, Contact
from crm.respondents.rules import PURPOSE, Asked, Audience
from infra.database import db


def whom(audience: Audience, chosen: Iterable[int], among: Mapping[str, Any], access: Access) -> list[Asked]:
    """Everybody whom a survey would ask: people who sign in, or contacts with an address.

    Of contacts those whom the asker may see and who may be written to; an address is asked once.
    """
    if audience is Audience.PEOPLE:
        query = _people(chosen).order_by(func.lower(Person.name), Person.id)
        return [Asked(row.name, row.email or "", person_id=row.id) for row in db.session.execute(query)]
    if audience is Audience.CONTACTS:
        rows = db.session.execute(_contacts(among, access).order_by(Contact.id)).all()
        agreed = consent.may_write_to("contact", [row.id for row in rows], PURPOSE)
        found: dict[str, Asked] = {}
        for row in rows:
            if agreed[row.id].yes:
                found.setdefault(row.email.lower(), Asked(row.name, row.email, contact_id=row.id))
        return list(found.values())
    return []


def how_many(audience: Audience, chosen: Iterable[int], among: Mapping[str, Any], access: Access) -> int:
    """How many that would be."""
    if audience is Audience.PEOPLE:
        return db.session.scalar(select(func.count()).select_from(_people(chosen).subquery())) or 0
    return len(whom(audience, chosen, among, access))


def _people(chosen: Iterable[int]) -> Select[int, str, str | None]:
    query = select(Person.id, Person.name, Person.email).where(Person.active, Person.email.is_not(None))
    tops = sorted(set(chosen))
    if not tops:
        return query
    parents = teams.parents()
    within = sorted(set(tops).union(*(tree.below(parents, each) for each in tops)))
    members = select(TeamMember.person_id).where(TeamMember.team_id.in_(within))
    return query.where(Person.id.in_(members))


def _contacts(among: Mapping[str, Any], access: Access) -> Select[int, str, str]:
    """Contacts with an address, by what their account is or the campaign that they are members of."""
    conditions: list[ColumnElement[bool]] = [
        Contact.deleted_at.is_(None),
        Contact.email != "",
        reach(access, SEE, CONTACT, Contact, "name"),
        reach(access, SEE, CONTACT, Contact, "email"),
    ]
    wanted = [(key, among[key]) for key in ("kind", "region", "industry") if among.get(key)]
    if wanted:
        fields = [
            and_(getattr(Account, key) == value, reach(access, SEE, ACCOUNT, Account, key)) for key, value in wanted
        ]
        accounts = select(Account.id).where(Account.deleted_at.is_(None), *fields)
        conditions.append(Contact.account_id.in_(accounts))
    if among.get("campaign_id"):
        members = select(CampaignMember.contact_id).where(
            CampaignMember.campaign_id == int(among["campaign_id"]), CampaignMember.contact_id.is_not(None)
        )
        conditions.append(Contact.id.in_(members))
    return select(Contact.id, Contact.name, Contact.email).where(*conditions)
