"""Comparing records as they are written, and keeping what people said of pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import combinations, product
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select, update

from crm.access.queries import access_of
from crm.duplicates import queries
from crm.duplicates.models import DuplicateKey, DuplicatePair, NotTheSame
from crm.duplicates.rules.keys import FULLEST, keys
from crm.duplicates.rules.profiles import COMPARED, Profile
from crm.duplicates.rules.scores import POSSIBLE_FROM, score
from crm.records.events import RecordChange, RecordsWritten
from crm.records.models import TABLES
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo import Undone
from kernel.actor import Actor
from kernel.errors import NotFound

AT_ONCE = 100
"""Writes of more records are compared by the job a little later: nobody waits for thousands of comparisons."""
CHUNK = 400
ENOUGH = 8_000
"""How many records the job compares at a time: the next run goes on."""
UNDOABLE = {"duplicates.dismissed": "crm.quality"}
PairKey = tuple[int, int]


def follow_records(event: RecordsWritten, work: Work) -> None:
    """Compare the records that were written, where something changed by which they are compared."""
    if event.object not in COMPARED:
        return
    ids = [each.id for each in event.changes if event.created or _matters(event.object, each)]
    if len(ids) <= AT_ONCE:
        compare(work, event.object, ids)
    elif not event.created:
        forget(work, event.object, ids)


def _matters(kind: str, change: RecordChange) -> bool:
    return bool({*COMPARED[kind], "deleted_at"} & {*change.before, *change.after})


def follow_undo(event: Undone, work: Work) -> None:
    """Records came back or went: compare them again."""
    for kind in COMPARED:
        table = f"{TABLES[kind].__tablename__}:"
        compare(work, kind, [int(each.partition(":")[2]) for each in event.subjects if each.startswith(table)])
    if any(each.startswith(NotTheSame.__tablename__) for each in event.subjects):
        _look_again(work)


def forget(work: Work, kind: str, ids: Sequence[int]) -> None:
    """Take records out: their keys, so that they count as not compared, and their pairs."""
    for begin in range(0, len(ids), CHUNK):
        part = ids[begin : begin + CHUNK]
        work.session.execute(delete(DuplicateKey).where(DuplicateKey.kind == kind, DuplicateKey.record_id.in_(part)))
        either = or_(DuplicatePair.first_id.in_(part), DuplicatePair.second_id.in_(part))
        work.session.execute(delete(DuplicatePair).where(DuplicatePair.kind == kind, either))


def compare(work: Work, kind: str, ids: Sequence[int]) -> int:
    """Compare records with all others that share a key with them; how many pairs were found."""
    if not ids:
        return 0
    work.session.flush()
    forget(work, kind, ids)
    profiles = queries.profiles_of(kind, ids)
    rows = [
        {"kind": kind, "key": key, "record_id": number}
        for number, profile in profiles.items()
        for key in sorted(keys(profile))
    ]
    if not rows:
        return 0
    work.session.execute(insert(DuplicateKey), rows)
    found = _found(kind, profiles, {str(row["key"]) for row in rows})
    dismissed = _dismissed(work, kind, found)
    if found:
        fresh = [{**each, "dismissed": pair in dismissed} for pair, each in found.items()]
        work.session.execute(insert(DuplicatePair), fresh)
    return len(found)


def _found(kind: str, fresh: Mapping[int, Profile], wanted: Collection[str]) -> dict[PairKey, dict[str, Any]]:
    """The pairs that one of the records makes with any other."""
    blocks = _blocks(kind, wanted)
    meeting = {pair for block in blocks for pair in _meetings(block, fresh)}
    profiles = dict(fresh)
    others = sorted({number for pair in meeting for number in pair} - set(fresh))
    for begin in range(0, len(others), CHUNK):
        profiles |= queries.profiles_of(kind, others[begin : begin + CHUNK])
    found = {}
    for one, other in meeting:
        if one in profiles and other in profiles:
            scored = score(profiles[one], profiles[other])
            if scored.bits >= POSSIBLE_FROM:
                reasons = [[each.field, each.found, each.points, each.alike] for each in scored.reasons]
                values = {"kind": kind, "first_id": one, "second_id": other, "bits": scored.bits, "reasons": reasons}
                found[one, other] = values
    return found


def _blocks(kind: str, wanted: Collection[str]) -> list[list[int]]:
    ordered, blocks = sorted(wanted), defaultdict(list)
    for begin in range(0, len(ordered), CHUNK):
        rows = select(DuplicateKey.key, DuplicateKey.record_id).where(
            DuplicateKey.kind == kind, DuplicateKey.key.in_(ordered[begin : begin + CHUNK])
        )
        for key, number in db.session.execute(rows):
            blocks[key].append(number)
    return [block for block in blocks.values() if 1 < len(block) <= FULLEST]


def _meetings(block: Sequence[int], fresh: Collection[int]) -> Iterable[PairKey]:
    """Each fresh record of a block with every other one, the lower number first."""
    mine = [each for each in block if each in fresh]
    rest = [each for each in block if each not in fresh]
    pairs = [*combinations(mine, 2), *product(mine, rest)]
    return [(min(pair), max(pair)) for pair in pairs]


def _dismissed(work: Work, kind: str, found: Mapping[PairKey, Any]) -> set[PairKey]:
    """Of the pairs those that somebody said are two, while both records still say what they said then."""
    if not found:
        return set()
    firsts = sorted({first for first, _second in found})
    said: list[NotTheSame] = []
    for begin in range(0, len(firsts), CHUNK):
        part = NotTheSame.first_id.in_(firsts[begin : begin + CHUNK])
        said += work.session.scalars(select(NotTheSame).where(NotTheSame.kind == kind, part))
    here = [each for each in said if (each.first_id, each.second_id) in found]
    return {(each.first_id, each.second_id) for each in here if each.digest == digest(work, kind, each)}


def digest(work: Work, kind: str, pair: DuplicatePair | NotTheSame) -> str:
    """What two records say now, as a fingerprint."""
    rows = [work.session.get(TABLES[kind], each, populate_existing=True) for each in (pair.first_id, pair.second_id)]
    said = [[str(getattr(row, key, "")) for key in COMPARED[kind]] for row in rows]
    return sha256(repr(said).encode()).hexdigest()


def dismiss(pair_id: int, *, actor: Actor, now: datetime) -> Work:
    """Say that two records are two. Raises NotFound for a pair that the actor may not see both records of."""
    found = queries.pair(access_of(actor), pair_id)
    if found is None:
        raise NotFound
    with transaction(actor, "duplicates.dismissed") as work:
        row = work.session.get(DuplicatePair, pair_id)
        if row is None:
            raise NotFound
        alike = NotTheSame.kind == row.kind, NotTheSame.first_id == row.first_id, NotTheSame.second_id == row.second_id
        said = work.session.scalar(select(NotTheSame).where(*alike))
        values = {"digest": digest(work, row.kind, row), "person_id": actor.id, "at": now}
        if said is None:
            key = {"kind": row.kind, "first_id": row.first_id, "second_id": row.second_id}
            work.session.add(NotTheSame(**key, **values))
        else:
            for name, value in values.items():
                setattr(said, name, value)
        row.dismissed = True
    return work


def _look_again(work: Work) -> None:
    """A dismissal was taken back or done again: a pair is dismissed while its row stands."""
    said = exists().where(
        NotTheSame.kind == DuplicatePair.kind,
        NotTheSame.first_id == DuplicatePair.first_id,
        NotTheSame.second_id == DuplicatePair.second_id,
    )
    work.session.flush()
    work.session.execute(update(DuplicatePair).values(dismissed=said), execution_options={"synchronize_session": False})


def compare_missing(actor: Actor, *, most: int = ENOUGH) -> int:
    """Compare records that nobody has compared yet; how many."""
    done = 0
    for kind in COMPARED:
        while done < most and (ids := queries.uncompared(kind, CHUNK)):
            with transaction(actor, "duplicates.compared") as work:
                compare(work, kind, ids)
            done += len(ids)
    return done
