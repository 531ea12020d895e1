"""Adding members, saying how far they came, and entering figures by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.campaigns import queries, rules
from crm.campaigns.models import CampaignDay, CampaignMember
from crm.campaigns.rules import COUNTS, DayData
from crm.objects.rules.catalogue import CAMPAIGN, CONTACT, LEAD
from crm.rates.rules import read_amount, read_day
from crm.records import queries as records
from crm.records.models import Campaign, Contact, Lead
from infra import sheets
from infra.database import db
from infra.forms import told
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Problem, RuleBroken

UNDOABLE = {
    "members.added": "crm.use",
    "members.changed": "crm.use",
    "members.removed": "crm.use",
    "campaign.figures": "crm.use",
}
"""What can be taken back by whoever may still work with the campaign."""
People = Sequence[tuple[str, int]]
"""Leads and contacts: kind and number."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a line of a file or a list of addresses."""

    number: int
    text: str
    result: str
    good: bool


def add(campaign_id: int, people: People, status: str, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Add leads and contacts that the actor may see; who is a member already goes on to the status, never back.

    How many are new or went on. Raises NotFound, Refused, RuleBroken.
    """
    rules.check_status(status)
    rules.check_many(len(people))
    access = access_of(actor)
    with transaction(actor, "members.added") as work:
        _editable(access, campaign_id)
        wanted = _visible(work, access, people)
        there = _members_of(work, campaign_id)
        fresh = [each for each in wanted if each not in there]
        rows = [
            {
                "campaign_id": campaign_id,
                "lead_id": number if kind == "lead" else None,
                "contact_id": number if kind == "contact" else None,
                "status": status,
                "status_at": now,
                "added_at": now,
                "added_by": actor.id,
            }
            for kind, number in fresh
        ]
        work.bulk_insert(CampaignMember, rows)
        went = _go_on([there[each] for each in wanted if each in there], status, now)
    return len(fresh) + went, work


def already(campaign_id: int, kind: str, status: str, *, actor: Actor) -> set[int]:
    """The leads or contacts who are members and came as far already.

    Raises NotFound, RuleBroken, also where the actor may add nobody to this campaign.
    """
    rules.check_status(status)
    access = access_of(actor)
    row = queries.campaign(access, campaign_id)
    if not access_rules.may(
        access, access_rules.EDIT, CAMPAIGN, records.facts(access, access_rules.EDIT, CAMPAIGN, row)
    ):
        raise RuleBroken("crm.not_your_campaign", "You may not add members to this campaign.", field="campaign_id")
    column = CampaignMember.lead_id if kind == "lead" else CampaignMember.contact_id
    query = select(column, CampaignMember.status).where(CampaignMember.campaign_id == campaign_id)
    rows = db.session.execute(query)
    return {number for number, now in rows if number is not None and rules.further(now, status) == now}


def add_addresses(
    campaign_id: int, text: str, status: str, *, actor: Actor, now: datetime
) -> tuple[list[Line], Work | None]:
    """Add whoever has one of these addresses, a line each; what became of every line, and the work if any was good."""
    access = access_of(actor)
    _editable(access, campaign_id)
    typed = [line.strip().strip("\ufeff\"';,") for line in text.splitlines()]
    rules.check_many(len([each for each in typed if each]))
    found = queries.by_address(access, [each.lower() for each in typed if "@" in each])
    lines, people = [], list[tuple[str, int]]()
    for number, address in enumerate(typed, start=1):
        if not address:
            continue
        matches = found.get(address.lower(), [])
        contacts = [each for each in matches if each[0] == "contact"]
        chosen = contacts if len(contacts) == 1 else matches
        if "@" not in address:
            lines.append(Line(number, address[:120], "That is no e-mail address.", good=False))
        elif not chosen:
            lines.append(Line(number, address[:120], "Nobody has this address.", good=False))
        elif len(chosen) > 1:
            lines.append(Line(number, address[:120], "Several records have this address.", good=False))
        else:
            people.append(chosen[0])
            lines.append(Line(number, address[:120], "Added.", good=True))
    work = add(campaign_id, people, status, actor=actor, now=now)[1] if people else None
    return lines, work


def set_status(campaign_id: int, ids: Iterable[int], status: str, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Say how far members came, forwards or back; how many changed. Raises NotFound, Refused, RuleBroken."""
    wanted = sorted(set(ids))
    rules.check_status(status)
    rules.check_many(len(wanted))
    with transaction(actor, "members.changed") as work:
        _editable(access_of(actor), campaign_id)
        rows = [row for row in _chosen(work, campaign_id, wanted, access_of(actor)) if row.status != status]
        for row in rows:
            row.status, row.status_at = status, now
    return len(rows), work


def remove(campaign_id: int, ids: Iterable[int], *, actor: Actor) -> tuple[int, Work]:
    """Take members out of a campaign; how many. Raises NotFound, Refused, RuleBroken."""
    wanted = sorted(set(ids))
    rules.check_many(len(wanted))
    with transaction(actor, "members.removed") as work:
        _editable(access_of(actor), campaign_id)
        rows = _chosen(work, campaign_id, wanted, access_of(actor))
        for row in rows:
            work.session.delete(row)
    return len(rows), work


def enter(campaign_id: int, data: Sequence[DayData], *, actor: Actor, now: datetime, today: date) -> tuple[int, Work]:
    """Keep figures by day, each with who, when and proof; a day that is there gets the new ones.

    Needs the function for entering figures and edit on the campaign. Raises NotFound, Refused, RuleBroken.
    """
    for each in data:
        rules.check_day(each, today)
    with transaction(actor, "campaign.figures") as work:
        _editable(access_of(actor), campaign_id)
        there = {
            row.day: row
            for row in work.session.scalars(select(CampaignDay).where(CampaignDay.campaign_id == campaign_id))
        }
        for each in data:
            row = there.get(each.day)
            if row is None:
                row = there[each.day] = CampaignDay(campaign_id=campaign_id, day=each.day)
                work.session.add(row)
            for key in COUNTS:
                setattr(row, key, each.counts.get(key))
            row.cost, row.proof, row.person_id, row.entered_at = each.cost, each.proof, actor.id, now
    return len(data), work


def take_in(
    campaign_id: int, content: bytes, proof: str, *, actor: Actor, now: datetime, today: date
) -> tuple[int, list[Line], Work | None]:
    """Read a file with the column day and any of the figures. All rows are kept, or none while one is wrong."""
    sheet = sheets.read(content)
    heads = {str(head).strip().lower(): str(head) for head in sheet.heads}
    if "day" not in heads or not {*COUNTS, "cost"} & set(heads):
        raise RuleBroken(
            "crm.figure_heads",
            "The first row has to name the column day and at least one of %(wanted)s.",
            field="file",
            wanted=", ".join((*COUNTS, "cost")),
        )
    good, wrong = list[DayData](), list[Line]()
    for number, values in sheet.records():
        try:
            data = _day_of({key: values.get(head) for key, head in heads.items()}, proof)
            rules.check_day(data, today)
            good.append(data)
        except Problem as problem:
            wrong.append(Line(number, "", told(problem), good=False))
    if wrong or not good:
        return 0, wrong, None
    count, work = enter(campaign_id, good, actor=actor, now=now, today=today)
    return count, [], work


def _day_of(values: Mapping[str, Any], proof: str) -> DayData:
    cost = values.get("cost")
    return DayData(
        read_day("" if values.get("day") is None else values["day"]),
        {key: rules.read_count(values.get(key), key) for key in COUNTS},
        None if cost is None else read_amount(str(cost), "cost", "Cost"),
        proof,
    )


def _editable(access: Access, campaign_id: int) -> Campaign:
    row = queries.campaign(access, campaign_id)
    demand(access, access_rules.EDIT, CAMPAIGN, records.facts(access, access_rules.EDIT, CAMPAIGN, row))
    return row


def _visible(work: Work, access: Access, people: People) -> list[tuple[str, int]]:
    """Those that may be seen; one that may not is as good as none. Raises NotFound."""
    found: set[tuple[str, int]] = set()
    for kind, subject, table in (("lead", LEAD, Lead), ("contact", CONTACT, Contact)):
        ids = sorted({number for each, number in people if each == kind})
        for start in range(0, len(ids), 500):
            query = records.seen(access, subject).with_only_columns(table.id)
            rows = work.session.scalars(query.where(table.id.in_(ids[start : start + 500])))
            found.update((kind, number) for number in rows)
    if found != set(people):
        raise NotFound
    return sorted(found)


def _members_of(work: Work, campaign_id: int) -> dict[tuple[str, int], CampaignMember]:
    rows = work.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == campaign_id))
    return {("lead", row.lead_id) if row.lead_id else ("contact", row.contact_id or 0): row for row in rows}


def _go_on(rows: Iterable[CampaignMember], status: str, now: datetime) -> int:
    count = 0
    for row in rows:
        wanted = rules.further(row.status, status)
        if wanted != row.status:
            row.status, row.status_at, count = wanted, now, count + 1
    return count


def _chosen(work: Work, campaign_id: int, ids: list[int], access: Access) -> list[CampaignMember]:
    query = select(CampaignMember).where(CampaignMember.campaign_id == campaign_id, CampaignMember.id.in_(ids))
    rows = list(work.session.scalars(query.order_by(CampaignMember.id)))
    if len(rows) < len(ids):
        raise NotFound
    _visible(work, access, [("lead", row.lead_id) if row.lead_id else ("contact", row.contact_id or 0) for row in rows])
    return rows
