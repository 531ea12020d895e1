"""Pairs that the reader may see both records of, and records like values that somebody is about to enter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from crm.access import rules as access_rules
from crm.access.queries import facts_with, reach, shared_of
from crm.access.rules import Access
from crm.duplicates.models import DuplicateKey, DuplicatePair
from crm.duplicates.rules.keys import FULLEST, keys
from crm.duplicates.rules.profiles import COMPARED, Profile, profile_of
from crm.duplicates.rules.scores import PRIOR, Level, Reason, Score, level_of, percent_of, score
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records.models import TABLES
from crm.records.queries import AnyRecord, seen
from infra.database import db
from kernel.permission import Facts

MOST = 500
"""Pairs that are looked at for one page: whoever has more starts with the surest."""
LIKE = 5
"""Records that are offered to whoever enters one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record like the one that is entered; ``score`` in percent, ``reasons`` in words."""

    id: int
    name: str
    score: int
    level: Level
    reasons: tuple[str, ...]


class Pair(NamedTuple):
    """Two records that may be one, as far as the reader sees them."""

    id: int
    kind: str
    first: AnyRecord
    second: AnyRecord
    bits: float
    reasons: tuple[Reason, ...]
    fields: frozenset[str]

    @property
    def level(self) -> Level | None:
        """What the pair is called by what the reader sees of it."""
        return level_of(self.bits)

    @property
    def percent(self) -> int:
        """The chance that both are one."""
        return percent_of(self.bits)


def like(kind: str, values: Mapping[str, Any], access: Access, *, besides: int | None = None) -> list[Match]:
    """Records like these values that the reader may see, likeliest first; compared by what they may see of them.

    ``besides`` is the record itself, where one is changed. An object whose records are not compared has none.
    """
    if kind not in COMPARED:
        return []
    profile, subject, table = profile_of(kind, values), OBJECTS[kind], TABLES[kind]
    numbers = {each for each in sharing(kind, keys(profile)) if each != besides}
    if not numbers:
        return []
    rows = list(db.session.scalars(seen(access, subject).where(table.id.in_(sorted(numbers)[:MOST]))))
    views = fields_of(access, subject, rows)
    found = []
    for row in rows:
        shown = {key: getattr(row, key) for key in COMPARED[kind] if key in views[row.id]}
        scored = score(profile, profile_of(kind, shown))
        level = scored.level or _of_one_name(scored)
        if level is not None and "name" in views[row.id]:
            said = tuple(sentence(subject, each) for each in scored.reasons if abs(each.points) >= 1)
            found.append(Match(row.id, row.name, scored.percent, level, said))
    return sorted(found, key=lambda each: -each.score)[:LIKE]


def _of_one_name(scored: Score) -> Level | None:
    """Who enters a name that is there already is told, although a name alone makes no pair."""
    same = any(each.field == "name" and each.found == "same" for each in scored.reasons)
    return Level.POSSIBLE if same else None


def pairs(access: Access, *, kind: str | None = None, level: Level | None = None, mine: bool = False) -> list[Pair]:
    """Pairs whose both records the reader may see, surest first; of the surest MOST."""
    found: list[Pair] = []
    for each in COMPARED if kind is None else (kind,):
        if each in COMPARED and access_rules.is_on(access, OBJECTS[each]):
            found += _pairs(access, OBJECTS[each], mine=mine)
    chosen = [each for each in found if each.level is not None and level in (None, each.level)]
    return sorted(chosen, key=lambda each: (-each.bits, each.id))


def pair(access: Access, pair_id: int) -> Pair | None:
    """One pair, if the reader may see both records of it."""
    row = db.session.get(DuplicatePair, pair_id)
    if row is None or row.kind not in COMPARED:
        return None
    return next(iter(_pairs(access, OBJECTS[row.kind], DuplicatePair.id == pair_id)), None)


def _pairs(access: Access, subject: ObjectType, *more: ColumnElement[bool], mine: bool = False) -> list[Pair]:
    one, other = aliased(TABLES[subject.key]), aliased(TABLES[subject.key])
    own = [or_(one.owner_id == access.person_id, other.owner_id == access.person_id)] if mine else []
    rows = db.session.execute(
        select(DuplicatePair, one, other)
        .join(one, and_(one.id == DuplicatePair.first_id, one.deleted_at.is_(None)))
        .join(other, and_(other.id == DuplicatePair.second_id, other.deleted_at.is_(None)))
        .where(
            DuplicatePair.kind == subject.key,
            DuplicatePair.dismissed.is_(False),
            reach(access, access_rules.SEE, subject, one),
            reach(access, access_rules.SEE, subject, other),
            *own,
            *more,
        )
        .order_by(DuplicatePair.bits.desc())
        .limit(MOST)
    ).all()
    views = fields_of(access, subject, [record for row in rows for record in row[1:]])
    return [_pair(row, views) for row in rows]


def _pair(row: Sequence[Any], views: Mapping[int, frozenset[str]]) -> Pair:
    """A pair as its reader sees it: points that hidden fields gave are left out, so that no score tells of them."""
    kept, first, second = row
    fields = views[first.id] & views[second.id]
    reasons = tuple(
        Reason(field, found, points, alike)
        for field, found, points, alike in kept.reasons
        if field in fields or (field == "name" and {"first_name", "last_name"} <= fields)
    )
    whole = len(reasons) == len(kept.reasons)
    bits = kept.bits if whole else PRIOR + sum(each.points for each in reasons)
    return Pair(kept.id, kept.kind, first, second, bits, reasons, fields)


def fields_of(access: Access, subject: ObjectType, records: Sequence[AnyRecord]) -> dict[int, frozenset[str]]:
    """The fields that the reader sees on each of many records, asking once which are shared with them."""
    shared = shared_of(access, access_rules.SEE, subject, [each.id for each in records])
    views: dict[Facts, frozenset[str]] = {}
    found = {}
    for each in records:
        facts = facts_with(access, each, shared=each.id in shared)
        if facts not in views:
            views[facts] = access_rules.fields_seen(access, subject, facts)
        found[each.id] = views[facts]
    return found


def sentence(subject: ObjectType, reason: Reason) -> str:
    """A reason in words: "same e-mail", "name 96 % alike", "other city"."""
    label = _(subject.field(reason.field).label).lower()
    if reason.found == "same":
        return str(_("same %(label)s", label=label))
    if reason.found == "other":
        return str(_("other %(label)s", label=label))
    return str(_("%(label)s %(percent)s %% alike", label=label, percent=reason.alike))


def sharing(kind: str, wanted: Collection[str]) -> set[int]:
    """The records that share one of the keys, but for keys that too many share."""
    ordered = sorted(wanted)
    if not ordered:
        return set()
    kept = DuplicateKey.kind == kind, DuplicateKey.key.in_(ordered)
    few = select(DuplicateKey.key).where(*kept).group_by(DuplicateKey.key).having(func.count() <= FULLEST)
    return set(db.session.scalars(select(DuplicateKey.record_id).where(*kept, DuplicateKey.key.in_(few))))


def profiles_of(kind: str, ids: Collection[int]) -> dict[int, Profile]:
    """The profiles of live records."""
    table = TABLES[kind]
    columns = [getattr(table, each) for each in COMPARED[kind]]
    rows = db.session.execute(select(table.id, *columns).where(table.id.in_(sorted(ids)), table.deleted_at.is_(None)))
    return {row["id"]: profile_of(kind, dict(row)) for row in rows.mappings()}


def uncompared(kind: str, limit: int) -> list[int]:
    """Live records without keys: nobody has compared them yet."""
    table = TABLES[kind]
    known = select(DuplicateKey.id).where(DuplicateKey.kind == kind, DuplicateKey.record_id == table.id)
    return list(
        db.session.scalars(
            select(table.id).where(table.deleted_at.is_(None), ~known.exists()).order_by(table.id).limit(limit)
        )
    )
