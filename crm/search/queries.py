"""Finding records by words: what the reader may see is decided by the database, what is best by `rules.grade`.

Candidates come from the index in bounded batches, newest first, each looked at for what the reader may see. Words are
looked for only in fields that the reader may see on that very record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, text, union_all

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import SEE, Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries as records
from crm.records.models import TABLES
from crm.search import rules
from crm.search.models import VALUES, index_of, mark_of, triggers
from crm.search.rules import GRAM, SOUGHT, Group, Hit
from crm.values.models import FieldValue
from crm.values.rules import SOUGHT as OWN_SOUGHT
from infra.database import db
from infra.folding import folded
from infra.memo import remembered
from kernel.folding import folded as fold
from kernel.permission import Visibility

BATCH, MOST_LOOKED_AT = 200, 10_000
"""So many candidates are looked at first, then twice as many each time; and so many an object at most."""
NEAR_BATCH = 200
"""So many candidates a piece are compared for typos."""
FIELDS_OF_NAMES = ("name", "company", "email", "code")
"""Where a typo is forgiven."""
_NAMES_INDEXED = frozenset(
    table.__tablename__
    for table in TABLES.values()
    if any([column.name for column in index.columns] == ["name"] for index in table.__table__.indexes)
)
"""Where beginnings of names are found by an index: not among activities, of which there are the most."""
_NAMED_BY_PHRASES = frozenset({"activity", "opportunity", "ticket"})
"""Objects that are many and called by phrases: the newest that hold the words are graded, no others are looked for."""
_DETAILS = {
    "lead": "company",
    "account": "city",
    "contact": "title",
    "activity": "kind",
    "product": "code",
    "ticket": "state",
}


def is_sqlite() -> bool:
    """Whether the database is SQLite, whose index is a table of its own."""
    return db.session.connection().dialect.name == "sqlite"


@remembered
def has_trigrams() -> bool:
    """Whether words are found inside of others and typos forgiven; without it beginnings of names only."""
    if is_sqlite():
        return True
    made = text(
        "SELECT indexdef LIKE '%gin%' FROM pg_indexes WHERE indexname = :name AND schemaname = current_schema()"
    )
    return bool(db.session.scalar(made, {"name": index_of("contact")}))


def matching(access: Access, subject: ObjectType, asked: str) -> ColumnElement[bool]:
    """The condition of a list's search field: records with all the words in fields that the reader may see."""
    wanted = rules.words(asked)
    if not wanted:
        table = TABLES[subject.key]
        return and_(reach(access, SEE, subject, table, "name"), _short(table, asked.strip()))
    return and_(*(_has(access, subject, word) for word in wanted))


def find(access: Access, asked: str, most: int, kinds: Iterable[str] = tuple(SOUGHT)) -> list[Group]:
    """The best hits by object, at most so many each; where words find nothing, what differs by a typo."""
    wanted = rules.words(asked)
    there = [OBJECTS[each] for each in kinds if each in SOUGHT and access_rules.may(access, SEE, OBJECTS[each])]
    if not wanted:
        return []
    groups = [_group(access, each, _anywhere(access, each, wanted, most), wanted, most) for each in there]
    if not any(each.hits for each in groups) and has_trigrams():
        groups = [_group(access, each, _near(access, each, wanted), wanted, most) for each in there]
    return sorted((each for each in groups if each.hits), key=lambda group: group.hits[0].grade)


def agrees(kind: str) -> bool:
    """Whether the index is whole on SQLite: its triggers stand and it holds each record once. PostgreSQL sees to it."""
    if not is_sqlite():
        return True
    wanted = triggers(kind)
    master = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    there = set(db.session.scalars(master, {"table": TABLES[kind].__tablename__}))
    if not wanted.keys() <= there:
        return False
    held = db.session.scalar(text(f"SELECT count(*) FROM {index_of(kind)}_docsize"))  # noqa: S608  # a name of ours
    return bool(held == db.session.scalar(select(func.count()).select_from(TABLES[kind])))


def values_agree() -> bool:
    """The same of the index over one's own fields."""
    if not is_sqlite():
        return True
    wanted = {f"{VALUES}_in", f"{VALUES}_out"}
    master = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    if not wanted <= set(db.session.scalars(master, {"table": FieldValue.__tablename__})):
        return False
    held = db.session.scalar(text(f"SELECT count(*) FROM {VALUES}_docsize"))  # noqa: S608  # a name of ours
    return bool(held == db.session.scalar(select(func.count()).where(FieldValue.words != "")))


