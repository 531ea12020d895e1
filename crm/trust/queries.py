"""Everybody's access at once, who looks as whom, the answer to a question about access, and the runs of its tests."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import func, not_, or_, select

from accounts.access.models import Membership
from accounts.access.queries import actor_of
from accounts.access.rules import ADMINISTRATOR as INSTANCE_ADMINISTRATOR
from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams import rules as team_rules
from crm.access import queries as access_queries
from crm.access import rules as access_rules
from crm.access.models import CrmHolder, RecordShare
from crm.access.queries import access_of, reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries as records
from crm.records.models import TABLES
from crm.trust.models import PermissionCase, PermissionRun
from crm.trust.rules import cases, explain, viewing
from crm.trust.rules.cases import Case, Result
from crm.trust.rules.explain import Question, Story
from infra.database import db
from infra.memo import remembered
from kernel.actor import INSTANCE, Actor
from kernel.errors import NotFound
from kernel.permission import Answer

DIGITS = 10
"""A number of a record or a person has fewer digits than this."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role of the CRM: what they hold, and what follows from it."""

    person_id: int
    name: str
    active: bool
    roles: tuple[str, ...]
    team: str
    access: Access
    administers: bool = False

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name."""
        return Actor(self.person_id, self.name).initials


@remembered
def holders() -> list[Holder]:
    """Everybody who holds a role of the CRM, by name, switched off or not: five statements for all of them."""
    keys = _keys()
    rows = db.session.execute(
        select(Person.id, Person.name, Person.active)
        .where(Person.id.in_(sorted(keys)))
        .order_by(func.lower(Person.name), Person.id)
    )
    known, modules, parents = access_queries.roles(), access_queries.modules_on(), teams.parents()
    places = {each.person_id: each.team_id for each in teams.members()}
    names = {each.id: each.name for each in teams.teams()}
    found = []
    for row in rows:
        held, administers = keys[row.id]
        team_id = places.get(row.id)
        below = frozenset[int]() if team_id is None else team_rules.below(parents, team_id)
        grants = tuple(grant for key in sorted(held) if key in known for grant in known[key].grants)
        access = Access(row.id, grants, team_id, below, modules)
        roles = tuple(known[key].name for key in sorted(held) if key in known)
        found.append(Holder(row.id, row.name, row.active, roles, names.get(team_id or 0, ""), access, administers))
    return found


def holder(person_id: int | None) -> Holder | None:
    """One of them; None for somebody who holds no role of the CRM."""
    return next((each for each in holders() if each.person_id == person_id), None)


def _keys() -> dict[int, tuple[set[str], bool]]:
    """By person the keys of the roles held, and whether they look after the instance: that makes an administrator."""
    found: dict[int, tuple[set[str], bool]] = {}
    for person_id, key in db.session.execute(select(CrmHolder.person_id, CrmHolder.role_key)):
        found.setdefault(person_id, (set(), False))[0].add(key)
    looking_after = select(Membership.person_id).where(
        Membership.role == INSTANCE_ADMINISTRATOR, Membership.scope == INSTANCE
    )
    for person_id in db.session.scalars(looking_after):
        held, _no = found.get(person_id, (set(), False))
        found[person_id] = (held | {access_rules.ADMINISTRATOR}, True)
    return found


def obstacle_to_view(viewer: Actor, other: Holder | None) -> str:
    """Why somebody may not look as another person: a sentence, empty where they may."""
    if other is None or not other.active:
        return "They hold no role of the CRM, or are switched off."
    if other.person_id == viewer.id:
        return "That is you."
    if other.administers and INSTANCE_ADMINISTRATOR not in viewer.roles_in(INSTANCE):
        return "They look after the whole instance."
    mine = access_of(viewer)
    if "view_as" not in mine.functions():
        return "You don't hold the function to look as somebody else."
    more = viewing.beyond(mine, other.access)
    if more:
        return f"They may do more than you: {'; '.join(more[:3])}{' and more' if more[3:] else ''}."
    return "Records are theirs, or shared with them, that you may not see." if _strays(mine, other.access) else ""


def _strays(mine: Access, theirs: Access) -> bool:
    """Whether the other sees any record that oneself does not: one that is shared, or filed under another team."""
    found = []
    for grant in theirs.grants:
        covering = viewing.cover(mine, theirs, grant)
        if grant.action != access_rules.SEE or covering is None or covering.visibility is access_rules.ALL:
            continue
        subject, table = OBJECTS[grant.object], TABLES[grant.object]
        seen = reach(viewing.narrow(theirs, grant), access_rules.SEE, subject, table)
        own = reach(viewing.narrow(mine, covering), access_rules.SEE, subject, table)
        found.append(select(table.id).where(seen, or_(not_(own), own.is_(None))).exists())
    return bool(found and db.session.scalar(select(or_(*found))))


def load_viewed() -> Actor | None:
    """Whoever the signed-in person looks as in this session, in their stead; None where they look as themselves.

    Asked again at every request: what was allowed when the view began may have changed since; then it is over.
    """
    viewer, person_id = g.get("actor"), g.get("seen_as_id")
    g.view_over = ""
    if viewer is None or person_id is None:
        return None
    viewed = actor_of(person_id)
    g.view_over = obstacle_to_view(viewer, holder(person_id)) if viewed else "They are switched off."
    if viewed is None or g.view_over:
        return None
    held = tuple(each for each in viewed.memberships if each.scope == INSTANCE)
    return Actor(viewed.id, viewed.name, viewed.email, held, viewer)


def names_of(people: Iterable[int]) -> dict[int, str]:
    """The names of people by number."""
    wanted = sorted(set(people))
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))}


# The answer to a question about a record that is there.


def found_by(access: Access, subject: ObjectType, text: str, most: int = 6) -> list[records.AnyRecord]:
    """The records that somebody means by a number or by the beginning of a name, among those that they may see."""
    table, wanted = TABLES[subject.key], text.strip()
    if wanted.isascii() and wanted.isdigit() and len(wanted) < DIGITS:
        return list(db.session.scalars(records.seen(access, subject).where(table.id == int(wanted))))
    if not wanted or not access_rules.may(access, access_rules.SEE, subject, None, "name"):
        return []
    named = reach(access, access_rules.SEE, subject, table, "name")
    begins = func.lower(table.name).startswith(wanted.lower(), autoescape=True)
    rows = list(
        db.session.scalars(
            records.seen(access, subject).where(named, begins).order_by(table.name, table.id).limit(most)
        )
    )
    exact = [each for each in rows if each.name.lower() == wanted.lower()]
    return exact if len(exact) == 1 else rows


def question(
    access: Access, action: str, subject: ObjectType, record: records.AnyRecord | None, field: str
) -> Question:
    """The question about a record, with its facts as they are now."""
    if record is None:
        return Question(access, action, subject, field=field)
    seeing = records.facts(access, access_rules.SEE, subject, record)
    doing = seeing if action == access_rules.SEE else records.facts(access, action, subject, record)
    return Question(access, action, subject, seeing, doing, field)


def story(reader: Access, who: Holder, subject: ObjectType, record: records.AnyRecord | None) -> Story:
    """The names that the steps of an answer speak of, as far as the reader may read them."""
    if record is None:
        return Story(who.name, who.active, who.roles, who.team)
    owner = names_of([record.owner_id]).get(record.owner_id, "") if record.owner_id else ""
    team = next((each.name for each in teams.teams() if each.id == record.team_id), "")
    to_edit = access_queries.is_shared(who.access, access_rules.EDIT, subject, record.id)
    to_read = to_edit or access_queries.is_shared(who.access, access_rules.SEE, subject, record.id)
    shared = "to edit" if to_edit else "to read" if to_read else ""
    name = records.called(reader, subject, [record])[record.id]
    return Story(who.name, who.active, who.roles, who.team, name, owner, team, shared)


def answer(who: Holder, asked: Question) -> Answer:
    """The answer for somebody, who may be switched off."""
    if not who.active:
        return Answer(False, f"{who.name} is switched off")
    return explain.judge(asked)


# The tests of access and their runs.


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the tests, as evidence. ``results`` are mappings as `rules.cases.Result.kept` writes them."""

    id: int
    at: datetime
    by: str
    cases: int
    failed: int
    compared: int
    agreed: int
    grants_digest: str
    results: Sequence[dict[str, object]] = ()

    @property
    def passed(self) -> int:
        """How many answers were the expected ones."""
        return self.cases - self.failed

    @property
    def good(self) -> bool:
        """Whether all was as expected, and the database agreed."""
        return self.failed == 0 and self.compared == self.agreed


