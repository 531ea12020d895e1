"""Records, looked up inside what the reader may see; the stages; and the judge of permissions on records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, literal, select, union_all

from accounts.people.models import Person
from accounts.teams.models import Team
from crm.access import queries as access_queries
from crm.access import rules as access_rules
from crm.access.queries import access_of, reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field
from crm.queues import queries as queues
from crm.records.models import TABLES, Stage
from crm.records.rules import StageFacts
from infra.audit.models import AuditEntry
from infra.audit.rules import Kind as Entered
from infra.database import db
from infra.memo import remembered, remembered_each
from infra.subjects import Subject
from kernel.actor import Actor
from kernel.errors import NotFound, Refused
from kernel.permission import Answer, Facts

AnyRecord = Any
"""A row of one of TABLES."""


def seen(access: Access, subject: ObjectType) -> Select[Any]:
    """The records of an object that the reader may see, without those in the bin."""
    table = TABLES[subject.key]
    return select(table).where(table.deleted_at.is_(None), reach(access, access_rules.SEE, subject, table))


def allowed(access: Access, action: str, subject: ObjectType) -> ColumnElement[bool]:
    """The condition for the records of an object on which the reader may do something."""
    return reach(access, action, subject, TABLES[subject.key])


def get(access: Access, subject: ObjectType, record_id: int, *, hold: bool = False) -> AnyRecord:
    """A record that the reader may see. Raises NotFound for any other: the two are told apart nowhere.

    ``hold``: to be changed by what was read, so that nobody else changes it before the transaction ends.
    """
    table = TABLES[subject.key]
    wanted = seen(access, subject).where(table.id == record_id)
    found = db.session.scalar(wanted.with_for_update(of=table) if hold else wanted)
    if found is None:
        raise NotFound
    return found


def facts(access: Access, action: str, subject: ObjectType, record: AnyRecord) -> Facts:
    """What the permission's answer needs to know of a record."""
    return access_queries.facts_of(access, action, subject, record)


def fields_of_many(access: Access, subject: ObjectType, rows: Iterable[AnyRecord]) -> dict[int, frozenset[str]]:
    """The fields that the reader may see of each of some records; one statement for all that is shared with them."""
    found = list(rows)
    shared = access_queries.shared_of(access, access_rules.SEE, subject, [row.id for row in found])
    kept: dict[Facts, frozenset[str]] = {}
    seen_fields = {}
    for row in found:
        known = access_queries.facts_with(access, row, shared=row.id in shared)
        if known not in kept:
            kept[known] = access_rules.fields_seen(access, subject, known)
        seen_fields[row.id] = kept[known]
    return seen_fields


def called(access: Access, subject: ObjectType, rows: Iterable[AnyRecord]) -> dict[int, str]:
    """What records that the reader may see are called for them: by their names, by a number where these are hidden."""
    listed = list(rows)
    shown = fields_of_many(access, subject, listed)
    return {row.id: row.name if "name" in shown[row.id] else unnamed(subject, row.id) for row in listed}


def unnamed(subject: ObjectType, number: int) -> str:
    """What a record is called for somebody from whom its name is hidden."""
    return str(_("%(object)s %(id)d", object=_(subject.label), id=number))


PERSON, TEAM = "person", "team"
"""Whom `names_of` names besides records."""
_KNOWN_TO_ALL: dict[str, Any] = {PERSON: Person, TEAM: Team}