def _levels(access: Access, subject: ObjectType, among: Sequence[str]) -> list[tuple[Visibility, tuple[str, ...]]]:
    """The fields that may be searched, by how far the reader sees them."""
    found = [(access_rules.widest(access, SEE, subject, key), key) for key in among]
    seen = sorted(((level, key) for level, key in found if level is not None), key=lambda pair: -pair[0])
    return [(level, tuple(key for _, key in pairs)) for level, pairs in groupby(seen, key=lambda pair: pair[0])]


def _has(access: Access, subject: ObjectType, word: str, among: Sequence[str] = ()) -> ColumnElement[bool]:
    """Records with this word in a field that the reader may see on them."""
    table = TABLES[subject.key]
    own = {} if among else _own(access, subject)
    levels = _levels(access, subject, among or (*SOUGHT[subject.key], *own))
    found = [
        and_(reach(access, SEE, subject, table, keys[0]), each)
        for _level, keys in levels
        for each in _holding(subject.key, keys, own, word)
    ]
    return or_(false(), *found)


def _own(access: Access, subject: ObjectType) -> dict[str, int]:
    """One's own fields whose words the reader may search, with their numbers."""
    sought = [each for each in subject.own if each.kind in OWN_SOUGHT and not each.sealed]
    seen = access_rules.fields_seen(access, subject) if sought else frozenset()
    return {each.key: each.own for each in sought if each.key in seen}


def _holding(kind: str, keys: Sequence[str], own: Mapping[str, int], word: str) -> Iterator[ColumnElement[bool]]:
    """The conditions for a word in some fields: in those that ship, and in one's own."""
    shipped = [key for key in keys if key not in own]
    if shipped:
        yield _contains(kind, shipped, word)
    numbers = [own[key] for key in keys if key in own]
    if numbers and len(word) >= GRAM and has_trigrams():
        held = select(FieldValue.record_id).where(FieldValue.field_id.in_(numbers), _valued(numbers, [word]))
        yield TABLES[kind].id.in_(held)


def _valued(numbers: Sequence[int], alternatives: Sequence[str], most: int = -1) -> ColumnElement[bool]:
    """Values of some of one's own fields with any of these words in them, on SQLite the newest ``most``."""
    if not is_sqlite():
        return or_(*(FieldValue.words.like(f"%{_escaped(each)}%", escape="\\") for each in alternatives))
    marks = " OR ".join(_quoted(mark_of(each)) for each in numbers)
    match = f"words : ({' OR '.join(map(_quoted, alternatives))}) AND field : ({marks})"
    wanted: Any = bindparam("values", match, unique=True)
    asked = text(
        f"SELECT rowid FROM {VALUES} WHERE {VALUES} MATCH :values ORDER BY rowid DESC LIMIT {most}"  # noqa: S608  # names of ours
    ).bindparams(wanted)
    found: ColumnElement[bool] = FieldValue.id.in_(asked.columns(FieldValue.id).scalar_subquery())
    return found


def _contains(kind: str, keys: Sequence[str], word: str) -> ColumnElement[bool]:
    table = TABLES[kind]
    if len(word) < GRAM or not has_trigrams():
        return _short(table, word) if "name" in keys else false()
    if not is_sqlite():
        return or_(*(_plain(kind, key).like(f"%{_escaped(word)}%", escape="\\") for key in keys))
    index = index_of(kind)
    wanted: Any = bindparam("words", _match(keys, [word]), unique=True)
    asked = text(f"SELECT rowid FROM {index} WHERE {index} MATCH :words").bindparams(wanted)  # noqa: S608  # a name of ours
    found: ColumnElement[bool] = table.id.in_(asked.columns(table.id).scalar_subquery())
    return found


def _match(keys: Sequence[str], alternatives: Sequence[str]) -> str:
    """An expression of FTS5: any of these texts in any of these fields."""
    return f"{{{' '.join(keys)}}} : ({' OR '.join(map(_quoted, alternatives))})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _plain(kind: str, key: str) -> ColumnElement[Any]:
    column = getattr(TABLES[kind], key)
    if rules.is_number(kind, key):
        return func.regexp_replace(column, text("'[ ()./-]'"), text("''"), text("'g'"))
    return folded(column)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _short(table: Any, word: str) -> ColumnElement[bool]:
    """Names that begin with a word. SQLite: as it is and in capitals, what the order of names serves.

    PostgreSQL may order texts by the rules of a language, so that names of one beginning are no stretch of them: there
    the index is asked, which serves beginnings with the extension and without.
    """
    if not is_sqlite():
        return folded(table.name).like(f"{_escaped(fold(word))}%", escape="\\")
    forms = sorted({word, word.capitalize(), word.title(), word.upper()} - {""})
    stretches = [and_(table.name >= each, table.name < f"{each}\U0010ffff") for each in forms]
    if not stretches or table.__tablename__ not in _NAMES_INDEXED:
        return or_(false(), *stretches)
    begins = [select(table.id).where(table.deleted_at.is_(None), each) for each in stretches]
    found: ColumnElement[bool] = table.id.in_(union_all(*begins).scalar_subquery())
    return found


