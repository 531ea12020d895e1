"""What the pages of calendars may send: weekly periods as people write them."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from accounts.calendars import rules
from accounts.calendars.queries import CalendarRow
from accounts.calendars.service import NAME_LENGTH, CalendarData
from infra.forms import Form
from infra.forms import lazy as _l
from infra.words import sentence_of
from kernel.errors import RuleBroken


class _Periods(StringField):
    """Working periods of a day, such as 08:00-12:00, 13:00-17:00."""

    def pairs(self) -> list[list[int]]:
        """The periods in minutes of the day."""
        return rules.parse_periods(self.data or "", self.label.text)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms passes it
        """Tell what can't be read beside the field."""
        try:
            self.pairs()
        except RuleBroken as problem:
            raise ValidationError(sentence_of(problem)) from problem


class CalendarForm(Form):
    """A calendar: name, seven days, whose holidays."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the calendar a name.")), Length(max=NAME_LENGTH)])
    day_0 = _Periods(_l("Monday"), [Length(max=200)])
    day_1 = _Periods(_l("Tuesday"), [Length(max=200)])
    day_2 = _Periods(_l("Wednesday"), [Length(max=200)])
    day_3 = _Periods(_l("Thursday"), [Length(max=200)])
    day_4 = _Periods(_l("Friday"), [Length(max=200)])
    day_5 = _Periods(_l("Saturday"), [Length(max=200)])
    day_6 = _Periods(_l("Sunday"), [Length(max=200)])
    country = SelectField(
        _l("Public holidays of"),
        choices=lambda: [SelectChoice("", _l("none")), *(SelectChoice(*pair) for pair in rules.countries())],
        default="",
    )
    subdivision = StringField(_l("Part of the country"), [Length(max=10)])

    @property
    def days(self) -> list[_Periods]:
        """The fields of the week, Monday first."""
        return [self[f"day_{number}"] for number in range(7)]

    def data_typed(self) -> CalendarData:
        """What was typed."""
        return CalendarData(
            self.name.data or "",
            [field.pairs() for field in self.days],
            self.country.data or "",
            (self.subdivision.data or "").strip().upper(),
        )


class ExceptionForm(Form):
    """A day that differs."""

    day = DateField(_l("Day"), [InputRequired(_l("Give a day."))])
    label = StringField(_l("Name"), [Optional(), Length(max=NAME_LENGTH)])
    periods = _Periods(_l("Working hours"), [Length(max=200)])


def filled(row: CalendarRow | None) -> CalendarForm:
    """The form with a calendar's values, or those of an office week."""
    week = row.week if row else tuple(rules.write_periods(day) for day in rules.OFFICE_WEEK)
    values = {f"day_{number}": hours for number, hours in enumerate(week)}
    if row:
        values |= {"name": row.name, "country": row.country, "subdivision": row.subdivision}
    return CalendarForm(data=values)
