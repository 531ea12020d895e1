"""Members of campaigns and their figures, of what the reader may see: a handful of grouped statements for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union

from accounts.people.models import Person
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.campaigns.models import CampaignDay, CampaignMember
from crm.campaigns.rules import COUNTS, STATUSES, CampaignFigures, Window
from crm.consent import queries as consent
from crm.consent.rules import OF_CAMPAIGNS, Verdict
from crm.objects.rules.catalogue import CAMPAIGN, CONTACT, LEAD, OPPORTUNITY
from crm.rates import queries as rates
from crm.rates.rules import Group, total
from crm.records import queries as records
from crm.records.models import Campaign, Contact, Lead, Opportunity
from infra.database import db

PAGE = 50
ALWAYS = Window()
_KINDS = (("lead", LEAD, Lead, CampaignMember.lead_id), ("contact", CONTACT, Contact, CampaignMember.contact_id))


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member whom the reader may see."""

    id: int
    kind: str
    record_id: int
    name: str
    status: str
    status_at: datetime


@dataclass(frozen=True, slots=True)
class DayRow:
    """The figures of a day, with who entered them."""

    day: date
    reach: int | None
    impressions: int | None
    opens: int | None
    clicks: int | None
    cost: Decimal | None
    proof: str
    person: str
    entered_at: datetime


def may_see_cost(access: Access) -> bool:
    """Costs are seen by whoever sees what campaigns may cost."""
    return access_rules.may(access, access_rules.SEE, CAMPAIGN, None, "budget")


def figures(
    access: Access, window: Window = ALWAYS, *, ids: Iterable[int] | None = None, zone: tzinfo = UTC
) -> list[CampaignFigures]:
    """The figures of every campaign that the reader may see, or of some of them, by name; in the base currency."""
    query = select(Campaign.id, Campaign.name, Campaign.state, Campaign.currency).where(
        Campaign.deleted_at.is_(None), reach(access, access_rules.SEE, CAMPAIGN, Campaign)
    )
    if ids is not None:
        query = query.where(Campaign.id.in_(list(ids)))
    campaigns = db.session.execute(query.order_by(Campaign.name, Campaign.id)).all()
    known = [row.id for row in campaigns]
    if not known:
        return []
    members, days = _members(access, known), _days(access, known, window)
    leads, won = _leads(access, known, window, zone), _won(access, known, window)
    currencies = {row.id: row.currency for row in campaigns}
    book = rates.book_of([*currencies.values(), *(group.currency for groups in won.values() for group in groups)])
    found = []
    for row in campaigns:
        counts, costs = days.get(row.id, ({}, []))
        priced = [Group(currencies[row.id], day, cost, 1) for day, cost in costs]
        all_leads, converted = leads.get(row.id, (0, 0))
        revenue = total(won.get(row.id, []), book)
        found.append(
            CampaignFigures(
                id=row.id,
                name=row.name,
                state=row.state,
                members=members.get(row.id, {}),
                **{key: counts.get(key) for key in COUNTS},
                cost=total(priced, book) if priced else None,
                leads=all_leads,
                conversions=converted,
                won=revenue.count,
                revenue=revenue,
            )
        )
    return found


def members(access: Access, campaign_id: int, page: int, status: str = "") -> list[MemberRow]:
    """A page of the members whom the reader may see, those who came furthest last changed first."""
    branches = []
    for _kind, subject, table, column in _KINDS:
        query = (
            select(
                CampaignMember.id,
                CampaignMember.lead_id,
                table.id.label("record_id"),
                table.name,
                CampaignMember.status,
                CampaignMember.status_at,
            )
            .join(table, table.id == column)
            .where(
                CampaignMember.campaign_id == campaign_id,
                table.deleted_at.is_(None),
                reach(access, access_rules.SEE, subject, table, "name"),
            )
        )
        branches.append(query.where(CampaignMember.status == status) if status in STATUSES else query)
    both = union(*branches).subquery()
    query = select(both).order_by(both.c.status_at.desc(), both.c.id).offset((page - 1) * PAGE).limit(PAGE)
    return [
        MemberRow(row.id, "lead" if row.lead_id else "contact", row.record_id, row.name, row.status, row.status_at)
        for row in db.session.execute(query)
    ]


