"""Who may share a record, with whom it makes sense, and until when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from crm.access.rules import EDIT, SEE, Access, may
from crm.objects.rules.catalogue import ObjectType
from kernel.errors import RuleBroken
from kernel.permission import Facts

SHARE = "share_records"
LONGEST = timedelta(days=366)


def may_share(access: Access, subject: ObjectType, facts: Facts, owner_id: int | None) -> bool:
    """Whoever owns a record may share it; others need the function and must be allowed to edit the record."""
    if access.everything or (owner_id is not None and owner_id == access.person_id):
        return True
    return SHARE in access.functions() and may(access, EDIT, subject, facts)


def check_use(name: str, access: Access, subject: ObjectType, *, may_edit: bool) -> None:
    """Refuse a share that would give nothing: it lends a record, never a right. Raises RuleBroken."""
    wanted, verb = (EDIT, "edit") if may_edit else (SEE, "see")
    if not may(access, SEE, subject) or not may(access, wanted, subject):
        raise RuleBroken(
            "sharing.no_use",
            "No role of %(name)s may %(verb)s %(objects)s at all. Sharing lends one record, it gives no role.",
            field="with_whom",
            name=name,
            verb=verb if may(access, SEE, subject) else "see",
            objects=subject.label_plural.lower(),
        )


def end_of(day: date | None, today: date, zone: tzinfo) -> datetime | None:
    """The moment at which a share ends: that day's last. Raises RuleBroken for a day that is over or too far.

    >>> from datetime import UTC
    >>> end_of(date(2026, 3, 3), date(2026, 2, 18), UTC).isoformat()
    '2026-03-04T00:00:00+00:00'
    """
    if day is None:
        return None
    if day < today:
        raise RuleBroken("sharing.over", "That day is over. Choose today or a later one, or none.", field="until")
    if day - today > LONGEST:
        raise RuleBroken(
            "sharing.long", "A share lasts a year at most. Leave the day out for one without end.", field="until"
        )
    return datetime.combine(day + timedelta(days=1), time(), zone)
