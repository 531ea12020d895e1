"""What a browser may send about when a report is sent, as what, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from crm.builder.rules.rhythm import EVERY, FORMS, Rhythm, check_rhythm
from infra.forms import Form
from infra.forms import lazy as _l

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


class RhythmForm(Form):
    """When a report is sent, as what, and to whom."""

    every = SelectField(_l("How often"), default="week")
    weekday = SelectField(_l("On"), coerce=int, default=0)
    month_day = IntegerField(_l("Day of the month"), default=1)
    at = StringField(_l("At"), [InputRequired(_l("Write the time like 07:30."))], default="07:30")
    form = SelectField(_l("As"), default="pdf")
    people = SelectMultipleField(_l("To"), coerce=int)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """What can be chosen."""
        self.every.choices = [(key.value, _l(label)) for key, label in EVERY.items()]
        self.form.choices = [(key.value, label) for key, label in FORMS.items()]
        self.weekday.choices = list(enumerate(WEEKDAYS))
        self.people.choices = list(people)

    def rhythm(self) -> Rhythm:
        """What was chosen. Raises RuleBroken."""
        day = self.month_day.data if self.month_day.data is not None else 0
        return check_rhythm(self.every.data, self.weekday.data, day, self.at.data or "", self.form.data)
