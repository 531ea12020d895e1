"""What the tables hold of somebody. A room that comes later is found by its columns; nothing has to be listed.

A table hangs on people by a reference to a person, by a number that is one by its name (`rules.names_a_person`), by a
reference to a record that is the person, by ``object`` and ``record_id``, by a ``subject`` such as ``crm_contact:12``,
or by an address. `web/personal.py` gives tables a heading and says what becomes of their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Integer, String, Table, UniqueConstraint, or_, select

from infra.audit.models import AuditEntry
from infra.database import Base, db
from infra.personal import rules
from infra.personal.rules import ERASED, Fate, Held, Mention, Part, Step, Who
from infra.sealed import SealedText
from infra.wires import wires

PERSONAL_DATA = "personal_data"
_PERSON = "person"
_CHUNK = 500
_MOST_NAMED = 100
_APART = frozenset({"audit_entry"})
"""Told apart from rows: what happened."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way in which the rows of a table hang on people. ``how``: person, row, key, object or address."""

    how: str
    column: Column[Any]
    target: str = ""
    sort: Column[Any] | None = None


def declared(table: str) -> Held:
    """What is said of a table, or what holds for one of which nothing is said."""
    said: Mapping[str, Held] = wires().extras.get(PERSONAL_DATA, {})
    return said.get(table) or Held(table, table.removeprefix("crm_").replace("_", " ").capitalize())


def model_of(table: str) -> type[Base]:
    """The model of a table."""
    return _models()[table]


@cache
def _models() -> dict[str, type[Base]]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


@cache
def links_of(table: str) -> tuple[Link, ...]:
    """Every way in which a table hangs on people."""
    return tuple(_links(cast("Table", _models()[table].__table__)))


def _links(table: Table) -> Iterator[Link]:
    columns = table.columns
    for column in columns:
        targets = {each.column.table.name for each in column.foreign_keys}
        if _PERSON in targets or (
            not targets and rules.names_a_person(column.name) and isinstance(column.type, Integer)
        ):
            yield Link("person", column)
        for target in sorted(targets - {_PERSON}):
            yield Link("row", column, target)
        if rules.names_an_address(column.name) and isinstance(column.type, String):
            yield Link("address", column)
    if "subject" in columns and isinstance(columns["subject"].type, String) and table.name not in _APART:
        yield Link("key", columns["subject"])
    sort = columns.get("object") if "object" in columns else columns.get("kind")
    if "record_id" in columns and sort is not None:
        yield Link("object", columns["record_id"], sort=sort)


def parts(who: Who) -> list[Part]:
    """Every row that is about somebody, by table: their own, what hangs on them, and what hangs on what is theirs."""
    found = list(_parts(who, direct=True))
    theirs = {(part.table, number) for part in found for number in part.ids if _theirs(part, number)}
    known = {(part.table, number) for part in found for number in part.ids}
    more = _parts(Who("", records=tuple(sorted(theirs - set(who.records)))), direct=False) if theirs else ()
    for part in more:
        rows = tuple(row for row in part.rows if (part.table, row["id"]) not in known)
        if rows:
            found.append(replace(part, rows=rows))
    return found


def _theirs(part: Part, number: int) -> bool:
    """Whether what hangs on a row belongs to the person: who only worked on it has no part in that."""
    held = declared(part.table)
    outside = not part.roles[number] <= workers_of(part.table)
    return (held.theirs and outside) or held.theirs_at_work


@cache
def workers_of(table: str) -> frozenset[str]:
    """The columns of a table with whom somebody works on its rows."""
    return frozenset(
        each.column.name for each in links_of(table) if each.how == "person" and rules.works(each.column.name)
    )


def _parts(who: Who, *, direct: bool) -> Iterator[Part]:
    for name in sorted(set(_models()) - _APART):
        rows: dict[int, Mapping[str, Any]] = {}
        roles: dict[int, set[str]] = {}
        for role, condition in _conditions(name, who, direct=direct):
            for row in _rows(name, condition):
                rows[row["id"]] = row
                roles.setdefault(row["id"], set()).add(role)
        if rows:
            listed = tuple(rows[number] for number in sorted(rows))
            yield Part(name, declared(name).title, listed, {each: frozenset(roles[each]) for each in roles}, direct)