def may_be_written_to(kind: str, rows: Iterable[MemberRow]) -> dict[int, Verdict]:
    """Whether each member may be written to by a campaign of this kind, by the member's number.

    Nothing for a kind that addresses nobody by name.
    """
    purpose, listed = OF_CAMPAIGNS.get(kind), list(rows)
    if purpose is None:
        return {}
    found = {
        each: consent.may_write_to(each, [row.record_id for row in listed if row.kind == each], purpose)
        for each in ("lead", "contact")
    }
    return {row.id: found[row.kind][row.record_id] for row in listed}


def days(access: Access, campaign_id: int) -> list[DayRow]:
    """The figures by day, the latest first; the caller has made sure that the campaign may be seen."""
    query = (
        select(CampaignDay, func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == CampaignDay.person_id)
        .where(CampaignDay.campaign_id == campaign_id)
        .order_by(CampaignDay.day.desc())
        .limit(400)
    )
    priced = may_see_cost(access)
    return [
        DayRow(
            row.day,
            row.reach,
            row.impressions,
            row.opens,
            row.clicks,
            row.cost if priced else None,
            row.proof,
            who,
            row.entered_at,
        )
        for row, who in db.session.execute(query)
    ]


def by_address(access: Access, addresses: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Leads and contacts with these addresses (in small letters), of those whose address the reader may see."""
    wanted, found = sorted(set(addresses)), dict[str, list[tuple[str, int]]]()
    for kind, subject, table, _column in _KINDS:
        for start in range(0, len(wanted), 500):
            query = select(table.id, func.lower(table.email)).where(
                table.deleted_at.is_(None),
                func.lower(table.email).in_(wanted[start : start + 500]),
                reach(access, access_rules.SEE, subject, table, "email"),
            )
            if kind == "lead":
                query = query.where(Lead.converted_at.is_(None))
            for number, address in db.session.execute(query):
                found.setdefault(address, []).append((kind, number))
    return found


def matching(access: Access, kind: str, values: Mapping[str, str], most: int) -> list[int]:
    """The records whose fields have these values; a field that the reader may not see finds nothing."""
    subject = LEAD if kind == "lead" else CONTACT
    table: Any = Lead if kind == "lead" else Contact
    query = select(table.id).where(table.deleted_at.is_(None), reach(access, access_rules.SEE, subject, table))
    for key, value in values.items():
        query = query.where(getattr(table, key) == value, reach(access, access_rules.SEE, subject, table, key))
    return list(db.session.scalars(query.order_by(table.id).limit(most + 1)))


def _members(access: Access, ids: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for _kind, subject, table, column in _KINDS:
        query = (
            select(CampaignMember.campaign_id, CampaignMember.status, func.count())
            .join(table, table.id == column)
            .where(
                CampaignMember.campaign_id.in_(ids),
                table.deleted_at.is_(None),
                reach(access, access_rules.SEE, subject, table),
            )
            .group_by(CampaignMember.campaign_id, CampaignMember.status)
        )
        for campaign_id, status, count in db.session.execute(query):
            of = found.setdefault(campaign_id, {})
            of[status] = of.get(status, 0) + count
    return found


def _days(
    access: Access, ids: list[int], window: Window
) -> dict[int, tuple[dict[str, int | None], list[tuple[date, Decimal]]]]:
    columns = [func.sum(getattr(CampaignDay, key)) for key in COUNTS]
    query = select(CampaignDay.campaign_id, *columns).where(CampaignDay.campaign_id.in_(ids), *_days_in(window))
    found: dict[int, tuple[dict[str, int | None], list[tuple[date, Decimal]]]] = {}
    for campaign_id, *sums in db.session.execute(query.group_by(CampaignDay.campaign_id)):
        counts = {key: None if value is None else int(value) for key, value in zip(COUNTS, sums, strict=True)}
        found[campaign_id] = (counts, [])
    if may_see_cost(access):
        priced = select(CampaignDay.campaign_id, CampaignDay.day, CampaignDay.cost).where(
            CampaignDay.campaign_id.in_(ids), CampaignDay.cost.is_not(None), *_days_in(window)
        )
        for campaign_id, day, cost in db.session.execute(priced):
            found.setdefault(campaign_id, ({}, []))[1].append((day, cost or Decimal(0)))
    return found


def _days_in(window: Window) -> list[ColumnElement[bool]]:
    found = [CampaignDay.day >= window.first] if window.first else []
    return [*found, CampaignDay.day <= window.last] if window.last else found


def _between(column: Any, window: Window, zone: tzinfo) -> list[ColumnElement[bool]]:
    start, end = window.instants(zone)
    found = [column >= start] if start else []
    return [*found, column < end] if end else found


def _leads(access: Access, ids: list[int], window: Window, zone: tzinfo) -> dict[int, tuple[int, int]]:
    """Leads that name a campaign or are members of it, each once, and how many of them converted."""
    seen = and_(
        Lead.deleted_at.is_(None),
        reach(access, access_rules.SEE, LEAD, Lead, "campaign_id"),
        reach(access, access_rules.SEE, LEAD, Lead, "converted_at"),
    )
    named = select(Lead.campaign_id.label("campaign_id"), Lead.id.label("id"), Lead.converted_at).where(
        Lead.campaign_id.in_(ids), seen, *_between(Lead.created_at, window, zone)
    )
    joined = (
        select(CampaignMember.campaign_id.label("campaign_id"), Lead.id.label("id"), Lead.converted_at)
        .join(Lead, Lead.id == CampaignMember.lead_id)
        .where(CampaignMember.campaign_id.in_(ids), seen, *_between(CampaignMember.added_at, window, zone))
    )
    both = union(named, joined).subquery()
    query = select(both.c.campaign_id, func.count(), func.count(both.c.converted_at)).group_by(both.c.campaign_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def _won(access: Access, ids: list[int], window: Window) -> dict[int, list[Group]]:
    """Won deals by campaign: by the one that they name, else by the one that their lead names."""
    credited = func.coalesce(Opportunity.campaign_id, Lead.campaign_id)
    amount_seen = reach(access, access_rules.SEE, OPPORTUNITY, Opportunity, "amount")
    query = (
        select(
            credited,
            Opportunity.currency,
            Opportunity.closes_on,
            func.sum(Opportunity.amount),
            func.count(),
            func.count() - func.count(Opportunity.amount),
        )
        .outerjoin(Lead, Lead.id == Opportunity.lead_id)
        .where(
            Opportunity.outcome == "won",
            Opportunity.deleted_at.is_(None),
            amount_seen,
            reach(access, access_rules.SEE, OPPORTUNITY, Opportunity, "campaign_id"),
            or_(
                Opportunity.campaign_id.in_(ids),
                and_(Opportunity.campaign_id.is_(None), Lead.campaign_id.in_(ids)),
            ),
            *([Opportunity.closes_on >= window.first] if window.first else []),
            *([Opportunity.closes_on <= window.last] if window.last else []),
        )
        .group_by(credited, Opportunity.currency, Opportunity.closes_on)
    )
    found: dict[int, list[Group]] = {}
    for campaign_id, currency, day, amount, count, unknown in db.session.execute(query):
        group = Group(currency, day or date.max, amount or Decimal(0), count, unknown)
        found.setdefault(campaign_id, []).append(group)
    return found


def campaign(access: Access, campaign_id: int) -> Campaign:
    """A campaign that the reader may see. Raises NotFound."""
    row: Campaign = records.get(access, CAMPAIGN, campaign_id)
    return row
