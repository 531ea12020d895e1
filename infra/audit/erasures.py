"""Erasing values that a person may ask to be forgotten, from rows and trail, and doing so again after a restore.

A backup still holds what was erased after it. So each erasure is listed in a file of the data folder, which no restore
replaces; the list names rows and fields, never the values. The trail's digests stay: the chain still verifies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from infra.audit.models import AuditEntry
from infra.audit.trail import LABEL, WHO, open_entry, stored
from infra.database import Base

LIST = "erasures.jsonl"
_BATCH = 1000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Erasure:
    """One row whose fields were overwritten. ``values`` are what stands there now; ``person_id`` is whose name goes.

    ``gone``: the row itself was removed, and with it all that the trail held of it. ``whole``: the row stays, and the
    trail holds nothing of it any more.
    """

    at: str
    subject: str
    values: Mapping[str, Any]
    person_id: int | None = None
    gone: bool = False
    whole: bool = False


def listed(folder: Path) -> list[Erasure]:
    """Every erasure so far, oldest first."""
    path = folder / LIST
    if not path.exists():
        return []
    return [Erasure(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def remember(folder: Path, many: Iterable[Erasure]) -> None:
    """Add some to the list, safe on the disk before this returns."""
    with (folder / LIST).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in many)
        file.flush()
        os.fsync(file.fileno())


def apply(session: Session, erasures: Iterable[Erasure]) -> int:
    """Overwrite the rows and forget the old values in the trail; how many erasures found something to do.

    Doing it twice does no harm.
    """
    connection, listed, count = session.connection(), list(erasures), 0
    for start in range(0, len(listed), _AT_ONCE):
        chunk = listed[start : start + _AT_ONCE]
        found = _overwrite(connection, chunk) | _forget(connection, chunk)
        count += sum(each.subject in found for each in chunk)
    return count


def _overwrite(connection: Connection, chunk: list[Erasure]) -> set[str]:
    """Overwrite or remove the rows that are there; their subjects."""
    by_table: dict[str, dict[int, Erasure]] = {}
    for each in chunk:
        name, _, number = each.subject.partition(":")
        earlier = by_table.setdefault(name, {}).get(int(number))
        merged = each if earlier is None else replace(each, values={**earlier.values, **each.values})
        by_table[name][int(number)] = merged
    found: set[str] = set()
    for name, wanted in by_table.items():
        table = Base.metadata.tables.get(name)
        if table is not None:
            there = set(connection.scalars(select(table.c["id"]).where(table.c["id"].in_(wanted))))
            _write(connection, table, {number: each for number, each in wanted.items() if number in there})
            found |= {f"{name}:{number}" for number in there if wanted[number].values or wanted[number].gone}
    return found


def _write(connection: Connection, table: Table, wanted: Mapping[int, Erasure]) -> None:
    """The same columns of many rows by one statement."""
    gone = [number for number, each in wanted.items() if each.gone]
    if gone:
        connection.execute(delete(table).where(table.c["id"].in_(gone)))
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for number, each in wanted.items():
        columns = tuple(sorted(name for name in each.values if name in table.columns))
        if columns and not each.gone:
            values = {f"new_{name}": each.values[name] for name in columns}
            groups.setdefault(columns, []).append({"number": number, **values})
    for columns, rows in groups.items():
        filled = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
        connection.execute(update(table).where(table.c["id"] == bindparam("number")).values(filled), rows)


def _forget(connection: Connection, chunk: list[Erasure]) -> set[str]:
    """Remove values and salts from the trail, a batch at a time; the subjects of the erasures that found some.

    A whole entry is expanded first: what its salt stood for is written out, because the salt has to go.
    """
    subjects: dict[str, list[Erasure]] = {}
    people: dict[int, Erasure] = {}
    for each in chunk:
        subjects.setdefault(each.subject, []).append(each)
        if each.person_id is not None:
            people[each.person_id] = each
    wanted = [AuditEntry.subject.in_(list(subjects)), *([AuditEntry.actor_id.in_(list(people))] if people else [])]
    entries = stored(connection).where(or_(*wanted)).order_by(AuditEntry.id).limit(_BATCH)
    found: set[str] = set()
    last = 0
    while rows := connection.execute(entries.where(AuditEntry.id > last)).all():
        last = rows[-1].id
        changed: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
        for entry in rows:
            about = [*subjects.get(entry.subject, ()), *([people[entry.actor_id]] if entry.actor_id in people else [])]
            left = _left_of(entry, about)
            if left is not None:
                changed[entry.salt is not None].append({"number": entry.id, **left})
                found |= {each.subject for each in about}
        for whole, left_over in changed.items():
            if left_over:
                connection.execute(_LEAVE[whole], left_over)
    return found


def _left_of(entry: Row[Any], about: list[Erasure]) -> dict[str, Any] | None:
    """What an entry holds when some of it is forgotten, in the expanded form; None where nothing is."""
    kept = open_entry(entry)
    gone: set[str] = set()
    for each in about:
        if each.person_id is not None and entry.actor_id == each.person_id:
            gone.add(WHO)
        if entry.subject == each.subject:
            gone |= {LABEL} | ((kept.salts.keys() - {WHO}) if each.gone or each.whole else _values_of(each, kept.salts))
    if not gone & kept.salts.keys():
        return None
    left = {
        "new_changes": {name: value for name, value in entry.changes.items() if name not in gone},
        "new_salts": {name: salt for name, salt in kept.salts.items() if name not in gone},
        "new_label": None if LABEL in gone else entry.label,
        "new_actor_name": None if WHO in gone else entry.actor_name,
    }
    return left if entry.salt is None else left | {"new_salt": None, "new_digests": dict(kept.digests)}


def _values_of(erasure: Erasure, held: Iterable[str]) -> set[str]:
    """The values that the trail forgets: those that were overwritten, and of a bundle that was all that left it.

    The trail knows the parts of a bundle by their own names, also of a field that is there no more.
    """
    table = erasure.subject.partition(":")[0]
    bundles = set(erasure.values) & _bundles_of(table)
    if not bundles:
        return set(erasure.values)
    left = {key for each in bundles if isinstance(erasure.values[each], dict) for key in erasure.values[each]}
    parts = set(held) - set(Base.metadata.tables[table].columns.keys()) - {WHO, LABEL}
    return set(erasure.values) | (parts - left)


@cache
def _bundles_of(table: str) -> frozenset[str]:
    """The columns of a table that hold many values; none for a table of an older schema."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return next((model.bundles for model in models if model.__tablename__ == table), frozenset())


_ENTRIES = cast("Table", AuditEntry.__table__)
_LEFT = ("changes", "salts", "label", "actor_name")
_LEAVE = {
    whole: update(_ENTRIES)
    .where(_ENTRIES.c["id"] == bindparam("number"))
    .values({name: bindparam(f"new_{name}", type_=_ENTRIES.c[name].type) for name in names})
    for whole, names in ((True, (*_LEFT, "salt", "digests")), (False, _LEFT))
}
"""What is written over an entry; the trail of an older schema knows no whole entries and has no columns for them."""
