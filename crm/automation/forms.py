"""The forms of a rule's parts: each asks a few questions, made from fields like those of a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from flask_babel import gettext as _

from crm.access.rules import Access
from crm.automation import queries
from crm.automation.rules import texts
from crm.automation.rules.parts import (
    HOWS,
    UNITS,
    Action,
    Definition,
    Do,
    Trigger,
    When,
    asked,
    dated,
    entered,
    is_listed,
    settable,
    target_of,
    targets,
)
from crm.automation.rules.reading import read_value
from crm.campaigns.rules import STATUSES
from crm.consent import queries as consent
from crm.consent.rules import KINDS as CONSENTING
from crm.hooks import queries as hooks
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.choices import ACTIVITY_KINDS, Choices
from crm.objects.rules.fields import Field, Kind
from crm.record import forms as record
from crm.record.forms import RecordForm
from crm.records import queries as records
from crm.records.rules import has_own_page
from kernel.errors import NotFound, RuleBroken

LATEST = 366
"""A task is planned no more days ahead."""
_DAYS = (Kind.DATE, Kind.MOMENT)
_NUMBERS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)
_TEXTS = (Kind.TEXT, Kind.LONG)


def first_form(access: Access, zone: tzinfo, kind: str = "") -> RecordForm:
    """What a new rule is called, and on which records it works."""
    objects = tuple((each.key, each.label_plural) for each in OBJECTS.values())
    fields = (
        Field("name", "Name", needed=True, longest=120),
        Field("object", "Works on", Kind.CHOICE, needed=True, choices=objects),
        Field("description", "What it is for", Kind.LONG, longest=500),
    )
    return record.form_of(access, "lead", fields, {"object": kind or "lead"}, zone)


def about_form(access: Access, rule: Definition, zone: tzinfo) -> RecordForm:
    """Name, purpose and how its conditions count."""
    match = (("all", "All of its conditions have to hold"), ("any", "One of its conditions has to hold"))
    fields = (
        Field("name", "Name", needed=True, longest=120),
        Field("description", "What it is for", Kind.LONG, longest=500),
        Field("match", "Conditions", Kind.CHOICE, needed=True, choices=match),
    )
    values = {"name": rule.name, "description": rule.description, "match": rule.match}
    return record.form_of(access, rule.object, fields, values, zone)


def trigger_form(access: Access, rule: Definition, when: When, key: str, zone: tzinfo) -> RecordForm:
    """What else a trigger needs to know; of a field that was chosen, from and to which value."""
    subject, trigger = rule.subject, rule.trigger
    same = trigger.when is when
    values: dict[str, Any] = {"field": key or (trigger.field if same else "")}
    if same:
        values |= {"was": trigger.was, "becomes": trigger.becomes, "amount": trigger.amount, "unit": trigger.unit}
    ask = _TRIGGERS.get(when)
    fields = ask(subject, str(values["field"])) if ask else ()
    if when is When.REACHED:
        before = same and trigger.amount < 0
        values |= {"amount": abs(trigger.amount) if same else 0, "side": "before" if before else "after"}
    return record.form_of(access, subject.key, fields, values, zone)


def trigger_of(when: When, values: Mapping[str, Any]) -> Trigger:
    """The trigger that was asked for."""
    amount = int(values.get("amount") or 0)
    sign = -1 if values.get("side") == "before" else 1
    field, unit = str(values.get("field") or ""), str(values.get("unit") or "days")
    return Trigger(when, field, str(values.get("was") or ""), str(values.get("becomes") or ""), sign * amount, unit)


def condition_fields(subject: ObjectType) -> Choices:
    """The fields that a condition may ask for, without those whose values nobody could choose."""
    return tuple((each.key, _(each.label)) for each in asked(subject))


def action_form(access: Access, rule: Definition, do: Do, how: Mapping[str, Any], zone: tzinfo) -> RecordForm:
    """What an action needs to know, filled with what it knows."""
    fields = _ACTIONS[do](rule, how)
    return record.form_of(access, rule.object, fields, {each.key: how.get(each.key) for each in fields}, zone)


def read_action(rule: Definition, do: Do, values: Mapping[str, Any], before: Mapping[str, Any]) -> Action:
    """The action that was sent. Raises RuleBroken."""
    how: dict[str, Any] = {key: value if isinstance(value, int) else str(value or "") for key, value in values.items()}
    if do is Do.ASSIGN:
        how["rows"] = list(before.get("rows", ()))
    if do is Do.SET:
        how |= {"field": before.get("field", ""), "on": before.get("on", "")}
        how["value"] = read_value(_set_field(rule, before), str(how.get("value", "")))
    if do is Do.TASK and not 0 <= int(how.get("days") or 0) <= LATEST:
        raise RuleBroken("automation.days", "Write a number of days from 0 to 366.", field="days")
    if do is Do.CAMPAIGN:
        how["campaign"] = str(how["campaign"])
    return Action(do, how)


def set_targets(rule: Definition) -> Choices:
    """The fields that an action may set: the record's own, and those of records to which it leads."""
    own = [(each.key, _(each.label)) for each in settable(rule.subject)]
    links = [
        (f"{link.key}.{each.key}", f"{_(link.label)}: {_(each.label)}")
        for link in targets(rule.subject)
        for each in settable(OBJECTS[link.target])
        if is_listed(each) or each.kind in _DAYS
    ]
    return (*own, *links)


