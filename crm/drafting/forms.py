"""What a browser may send about a report: what it asks, what it is called, who finds it.

The conditions of a report are those of the object's list and carry its names; all else begins with "r-".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from crm.access.rules import SEE, Access, fields_seen, is_on, may
from crm.builder.rules.sharing import DESCRIPTION, NAME, SHARED
from crm.counts.rules.periods import PERIODS
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field
from crm.reporting.rules.definition import (
    CHARTS,
    MEASURES,
    Chart,
    Definition,
    Group,
    Measure,
    dated,
    groupable,
    measurable,
)
from crm.reporting.rules.steps import STEPS, Step
from infra.forms import Form
from infra.forms import lazy as _l
from infra.lists import ListSpec
from infra.lists.rules import Message, Wish, parse

PREFIX = "r"
_ALL = ("", _l("at any time"))


class ReportForm(Form):
    """What a report asks, what it is called, and who finds it."""

    name = StringField(_l("Name"), [Length(max=NAME)])
    description = TextAreaField(_l("What it is for"), [Length(max=DESCRIPTION)])
    shared = RadioField(_l("Who finds it"), default="nobody", validate_choice=False)
    object = HiddenField()
    measure = SelectField(_l("What counts"), default="count", validate_choice=False)
    measured = SelectField(_l("of"), validate_choice=False)
    first = SelectField(_l("Told apart by"), validate_choice=False)
    first_step = SelectField(_l("Days"), default="month", validate_choice=False)
    second = SelectField(_l("and by"), validate_choice=False)
    second_step = SelectField(_l("Days"), default="month", validate_choice=False)
    chart = SelectField(_l("Drawn as"), default="bars", validate_choice=False)
    period = SelectField(_l("When"), validate_choice=False)
    period_field = SelectField(_l("by the day of"), validate_choice=False)
    columns = SelectMultipleField(_l("Columns of the records"), validate_choice=False)
    filters = HiddenField()
    """Nothing is sent under this name: what is wrong with the conditions is said here."""
    unread: Sequence[str] = ()
    """What of the conditions can't be understood."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it can be used."""
        right = super().validate(extra_validators)
        self.tell_unread()
        return bool(right and not self.unread)

    def tell_unread(self) -> None:
        """Say what of the conditions can't be understood."""
        self.filters.errors = list(self.unread)

    def offer(self, access: Access, subject: ObjectType) -> None:
        """What can be chosen, as far as the person sees these fields on any record."""
        seen = fields_seen(access, subject)
        nothing = [("", _l("nothing"))]
        self.shared.choices = [(key.value, _l(label)) for key, label in SHARED.items()]
        self.measure.choices = [(key.value, _l(label)) for key, label in MEASURES.items()]
        self.chart.choices = [(key.value, _l(label)) for key, label in CHARTS.items()]
        self.measured.choices = nothing + _named(measurable(subject), seen)
        self.first.choices = self.second.choices = nothing + _named(groupable(subject), seen)
        self.first_step.choices = self.second_step.choices = [(key.value, _l(label)) for key, label in STEPS.items()]
        self.period.choices = [_ALL, *((key, _l(label)) for key, (label, _days) in PERIODS.items())]
        self.period_field.choices = _named(dated(subject), seen)
        self.columns.choices = _named(subject.fields, seen)

    def asked(self, subject: ObjectType, filters: str) -> Definition:
        """What was sent, not checked yet."""
        days = {each.key for each in dated(subject)}
        sent = ((self.first.data or "", self.first_step.data), (self.second.data or "", self.second_step.data))
        groups = tuple(Group(key, str(step or "") if key in days else "") for key, step in sent if key)
        counts = self.measure.data not in {each.value for each in Measure} or self.measure.data == Measure.COUNT
        period = self.period.data or ""
        return Definition(
            subject.key,
            groups,
            Measure.COUNT if counts else Measure(self.measure.data),
            "" if counts else self.measured.data or "",
            filters,
            (self.period_field.data or "") if period else "",
            period,
            tuple(self.columns.data or ()),
            Chart(self.chart.data) if self.chart.data in {each.value for each in Chart} else Chart.NONE,
        )


def filled(asked: Definition, name: str, description: str, shared: str) -> Mapping[str, object]:
    """A report as the form shows it."""
    groups = [*asked.groups, Group(""), Group("")]
    return {
        "name": name,
        "description": description,
        "shared": shared,
        "object": asked.object,
        "measure": asked.measure.value,
        "measured": asked.measured,
        "first": groups[0].field,
        "first_step": groups[0].step or Step.MONTH.value,
        "second": groups[1].field,
        "second_step": groups[1].step or Step.MONTH.value,
        "chart": asked.chart.value,
        "period": asked.period,
        "period_field": asked.period_field,
        "columns": list(asked.columns),
    }


def conditions(spec: ListSpec, sent: Mapping[str, Sequence[str]]) -> tuple[Wish, tuple[Message, ...]]:
    """The conditions that were sent, and what of them can't be understood."""
    lenient = parse(replace(spec, strict=False), {key: sent[key] for key in sent if not key.startswith(f"{PREFIX}-")})
    return Wish(filters=lenient.filters, search=lenient.search, columns=lenient.columns), lenient.messages


def objects(access: Access) -> list[ObjectType]:
    """What a report can be about for this person."""
    return [each for each in OBJECTS.values() if is_on(access, each) and may(access, SEE, each)]


def _named(fields: Sequence[Field], seen: frozenset[str]) -> list[tuple[str, str]]:
    return [(each.key, _l(each.label)) for each in fields if each.key in seen]
