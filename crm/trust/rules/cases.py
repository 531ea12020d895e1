"""The tests of access: a question about a role or a person, and the answer that it should have.

The expectations below were written from what each role is for, not read from its grants: a grant that was altered by
mistake fails here.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm.access.rules import ACTIONS, FUNCTION, FUNCTIONS, Access, RoleData
from crm.objects.rules.catalogue import OBJECTS, Module
from crm.trust.rules.explain import Question, judge, judge_function
from kernel.permission import Answer, Facts

ME, COLLEAGUE, STRANGER = -1, -2, -3
MY_TEAM, BELOW = -1, -2
RELATIONS: dict[str, tuple[str, Facts | None]] = {
    "any": ("any record at all", None),
    "own": ("their own record", Facts(frozenset({ME}), in_team=True)),
    "team": ("a colleague's record", Facts(frozenset({COLLEAGUE}), in_team=True)),
    "below": ("a record of a team below", Facts(frozenset({COLLEAGUE}), in_team_below=True)),
    "other": ("a record of another team", Facts(frozenset({STRANGER}))),
}
"""Whose record a test is about: in words, and as facts about somebody in a team with one below it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test: who (a role or a person) may or may not do what, to whose record, to which field."""

    action: str
    object: str
    relation: str = "any"
    field: str = ""
    expected: bool = True
    role: str = ""
    person_id: int | None = None
    record_id: int | None = None
    id: int | None = None
    name: str = ""

    @property
    def what(self) -> str:
        """What is tried, in words."""
        if self.object == FUNCTION:
            return f"use “{FUNCTIONS.get(self.action, self.action)}”"
        subject = OBJECTS[self.object]
        of = f"{subject.field(self.field).label} of " if self.field and subject.has(self.field) else ""
        whose = f"number {self.record_id}" if self.record_id else RELATIONS[self.relation][0]
        return f"{ACTIONS[self.action].lower()} {of}{subject.label_plural.lower()}: {whose}"


@dataclass(frozen=True, slots=True)
class Result:
    """A test with its answer."""

    case: Case
    who: str
    actual: bool
    because: str

    @property
    def passed(self) -> bool:
        """Whether the answer is the expected one."""
        return self.actual == self.case.expected

    def kept(self) -> dict[str, object]:
        """The result as a run keeps it."""
        return {
            "who": self.who,
            "what": self.case.what,
            "expected": self.case.expected,
            "actual": self.actual,
            "because": self.because,
            "own": self.case.id is not None,
        }


def stand_in(role: RoleData) -> Access:
    """Somebody who holds one role only, in a team with another below it, while every module is on."""
    return Access(ME, role.grants, MY_TEAM, frozenset({BELOW}), frozenset(Module))


def facts_for(relation: str, person_id: int | None) -> Facts | None:
    """The facts of a relation, told about this person."""
    facts = RELATIONS[relation][1]
    if facts is None or person_id is None or ME not in facts.owners:
        return facts
    return Facts(frozenset({person_id}), facts.in_team, facts.in_team_below)


def answer(case: Case, access: Access) -> Answer:
    """The answer to a test that names no record."""
    if case.object == FUNCTION:
        return judge_function(access, case.action)
    facts = facts_for(case.relation, access.person_id)
    return judge(Question(access, case.action, OBJECTS[case.object], facts, facts, case.field))


def _case(role: str, line: str) -> Case:
    """A test from a line such as ``no edit opportunity team``: answer, action, object, whose record, field."""
    said, action, subject, *rest = line.split()
    relation, field = (*rest, *("any", "")[len(rest) :])
    return Case(action, subject, relation, field, said == "yes", role)


_SAID: dict[str, str] = {
    "sales-representative": """
        yes see lead own
        no see lead team
        no see lead other
        yes create lead
        yes edit lead own
        no delete lead own
        yes see account other
        no edit account team
        yes see contact team
        no see contact other
        no see contact own private_phone
        no see contact own birth_date
        no export contact
        no import lead
        yes see opportunity team
        no edit opportunity team
        yes edit opportunity own
        no see opportunity other
        yes see campaign any name
        no see campaign any budget
        no see account any tax_number
        no merge function
        no bulk_edit function
        no view_as function
        no access function
    """,
    "sales-manager": """
        yes see lead team
        yes see lead below
        no see lead other
        yes edit opportunity below
        no edit opportunity other
        yes delete activity team
        yes export contact below
        no export contact other
        yes import lead
        no see contact own private_phone
        no see account any tax_number
        yes share_records function
        yes merge function
        no view_as function
        no access function
        no setup function
    """,
    "marketing-specialist": """
        yes edit lead other
        yes create campaign
        yes see campaign any budget
        no delete lead team
        yes see opportunity other amount
        no see opportunity any lost_to
        no edit opportunity own
        no edit account own
        no export contact
        no see contact other birth_date
        no access function
    """,
    "service-agent": """
        no see opportunity
        no see lead
        no see campaign
        yes edit contact other
        no delete contact own
        no see account any revenue
        no see product any price
        yes see activity team
        no edit activity team
        yes see ticket other
        yes edit ticket team
        no edit ticket other
        no delete ticket own
        no export contact
        no figures function
    """,
    "service-manager": """
        yes edit activity below
        no edit activity other
        yes edit ticket below
        no edit ticket other
        no delete ticket other
        no see opportunity
        no see lead
        no see account any revenue
        yes figures function
        no export contact
        no access function
    """,
    "crm-administrator": """
        yes see contact other private_phone
        yes edit opportunity other
        yes delete lead other
        yes export contact other
        yes access function
        yes permission_tests function
        yes setup function
    """,
    "executive": """
        yes see opportunity other amount
        no see contact any email
        no see contact any phone
        no see lead any email
        no see account any tax_number
        no edit opportunity own
        no create lead
        no export opportunity
        yes figures function
        no quality function
    """,
}


def shipped() -> list[Case]:
    """The tests of the roles that ship."""
    return [_case(role, line) for role, said in _SAID.items() for line in said.strip().splitlines()]
