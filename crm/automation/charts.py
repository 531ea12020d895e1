"""A rule in words: when, if, then, with the names of those whom it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.people import queries as people
from accounts.teams import queries as teams
from crm.access import queries as access_queries
from crm.access.rules import Access
from crm.automation.rules.parts import (
    COUNTED_IN_DAYS,
    DOES,
    OPS,
    TIMED,
    WHENS,
    Action,
    Condition,
    Definition,
    Do,
    Op,
    Trigger,
    When,
    field_of,
    target_of,
)
from crm.campaigns.rules import STATUSES
from crm.hooks import queries as hooks
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.records import queries as records
from kernel.errors import NotFound

_DAYS = (Kind.DATE, Kind.MOMENT)


@dataclass(frozen=True, slots=True)
class Told:
    """A rule in words; ``thens`` with the line below each, where there is more to say."""

    when: str
    ifs: tuple[str, ...]
    thens: tuple[tuple[str, str], ...]


class Known:
    """The names that rules in words need, each kind looked up once a page."""

    def __init__(self, access: Access) -> None:
        """Begin with nothing looked up, for a reader."""
        self._access = access
        self._records: dict[tuple[str, int], str] = {}

    @cached_property
    def people(self) -> dict[str, str]:
        """Everybody by number."""
        return {str(each.id): each.name for each in people.people()}

    @cached_property
    def teams(self) -> dict[str, str]:
        """Every team by number."""
        return {str(each.id): each.name for each in teams.teams()}

    @cached_property
    def stages(self) -> dict[str, str]:
        """Every stage by number."""
        return {str(each.id): each.name for each in records.stages()}

    @cached_property
    def roles(self) -> dict[str, str]:
        """Every role by its key."""
        return {each.key: _(each.name) for each in access_queries.roles().values()}

    @cached_property
    def hooks(self) -> dict[str, str]:
        """Every webhook by number."""
        return hooks.names()

    def record(self, kind: str, number: int) -> str:
        """A record by its name, as far as the reader sees it."""
        if (kind, number) not in self._records:
            found = records.names(self._access, OBJECTS[kind], [number]).get(number)
            self._records[kind, number] = found or _("a hidden record")
        return self._records[kind, number]

    def value(self, what: Field, text: str) -> str:
        """A value of a field in words."""
        if what.target == "stage":
            return self.stages.get(text, "?")
        if what.kind is Kind.PERSON:
            return self.people.get(text, "?")
        if what.kind is Kind.TEAM:
            return self.teams.get(text, "?")
        if what.kind is Kind.RECORD and what.target in OBJECTS and text.isdigit():
            return self.record(what.target, int(text))
        if what.kind is Kind.FLAG:
            return _("yes") if text in ("yes", "1") else _("no")
        return _(what.said(text)) if what.choices else text

    def whom(self, to: str) -> str:
        """Whom an action names."""
        kind, _colon, key = to.partition(":")
        found = {"person": self.people, "team": self.teams, "role": self.roles}.get(kind)
        if found is not None:
            return found.get(key, "?")
        return {"owner": _("the owner"), "lead": _("who leads the team"), "record": _("the person of the record")}[kind]


def told(rule: Definition, known: Known) -> Told:
    """A rule in words."""
    return Told(
        when_told(rule.subject, rule.trigger, known),
        tuple(condition_told(rule.subject, each, known) for each in rule.conditions),
        tuple(action_told(rule, each, known) for each in rule.actions),
    )


def when_told(subject: ObjectType, trigger: Trigger, known: Known) -> str:
    """A trigger in words."""
    label = _(subject.label)
    if trigger.when is When.CREATED:
        return _("%(object)s: one is created or imported", object=label)
    if trigger.when is When.WRITTEN:
        return _("%(object)s: one is created or changed", object=label)
    if not trigger.field:
        return f"{label}: {_('any field changes') if trigger.when is When.CHANGED else _(WHENS[trigger.when])}"
    what = field_of(subject, trigger.field)
    return _timed(label, what, trigger) if trigger.when in TIMED else _moved(label, what, trigger, known)


def _timed(label: str, what: Field, trigger: Trigger) -> str:
    count = abs(trigger.amount)
    span = ngettext("%(num)d hour", "%(num)d hours", count) if trigger.unit == "hours" else _days(count)
    named = {"object": label, "span": span, "field": _(what.label)}
    if not trigger.amount:
        return _("%(object)s: on the day of “%(field)s”", **named)
    if trigger.amount < 0:
        return _("%(object)s: %(span)s before “%(field)s”", **named)
    return _("%(object)s: %(span)s after “%(field)s”", **named)


def _moved(label: str, what: Field, trigger: Trigger, known: Known) -> str:
    named = {
        "object": label,
        "field": _(what.label),
        "was": known.value(what, trigger.was),
        "becomes": known.value(what, trigger.becomes),
    }
    if trigger.was and trigger.becomes:
        return _("%(object)s: “%(field)s” goes from %(was)s to %(becomes)s", **named)
    if trigger.becomes:
        return _("%(object)s: “%(field)s” becomes %(becomes)s", **named)
    return _("%(object)s: “%(field)s” changes", **named)


def _days(count: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", count)


def condition_told(subject: ObjectType, condition: Condition, known: Known) -> str:
    """A condition in words; one about a field that is gone says so."""
    try:
        what = field_of(subject, condition.field)
    except NotFound:
        return _("a field that is gone: %(key)s", key=condition.field)
    label = _(what.label)
    if condition.op in COUNTED_IN_DAYS:
        days = _days(int(condition.values[0]))
        if condition.op is Op.OLDER:
            return _("%(field)s lies back at least %(days)s", field=label, days=days)
        return _("%(field)s comes within %(days)s", field=label, days=days)
    values = _(" or ").join(known.value(what, each) for each in condition.values)
    return f"{label} {_(OPS[condition.op])} {values}".strip()


def action_told(rule: Definition, action: Action, known: Known) -> tuple[str, str]:
    """An action in words, and the line below it."""
    said = _TOLD.get(action.do)
    return said(rule, action.how, known) if said else (_(DOES[action.do]), "")


def _assign(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    lines = len(how.get("rows", ()))
    to = how.get("else", "")
    rest = _("everything else to %(whom)s", whom=known.whom(to)) if to else _("everything else to nobody")
    if not lines:
        return _("Give it to %(whom)s", whom=known.whom(to) if to else _("nobody")), among(to, how.get("how", ""))
    return _("Give it to somebody by a table"), ngettext(
        "One line; %(rest)s", "%(num)d lines; %(rest)s", lines, rest=rest
    )


def among(to: str, how: str) -> str:
    """How one of several is chosen, where there are several."""
    if not to.startswith(("team:", "role:")):
        return ""
    return _("whoever has the least open") if how == "load" else _("one after the other")


def _set(rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    what = target_of(rule.subject, how.get("on", "")).field(how["field"])
    label = f"{_(rule.subject.field(how['on']).label)}: {_(what.label)}" if how.get("on") else _(what.label)
    text = str(how.get("value", ""))
    if not text:
        return _("Empty “%(field)s”", field=label), ""
    if what.kind in _DAYS and text[0] in "+-":
        return _("Set “%(field)s” to %(days)s days from then", field=label, days=text), ""
    return _("Set “%(field)s” to %(value)s", field=label, value=known.value(what, text)), ""


def _stage(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    return _("Move the deal on to %(stage)s", stage=known.stages.get(how["stage"], "?")), _("Never back.")


def _task(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    days = int(how.get("days", 0))
    when = ngettext("%(num)d working day later", "%(num)d working days later", days) if days else _("on the same day")
    return _("Plan for %(whom)s: “%(name)s”", whom=known.whom(how.get("whose", "owner")), name=how["name"]), when


def _mail(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    return _("Write an e-mail to %(whom)s", whom=known.whom(how["to"])), f"“{how['subject']}”"


def _notify(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    return _("Tell %(whom)s", whom=known.whom(how["to"])), f"“{how['text']}”"


def _flag(_rule: Definition, how: Mapping[str, Any], _known: Known) -> tuple[str, str]:
    return _("Put the tag “%(tag)s” on", tag=how["tag"]), ""


def _unflag(_rule: Definition, how: Mapping[str, Any], _known: Known) -> tuple[str, str]:
    return _("Take the tag “%(tag)s” off", tag=how["tag"]), ""


def _campaign(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    name = known.record("campaign", int(how["campaign"]))
    return _("Add to the campaign “%(name)s”", name=name), _(STATUSES.get(how["status"], ""))


def _hook(_rule: Definition, how: Mapping[str, Any], known: Known) -> tuple[str, str]:
    return _("Send it to “%(name)s”", name=known.hooks.get(str(how["hook"]), "?")), ""


_TOLD: Mapping[Do, Callable[[Definition, Mapping[str, Any], Known], tuple[str, str]]] = {
    Do.ASSIGN: _assign,
    Do.SET: _set,
    Do.STAGE: _stage,
    Do.TASK: _task,
    Do.MAIL: _mail,
    Do.NOTIFY: _notify,
    Do.FLAG: _flag,
    Do.UNFLAG: _unflag,
    Do.CAMPAIGN: _campaign,
    Do.HOOK: _hook,
}


def lines_told(rule: Definition, how: Mapping[str, Any], known: Known) -> list[tuple[str, str, str]]:
    """The lines of a table by which records are given out: if, to whom, how one of several is chosen."""
    found = []
    for line in how.get("rows", ()):
        parts = [_line(rule.subject, key, text, known) for key, text in line["if"].items()]
        found.append((_(" and ").join(parts), known.whom(line["to"]), among(line["to"], line.get("how", ""))))
    return found


def _line(subject: ObjectType, key: str, text: str, known: Known) -> str:
    what = field_of(subject, key)
    value = known.value(what, text)
    if what.kind in (Kind.TEXT, Kind.LONG):
        return _("%(field)s contains “%(value)s”", field=_(what.label), value=value)
    return _("%(field)s is %(value)s", field=_(what.label), value=value)
