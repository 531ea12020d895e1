"""Keeping the figures of quality true: after each write, after an undo, and once a day for what time itself changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, delete, insert, or_, select, update

from crm.objects.rules.catalogue import OBJECTS
from crm.quality import queries, rules
from crm.quality.models import QualityDay, QualityTally, RecordQuality
from crm.records.events import RecordsWritten
from crm.records.models import TABLES, Opportunity
from infra.bulk import put
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo import Undone
from infra.wires import wires
from kernel.actor import Actor

CHUNK = 500
"""Numbers in one statement."""
ENOUGH = 20_000
"""How many records a job measures at a time: the next run goes on."""
ALL = 2**62
"""For whoever waits until every record is judged."""
Slot = tuple[str, int | None, int | None, int]
"""Object, owner, team, mask."""
_SLOT = ("kind", "owner_id", "team_id", "mask")
_COLUMNS = ("record_id", *_SLOT)
_TALLIES = cast("Table", QualityTally.__table__)
_ADD = update(_TALLIES).where(_TALLIES.c.id == bindparam("number")).values(n=_TALLIES.c.n + bindparam("more"))


def follow_records(event: RecordsWritten, work: Work) -> None:
    """Judge the records that were written. New ones are judged by what was told of them, without asking."""
    if event.created:
        _keep_new(work, event.object, {each.id: each.after for each in event.changes})
    else:
        measure(work, event.object, event.ids)


def follow_undo(event: Undone, work: Work) -> None:
    """Records came back or went: judge them again."""
    for kind, table in TABLES.items():
        ids = [int(each.partition(":")[2]) for each in event.subjects if each.startswith(f"{table.__tablename__}:")]
        measure(work, kind, ids)


def measure(work: Work, kind: str, ids: Sequence[int]) -> None:
    """Judge records anew from what the database holds; those in the bin leave the figures."""
    for part in chunks(sorted(set(ids))):
        work.session.flush()
        stored = _stored(work, kind, part)
        fresh = {number: _slot(kind, values, work) for number, values in queries.values_of(kind, part).items()}
        _store(work, kind, stored, fresh)


def _keep_new(work: Work, kind: str, values: Mapping[int, Mapping[str, Any]]) -> None:
    _store(work, kind, {}, {number: _slot(kind, each, work) for number, each in values.items()})


def _slot(kind: str, values: Mapping[str, Any], work: Work) -> Slot:
    bits = rules.mask(kind, values, today_of(work.at))
    return kind, values.get("owner_id"), values.get("team_id"), bits


def today_of(now: datetime) -> date:
    """The day of the instance's zone."""
    return now.astimezone(ZoneInfo(wires().settings.timezone)).date()


def _stored(work: Work, kind: str, ids: Sequence[int]) -> dict[int, Slot]:
    rows = work.session.execute(
        select(RecordQuality.record_id, RecordQuality.owner_id, RecordQuality.team_id, RecordQuality.mask).where(
            RecordQuality.kind == kind, RecordQuality.record_id.in_(ids)
        )
    )
    return {row.record_id: (kind, row.owner_id, row.team_id, row.mask) for row in rows}


def _store(work: Work, kind: str, stored: Mapping[int, Slot], fresh: Mapping[int, Slot]) -> None:
    """Write what differs, and add the difference to the tallies."""
    moved = [number for number, slot in stored.items() if fresh.get(number) != slot]
    added = [number for number in fresh if fresh[number] != stored.get(number)]
    if moved:
        work.session.execute(
            delete(RecordQuality).where(RecordQuality.kind == kind, RecordQuality.record_id.in_(moved))
        )
    if added:
        put(work.session.connection(), RecordQuality, _COLUMNS, [(number, *fresh[number]) for number in added])
    difference = Counter(fresh[number] for number in added)
    difference.subtract(stored[number] for number in moved)
    _add_up(work, {slot: n for slot, n in difference.items() if n})


def _add_up(work: Work, difference: Mapping[Slot, int]) -> None:
    """Change the tallies. Two who add a new one at once leave two rows, which are read as their sum."""
    if not difference:
        return
    there, connection = _numbers(work, difference), work.session.connection()
    known = [slot for slot in sorted(difference, key=str) if slot in there]  # all in one order, so that none waits
    if known:
        connection.execute(_ADD, [{"number": there[slot], "more": difference[slot]} for slot in known])
    new = [{**dict(zip(_SLOT, slot, strict=True)), "n": n} for slot, n in difference.items() if slot not in there]
    if new:
        connection.execute(insert(QualityTally), new)


def _numbers(work: Work, slots: Iterable[Slot]) -> dict[Slot, int]:
    """The rows of those tallies that there are; the first where there are two."""
    kinds, owners = {slot[0] for slot in slots}, {slot[1] for slot in slots}
    same = QualityTally.owner_id.in_(owners - {None})
    rows = work.session.execute(
        select(QualityTally.id, QualityTally.kind, QualityTally.owner_id, QualityTally.team_id, QualityTally.mask)
        .where(QualityTally.kind.in_(kinds), or_(same, QualityTally.owner_id.is_(None)) if None in owners else same)
        .order_by(QualityTally.id.desc())
    )
    return {(row.kind, row.owner_id, row.team_id, row.mask): row.id for row in rows}


def measure_missing(actor: Actor, *, most: int = ENOUGH) -> int:
    """Judge records that came in by a way that told nobody; how many."""
    done = 0
    for kind in OBJECTS:
        while done < most and (ids := queries.unmeasured(kind, CHUNK)):
            with transaction(actor, "quality.measured") as work:
                measure(work, kind, ids)
            done += len(ids)
    return done


def rebuild(actor: Actor) -> int:
    """Forget all figures and judge every record again, as after the rules of validity changed; how many."""
    with transaction(actor, "quality.measured") as work:
        work.session.execute(delete(QualityTally))
        work.session.execute(delete(RecordQuality))
    return measure_missing(actor, most=ALL)


def keep_day(actor: Actor, now: datetime) -> int:
    """Judge the deals whose close date has passed, and keep how every object stands today; how many objects."""
    today = today_of(now)
    late = select(Opportunity.id).where(
        Opportunity.deleted_at.is_(None), Opportunity.outcome == "open", Opportunity.closes_on < today
    )
    with transaction(actor, "quality.measured", at=now) as work:
        measure(work, "opportunity", list(db.session.scalars(late)))
        work.session.execute(delete(QualityDay).where(QualityDay.day == today))
        figures = queries.of_everything()
        rows = [
            {"kind": kind, "day": today, "valid": each.valid, "required": each.required, "n": each.n}
            for kind, each in figures.items()
        ]
        if rows:
            work.session.execute(insert(QualityDay), rows)
    return len(rows)


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Parts of a list that fit into one statement."""
    for begin in range(0, len(ids), CHUNK):
        yield ids[begin : begin + CHUNK]
