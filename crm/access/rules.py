"""The roles that ship, the functions that a role may hold, and the one answer about an action, a record and a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from accounts.teams.rules import below
from crm.invariants.rules import Holding, Invariant, breaches
from crm.objects.rules import levels
from crm.objects.rules.catalogue import OBJECTS, Module, ObjectType
from crm.objects.rules.fields import Mark
from kernel.errors import RuleBroken
from kernel.permission import Answer, Facts, Grant, Visibility, decide

SEE, CREATE, EDIT, DELETE, IMPORT, EXPORT = "see", "create", "edit", "delete", "import", "export"
ACTIONS: Mapping[str, str] = {
    SEE: "See",
    CREATE: "Create",
    EDIT: "Edit",
    DELETE: "Delete",
    IMPORT: "Import",
    EXPORT: "Export",
}
"""What can be done with the records of an object."""
FUNCTION = "function"
FUNCTIONS: Mapping[str, str] = {
    "figures": "Read dashboards, figures and reports, and build reports",
    "enter_figures": "Enter figures that have no source inside",
    "quality": "Work on the quality of data",
    "merge": "Merge records",
    "bulk_edit": "Change many records at once",
    "share_records": "Share a record with others",
    "surveys": "Write surveys and read their results",
    "knowledge": "Write articles of the knowledge base",
    "usage": "Read who used what",
    "view_as": "Look at the CRM as somebody else",
    "permission_tests": "Run the permission tests",
    "automations": "Set up what works by itself, and where it sends data",
    "access": "Give out roles and change what they may do",
    "privacy": "Answer for personal data: requests, consent, erasure, breaches",
    "setup": "Switch modules and set up stages, rates and targets",
}
"""What a role may do besides working with records; the permission is ``crm.<function>``."""
USE = "use"
PERMISSIONS = frozenset({USE, "see_record", "edit_record", *FUNCTIONS})
"""The actions of the object ``crm`` that routes and subjects ask for."""
ADMINISTRATOR = levels.ADMINISTRATOR
LAST_ADMINISTRATOR = "Somebody who can sign in has to be able to give out the roles of the CRM."
ROLE_NAME_LENGTH, DESCRIPTION_LENGTH = 80, 300
OWN, TEAM, BELOW, ALL = Visibility.OWN, Visibility.TEAM, Visibility.TEAM_AND_BELOW, Visibility.ALL


@dataclass(frozen=True, slots=True)
class RoleData:
    """A role with all its grants, as shipped or as altered."""

    key: str
    name: str
    description: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """All that decides what somebody may do: their grants, their team, the teams below it, and the modules that are on.

    ``everything`` is the system itself. ``shared_to_see`` and ``shared_to_edit`` are (object, record) numbers.
    """

    person_id: int | None
    grants: tuple[Grant, ...] = ()
    team_id: int | None = None
    below: frozenset[int] = frozenset()
    modules: frozenset[Module] = frozenset(Module)
    everything: bool = False

    @property
    def uses(self) -> bool:
        """Whether they hold any role of the CRM."""
        return self.everything or bool(self.grants)

    def functions(self) -> frozenset[str]:
        """The functions that they hold."""
        if self.everything:
            return frozenset(FUNCTIONS)
        return frozenset(grant.action for grant in self.grants if grant.object == FUNCTION)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as access knows them; ``signs_in``: active and with an address."""

    id: int
    name: str
    roles: frozenset[str]
    team_id: int | None = None
    leads: bool = False
    signs_in: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """All roles, all people and all teams at one moment: what a change starts from, and what it would lead to."""

    roles: Mapping[str, RoleData]
    holders: Mapping[int, Holder]
    parents: Mapping[int, int | None]
    modules: frozenset[Module]

    def access(self, person_id: int) -> Access:
        """What a person may do in this state."""
        holder = self.holders.get(person_id, Holder(person_id, "", frozenset()))
        return access_for(person_id, holder.roles, self.roles, holder.team_id, self.parents, self.modules)

    def administrators(self) -> frozenset[int]:
        """Who can sign in and give out roles."""
        return frozenset(
            each.id for each in self.holders.values() if each.signs_in and "access" in self.access(each.id).functions()
        )

    def holdings(self) -> list[Holding]:
        """Every role by itself, and every person with the sum of their roles."""
        alone = [Holding(each.name, frozenset({each.key}), each.grants) for each in self.roles.values()]
        people = [
            Holding(each.name, each.roles, self.access(each.id).grants) for each in self.holders.values() if each.roles
        ]
        return alone + people


