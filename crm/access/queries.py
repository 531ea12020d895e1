"""What somebody may do, read once a page, and the same as a condition for the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Result, Select, String, cast, false, func, literal, or_, select, true, union_all

from accounts.access import queries as instance
from accounts.access.rules import ADMINISTRATOR as INSTANCE_ADMINISTRATOR
from accounts.people.events import MaySwitchOff
from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams.models import TeamMember
from crm.access import rules
from crm.access.models import CrmGrant, CrmHolder, CrmRole, ModuleSwitch, RecordShare
from crm.access.rules import Access, Holder, RoleData, State
from crm.objects import queries as objects
from crm.objects.rules.catalogue import Module, ObjectType
from infra.database import db
from infra.memo import is_reading, remembered
from infra.wires import wires
from kernel.actor import INSTANCE, Actor
from kernel.errors import Refused
from kernel.permission import Facts, Grant, Visibility
from kernel.questions import Obstacle

_SHARED_TO = frozenset({rules.SEE, rules.EDIT})
"""What a share may let somebody do."""
_WORDS = ("role", "team", "above", "off", "shared")
"""What is read about a person's place besides the fields."""
OwnedTable = Any
"""A table whose rows have a number, an owner and a team."""


@remembered
def roles() -> dict[str, RoleData]:
    """Every role by its key: the shipped ones, altered where somebody altered them, then those of one's own."""
    found = {each.key: each for each in rules.SHIPPED}
    rows = db.session.execute(
        select(CrmRole.key, CrmRole.name, CrmRole.description, CrmGrant)
        .outerjoin(CrmGrant, CrmGrant.role_id == CrmRole.id)
        .order_by(CrmRole.id, CrmGrant.id)
    )
    for key, group in groupby(rows, key=lambda row: row.key):
        listed = list(group)
        grants = tuple(_grant(key, row.CrmGrant) for row in listed if row.CrmGrant is not None)
        found[key] = RoleData(key, listed[0].name, listed[0].description, grants)
    return {key: rules.with_own_fields(role) for key, role in found.items()}


def _grant(key: str, row: CrmGrant) -> Grant:
    fields = None if row.fields is None else frozenset(row.fields)
    return Grant(key, row.object, row.action, Visibility(row.visibility), fields)


@remembered
def modules_on() -> frozenset[Module]:
    """The modules that are switched on."""
    return _on(db.session.scalars(select(ModuleSwitch.module).where(ModuleSwitch.on.is_(False))))


def _on(off: Iterable[str]) -> frozenset[Module]:
    left_out = set(off)
    return frozenset(each for each in Module if each.value not in left_out)


def held(person_id: int) -> tuple[str, ...]:
    """The keys of the roles that were given to a person."""
    return tuple(sorted(_place(person_id)["role"]))


def uses(actor: Actor) -> bool:
    """Whether somebody holds any role of the CRM, asked on every page: one statement, none for administrators."""
    return actor.id is None or INSTANCE_ADMINISTRATOR in actor.roles_in(INSTANCE) or bool(held(actor.id))


@remembered
def access_of(actor: Actor) -> Access:
    """All that decides what an actor may do, in two statements; administrators of the instance administer the CRM."""
    if actor.id is None:
        return Access(None, modules=modules_on(), everything=True)
    place = _place(actor.id)
    keys = set(place["role"])
    if INSTANCE_ADMINISTRATOR in actor.roles_in(INSTANCE):
        keys.add(rules.ADMINISTRATOR)
    team_id = _team_in(place)
    parents = {} if team_id is None else teams.told_above(place["above"])
    return rules.access_for(actor.id, keys, roles(), team_id, parents, _on(place["off"]))


