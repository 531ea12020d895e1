"""What a browser may send about an objective."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import DateField, FloatField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form
from infra.forms import lazy as _l
from readiness.benefits.rules.aims import TEXT_LIMIT


class AimForm(Form):
    """What it is measured by, by how much that should change, and by when."""

    kpi = SelectField(_l("Figure"), validate_choice=False)
    change = FloatField(_l("Change, in percent"), [InputRequired(_l("Give a number."))])
    due = DateField(_l("Until"), [Optional()])

    def offer(self, known: Mapping[str, str]) -> None:
        """The figures that can be chosen."""
        self.kpi.choices = [SelectChoice("", _l("none")), *(SelectChoice(*each) for each in known.items())]


class BaselineForm(Form):
    """The days that a baseline is of; a value where it can't be measured here."""

    since = DateField(_l("First day"), [InputRequired(_l("Write the day as 2026-03-03."))])
    until = DateField(_l("Last day"), [InputRequired(_l("Write the day as 2026-03-03."))])
    value = FloatField(_l("Value, if it is not measured here"), [Optional()])
    n = IntegerField(_l("Counted from"), [Optional()])
    note = TextAreaField(_l("Where the value comes from"), [Length(max=TEXT_LIMIT)])
    reason = TextAreaField(_l("Why it replaces the one before, or comes only now"), [Length(max=TEXT_LIMIT)])


class OutcomeForm(Form):
    """What has come of it."""

    outcome = SelectField(_l("What has come of it"), validate_choice=False)
    words = TextAreaField(_l("In a sentence"), [Length(max=TEXT_LIMIT)])