def access_for(
    person_id: int,
    keys: Iterable[str],
    roles: Mapping[str, RoleData],
    team_id: int | None,
    parents: Mapping[int, int | None],
    modules: frozenset[Module],
) -> Access:
    """The sum of roles in a place: every grant of every role, none of them melted into another."""
    grants = tuple(grant for key in sorted(keys) if key in roles for grant in roles[key].grants)
    return Access(person_id, grants, team_id, frozenset() if team_id is None else below(parents, team_id), modules)


def check(before: State | None, after: State, invariants: Iterable[Invariant], *, somebody_left: bool = True) -> None:
    """Refuse a change that breaks an invariant, for a role or for the sum of somebody's roles, or that leaves nobody
    who gives out roles (``somebody_left``). What was broken ``before`` is no reason to refuse. Raises RuleBroken.
    """
    standing = list(invariants)
    known = (
        set() if before is None else {(each.invariant.key, each.who) for each in breaches(standing, before.holdings())}
    )
    for each in breaches(standing, after.holdings()):
        if (each.invariant.key, each.who) not in known:
            raise RuleBroken(
                "crm.invariant",
                "%(sentence)s %(who)s would be able to, as %(by)s.",
                sentence=each.invariant.sentence,
                who=each.who,
                by=" and ".join(after.roles[key].name for key in each.by),
            )
    if somebody_left and (before is None or before.administrators()) and not after.administrators():
        raise RuleBroken("crm.last_administrator", LAST_ADMINISTRATOR)


def check_role_name(name: str, description: str) -> tuple[str, str]:
    """Name and description as they are kept. Raises RuleBroken for none and for what is too long."""
    clean, said = " ".join(name.split()), " ".join(description.split())
    if not clean:
        raise RuleBroken("crm.role_name", "Give the role a name.", field="name")
    for field, value, limit in (("name", clean, ROLE_NAME_LENGTH), ("description", said, DESCRIPTION_LENGTH)):
        if len(value) > limit:
            raise RuleBroken("crm.role_long", "At most %(limit)d characters fit.", field=field, limit=limit)
    return clean, said


def mark_of(role: RoleData) -> str:
    """A few characters that change whenever a grant of the role changes."""
    told = sorted(
        f"{each.name}={int(each.visibility)}:{'*' if each.fields is None else ','.join(sorted(each.fields))}"
        for each in role.grants
    )
    return sha256("|".join(told).encode()).hexdigest()[:16]


def is_on(access: Access, subject: ObjectType) -> bool:
    """Whether an object is there while these modules are on."""
    return bool(subject.modules & access.modules)


def answer(access: Access, action: str, subject: ObjectType, facts: Facts | None, field: str | None = None) -> Answer:
    """May this person do it, to this record, to this field, and why: the one answer of the CRM.

    ``facts`` None asks "to any record at all?". A record that is shared with the person counts as their own.
    """
    if not is_on(access, subject):
        return Answer(False, f"{subject.label_plural.lower()} belong to a module that is switched off")
    if field in subject.hidden:
        return Answer(False, f"the field {field} is hidden from everybody")
    if access.everything:
        return Answer(True, "the system acts by its timetable")
    return decide(access.grants, f"{subject.key}.{action}", facts, access.person_id, field=field)


def may(access: Access, action: str, subject: ObjectType, facts: Facts | None = None, field: str | None = None) -> bool:
    """The answer as yes or no."""
    return answer(access, action, subject, facts, field).yes


