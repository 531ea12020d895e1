"""Converting a lead, moving it along its way, giving it up and opening it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.conversion import rules
from crm.conversion.rules import ConversionData
from crm.objects.models import OwnField
from crm.objects.rules.catalogue import ACCOUNT, CONTACT, LEAD, OBJECTS
from crm.objects.rules.fields import Field
from crm.records import queries as records
from crm.records import service
from crm.records.models import Activity, Contact, Lead
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {
    "lead.converted": "crm.use",
    "lead.advanced": "crm.use",
    "lead.disqualified": "crm.use",
    "lead.reopened": "crm.use",
    "lead.fields_mapped": "crm.setup",
}
"""What can be taken back by whoever may still work with the lead."""


def convert(lead_id: int, data: ConversionData, *, actor: Actor, now: datetime) -> tuple[Lead, Work]:
    """Turn a lead into an account, a contact and, if wanted, a deal: all of it or nothing.

    Needs edit on the lead and create on what is new. Raises NotFound, Refused, Conflict for a second time, RuleBroken.
    """
    access = access_of(actor)
    with transaction(actor, "lead.converted") as work:
        lead, seen = _editable(access, lead_id)
        rules.check_open(lead.status, converted=lead.converted_at is not None)
        values = {each.key: getattr(lead, each.key) for each in OBJECTS["lead"].fields}
        account_id = data.account_id or _new_account(work, access, data, values, seen, now)
        records.get(access, ACCOUNT, account_id)
        contact_id = data.contact_id or _new_contact(work, access, data, values, seen, account_id, now)
        contact: Contact = records.get(access, CONTACT, contact_id)
        deal_id = _new_deal(work, access, data, values, seen, (account_id, contact.id, lead.id), now)
        became = {"account_id": account_id, "contact_id": contact_id, "opportunity_id": deal_id}
        service.change_many(work, "lead", [(lead, {"status": "converted", "converted_at": now, **became})], now=now)
        _take_activities_along(work, lead_id, became, now)
    return lead, work


def map_fields(wanted: Mapping[str, Mapping[str, str]], *, actor: Actor) -> Work:
    """Say which fields get the values of one's own fields of leads: the object and its field, by the field of leads.

    A field that is named nowhere is carried nowhere. Raises RuleBroken for one that can't hold the value.
    """
    with transaction(actor, "lead.fields_mapped") as work:
        rows = work.session.scalars(select(OwnField).where(OwnField.object == "lead", OwnField.kind != ""))
        known = {each.key: each for each in OBJECTS["lead"].own}
        taken: set[tuple[str, str]] = set()
        for row in (each for each in rows if each.key in known):
            chosen = {kind: to for kind, to in wanted.get(row.key, {}).items() if to}
            for kind, to in chosen.items():
                _check_target(known[row.key], kind, to, taken)
            row.carried = chosen
    return work


def _check_target(source: Field, kind: str, to: str, taken: set[tuple[str, str]]) -> None:
    subject = OBJECTS[kind]
    if to not in {each.key for each in rules.targets(source, subject)}:
        raise RuleBroken(
            "crm.carried", "“%(label)s” can't go there: choose a field of the list.", field=f"{source.key}-{kind}",
            label=source.label,
        )  # fmt: skip
    if (kind, to) in taken:
        raise RuleBroken(
            "crm.carried_twice", "Two fields can't go into one.", field=f"{source.key}-{kind}"
        )  # fmt: skip
    taken.add((kind, to))


def advance(lead_id: int, status: str, *, actor: Actor, now: datetime) -> Work:
    """Move an open lead to a step of its way. Raises NotFound, Refused, Conflict, RuleBroken."""
    wanted = rules.check_step(status)
    with transaction(actor, "lead.advanced") as work:
        lead, _seen = _editable(access_of(actor), lead_id)
        rules.check_open(lead.status, converted=lead.converted_at is not None)
        service.change("lead", lead_id, {"status": wanted}, actor=actor, now=now)
    return work


def disqualify(lead_id: int, reason: str, *, actor: Actor, now: datetime) -> Work:
    """Give a lead up, with the reason. Raises NotFound, Refused, Conflict, RuleBroken."""
    said = rules.check_reason(reason)
    with transaction(actor, "lead.disqualified") as work:
        lead, _seen = _editable(access_of(actor), lead_id)
        rules.check_open(lead.status, converted=lead.converted_at is not None)
        given = {"status": "disqualified", "disqualified_reason": said}
        service.change("lead", lead_id, given, actor=actor, now=now)
    return work


def reopen(lead_id: int, *, actor: Actor, now: datetime) -> Work:
    """Open a lead again that was converted or given up; what it became stays. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "lead.reopened") as work:
        lead, _seen = _editable(access_of(actor), lead_id)
        status = rules.reopened(lead.status, mql=lead.mql_at is not None, sql=lead.sql_at is not None)
        values = {"status": status, "converted_at": None, "disqualified_reason": ""}
        service.change_many(work, "lead", [(lead, values)], now=now)
    return work


