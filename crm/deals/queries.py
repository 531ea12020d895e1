"""The products, people and stages of a deal."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Integer, false, func, literal, select, union

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.deals import rules
from crm.deals.models import DealContact
from crm.deals.rules import LineData, Stay
from crm.objects.rules.catalogue import CONTACT, OPPORTUNITY, PRODUCT
from crm.records import queries as records
from crm.records.models import Contact, Opportunity, OpportunityLine, Product, StageChange
from infra.database import db

MOST_PRODUCTS = 500


@dataclass(frozen=True, slots=True)
class PartRow:
    """Somebody's part in a deal."""

    id: int
    contact_id: int
    name: str
    title: str
    part: str


def lines(deal_id: int) -> list[tuple[int, LineData]]:
    """The products of a deal with the numbers of their lines."""
    query = select(OpportunityLine).where(OpportunityLine.opportunity_id == deal_id)
    return [
        (row.id, LineData(row.product_id, row.name, row.quantity, row.price, row.discount))
        for row in db.session.scalars(query.order_by(OpportunityLine.position, OpportunityLine.id))
    ]


def products(access: Access) -> list[Product]:
    """The products on sale that the reader may see, by name."""
    query = records.seen(access, PRODUCT).where(Product.active.is_(True)).order_by(Product.name)
    return list(db.session.scalars(query.limit(MOST_PRODUCTS)))


def people(access: Access, deal_id: int) -> list[PartRow]:
    """The contacts of a deal whom the reader may see, with their parts."""
    query = (
        records.seen(access, CONTACT)
        .add_columns(DealContact)
        .join(DealContact, DealContact.contact_id == Contact.id)
        .where(DealContact.opportunity_id == deal_id)
        .order_by(Contact.name)
    )
    titled = access_rules.may(access, access_rules.SEE, CONTACT, None, "title")
    named = access_rules.may(access, access_rules.SEE, CONTACT, None, "name")
    return [
        PartRow(row.id, contact.id, contact.name if named else "", contact.title if titled else "", row.part)
        for contact, row in db.session.execute(query)
    ]


def hidden_people(access: Access, deal: Opportunity) -> int:
    """How many contacts a deal itself names, as its contact or with a part, that the reader may not see."""
    if not access_rules.is_on(access, CONTACT):
        return 0
    # By number and no other way: either condition alone would read every contact.
    named = select(DealContact.contact_id).where(DealContact.opportunity_id == deal.id)
    numbers = union(select(literal(deal.contact_id, Integer)), named)
    shown = func.coalesce(records.allowed(access, access_rules.SEE, CONTACT), false())
    query = select(func.count()).where(Contact.id.in_(numbers), Contact.deleted_at.is_(None), ~shown)
    return db.session.scalar(query) or 0


def contacts_of_account(access: Access, account_id: int | None) -> list[tuple[int, str]]:
    """Contacts of the deal's account that can be added."""
    if account_id is None:
        return []
    query = records.seen(access, CONTACT).where(Contact.account_id == account_id).order_by(Contact.name).limit(200)
    return [(row.id, row.name) for row in db.session.scalars(query)]


def history(deal: Opportunity) -> list[tuple[Stay, str]]:
    """The stages that a deal went through, with who moved it."""
    query = (
        select(StageChange.to_id, StageChange.at, StageChange.person_id, Person.name)
        .outerjoin(Person, Person.id == StageChange.person_id)
        .where(StageChange.opportunity_id == deal.id)
        .order_by(StageChange.at, StageChange.id)
    )
    found = db.session.execute(query).all()
    order = {each.id: each.position for each in records.stages()}
    stays = rules.stays([(row[0], row[1], row[2]) for row in found], order)
    return [(stay, row[3] or "") for stay, row in zip(stays, found, strict=True)]


def fields_of(access: Access, deal: Opportunity) -> tuple[frozenset[str], frozenset[str]]:
    """Which fields of a deal the reader sees, and which they may write."""
    see = records.facts(access, access_rules.SEE, OPPORTUNITY, deal)
    edit = records.facts(access, access_rules.EDIT, OPPORTUNITY, deal)
    return access_rules.fields_seen(access, OPPORTUNITY, see), access_rules.fields_written(access, OPPORTUNITY, edit)