def own_cases() -> list[Case]:
    """The tests that people kept, the oldest first."""
    rows = list(db.session.scalars(select(PermissionCase).order_by(PermissionCase.id)))
    return [
        Case(
            row.action,
            row.object,
            row.relation,
            row.field,
            row.expected,
            row.role_key,
            row.person_id,
            row.record_id,
            row.id,
            row.label,
        )
        for row in rows
    ]


def case_row(case_id: int) -> PermissionCase:
    """A test that somebody kept. Raises NotFound."""
    found = db.session.get(PermissionCase, case_id)
    if found is None:
        raise NotFound
    return found


def results() -> list[Result]:
    """Every test with its answer now, the shipped ones first."""
    known, people = access_queries.roles(), {each.person_id: each for each in holders()}
    return [_result(case, known, people) for case in [*cases.shipped(), *own_cases()]]


def _result(case: Case, known: dict[str, access_rules.RoleData], people: dict[int, Holder]) -> Result:
    if case.person_id is None:
        role = known.get(case.role)
        if role is None:
            return Result(case, case.role, False, "there is no such role any more")
        given = cases.answer(case, cases.stand_in(role))
        return Result(case, role.name, given.yes, given.because)
    who = people.get(case.person_id)
    name = who.name if who else names_of([case.person_id]).get(case.person_id, "")
    if who is None:
        return Result(case, name, False, "they hold no role of the CRM")
    given = _answer_about(case, who)
    return Result(case, name, given.yes, given.because)