def _conditions(name: str, who: Who, *, direct: bool) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """How the rows of a table are found: the role that it says, and the condition."""
    number = _models()[name].__table__.c["id"]
    own = [each for table, each in who.records if table == name] if direct else []
    if name == _PERSON and who.person_id is not None:
        own = [who.person_id]
    for chunk in _chunks(own):
        yield "itself", number.in_(chunk)
    for link in links_of(name):
        if link.sort is None:
            for values in _chunks(_wanted(link, who)):
                yield link.column.name, link.column.in_(values)
            continue
        for table, ids in numbers_of(who).items():
            for values in _chunks(ids):
                yield link.column.name, link.column.in_(values) & (link.sort == table.removeprefix("crm_"))


def numbers_of(who: Who) -> dict[str, list[int]]:
    """The numbers of somebody's records by table."""
    found: dict[str, list[int]] = {}
    for table, number in who.records:
        found.setdefault(table, []).append(number)
    return found


def _wanted(link: Link, who: Who) -> list[Any]:
    """The values of a column that lead to somebody."""
    if link.how == "person":
        return [] if who.person_id is None else [who.person_id]
    if link.how == "row":
        return [number for table, number in who.records if table == link.target]
    if link.how == "key":
        return who.keys
    return sorted(who.addresses)


def _rows(name: str, condition: ColumnElement[bool]) -> Iterator[Mapping[str, Any]]:
    """The rows of a table. What lies in the bin is asked for by itself: indexes hold what is live."""
    table = _models()[name].__table__
    query = select(table).where(condition)
    bin_ = table.c.get("deleted_at") if "merged_into_id" in table.c else None
    asked = [query] if bin_ is None else [query.where(bin_.is_(None)), query.where(bin_.is_not(None))]
    for each in asked:
        yield from (dict(row) for row in db.session.execute(each).mappings())


def history(who: Who, *, own: Collection[str] = ()) -> Iterator[Mapping[str, Any]]:
    """What the trail tells of somebody, oldest first: of their rows with values, of what they did without."""
    columns = AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.subject, AuditEntry.actor_id
    found: dict[int, Mapping[str, Any]] = {}
    if who.person_id is not None:
        for row in db.session.execute(select(*columns).where(AuditEntry.actor_id == who.person_id)).mappings():
            found[row["id"]] = dict(row)
    for chunk in _chunks([*who.keys, *own]):
        query = select(*columns, AuditEntry.label, AuditEntry.changes).where(AuditEntry.subject.in_(chunk))
        found.update({row["id"]: dict(row) for row in db.session.execute(query).mappings()})
    return (found[number] for number in sorted(found))