def _anywhere(access: Access, subject: ObjectType, wanted: Sequence[str], most: int) -> list[Any]:
    """Rows with every word in fields that ship, and the newest with any word in fields of one's own."""
    found = _exact(access, subject, wanted, most)
    numbers, long = list(_own(access, subject).values()), [each for each in wanted if len(each) >= GRAM]
    if not (numbers and long and has_trigrams()):
        return found
    newest = (
        select(FieldValue.record_id)
        .where(FieldValue.field_id.in_(numbers), _valued(numbers, long, BATCH))
        .order_by(FieldValue.id.desc())
        .limit(BATCH)
    )
    ids = set(db.session.scalars(newest)) - {row.id for row in found}
    more = _rows(access, subject, TABLES[subject.key].id.in_(sorted(ids)), BATCH) if ids else ()
    return [*found, *more]


def _exact(access: Access, subject: ObjectType, wanted: Sequence[str], most: int) -> list[Any]:
    """Rows with every word, the newest; where there are more, those whose name begins so as well.

    Beginnings are asked neither of activities nor of deals: one word may stand in the names of all of them.
    """
    long = any(len(each) >= GRAM for each in wanted)
    if is_sqlite() and long:
        return _indexed(access, subject, wanted, most + 1)
    if not (long or TABLES[subject.key].__tablename__ in _NAMES_INDEXED):
        return []
    whole = and_(*(_has(access, subject, word) for word in wanted))
    if subject.key in _NAMED_BY_PHRASES:
        return list(_rows(access, subject, whole, 4 * most))
    found = {row.id: row for row in _rows(access, subject, whole, most + 1)}
    if len(found) > most:
        found |= {row.id: row for row in _by_name(access, subject, " ".join(wanted), most + 1)}
    return list(found.values())


def _indexed(access: Access, subject: ObjectType, wanted: Sequence[str], most: int) -> list[Any]:
    """The same out of SQLite's index."""
    keys = [key for _level, shown in _levels(access, subject, SOUGHT[subject.key]) for key in shown]
    if not keys:
        return []
    begin, match = " ".join(wanted), " AND ".join(f"({_match(keys, [each])})" for each in wanted if len(each) >= GRAM)
    found = {row.id: row for row in _candidates(access, subject, wanted, match, most)}
    if len(found) >= most and "name" in keys:
        named = f"name : ^ {_quoted(begin)}"
        found |= {row.id: row for row in _candidates(access, subject, wanted, named, most)}
    return list(found.values()) or _by_name(access, subject, begin, most)


def _by_name(access: Access, subject: ObjectType, begin: str, most: int) -> list[Any]:
    """Rows whose name begins so by the order of names, which holds even while the index is built anew."""
    table = TABLES[subject.key]
    named = access_rules.widest(access, SEE, subject, "name")
    if named is None or (is_sqlite() and table.__tablename__ not in _NAMES_INDEXED):
        return []
    condition = and_(reach(access, SEE, subject, table, "name"), _short(table, begin))
    return list(_rows(access, subject, condition, most))


def _candidates(access: Access, subject: ObjectType, wanted: Sequence[str], match: str, most: int) -> Iterator[Any]:
    """The newest rows that the index finds with every word, until there are enough or enough was looked at.

    Where a field is hidden on a row its cell is empty, so that what was found in it alone is no hit by `rules.grade`.
    """
    table, found, looked, batch, below = TABLES[subject.key], 0, 0, BATCH, None
    keys = _searched(access, subject)
    while looked < MOST_LOOKED_AT:
        ids = _newest(subject.key, match, below, batch)
        for row in _rows(access, subject, table.id.in_(ids), batch) if ids else ():
            if rules.grade(subject.key, wanted, _texts(row, keys)) is not None:
                found += 1
                yield row
            if found >= most:
                return
        if len(ids) < batch:
            return
        below, looked, batch = ids[-1], looked + batch, 2 * batch


def _newest(kind: str, match: str, below: int | None, most: int) -> list[int]:
    index = index_of(kind)
    older = "AND rowid < :below" if below is not None else ""
    asked = text(f"SELECT rowid FROM {index} WHERE {index} MATCH :words {older} ORDER BY rowid DESC LIMIT :most")  # noqa: S608  # a name of ours
    given = {"words": match, "most": most, **({} if below is None else {"below": below})}
    return list(db.session.scalars(asked, given))