@remembered
def _place(person_id: int) -> dict[str, list[str]]:
    """A person's roles and team, all teams, the modules that are off, what is shared with them, and by the way the
    fields: it is asked on every page.
    """
    mine = select(TeamMember.team_id).where(TeamMember.person_id == person_id)
    rows: Result[Any] = db.session.execute(
        union_all(
            select(literal("role").label("kind"), CrmHolder.role_key.label("word")).where(
                CrmHolder.person_id == person_id
            ),
            select(literal("team"), cast(TeamMember.team_id, String)).where(TeamMember.person_id == person_id),
            select(literal("above"), teams.ABOVE),
            select(literal("off"), ModuleSwitch.module).where(ModuleSwitch.on.is_(False)),
            select(literal("shared"), RecordShare.object).where(*_lasting(person_id, mine)).distinct(),
            *objects.IN_WORDS,
        )
    )
    found: dict[str, list[str]] = {each: [] for each in (*_WORDS, *objects.KINDS)}
    for row in rows:
        found[row.kind].append(row.word)
    objects.tell({each: found.pop(each) for each in objects.KINDS})
    return found


def _team_in(place: Mapping[str, list[str]]) -> int | None:
    return next((int(each) for each in place["team"]), None)


def state() -> State:
    """Everybody with all roles and teams, as they are now: from here the effect of a change is computed."""
    administrators = instance.administrators()
    given: dict[int, set[str]] = {}
    for row in db.session.execute(select(CrmHolder.person_id, CrmHolder.role_key)):
        given.setdefault(row.person_id, set()).add(row.role_key)
    for each in administrators:
        given.setdefault(each, set()).add(rules.ADMINISTRATOR)
    people = db.session.execute(
        select(Person.id, Person.name, Person.active, Person.email, TeamMember.team_id, TeamMember.leads)
        .outerjoin(TeamMember, TeamMember.person_id == Person.id)
        .order_by(func.lower(Person.name), Person.id)
    )
    holders = {
        row.id: Holder(
            row.id,
            row.name,
            frozenset(given.get(row.id, ())),
            row.team_id,
            bool(row.leads),
            bool(row.active and row.email),
        )
        for row in people
    }
    return State(roles(), holders, teams.parents(), modules_on())


def obstacles_to_switch_off(question: MaySwitchOff) -> list[Obstacle]:
    """Somebody has to be left who gives out the roles of the CRM; the last of the instance is told elsewhere."""
    if question.person_id in instance.administrators() or rules.ADMINISTRATOR not in held(question.person_id):
        return []
    return [Obstacle(rules.LAST_ADMINISTRATOR)] if state().administrators() == {question.person_id} else []


def demand(access: Access, action: str, subject: ObjectType, facts: Facts | None = None) -> None:
    """Raise Refused, with the reason, unless the person may do this."""
    given = rules.answer(access, action, subject, facts)
    if not given:
        raise Refused("That is not allowed: %(because)s.", because=given.because)


def reach(
    access: Access, action: str, subject: ObjectType, table: OwnedTable, field: str | None = None
) -> ColumnElement[bool]:
    """The condition that lets through exactly the records, or fields of records, that `rules.answer` says yes to."""
    parts = parts_of(access, action, subject, table, field)
    return true() if parts is None else or_(false(), *parts)


def parts_of(
    access: Access, action: str, subject: ObjectType, table: OwnedTable, field: str | None = None
) -> list[ColumnElement[bool]] | None:
    """The conditions of `reach`, any of which lets a record through; None lets all through.

    Each is one that an index serves: own records, those of one team, those that are shared.
    """
    visibility = rules.widest(access, action, subject, field)
    if visibility is None:
        return [false()]
    if visibility is Visibility.ALL:
        return None
    parts: list[ColumnElement[bool]] = [table.owner_id == access.person_id]
    if action in _SHARED_TO and (not is_reading() or any_shared(access, subject)):  # a page asks once for all of it
        parts.append(_shared(access, action, subject, table))
    if visibility >= Visibility.TEAM and access.team_id is not None:
        below = access.below if visibility is Visibility.TEAM_AND_BELOW else frozenset()
        parts += [table.team_id == each for each in sorted({access.team_id, *below})]
    return parts


