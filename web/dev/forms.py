"""A form with a field of each kind, to show what a bound field looks like."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange

# Any, because the published types know only pairs, which WTForms itself has deprecated.
COUNTRIES: list[Any] = ["Germany", "United Kingdom"]
PACES: list[Any] = ["Calm", "Quick"]


class ExampleForm(Form):
    """One field a kind."""

    name = StringField("Name", [InputRequired()], default="Europe launch")
    email = EmailField("E-mail", description="Where the invitation goes")
    password = PasswordField("Password")
    starts = DateField("Starts")
    people = IntegerField("People", [NumberRange(1, 500, "Between 1 and 500 people can be planned.")], default=900)
    country = SelectField("Country", choices=COUNTRIES, default="United Kingdom")
    pace = RadioField("Pace", choices=PACES, default="Calm")
    note = TextAreaField("Note")
    plan = FileField("Plan file")
    invite = BooleanField("Invite everybody now", default=True)


def example(prefix: str) -> ExampleForm:
    """The form, checked, so that one field carries an error; the prefix keeps ids apart."""
    form = ExampleForm(prefix=prefix)
    form.people.validate(form)
    return form
