"""Emptying the recycle bin of what lay there long enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.access.models import RecordShare
from crm.bin import rules
from crm.campaigns.models import CampaignDay, CampaignMember
from crm.deals.models import DealContact
from crm.notes.models import Note
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind
from crm.recent.models import SeenRecord, StarredRecord
from crm.records import queries
from crm.records.models import TABLES, OpportunityLine, StageChange
from crm.tags.models import Tagging
from infra.attachments.models import Attachment
from infra.comments.models import Comment
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor

_PARTS: Mapping[str, tuple[tuple[Any, Any], ...]] = {
    "lead": ((CampaignMember, CampaignMember.lead_id),),
    "contact": ((CampaignMember, CampaignMember.contact_id), (DealContact, DealContact.contact_id)),
    "opportunity": ((DealContact, DealContact.opportunity_id),),
    "campaign": ((CampaignMember, CampaignMember.campaign_id), (CampaignDay, CampaignDay.campaign_id)),
}
"""Rows of other rooms that say nothing without the record: they go with it, and the trail says so."""
CHUNK = 500
"""How many records of an object are purged by one action."""
_ORDER = ("ticket", "activity", "opportunity", "lead", "contact", "campaign", "account", "product")
"""What points to others goes before what is pointed to."""


def purge(actor: Actor, now: datetime) -> int:
    """Remove for good what was deleted more than KEPT ago, with all that hung on it; how many records went."""
    return sum(_purge(kind, actor, now) for kind in _ORDER)


def _purge(kind: str, actor: Actor, now: datetime) -> int:
    table, gone = TABLES[kind], 0
    old = select(table.id).where(table.deleted_at <= now - rules.KEPT, table.merged_into_id.is_(None))
    while ids := list(db.session.scalars(old.order_by(table.id).limit(CHUNK))):
        with transaction(actor, "record.purged") as work:
            _let_go(work, kind, ids)
            gone += work.bulk_delete(table, [table.id.in_(ids)])
    return gone


def _let_go(work: Work, kind: str, ids: list[int]) -> None:
    """Nothing points to these records any more, and what was only theirs goes with them."""
    for subject in OBJECTS.values():
        for what in subject.fields:
            if what.kind is Kind.RECORD and what.target == kind:
                column: Any = getattr(TABLES[subject.key], what.key)
                work.bulk_update(TABLES[subject.key], [column.in_(ids)], **{what.key: None})
    if kind == "opportunity":
        work.bulk_delete(StageChange, [StageChange.opportunity_id.in_(ids)])
        work.bulk_delete(OpportunityLine, [OpportunityLine.opportunity_id.in_(ids)])
    if kind == "product":
        work.bulk_update(OpportunityLine, [OpportunityLine.product_id.in_(ids)], product_id=None)
    for model, column in _PARTS.get(kind, ()):
        work.bulk_delete(model, [column.in_(ids)])
    said: tuple[Any, ...] = (Comment, Attachment)
    for model in said:
        work.bulk_delete(model, [model.subject.in_([queries.key_of(kind, each) for each in ids])])
    models: tuple[Any, ...] = (Note, Tagging, SeenRecord, StarredRecord, RecordShare)
    for model in models:
        work.bulk_delete(model, [model.object == kind, model.record_id.in_(ids)])