def _editable(access: Access, lead_id: int) -> tuple[Lead, frozenset[str]]:
    """The lead, if its way may be changed, and which of its fields are seen."""
    lead: Lead = records.get(access, LEAD, lead_id, hold=True)
    facts = records.facts(access, access_rules.EDIT, LEAD, lead)
    demand(access, access_rules.EDIT, LEAD, facts)
    if "status" not in access_rules.fields_written(access, LEAD, facts):
        raise RuleBroken("crm.lead_status", "You may not change how far a lead is.")
    return lead, access_rules.fields_seen(access, OBJECTS["lead"], records.facts(access, access_rules.SEE, LEAD, lead))


def _new(work: Work, access: Access, kind: str, values: Mapping[str, Any], owner_id: int | None, now: datetime) -> int:
    subject = OBJECTS[kind]
    demand(access, access_rules.CREATE, subject)
    written = access_rules.fields_written(access, subject, action=access_rules.CREATE)
    full = {key: value for key, value in values.items() if key in written or key == "lead_id"}
    if owner_id is not None and "owner_id" in written:
        full["owner_id"] = owner_id
    (made,) = service.create_many(work, kind, [full], now=now, origin="converted")
    return made


def _carried(access: Access, kind: str, lead: Mapping[str, Any], seen: frozenset[str]) -> dict[str, Any]:
    """What a new record gets from the lead: by what ships, and by what was set for one's own fields."""
    subject = OBJECTS[kind]
    written = access_rules.fields_written(access, subject, action=access_rules.CREATE)
    fields = {**rules.from_own(OBJECTS["lead"].own, subject), **rules.FROM[kind]}
    return rules.carried(fields, lead, seen, written)


def _new_account(
    work: Work, access: Access, data: ConversionData, lead: Mapping[str, Any], seen: frozenset[str], now: datetime
) -> int:
    name = " ".join(data.account_name.split())
    if not name:
        raise RuleBroken("crm.account_name", "Name the new account, or choose one.", field="account_name")
    more = _carried(access, "account", lead, seen)
    return _new(work, access, "account", {"name": name, "kind": "prospect", **more}, data.owner_id, now)


def _new_contact(
    work: Work,
    access: Access,
    data: ConversionData,
    lead: Mapping[str, Any],
    seen: frozenset[str],
    account_id: int,
    now: datetime,
) -> int:
    more = _carried(access, "contact", lead, seen)
    return _new(work, access, "contact", {**more, "account_id": account_id}, data.owner_id, now)


def _new_deal(
    work: Work,
    access: Access,
    data: ConversionData,
    lead: Mapping[str, Any],
    seen: frozenset[str],
    of: tuple[int, int, int],
    now: datetime,
) -> int | None:
    if data.deal is None:
        return None
    if not data.deal.name.strip():
        raise RuleBroken("crm.deal_name", "Name the deal.", field="deal_name")
    stage = records.stage_facts(data.deal.stage_id)
    if data.deal.stage_id is not None and (stage is None or stage.outcome != "open"):
        raise RuleBroken("crm.deal_stage", "Choose a stage in which a deal is open.", field="stage_id")
    account_id, contact_id, lead_id = of
    values = {
        **_carried(access, "opportunity", lead, seen),
        "name": data.deal.name.strip(),
        "amount": data.deal.amount,
        "currency": data.deal.currency,
        "closes_on": data.deal.closes_on,
        "account_id": account_id,
        "contact_id": contact_id,
        "lead_id": lead_id,
    }
    if data.deal.stage_id is not None:
        values["stage_id"] = data.deal.stage_id
    return _new(work, access, "opportunity", values, data.owner_id, now)


def _take_activities_along(work: Work, lead_id: int, became: Mapping[str, int | None], now: datetime) -> None:
    """What was done with the lead was done with what it became: the links that were empty are filled."""
    rows = work.session.scalars(select(Activity).where(Activity.lead_id == lead_id, Activity.deleted_at.is_(None)))
    changes = [
        (row, {key: value for key, value in became.items() if value is not None and getattr(row, key) is None})
        for row in rows
    ]
    service.change_many(work, "activity", [(row, values) for row, values in changes if values], now=now)