def shown(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its person may read it: without secrets of the product and without what is empty."""
    hidden = _models()[name].secret
    return {
        key: value
        for key, value in row.items()
        if value not in (None, "", [], {}) and key not in hidden and not key.endswith(rules.SEALS)
    }


def mentions(who: Who, found: list[Part]) -> list[Mention]:
    """The texts of other rows in which somebody is named, at most so many a table: a statement a table."""
    wanted, theirs = rules.needles(who), {(part.table, number) for part in found for number in part.ids}
    return [each for name in sorted(set(_models()) - _APART) for each in _mentions(name, wanted, theirs)]


def _mentions(name: str, wanted: list[str], theirs: Collection[tuple[str, int]]) -> Iterator[Mention]:
    model = _models()[name]
    columns = [
        model.__table__.c[each]
        for each in _words_of(name)
        if each not in model.secret and not isinstance(model.__table__.c[each].type, SealedText)
    ]
    near = [each.icontains(word, autoescape=True) for each in columns for word in wanted]
    if not near or not declared(name).told:
        return
    table = cast("Table", model.__table__)
    about = table.c.get("subject")
    asked = select(table.c["id"], *columns, *([about.label("about")] if about is not None else [])).where(or_(*near))
    for row in db.session.execute(asked.order_by(table.c["id"].desc()).limit(_MOST_NAMED)).mappings():
        if (name, row["id"]) in theirs:
            continue
        for column in columns:
            said = rules.excerpt(str(row[column.name] or ""), wanted)
            if said:
                yield Mention(declared(name).title, row.get("about") or f"{name}:{row['id']}", column.name, said)


def plan(who: Who, found: list[Part]) -> list[Step]:
    """What erasing somebody does to each table."""
    return [step for part in found for step in _steps(who, part)]


def _steps(who: Who, part: Part) -> Iterator[Step]:
    """Rows about an outsider and rows of somebody who works here have their own fates in one table."""
    held = declared(part.table)
    workers = workers_of(part.table) | ({"itself"} if part.table == _PERSON else frozenset())
    if part.table != _PERSON:
        outside = tuple(row for row in part.rows if not part.roles[row["id"]] <= workers)
        inside = tuple(row for row in part.rows if part.roles[row["id"]] <= workers)
    else:
        outside, inside = (), tuple(row for row in part.rows if "itself" in part.roles[row["id"]])
    if outside:
        yield _step(who, part, held, held.fate, outside)
    if inside and held.of_person is not Fate.KEPT:
        yield _step(who, part, held, held.of_person, inside)
    elif inside and part.table != _PERSON:
        yield from _renamed(part, inside)


def _step(who: Who, part: Part, held: Held, fate: Fate, rows: tuple[Mapping[str, Any], ...]) -> Step:
    make: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _row: {}  # noqa: E731  # one of four
    if fate is Fate.DROPPED:
        make = lambda _row: dict.fromkeys(_words_of(part.table), None)  # noqa: E731
    elif fate is Fate.SCRUBBED:
        wanted = rules.needles(who)
        make = lambda row: _scrubbed(part.table, row, wanted)  # noqa: E731
    elif fate is Fate.BLANKED:
        make = _filler(part.table, held)
    changes = {row["id"]: made for row in rows if (made := dict(make(row))) or fate is Fate.DROPPED}
    return Step(part.table, part.title, fate, changes, rows)


def _renamed(part: Part, rows: tuple[Mapping[str, Any], ...]) -> Iterator[Step]:
    """What stays keeps its number; a name that stands beside it by value goes."""
    table = _models()[part.table].__table__
    changes: dict[int, dict[str, Any]] = {}
    for row in rows:
        for role in part.roles[row["id"]]:
            for name in rules.name_beside(role):
                if name in table.c and isinstance(table.c[name].type, String) and row[name]:
                    changes.setdefault(row["id"], {})[name] = ERASED
    if changes:
        yield Step(part.table, part.title, Fate.SCRUBBED, changes, tuple(row for row in rows if row["id"] in changes))


def _filler(name: str, held: Held) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """What makes the values of a blanked row."""
    values = held.values
    if isinstance(values, str):
        module, _colon, function = values.partition(":")
        made: Callable[[Mapping[str, Any]], Mapping[str, Any]] = getattr(import_module(module), function)
        return made
    if values:
        return lambda _row: values
    return lambda row: {key: empty for key, empty in _words_of(name).items() if row[key] not in (None, empty)}


@cache
def _words_of(name: str) -> dict[str, Any]:
    """The columns of a table that may hold what somebody said or is called, and what stands there when it is gone."""
    table = cast("Table", _models()[name].__table__)
    rules_of = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    kept = {column.name for each in rules_of for column in each.columns} | {"object", "subject", "scope", "key"}
    return {
        column.name: None if column.nullable else ""
        for column in table.columns
        if column.name not in kept and not column.foreign_keys and _is_text(column)
    }


def _is_text(column: Column[Any]) -> bool:
    if isinstance(column.type, SealedText):
        return True
    return isinstance(column.type, String) and rules.holds_words(column.name, column.type.length)


def _scrubbed(name: str, row: Mapping[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The texts of a row without somebody; what is sealed and names them goes as a whole: no list keeps it in plain."""
    texts = {key: row[key] for key in _words_of(name) if isinstance(row[key], str)}
    found: dict[str, Any] = {key: new for key, old in texts.items() if (new := rules.scrubbed(old, wanted)) != old}
    columns, model = _models()[name].__table__.c, _models()[name]
    found |= {key: _words_of(name)[key] for key in found if isinstance(columns[key].type, SealedText)}
    for bundle in model.bundles:
        if isinstance(row[bundle], dict):
            held = {key: rules.scrubbed(old, wanted) for key, old in row[bundle].items() if isinstance(old, str)}
            parts = {key: new for key, new in held.items() if new != row[bundle][key]}
            found |= {**parts, bundle: {**row[bundle], **parts}} if parts else {}
    return found


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]