def names(access: Access, subject: ObjectType, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of those records that the reader may see; one that is missing here is hidden, in the bin, or gone."""
    return names_of(access, {subject.key: ids})[subject.key]


def names_of(access: Access, wanted: Mapping[str, Iterable[int | None]]) -> dict[str, dict[int, str]]:
    """The same for records of several objects, people and teams, all in one statement."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in wanted}
    pairs = {(kind, each) for kind, ids in wanted.items() for each in ids if each is not None}
    for (kind, number), name in _names(access, pairs).items():
        found[kind][number] = name
    return found


@remembered_each
def _names(access: Access, pairs: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    by_kind: dict[str, list[int]] = {}
    for kind, number in sorted(pairs):
        by_kind.setdefault(kind, []).append(number)
    asked = [each for kind, ids in by_kind.items() for each in _naming(access, kind, ids)]
    if not asked:
        return {}
    return {(kind, number): name for kind, number, name in db.session.execute(union_all(*asked))}


def _naming(access: Access, kind: str, ids: list[int]) -> list[Select[Any]]:
    """How the names of one object's records are asked for; nothing where the reader may not see them."""
    if kind in _KNOWN_TO_ALL:
        known = _KNOWN_TO_ALL[kind]
        return [select(literal(kind).label("kind"), known.id, known.name).where(known.id.in_(ids))]
    subject, table = OBJECTS[kind], TABLES[kind]
    if not access_rules.may(access, access_rules.SEE, subject, None, "name"):
        return []
    shown = reach(access, access_rules.SEE, subject, table, "name")
    named = select(literal(kind).label("kind"), table.id, table.name)
    return [named.where(table.id.in_(ids), table.deleted_at.is_(None), shown)]


def value_of(access: Access, subject: ObjectType, field: Field, actions: tuple[str, ...] = (access_rules.SEE,)) -> Any:
    """A field as SQL, empty on the records where the actions do not reach it."""
    table = TABLES[subject.key]
    column = getattr(table, field.key)
    narrower = [
        reach(access, each, subject, table, field.key)
        for each in actions
        if access_rules.widest(access, each, subject, field.key) is not access_rules.widest(access, each, subject)
    ]
    return case((and_(*narrower), column), else_=None) if narrower else column


SMALL = frozenset({"stage", "queue"})
"""What records point to besides other records: few rows, which whoever uses the CRM may know by name."""


def small(target: str) -> dict[int, str]:
    """The names of the stages or the queues by their numbers, in their order."""
    return {each.id: each.name for each in stages()} if target == "stage" else queues.names()


@remembered
def stages() -> list[Stage]:
    """The stages of the pipeline in their order."""
    return list(db.session.scalars(select(Stage).order_by(Stage.position, Stage.id)))


def stage_facts(stage_id: int | None) -> StageFacts | None:
    """What rules ask of a stage; None for none or an unknown one."""
    if stage_id is None:
        return None
    found = next((each for each in stages() if each.id == stage_id), None)
    return None if found is None else StageFacts(found.id, found.outcome, found.probability)


def key_of(kind: str, record_id: int) -> str:
    """How subjects, scopes and the trail name a record: its table and its number.

    >>> key_of("lead", 12)
    'crm_lead:12'
    """
    return f"{TABLES[kind].__tablename__}:{record_id}"


def _subject(kind: str, record_id: int) -> Subject | None:
    row = db.session.get(TABLES[kind], record_id)
    if row is None or row.deleted_at is not None:
        return None
    key, address = key_of(kind, record_id), f"/crm/{OBJECTS[kind].plural}/{record_id}"
    asked = ("crm.see_record", "crm.see_record", "crm.edit_record")
    return Subject(key, row.name, key, address, *asked, called=partial(_called_for, OBJECTS[kind], row))


def _called_for(subject: ObjectType, row: AnyRecord, reader: Actor) -> str:
    return called(access_of(reader), subject, [row])[row.id]


lead = partial(_subject, "lead")
account = partial(_subject, "account")
contact = partial(_subject, "contact")
opportunity = partial(_subject, "opportunity")
activity = partial(_subject, "activity")
campaign = partial(_subject, "campaign")
product = partial(_subject, "product")
ticket = partial(_subject, "ticket")
"""Each object's records as what comments and files hang on."""


def judge(actor: Actor, permission: str, scope: str, _facts: Facts | None) -> Answer:
    """Answer for ``crm.…``: that somebody uses the CRM, holds a function, may see or edit the record ``lead:12``."""
    access, action = access_of(actor), permission.partition(".")[2]
    if action == access_rules.USE:
        return Answer(access.uses, "a role of the CRM is held" if access.uses else "no role of the CRM is held")
    if action in access_rules.FUNCTIONS:
        given = action in access.functions()
        return Answer(given, f"a role held here {'has' if given else 'lacks'} the function {action}")
    table, _, number = scope.partition(":")
    kind = table.removeprefix("crm_")
    if kind not in OBJECTS or not number.isdigit():
        return Answer(False, "there is no such record")
    return _judge_record(access, action.removesuffix("_record"), OBJECTS[kind], int(number))


def _judge_record(access: Access, action: str, subject: ObjectType, record_id: int) -> Answer:
    record = db.session.get(TABLES[subject.key], record_id)
    if record is None or record.deleted_at is not None:
        return Answer(False, "there is no such record")
    return access_rules.answer(access, action, subject, facts(access, action, subject, record))


def guard_undo(entries: Iterable[AuditEntry], actor: Actor) -> None:
    """Refuse to undo a change to a record that the actor may not see, or fields that they may not write, by now.

    Raises NotFound for a record that is hidden from them, Refused for one that they only read.
    """
    access, listed = access_of(actor), list(entries)
    converted = any(entry.subject.startswith("crm_lead:") and "converted_at" in entry.changes for entry in listed)
    for entry in listed:
        if converted and _went_along(entry, actor):
            continue
        table, _, number = entry.subject.partition(":")
        kind = table.removeprefix("crm_")
        if table.startswith("crm_") and kind in OBJECTS and (row := db.session.get(TABLES[kind], int(number))):
            _guard_row(access, OBJECTS[kind], row, entry)
        elif table.startswith("crm_"):
            _guard_what_hangs(access, entry)


def _went_along(entry: AuditEntry, actor: Actor) -> bool:
    """Whether an activity was only linked to what its lead became: nobody was asked for it then, nor are they now."""
    linked = entry.subject.startswith("crm_activity:") and entry.kind == Entered.CHANGED
    return linked and entry.actor_id == actor.id and set(entry.changes) <= _LINKS_OF_A_LEAD


_LINKS_OF_A_LEAD = frozenset({"account_id", "contact_id", "opportunity_id", "changed_at"})


def _guard_row(access: Access, subject: ObjectType, row: AnyRecord, entry: AuditEntry) -> None:
    if not access_rules.may(access, access_rules.SEE, subject, facts(access, access_rules.SEE, subject, row)):
        raise NotFound
    merged = subject.key == "ticket" and "merged_into_id" in entry.changes  # by whoever may edit them
    binned = "deleted_at" in entry.changes and entry.kind == Entered.CHANGED and not merged
    action = access_rules.DELETE if binned else access_rules.EDIT
    known = facts(access, action, subject, row)
    access_queries.demand(access, action, subject, known)
    touched = {each.key for each in subject.written} & set(entry.changes)
    if (
        entry.kind == Entered.CHANGED
        and not touched <= access_rules.fields_written(access, subject, known)
        and not binned
    ):
        raise Refused


def _guard_what_hangs(access: Access, entry: AuditEntry) -> None:
    """Notes and tags are undone only while the record that they are on can be seen."""
    kind, number = (
        next((v for v in entry.changes.get(key, ()) if v is not None), None) for key in ("object", "record_id")
    )
    if isinstance(kind, str) and kind in OBJECTS and isinstance(number, int):
        get(access, OBJECTS[kind], number)
