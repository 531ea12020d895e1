"""Reading automations: as rows, and as definitions that can be run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select

from accounts.teams import queries as teams
from crm.access import queries as access_queries
from crm.automation.models import Automation
from crm.automation.rules.parts import (
    HEARD,
    TIMED,
    Definition,
    actions_of,
    conditions_of,
    trigger_of,
)
from crm.fields.events import MayDropField
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.choices import Choices
from crm.objects.rules.fields import Field, Kind
from crm.record import queries as offered
from crm.records import queries as records
from infra.database import db
from infra.subjects import Subject
from kernel.errors import NotFound
from kernel.questions import Obstacle


@dataclass(frozen=True, slots=True)
class Active:
    """A rule that is on."""

    id: int
    rule: Definition
    since: datetime
    told: int | None


def rows() -> list[Automation]:
    """Every automation, in the order in which they run."""
    return list(db.session.scalars(_ordered()))


def row(automation_id: int) -> Automation:
    """One automation. Raises NotFound."""
    found = db.session.get(Automation, automation_id)
    if found is None:
        raise NotFound("There is no such automation.")
    return found


def definition(found: Automation) -> Definition:
    """A row as what can be run."""
    return Definition(
        found.name,
        found.object,
        trigger_of(found.trigger),
        conditions_of(found.conditions),
        actions_of(found.actions),
        found.match,
        found.description,
        found.key,
    )


def is_heard(kind: str, what: str) -> bool:
    """Whether any rule that is on waits for this to happen to records of an object: asked with every write."""
    wanted = select(Automation.id).where(
        Automation.object == kind, Automation.active, Automation.when.in_([each.value for each in HEARD[what]])
    )
    return db.session.scalar(wanted.limit(1)) is not None


def listening(kind: str, what: str) -> list[Active]:
    """The rules that are on and wait for this to happen to records of an object, in the order in which they run."""
    wanted = [each.value for each in HEARD[what]]
    return _active(_ordered().where(Automation.object == kind, Automation.when.in_(wanted)))


def timed() -> list[Active]:
    """The rules that are on and that the clock sets off."""
    return _active(_ordered().where(Automation.when.in_([each.value for each in TIMED])))


def active(automation_id: int) -> Active | None:
    """A rule that is on; None where it is off or gone."""
    return next(iter(_active(_ordered().where(Automation.id == automation_id))), None)


def on(kind: str | None = None) -> list[Automation]:
    """The automations that are on, of an object where one is named: what the map of the CRM and roll-outs point at."""
    wanted = _ordered().where(Automation.active)
    return list(db.session.scalars(wanted.where(Automation.object == kind) if kind else wanted))


def using(question: MayDropField) -> list[Obstacle]:
    """The automations that name a field: in their trigger, a condition, an action or a text."""
    return [
        Obstacle(_("The automation “%(name)s”", name=each.name), f"/crm/setup/automations/{each.id}")
        for each in rows()
        if _names(each, question.object, question.key)
    ]


def subject(automation_id: int) -> Subject | None:
    """An automation as what a notice leads to."""
    found = db.session.get(Automation, automation_id)
    if found is None:
        return None
    address = f"/crm/setup/automations/{found.id}/runs"
    return Subject(f"automation:{found.id}", found.name, "crm", address, "crm.automations")


def _names(found: Automation, kind: str, key: str) -> bool:
    """Texts name a field in braces, everything else as a value; an action may change another object."""
    rule = definition(found)
    for each in rule.actions:
        on_other = each.how.get("on")
        changed = OBJECTS[rule.object].field(on_other).target if on_other else rule.object
        if changed == kind and key in (each.how.get("field"), on_other):
            return True
        in_rows = any(key in row.get("if", {}) for row in each.how.get("rows", ()))
        written = any(f"{{{key}}}" in str(value) for value in each.how.values())
        if rule.object == kind and (in_rows or written):
            return True
    return rule.object == kind and key in {rule.trigger.field, *(each.field for each in rule.conditions)}


def _ordered() -> Select[Automation]:
    return select(Automation).order_by(Automation.position, Automation.id)


def _active(wanted: Select[Automation]) -> list[Active]:
    found = db.session.scalars(wanted.where(Automation.active))
    return [
        Active(each.id, definition(each), each.since or each.changed_at, each.changed_by)
        for each in found
        if each.object in OBJECTS
    ]


def options_of(what: Field) -> Choices:
    """The values that a field may be compared with or set to, where they are listed."""
    if what.kind is Kind.PERSON:
        return tuple((str(number), name) for number, name in offered.people_of_crm())
    if what.kind is Kind.TEAM:
        return tuple((str(each.id), each.name) for each in teams.teams())
    if what.target == "stage":
        return tuple((str(each.id), each.name) for each in records.stages() if each.active)
    if what.kind is Kind.FLAG:
        return (("yes", _("yes")), ("no", _("no")))
    return tuple((value, _(label)) for value, label in what.choices)


def _people() -> Choices:
    return tuple((f"person:{number}", name) for number, name in offered.people_of_crm())


def everybody() -> Choices:
    """To whom records can be given: teams, everybody of a role, people."""
    found = ((f"team:{each.id}", _("Team %(name)s", name=each.name)) for each in teams.teams())
    roles = (
        (f"role:{each.key}", _("Everybody: %(role)s", role=_(each.name))) for each in access_queries.roles().values()
    )
    return (*found, *roles, *_people())


def somebody(*first: str) -> Choices:
    """Whom a task, a notice or a mail may be for: those whom the record names, and people."""
    words = {"owner": "The owner", "lead": "Who leads the owner's team", "record": "The person of the record"}
    return (*((each, words[each]) for each in first), *_people())
