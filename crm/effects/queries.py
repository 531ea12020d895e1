"""What actions look up, once for a whole batch: people, loads, turns, names, and what each reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from accounts.absences import queries as absences
from accounts.access.queries import actor_of
from accounts.people import queries as people
from accounts.people.queries import PersonRow
from accounts.teams import queries as teams
from crm.access import queries as access_queries
from crm.access import rules as access_rules
from crm.access.models import CrmHolder
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.automation.rules import texts
from crm.automation.rules.parts import LOAD
from crm.consent import queries as consent
from crm.consent.rules import Verdict
from crm.effects.models import Turn
from crm.effects.rules import PERSON, ROLE, TEAM, least, next_of, split
from crm.hooks import queries as hooks
from crm.hooks.models import Hook
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Kind
from crm.records import charts, queries
from crm.records.models import TABLES, Stage
from crm.tags import queries as tags
from infra.database import db
from infra.wires import wires
from kernel.permission import Facts

_AT_ONCE = 500
_OPEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "lead": ("status", ("new", "contacted", "mql", "sql")),
    "opportunity": ("outcome", ("open",)),
    "activity": ("state", ("planned",)),
    "ticket": ("state", ("new", "triaged", "in-progress", "waiting", "escalated", "reopened")),
}
"""What counts as open where records are given to whoever has the least."""


def rows_of(kind: str, ids: Iterable[int]) -> dict[int, Any]:
    """Live records of an object by number, whoever may see them."""
    table, wanted = TABLES[kind], sorted(set(ids))
    found: dict[int, Any] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = table.id.in_(wanted[start : start + _AT_ONCE])
        found.update((row.id, row) for row in db.session.scalars(select(table).where(part, table.deleted_at.is_(None))))
    return found


class Sight:
    """The lookups of one rule over one batch of records of an object; each is made when it is first needed."""

    def __init__(self, automation_id: int, name: str, subject: ObjectType, now: datetime, zone: tzinfo) -> None:
        """Begin with nothing looked up."""
        self.automation_id, self.name, self.subject, self.now, self.zone = automation_id, name, subject, now, zone
        self.system = Access(None, everything=True, modules=access_queries.modules_on())
        self._loads: dict[int, int] | None = None
        self._turns: dict[str, int | None] = {}
        self._readers: dict[int, Access | None] = {}
        self._linked: dict[tuple[str, int], Any] = {}
        self._names = charts.Names()
        self._ids: list[int] = []
        self._shared: dict[int, frozenset[int]] = {}
        self._verdicts: dict[str, dict[int, Verdict]] = {}
        self._carrying: dict[tuple[str, str], set[int]] = {}

    @property
    def today(self) -> date:
        """The day in the zone of the instance."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def people(self) -> dict[int, PersonRow]:
        """Everybody who is active."""
        return {each.id: each for each in people.people(active_only=True)}

    @cached_property
    def stages(self) -> dict[int, Stage]:
        """The stages of the pipeline by number."""
        return {each.id: each for each in queries.stages()}

    @cached_property
    def hooks(self) -> dict[int, Hook]:
        """Every webhook by number."""
        return {each.id: each for each in hooks.hooks()}

    def look_ahead(self, rows: Sequence[Any], keys: Iterable[str], links: Iterable[str]) -> None:
        """Look up at once what texts about these records name, and the records to which links lead."""
        self._ids, self._shared, self._verdicts = [row.id for row in rows], {}, {}
        wanted = [each for each in self.subject.fields if each.key in set(keys)]
        self._names = charts.names_for(self.system, ((each, getattr(row, each.key)) for each in wanted for row in rows))
        for link in set(links):
            target = self.subject.field(link).target
            ids = {number for row in rows if (number := getattr(row, link)) and (target, number) not in self._linked}
            found = rows_of(target, ids)
            self._linked.update({(target, number): found.get(number) for number in ids})

    def linked(self, record: Any, link: str) -> Any:
        """The record to which a field leads; None where there is none (any more)."""
        return self._linked.get((self.subject.field(link).target, getattr(record, link) or 0))

    def chosen(self, to: str, how: str) -> int | None:
        """Who gets the next record: the person named, or one of a team or a role; None where nobody is there."""
        found = self._among(to)
        if not found:
            return None
        if how == LOAD:
            person = least(found, self.loads)
            self.loads[person] = self.loads.get(person, 0) + 1
        else:
            person = next_of(found, self._turn(to))
            self._turns[to] = person
        return person

    def _among(self, to: str) -> list[int]:
        """Who is there today of those that are named: active, and not on a day off, unless nobody else is left."""
        kind, key = split(to)
        found = {
            PERSON: lambda: [int(key)],
            TEAM: lambda: [each.person_id for each in self._members if str(each.team_id) == key],
            ROLE: lambda: self._holders.get(key, []),
        }[kind]()
        active = sorted({each for each in found if each in self.people})
        return [each for each in active if each not in self._away] or active

    @cached_property
    def _members(self) -> list[teams.MemberRow]:
        return teams.members()

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in db.session.execute(select(CrmHolder.role_key, CrmHolder.person_id)):
            found.setdefault(row.role_key, []).append(row.person_id)
        return found

    @cached_property
    def _away(self) -> frozenset[int]:
        times = absences.times_of(self.people)
        return frozenset(each for each, time in times.items() if time.is_off(self.today))

    @property
    def loads(self) -> dict[int, int]:
        """How many open records of the object each person has, counted once and kept up to date by the batch."""
        if self._loads is None:
            table = TABLES[self.subject.key]
            column, values = _OPEN.get(self.subject.key, ("id", ()))
            conditions = [table.deleted_at.is_(None), table.owner_id.is_not(None)]
            conditions += [getattr(table, column).in_(values)] if values else []
            rows = db.session.execute(
                select(table.owner_id, func.count(table.id)).where(*conditions).group_by(table.owner_id)
            )
            self._loads = {owner: count for owner, count in rows if owner in self.people}
        return self._loads

    def _turn(self, among: str) -> int | None:
        if among not in self._turns:
            self._turns[among] = db.session.scalar(
                select(Turn.person_id).where(Turn.automation_id == self.automation_id, Turn.among == among)
            )
        return self._turns[among]

    @property
    def turns(self) -> dict[str, int]:
        """Whose turn it was last, for what was given out here."""
        return {among: person for among, person in self._turns.items() if person is not None}

    def lead_of(self, team_id: int | None) -> int | None:
        """Who leads a team."""
        found = (each for each in self._members if each.team_id == team_id and each.leads and each.active)
        return next((each.person_id for each in found), None)

    def reader(self, person_id: int) -> Access | None:
        """What a person may see; None for nobody."""
        if person_id not in self._readers:
            actor = actor_of(person_id)
            self._readers[person_id] = access_of(actor) if actor else None
        return self._readers[person_id]

    def may_see(self, person_id: int, record: Any) -> bool:
        """Whether a person may see a record, as it will be."""
        access = self.reader(person_id)
        if access is None:
            return False
        return access_rules.may(access, access_rules.SEE, self.subject, self._facts(access, record))

    def may_write(self, number: int, purpose: str) -> Verdict:
        """Whether the person of a record agreed to be written to for a purpose; asked for the whole batch at once."""
        if purpose not in self._verdicts:
            self._verdicts[purpose] = consent.may_write_to(self.subject.key, self._ids, purpose)
        return self._verdicts[purpose][number]

    def carries(self, kind: str, tag: str, number: int) -> bool:
        """Whether a record of the batch, or one to which it leads, carries a tag; asked for all of them at once."""
        if (kind, tag) not in self._carrying:
            linked = [found for target, found in self._linked if target == kind]
            ids = [*(self._ids if kind == self.subject.key else ()), *linked]
            self._carrying[kind, tag] = tags.carrying(kind, ids, name=tag)
        return number in self._carrying[kind, tag]

    def _facts(self, access: Access, record: Any) -> Facts:
        person = access.person_id or 0
        if person not in self._shared:
            self._shared[person] = access_queries.shared_of(access, access_rules.SEE, self.subject, self._ids)
        return access_queries.facts_with(access, record, shared=record.id in self._shared[person])

    def filled(self, text: str, record: Any, reader: int | None) -> str:
        """A text about a record with its places filled, for a reader as far as they see it (None: whoever it is)."""
        access = self.system if reader is None else self.reader(reader)
        if access is None or not texts.places(text):
            return text
        facts = None if access.everything else self._facts(access, record)
        return texts.fill(text, lambda key: self._said(key, record, access, facts))

    def _said(self, key: str, record: Any, access: Access, facts: Any) -> str:
        if key == texts.RULE:
            return self.name
        if key == texts.LINK:
            return self.address(record)
        if key == texts.OWNER:
            owner = self.people.get(record.owner_id or 0)
            return owner.name if owner else ""
        if not self.subject.has(key) or not access_rules.may(access, access_rules.SEE, self.subject, facts, key):
            return ""
        what = self.subject.field(key)
        if what.kind is Kind.PERSON:
            owner = self.people.get(getattr(record, key) or 0)
            return owner.name if owner else ""
        return charts.words(what, getattr(record, key), self._names, getattr(record, "currency", ""))

    def address(self, record: Any) -> str:
        """Where a record's page is."""
        return f"{wires().settings.base_url}/crm/{self.subject.plural}/{record.id}"


def called(kind: str, record: Any) -> str:
    """What the log calls a record."""
    return str(record.name) or f"{OBJECTS[kind].label} {record.id}"
