"""The parts of a rule: its trigger, its conditions and its actions, and how they lie in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from crm.consent.rules import KINDS as CONSENTING
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind, Mark
from kernel.errors import NotFound


class When(StrEnum):
    """What sets a rule off."""

    CREATED = "created"
    WRITTEN = "written"
    CHANGED = "changed"
    ENTERED = "entered"
    SINCE = "since"
    REACHED = "reached"
    SLA_RISK = "sla-risk"
    FORM = "form"


class Op(StrEnum):
    """How a condition compares."""

    IS = "is"
    IS_NOT = "is-not"
    FILLED = "filled"
    EMPTY = "empty"
    CONTAINS = "contains"
    ABOVE = "above"
    BELOW = "below"
    AFTER = "after"
    BEFORE = "before"
    OLDER = "older"
    WITHIN = "within"


class Do(StrEnum):
    """What an action does."""

    ASSIGN = "assign"
    SET = "set"
    STAGE = "stage"
    TASK = "task"
    MAIL = "mail"
    NOTIFY = "notify"
    FLAG = "flag"
    UNFLAG = "unflag"
    CAMPAIGN = "campaign"
    HOOK = "webhook"


WHENS: Mapping[When, str] = {
    When.CREATED: "A record is created",
    When.WRITTEN: "A record is created or changed",
    When.CHANGED: "A field changes",
    When.ENTERED: "A stage or state is reached",
    When.SINCE: "Some time has passed since a moment",
    When.REACHED: "A day is reached",
    When.SLA_RISK: "A promise to a customer is at risk",
    When.FORM: "A web form is sent in",
}
"""What each trigger is called where one is chosen."""
OPS: Mapping[Op, str] = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.FILLED: "is filled in",
    Op.EMPTY: "is empty",
    Op.CONTAINS: "contains",
    Op.ABOVE: "is more than",
    Op.BELOW: "is less than",
    Op.AFTER: "is after",
    Op.BEFORE: "is before",
    Op.OLDER: "lies back at least so many days",
    Op.WITHIN: "comes within so many days",
}
DOES: Mapping[Do, str] = {
    Do.ASSIGN: "Give it to somebody",
    Do.SET: "Set a field",
    Do.STAGE: "Move a deal to a later stage",
    Do.TASK: "Plan a task",
    Do.MAIL: "Send an e-mail",
    Do.NOTIFY: "Tell somebody here",
    Do.FLAG: "Put a tag on",
    Do.UNFLAG: "Take a tag off",
    Do.CAMPAIGN: "Add to a campaign",
    Do.HOOK: "Send it to a webhook",
}
"""What each action is called where one is chosen."""
UNITS: Mapping[str, str] = {"hours": "hours", "days": "days"}
TURN, LOAD = "turn", "load"
HOWS: Mapping[str, str] = {LOAD: "Whoever has the least open", TURN: "One after the other"}
"""How somebody is chosen among several."""
HEARD: Mapping[str, frozenset[When]] = {
    "created": frozenset({When.CREATED, When.WRITTEN, When.ENTERED}),
    "changed": frozenset({When.CHANGED, When.WRITTEN, When.ENTERED}),
    "sla-risk": frozenset({When.SLA_RISK}),
    "form": frozenset({When.FORM}),
}
"""What happens to records, and the triggers that listen to it."""
TIMED = frozenset({When.SINCE, When.REACHED})
"""Triggers that the clock sets off."""
LISTED = (Kind.CHOICE, Kind.PERSON, Kind.TEAM, Kind.FLAG)
"""Kinds of fields whose values are chosen from a list."""
COMPLETE = Field("-complete", "Every required value is there and right", Kind.FLAG, written=False)
"""Not a field of its own: whether the quality of data finds nothing to mend."""
_LISTED = (Op.IS, Op.IS_NOT, Op.FILLED, Op.EMPTY)
_TEXT = (Op.CONTAINS, Op.IS, Op.IS_NOT, Op.FILLED, Op.EMPTY)
_NUMBER = (Op.ABOVE, Op.BELOW, Op.IS, Op.FILLED, Op.EMPTY)
_DAY = (Op.OLDER, Op.WITHIN, Op.AFTER, Op.BEFORE, Op.FILLED, Op.EMPTY)
OPS_OF: Mapping[Kind, tuple[Op, ...]] = {
    Kind.CHOICE: _LISTED,
    Kind.PERSON: _LISTED,
    Kind.TEAM: _LISTED,
    Kind.RECORD: _LISTED,
    Kind.COUNTRY: _LISTED,
    Kind.CURRENCY: _LISTED,
    Kind.FLAG: (Op.IS,),
    Kind.NUMBER: _NUMBER,
    Kind.PERCENT: _NUMBER,
    Kind.MONEY: _NUMBER,
    Kind.DATE: _DAY,
    Kind.MOMENT: _DAY,
}
"""The comparisons of a kind of field; texts have those of a text."""
WITHOUT_VALUE = frozenset({Op.FILLED, Op.EMPTY})
COUNTED_IN_DAYS = frozenset({Op.OLDER, Op.WITHIN})


@dataclass(frozen=True, slots=True)
class Trigger:
    """What sets a rule off.

    ``field``: the one that changes, the moment from which ``amount`` hours or days pass, the day that is reached
    (``amount`` days before it where negative). ``was`` and ``becomes``: only from and to these values; empty is any.
    """

    when: When
    field: str = ""
    was: str = ""
    becomes: str = ""
    amount: int = 0
    unit: str = "days"

    @property
    def offset(self) -> timedelta:
        """How long after its moment a trigger of the clock goes off."""
        return timedelta(hours=self.amount) if self.unit == "hours" else timedelta(days=self.amount)

    def kept(self) -> dict[str, Any]:
        """As the database holds it."""
        found = {"when": self.when.value, "field": self.field, "was": self.was, "becomes": self.becomes}
        return {**found, "amount": self.amount, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Condition:
    """A field compared with values, as text: any of them will do where there are several."""

    field: str
    op: Op
    values: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As the database holds it."""
        return {"field": self.field, "op": self.op.value, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Action:
    """What is done, and how: ``how`` is what this kind of action needs to know."""

    do: Do
    how: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As the database holds it."""
        return {"do": self.do.value, "how": dict(self.how)}


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule by value. ``match``: all conditions have to hold, or any."""

    name: str
    object: str
    trigger: Trigger
    conditions: tuple[Condition, ...] = ()
    actions: tuple[Action, ...] = ()
    match: str = "all"
    description: str = ""
    key: str = ""

    @property
    def subject(self) -> ObjectType:
        """The object whose records it works on."""
        return OBJECTS[self.object]


def trigger_of(kept: Mapping[str, Any]) -> Trigger:
    """A trigger as the database holds it."""
    return Trigger(**{**kept, "when": When(kept["when"])})


def conditions_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Conditions as the database holds them."""
    return tuple(Condition(each["field"], Op(each["op"]), tuple(each["values"])) for each in kept)


def actions_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Action, ...]:
    """Actions as the database holds them."""
    return tuple(Action(Do(each["do"]), dict(each["how"])) for each in kept)


def field_of(subject: ObjectType, key: str) -> Field:
    """A field that a condition may ask for. Raises NotFound, also for a sensitive one: rules don't look at those."""
    if key == COMPLETE.key:
        return COMPLETE
    found = subject.field(key)
    if found.mark is Mark.SENSITIVE:
        raise NotFound("There is no field %(key)s here.", key=key)
    return found


def asked(subject: ObjectType) -> tuple[Field, ...]:
    """The fields that a condition may ask for, in the catalogue's order, and whether the record is complete."""
    return (*(each for each in subject.fields if each.mark is not Mark.SENSITIVE), COMPLETE)


def settable(subject: ObjectType) -> tuple[Field, ...]:
    """The fields that a rule may set."""
    return tuple(
        each for each in subject.written if each.mark is not Mark.SENSITIVE and each.key not in ("owner_id", "stage_id")
    )


def dated(subject: ObjectType, when: When) -> tuple[Field, ...]:
    """The fields that a trigger of the clock may begin with."""
    wanted = (Kind.MOMENT,) if when is When.SINCE else (Kind.DATE, Kind.MOMENT)
    return tuple(each for each in subject.fields if each.kind in wanted and each.mark is not Mark.SENSITIVE)


def entered(subject: ObjectType) -> tuple[Field, ...]:
    """The fields in which a record goes from one state to the next."""
    keys = ("stage_id", "status", "state", "kind")
    return tuple(each for each in subject.fields if each.key in keys)


def ops_of(what: Field) -> tuple[Op, ...]:
    """How a field may be compared.

    >>> [each.value for each in ops_of(COMPLETE)]
    ['is']
    """
    return OPS_OF.get(what.kind, _TEXT)


def targets(subject: ObjectType) -> tuple[Field, ...]:
    """The fields that lead from a record to another one which an action may change instead."""
    return tuple(each for each in subject.fields if each.kind is Kind.RECORD and each.target in OBJECTS)


def target_of(subject: ObjectType, on: str) -> ObjectType:
    """The object that an action changes: the record's own, or that of the record to which a field leads."""
    return OBJECTS[subject.field(on).target] if on else subject


def actions_for(subject: ObjectType) -> list[Do]:
    """What can be done to records of an object."""
    fits = {
        Do.ASSIGN: subject.has("owner_id"),
        Do.STAGE: subject.key == "opportunity" or any(each.target == "opportunity" for each in targets(subject)),
        Do.CAMPAIGN: subject.key in CONSENTING,
    }
    return [each for each in Do if fits.get(each, True)]


def triggers_for(subject: ObjectType) -> list[When]:
    """What can set off a rule about an object."""
    fits = {
        When.ENTERED: bool(entered(subject)),
        When.REACHED: bool(dated(subject, When.REACHED)),
        When.SLA_RISK: subject.key == "ticket",
        When.FORM: subject.key in ("lead", "ticket"),
    }
    return [each for each in When if fits.get(each, True)]


def is_listed(what: Field) -> bool:
    """Whether the values of a field are chosen from a list."""
    return what.kind in LISTED or what.target == "stage"
