"""What the page of who works on a task may send."""

from __future__ import annotations

import re

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from infra.forms import Form, lazy
from kernel.errors import RuleBroken
from roadmap.assignments.queries import Who
from roadmap.assignments.rules import Fixed

FIXED = {
    Fixed.DURATION: lazy("The duration"),
    Fixed.UNITS: lazy("The shares of the day"),
    Fixed.WORK: lazy("The work"),
}
"""What of a task stays, in words."""


class JoinForm(Form):
    """Somebody joins a task."""

    who = SelectField(lazy("Role or person"), [InputRequired(lazy("Choose who."))], validate_choice=False)
    units = StringField(lazy("Share of the day"), default="100")

    def chosen(self) -> tuple[Who, float]:
        """Who, and with how many percent. Raises RuleBroken."""
        return who(self.who.data or ""), units(self.units.data or "")


class KindForm(Form):
    """What of the task stays when the rest changes."""

    fixed = SelectField(lazy("What stays"), choices=[SelectChoice(kind.value, text) for kind, text in FIXED.items()])
    effort_driven = BooleanField(lazy("The work stays the same when somebody joins or leaves"))


def who(text: str) -> Who:
    """A role or a person as the list calls them. Raises RuleBroken.

    >>> who("role-3")
    ('role', 3)
    """
    found = re.fullmatch(r"(role|person)-([0-9]{1,9})", text)
    if found is None:
        raise RuleBroken("assignment.who", "Choose a role or a person of the list.", field="who")
    return found[1], int(found[2])


def units(text: str) -> float:
    """Percent of a full day, with or without its sign; a comma is a point. Raises RuleBroken.

    >>> units("12,5 %")
    12.5
    """
    found = re.fullmatch(r"\s*([0-9]{1,7}(?:[.,][0-9]{1,4})?)\s*%?\s*", text)
    if found is None:
        problem = "“%(value)s” is no share of a day. Write a percentage, for example 50."
        raise RuleBroken("assignment.units_text", problem, field="units", value=text.strip()[:40])
    return float(found[1].replace(",", "."))