def widest(access: Access, action: str, subject: ObjectType, field: str | None = None) -> Visibility | None:
    """How far an action reaches for this person, with a field where one is asked for; None is nowhere."""
    if not is_on(access, subject) or field in subject.hidden:
        return None
    if access.everything:
        return ALL
    return max(
        (
            grant.visibility
            for grant in access.grants
            if grant.object == subject.key
            and grant.action == action
            and (field is None or grant.fields is None or field in grant.fields)
        ),
        default=None,
    )


def fields_seen(access: Access, subject: ObjectType, facts: Facts | None = None) -> frozenset[str]:
    """The keys of the fields that the person may read, on this record or on any at all."""
    return frozenset(each.key for each in subject.fields if may(access, SEE, subject, facts, each.key))


def fields_written(
    access: Access, subject: ObjectType, facts: Facts | None = None, action: str = EDIT
) -> frozenset[str]:
    """The keys of the fields that the person may fill in: those that the action reaches and that they may read."""
    seen = fields_seen(access, subject, None if action == CREATE else facts)
    return frozenset(
        each.key for each in subject.written if each.key in seen and may(access, action, subject, facts, each.key)
    )


def shared_as_own(access: Access, owner_id: int | None, *, shared: bool) -> frozenset[int]:
    """Whose a record counts as: its owner's, and the asking person's where it is shared with them."""
    mine = {access.person_id} if shared and access.person_id is not None else set()
    return frozenset(mine | ({owner_id} if owner_id is not None else set()))


def plain_fields(subject: ObjectType, *, hidden: Iterable[str] = ()) -> frozenset[str] | None:
    """Every field but the sensitive ones and those hidden; None when that is all of them."""
    left_out = {each.key for each in subject.fields if each.mark is Mark.SENSITIVE} | set(hidden)
    return frozenset(each.key for each in subject.fields if each.key not in left_out) if left_out else None


def with_own_fields(role: RoleData) -> RoleData:
    """A role with what it may do with fields of one's own, which no grant that is kept names."""
    if not any(subject.own for subject in OBJECTS.values()):
        return role
    return replace(role, grants=tuple(levels.joined(each, OBJECTS.get(each.object)) for each in role.grants))


def _row(role: str, key: str, hidden: Iterable[str] = (), /, **reach: Visibility) -> list[Grant]:
    """The grants of a role on one object; only see and edit know fields."""
    fields = None if role == ADMINISTRATOR else plain_fields(OBJECTS.shipped[key], hidden=hidden)
    return [
        Grant(role, key, action.rstrip("_"), visibility, fields if action in (SEE, EDIT, CREATE, EXPORT) else None)
        for action, visibility in reach.items()
    ]


def _functions(role: str, *names: str) -> list[Grant]:
    return [Grant(role, FUNCTION, name) for name in names]


def _representative() -> tuple[Grant, ...]:
    role = "sales-representative"
    return (
        *_row(role, "lead", see=OWN, create=ALL, edit=OWN),
        *_row(role, "account", see=ALL, create=ALL, edit=OWN),
        *_row(role, "contact", see=TEAM, create=ALL, edit=OWN),
        *_row(role, "opportunity", see=TEAM, create=ALL, edit=OWN),
        *_row(role, "activity", see=TEAM, create=ALL, edit=OWN, delete=OWN),
        *_row(role, "campaign", ("budget",), see=ALL),
        *_row(role, "product", see=ALL),
        *_row(role, "ticket", see=TEAM, create=ALL),
        *_functions(role, "figures", "quality"),
    )