def _near(access: Access, subject: ObjectType, wanted: Sequence[str]) -> list[Any]:
    """Rows that share a piece of the longest word; what differs by more than a typo is sorted out by its grade."""
    table, pieces = TABLES[subject.key], rules.pieces(max(wanted, key=len))
    keys = [each for each in FIELDS_OF_NAMES if each in SOUGHT[subject.key]]
    if is_sqlite():
        seen = [key for _level, shown in _levels(access, subject, keys) for key in shown]
        found = [_newest(subject.key, _match(seen, [piece]), None, NEAR_BATCH) for piece in pieces] if seen else []
        ids = {each for batch in found for each in batch}
        return list(_rows(access, subject, table.id.in_(sorted(ids)), len(ids))) if ids else []
    anyone = _seen(access, subject)
    held = [_newest_of(anyone.where(_has(access, subject, piece, keys)), subject, NEAR_BATCH) for piece in pieces]
    parts = [each.subquery() for each in held]
    return list({row.id: row for row in db.session.execute(union_all(*map(select, parts)))}.values()) if parts else []


def _rows(access: Access, subject: ObjectType, condition: ColumnElement[bool], most: int) -> Iterator[Any]:
    """Rows that the reader may see, the newest."""
    seen = _seen(access, subject).where(condition)
    yield from db.session.execute(seen.order_by(TABLES[subject.key].id.desc()).limit(most))


def _newest_of(rows: Select[Any], subject: ObjectType, most: int) -> Select[Any]:
    """The newest of rows that hold a piece of a word. By a sum, so that PostgreSQL finds them by their piece: it takes
    all rows in the order of their numbers for cheap, and of 100,000 contacts that were 50 ms. Phrases are so many
    that the newest are met soon.
    """
    table = TABLES[subject.key]
    newest = table.id if subject.key in _NAMED_BY_PHRASES else table.id + 0
    return rows.order_by(newest.desc()).limit(most)


def _seen(access: Access, subject: ObjectType) -> Select[Any]:
    """The rows that the reader may see, with the fields that are searched, each empty where it is hidden."""
    table, keys = TABLES[subject.key], _shown(access, subject)
    cells = [records.value_of(access, subject, subject.field(key)).label(f"c_{key}") for key in keys]
    return select(table.id.label("id"), *cells).where(table.deleted_at.is_(None), reach(access, SEE, subject, table))


def _shown(access: Access, subject: ObjectType) -> tuple[str, ...]:
    seen = access_rules.fields_seen(access, subject)
    detail = _DETAILS.get(subject.key)
    more = (detail,) if detail and detail not in SOUGHT[subject.key] else ()
    keys = (*SOUGHT[subject.key], *_own(access, subject), *more)
    return tuple(key for key in keys if key in seen)


def _group(access: Access, subject: ObjectType, rows: Sequence[Any], wanted: Sequence[str], most: int) -> Group:
    """Rows as hits, the best first, the newest first among equals."""
    keys, searched = (_shown(access, subject), _searched(access, subject)) if rows else ((), ())
    graded = [(found, row) for row in rows if (found := rules.grade(subject.key, wanted, _texts(row, searched)))]
    graded.sort(key=lambda pair: (pair[0][0], -pair[1].id))
    hits = (_hit(subject, row.id, _texts(row, keys), found, wanted) for found, row in graded[:most])
    return Group(subject.key, tuple(hits), len(graded) > most)


def _searched(access: Access, subject: ObjectType) -> tuple[str, ...]:
    """The fields that are searched, as far as the reader sees them on any record."""
    seen = access_rules.fields_seen(access, subject)
    return tuple(key for key in (*SOUGHT[subject.key], *_own(access, subject)) if key in seen)


def _texts(row: Any, keys: Iterable[str]) -> dict[str, str | None]:
    """What is searched of a row, each empty where it is hidden on it."""
    return {key: getattr(row, f"c_{key}") for key in keys}


def _hit(
    subject: ObjectType, record_id: int, cells: dict[str, Any], graded: tuple[int, str], wanted: Sequence[str]
) -> Hit:
    grade, field = graded
    key = _DETAILS.get(subject.key, "")
    detail = subject.field(key).said(cells.get(key)) if key else ""
    shown = rules.excerpt(cells.get(field), wanted)
    return Hit(subject.key, record_id, cells.get("name") or "", detail or "", grade, field, shown)