def facts_of(access: Access, action: str, subject: ObjectType, record: Any) -> Facts:
    """What the answer needs to know of one record."""
    return facts_with(access, record, shared=is_shared(access, action, subject, record.id))


def facts_with(access: Access, record: Any, *, shared: bool) -> Facts:
    """The same where it is known already whether the record is shared with the person."""
    return Facts(
        owners=rules.shared_as_own(access, record.owner_id, shared=shared),
        in_team=record.team_id is not None and record.team_id == access.team_id,
        in_team_below=record.team_id in access.below,
    )


def shared_of(access: Access, action: str, subject: ObjectType, ids: Iterable[int]) -> frozenset[int]:
    """Which of some records are shared with the person, as far as the action needs."""
    wanted = sorted(set(ids))
    if len(wanted) == 1:
        return frozenset(each for each in wanted if is_shared(access, action, subject, each))
    if not wanted or action not in _SHARED_TO or not any_shared(access, subject):
        return frozenset()
    found = select(RecordShare.record_id).where(RecordShare.record_id.in_(wanted), *_shares(access, action, subject))
    return frozenset(db.session.scalars(found))


def is_shared(access: Access, action: str, subject: ObjectType, record_id: int) -> bool:
    """Whether a record is shared with the person, as far as the action needs."""
    if access.person_id is None or action not in _SHARED_TO or not any_shared(access, subject):
        return False
    shares = _shares_of(access.person_id, access.team_id, subject.key, record_id)
    return any(shares) if action == rules.EDIT else bool(shares)


def shared_ids(access: Access, subject: ObjectType) -> Select[int]:
    """The numbers of an object's records that somebody sees because they are shared, as a statement."""
    return select(RecordShare.record_id).where(*_shares(access, rules.SEE, subject))


def any_shared(access: Access, subject: ObjectType) -> bool:
    """Whether any record of an object is shared with somebody: most often none, and a page asks once for all."""
    return access.person_id is not None and subject.key in _kinds_shared(access.person_id, access.team_id)


@remembered
def _kinds_shared(person_id: int, team_id: int | None) -> frozenset[str]:
    """The objects of which something is shared with a person or their team; a page knows those of where they are."""
    if is_reading() and _team_in(place := _place(person_id)) == team_id:
        return frozenset(place["shared"])
    return frozenset(db.session.scalars(select(RecordShare.object).where(*_lasting(person_id, team_id)).distinct()))


@remembered
def _shares_of(person_id: int, team_id: int | None, kind: str, record_id: int) -> tuple[bool, ...]:
    """The shares of one record with a person or their team, each: whether it lets them edit."""
    conditions = RecordShare.record_id == record_id, RecordShare.object == kind, *_lasting(person_id, team_id)
    return tuple(db.session.scalars(select(RecordShare.may_edit).where(*conditions)))


def _shared(access: Access, action: str, subject: ObjectType, table: OwnedTable) -> ColumnElement[bool]:
    shared: ColumnElement[bool] = table.id.in_(select(RecordShare.record_id).where(*_shares(access, action, subject)))
    return shared


def _shares(access: Access, action: str, subject: ObjectType) -> list[ColumnElement[bool]]:
    """Shares with the person or the team; to see, any will do, to edit one that says so, for the rest none counts."""
    level = {rules.SEE: true(), rules.EDIT: RecordShare.may_edit.is_(True)}.get(action, false())
    return [RecordShare.object == subject.key, *_lasting(access.person_id, access.team_id), level]


def _lasting(person_id: int | None, team: int | Select[int] | None) -> list[ColumnElement[bool]]:
    """Shares with a person or a team, given by its number or a statement, that still hold."""
    with_whom = RecordShare.person_id == person_id
    if team is not None:
        of_team = RecordShare.team_id == team if isinstance(team, int) else RecordShare.team_id.in_(team)
        with_whom = or_(with_whom, of_team)
    until = or_(RecordShare.until.is_(None), RecordShare.until > wires().clock())
    return [with_whom, until]