def _sales_manager() -> tuple[Grant, ...]:
    role = "sales-manager"
    reach = {"see": BELOW, "create": ALL, "edit": BELOW, "delete": BELOW, "import_": BELOW, "export": BELOW}
    return (
        *(grant for key in ("lead", "contact", "opportunity", "activity") for grant in _row(role, key, **reach)),
        *_row(role, "account", see=ALL, create=ALL, edit=BELOW, delete=BELOW, import_=BELOW, export=BELOW),
        *_row(role, "campaign", see=ALL),
        *_row(role, "product", see=ALL),
        *_row(role, "ticket", see=BELOW, create=ALL),
        *_functions(role, "figures", "quality", "merge", "bulk_edit", "share_records", "usage"),
    )


def _marketing() -> tuple[Grant, ...]:
    role = "marketing-specialist"
    return (
        *_row(role, "lead", see=ALL, create=ALL, edit=ALL, delete=OWN, import_=ALL, export=ALL),
        *_row(role, "campaign", see=ALL, create=ALL, edit=ALL, delete=OWN, export=ALL),
        *_row(role, "account", see=ALL),
        *_row(role, "contact", see=ALL, create=ALL, edit=OWN),
        *_row(role, "opportunity", ("lost_to",), see=ALL),
        *_row(role, "activity", see=TEAM, create=ALL, edit=OWN, delete=OWN),
        *_row(role, "product", see=ALL),
        *_functions(role, "figures", "enter_figures", "quality", "bulk_edit", "surveys"),
    )


def _service(role: str, reach: Visibility, *functions: str) -> tuple[Grant, ...]:
    return (
        *_row(role, "account", ("revenue",), see=ALL, edit=reach),
        *_row(role, "contact", see=ALL, create=ALL, edit=ALL),
        *_row(role, "activity", see=max(reach, TEAM), create=ALL, edit=reach, delete=reach),
        *_row(role, "product", ("price",), see=ALL),
        *_row(role, "ticket", see=ALL, create=ALL, edit=max(reach, TEAM)),
        *([*_row(role, "ticket", delete=reach, import_=ALL, export=ALL)] if reach is BELOW else []),
        *_functions(role, *functions),
    )


def _executive() -> tuple[Grant, ...]:
    role, private = "executive", ("email", "phone")
    whole = ("account", "opportunity", "activity", "campaign", "product", "ticket")
    return (
        *_row(role, "lead", private, see=ALL),
        *_row(role, "contact", private, see=ALL),
        *(grant for key in whole for grant in _row(role, key, see=ALL)),
        *_functions(role, "figures"),
    )


def _administrator() -> tuple[Grant, ...]:
    reach = {"see": ALL, "create": ALL, "edit": ALL, "delete": ALL, "import_": ALL, "export": ALL}
    return (
        *(grant for key in OBJECTS for grant in _row(ADMINISTRATOR, key, **reach)),
        *_functions(ADMINISTRATOR, *FUNCTIONS),
    )


SHIPPED: tuple[RoleData, ...] = (
    RoleData(
        "sales-representative",
        "Sales representative",
        "Works own leads and deals and sees the deals of the team; takes no lists out.",
        _representative(),
    ),
    RoleData(
        "sales-manager",
        "Sales manager",
        "Works with all that belongs to the team and the teams below, and reads its figures.",
        _sales_manager(),
    ),
    RoleData(
        "marketing-specialist",
        "Marketing specialist",
        "Runs campaigns and looks after all leads until sales takes over.",
        _marketing(),
    ),
    RoleData(
        "service-agent",
        "Service agent",
        "Answers tickets, looks after contacts of every account and writes down what was said; sees no deals.",
        _service("service-agent", OWN, "quality", "knowledge"),
    ),
    RoleData(
        "service-manager",
        "Service manager",
        "The same for the whole team, with its figures.",
        _service("service-manager", BELOW, "quality", "figures", "usage", "share_records", "surveys", "knowledge"),
    ),
    RoleData(
        ADMINISTRATOR,
        "CRM administrator",
        "Sets the CRM up, gives out its roles and guards its data.",
        _administrator(),
    ),
    RoleData(
        "executive",
        "Executive",
        "Reads all records without addresses and numbers of people, changes none.",
        _executive(),
    ),
)
"""The roles that ship, as they are until somebody alters them."""