def _answer_about(case: Case, who: Holder) -> Answer:
    if case.record_id is None or not who.active:
        return cases.answer(case, who.access) if who.active else Answer(False, f"{who.name} is switched off")
    subject = OBJECTS[case.object]
    record = db.session.get(TABLES[subject.key], case.record_id)
    if record is None or record.deleted_at is not None:
        return Answer(False, "there is no such record any more")
    return answer(who, question(who.access, case.action, subject, record, case.field))


def compare(count: int, seed: str) -> tuple[int, int]:
    """Ask random questions of the rule and of the database's condition; how many were asked, how many answers agree."""
    dice, people = random.Random(seed), [each for each in holders() if each.active]  # noqa: S311  # a sample, no secret
    asked = agreed = 0
    for subject in OBJECTS.values() if people else ():
        table = TABLES[subject.key]
        ids = list(db.session.scalars(select(table.id).order_by(table.id).limit(_SAMPLED)))
        for _turn in range(min(len(ids), count // len(OBJECTS))):
            who, record = dice.choice(people), db.session.get(table, dice.choice(ids))
            action = dice.choice((access_rules.SEE, access_rules.EDIT, access_rules.DELETE))
            field = dice.choice(("", *(each.key for each in subject.fields)))
            asked += 1
            agreed += _agree(who.access, action, subject, record, field)
    return asked, agreed


def _agree(access: Access, action: str, subject: ObjectType, record: records.AnyRecord, field: str) -> bool:
    table = TABLES[subject.key]
    facts = records.facts(access, action, subject, record)
    said = access_rules.may(access, action, subject, facts, field or None)
    let = reach(access, action, subject, table, field or None)
    return said == (db.session.scalar(select(table.id).where(table.id == record.id, let)) is not None)


def grants_digest() -> str:
    """The version of all that decides: grants, roles held, teams, modules, shares."""
    roles = {
        role.key: sorted(
            [each.name, int(each.visibility), None if each.fields is None else sorted(each.fields)]
            for each in role.grants
        )
        for role in access_queries.roles().values()
    }
    held = sorted((person_id, sorted(keys), chief) for person_id, (keys, chief) in _keys().items())
    places = sorted((each.person_id, each.team_id, each.active) for each in teams.members())
    shares = db.session.execute(
        select(
            RecordShare.object, RecordShare.record_id, RecordShare.person_id, RecordShare.team_id, RecordShare.may_edit
        ).order_by(RecordShare.id)
    )
    modules = sorted(access_queries.modules_on())
    parents = sorted(teams.parents().items())
    whole = [roles, held, places, parents, modules, [list(row) for row in shares]]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def runs(most: int = 50) -> list[Run]:
    """The latest runs without their results, the newest first."""
    rows = db.session.execute(select(*_COLUMNS).order_by(PermissionRun.id.desc()).limit(most))
    return [Run(*row) for row in rows]


def last_run() -> Run | None:
    """The newest run with its results, for whoever judges whether access was tested; None where none was."""
    found = db.session.scalar(select(PermissionRun.id).order_by(PermissionRun.id.desc()).limit(1))
    return None if found is None else run(found)


def run(run_id: int) -> Run:
    """One run with its results. Raises NotFound."""
    row = db.session.execute(select(*_COLUMNS, PermissionRun.results).where(PermissionRun.id == run_id)).first()
    if row is None:
        raise NotFound
    return Run(*row)


_COLUMNS = (
    PermissionRun.id,
    PermissionRun.at,
    PermissionRun.by_name,
    PermissionRun.cases,
    PermissionRun.failed,
    PermissionRun.compared,
    PermissionRun.agreed,
    PermissionRun.grants_digest,
)
_SAMPLED = 500