def split_target(rule: Definition, text: str) -> dict[str, str]:
    """A field as it was chosen, apart: its key, and the link that leads to its record. Raises NotFound."""
    if text not in dict(set_targets(rule)):
        raise NotFound
    on, _dot, key = text.rpartition(".")
    return {"field": key, "on": on}


def _set_field(rule: Definition, how: Mapping[str, Any]) -> Field:
    return target_of(rule.subject, how.get("on", "")).field(how["field"])


def line_form(access: Access, rule: Definition, zone: tzinfo) -> RecordForm:
    """One more line of the table by which records are given out: values of the record, and who gets it."""
    chosen, written = line_fields(rule)
    contains = _("A word that it contains.")
    fields = (
        *(Field(f"if-{each.key}", each.label, Kind.CHOICE, choices=queries.options_of(each)) for each in chosen),
        *(Field(f"if-{each.key}", each.label, longest=80, help=contains) for each in written),
        Field("to", "Goes to", Kind.CHOICE, needed=True, choices=queries.everybody()),
        Field("how", "Among several", Kind.CHOICE, choices=tuple(HOWS.items())),
    )
    return record.form_of(access, rule.object, fields, {}, zone)


def line_fields(rule: Definition) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The fields that a line may ask for: those with choices, and the text of what somebody is interested in."""
    chosen = tuple(each for each in rule.subject.written if each.kind is Kind.CHOICE and each.key != "state")
    written = tuple(
        each for each in rule.subject.written if each.key in ("product_interest", "product_line", "category")
    )
    return chosen, tuple(each for each in written if each not in chosen)


def read_line(values: Mapping[str, Any]) -> dict[str, Any]:
    """The line that was sent. Raises RuleBroken for one that fits every record: that is what the rest is for."""
    wanted = {key.removeprefix("if-"): str(value) for key, value in values.items() if key.startswith("if-") and value}
    if not wanted:
        raise RuleBroken("automation.line", "Say for which records: at least one of these.", field="to")
    return {"if": wanted, "to": str(values["to"]), "how": str(values.get("how") or "load")}


def _on(rule: Definition, *kinds: str) -> tuple[Field, ...]:
    """Which record an action changes, where there is more than its own."""
    links = tuple((each.key, each.label) for each in targets(rule.subject) if not kinds or each.target in kinds)
    own = (("", "The record itself"),) if not kinds or rule.object in kinds else ()
    if not links:
        return ()
    return (Field("on", "On which record", Kind.CHOICE, needed=not own, choices=links),)


def _ask_assign(_rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (
        Field("else", "Goes to", Kind.CHOICE, choices=queries.everybody(), help=_("Where no line of the table fits.")),
        Field("how", "Among several", Kind.CHOICE, choices=tuple(HOWS.items())),
    )


def _ask_set(rule: Definition, how: Mapping[str, Any]) -> tuple[Field, ...]:
    what = _set_field(rule, how)
    label = what.label
    if is_listed(what):
        kind = target_of(rule.subject, how.get("on", "")).key
        choices = tuple(each for each in queries.options_of(what) if not has_own_page(kind, what.key, each[0]))
        return (Field("value", label, Kind.CHOICE, needed=what.needed, choices=choices),)
    if what.kind in _DAYS:
        return (Field("value", label, help=_("So many days from then, as in +3, or a day, as in 2026-03-03.")),)
    if what.kind is Kind.RECORD:
        return (Field("value", label, Kind.RECORD, target=what.target),)
    return (Field("value", label, Kind.LONG if what.kind is Kind.LONG else Kind.TEXT, longest=what.longest),)


def _ask_stage(rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    stages = tuple((str(each.id), each.name) for each in records.stages() if each.active and each.outcome != "lost")
    return (Field("stage", "Stage", Kind.CHOICE, needed=True, choices=stages), *_on(rule, "opportunity"))


def _ask_task(rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (
        Field("name", "Subject", needed=True, longest=texts.TASK_LENGTH, help=_places(rule)),
        Field("kind", "Kind", Kind.CHOICE, needed=True, choices=ACTIVITY_KINDS),
        Field("days", "Working days later", Kind.NUMBER, help=_("0 is the same day.")),
        Field("whose", "Whose", Kind.CHOICE, needed=True, choices=queries.somebody("owner", "lead")),
    )


def _ask_mail(rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    has_address = rule.subject.has("email") or rule.subject.has("requester_email")
    first = ("owner", "lead", *(("record",) if has_address else ()))
    purposes = tuple((each.key, each.name) for each in consent.purposes() if each.active)
    asks = rule.object in CONSENTING
    purpose = Field("purpose", "For what they are written to", Kind.CHOICE, choices=purposes, help=_WHY)
    return (
        Field("to", "To", Kind.CHOICE, needed=True, choices=queries.somebody(*first)),
        *((purpose,) if asks else ()),
        Field("subject", "Subject", needed=True, longest=texts.SUBJECT_LENGTH),
        Field("body", "Text", Kind.LONG, needed=True, longest=texts.BODY_LENGTH, help=_places(rule)),
    )


_WHY = "Only for a mail to the person of the record: it goes only to who agreed to that."


def _ask_notify(rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (
        Field("to", "Whom", Kind.CHOICE, needed=True, choices=queries.somebody("owner", "lead")),
        Field("text", "What", needed=True, longest=texts.SAID_LENGTH, help=_places(rule)),
    )


def _ask_tag(rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (Field("tag", "Tag", needed=True, longest=60), *_on(rule))


def _ask_campaign(_rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (
        Field("campaign", "Campaign", Kind.RECORD, needed=True, target="campaign"),
        Field("status", "How far they came", Kind.CHOICE, needed=True, choices=tuple(STATUSES.items())),
    )


def _ask_hook(_rule: Definition, _how: Mapping[str, Any]) -> tuple[Field, ...]:
    return (Field("hook", "Webhook", Kind.CHOICE, needed=True, choices=tuple(hooks.names().items())),)


def _places(rule: Definition) -> str:
    known = list(texts.known(rule.subject))
    shown = [*known[:8], texts.OWNER, texts.LINK]
    return _(
        "You may write %(places)s; each becomes what the record says.", places=", ".join(f"{{{key}}}" for key in shown)
    )


_ACTIONS: Mapping[Do, Callable[[Definition, Mapping[str, Any]], tuple[Field, ...]]] = {
    Do.ASSIGN: _ask_assign,
    Do.SET: _ask_set,
    Do.STAGE: _ask_stage,
    Do.TASK: _ask_task,
    Do.MAIL: _ask_mail,
    Do.NOTIFY: _ask_notify,
    Do.FLAG: _ask_tag,
    Do.UNFLAG: _ask_tag,
    Do.CAMPAIGN: _ask_campaign,
    Do.HOOK: _ask_hook,
}


def _ask_changed(subject: ObjectType, key: str) -> tuple[Field, ...]:
    fields = tuple((each.key, each.label) for each in asked(subject) if subject.has(each.key))
    found = Field("field", "Which field", Kind.CHOICE, choices=fields, help=_("None chosen: any of them."))
    what = subject.field(key) if key and subject.has(key) else None
    return (found, *_from_to(what)) if what is not None and is_listed(what) else (found,)


def _from_to(what: Field) -> tuple[Field, ...]:
    choices = queries.options_of(what)
    return (
        Field("was", "From", Kind.CHOICE, choices=choices, help=_("None chosen: whatever it was.")),
        Field("becomes", "To", Kind.CHOICE, choices=choices, help=_("None chosen: whatever it becomes.")),
    )


def _ask_entered(subject: ObjectType, key: str) -> tuple[Field, ...]:
    known = {each.key: each for each in entered(subject)}
    what = known.get(key) or next(iter(known.values()))
    fields = tuple((each.key, each.label) for each in known.values())
    return (
        Field("field", "Which field", Kind.CHOICE, needed=True, choices=fields),
        Field("becomes", "Reaches", Kind.CHOICE, needed=True, choices=queries.options_of(what)),
    )


def _ask_since(subject: ObjectType, _key: str) -> tuple[Field, ...]:
    fields = tuple((each.key, each.label) for each in dated(subject, When.SINCE))
    return (
        Field("amount", "How much time", Kind.NUMBER, needed=True),
        Field("unit", "Counted in", Kind.CHOICE, needed=True, choices=tuple(UNITS.items())),
        Field("field", "Since", Kind.CHOICE, needed=True, choices=fields),
    )


def _ask_reached(subject: ObjectType, _key: str) -> tuple[Field, ...]:
    fields = tuple((each.key, each.label) for each in dated(subject, When.REACHED))
    return (
        Field("amount", "Days", Kind.NUMBER, help=_("0 is the day itself.")),
        Field("side", "Before or after", Kind.CHOICE, needed=True, choices=(("before", "Before"), ("after", "After"))),
        Field("field", "Which day", Kind.CHOICE, needed=True, choices=fields),
    )


_TRIGGERS: Mapping[When, Callable[[ObjectType, str], tuple[Field, ...]]] = {
    When.CHANGED: _ask_changed,
    When.ENTERED: _ask_entered,
    When.SINCE: _ask_since,
    When.REACHED: _ask_reached,
}
