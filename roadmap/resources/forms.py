"""What the pages of resources may send; limits come from the rules."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from accounts.people.rules import NAME_LENGTH, PersonData
from infra.forms import Form, lazy, number
from kernel.errors import RuleBroken
from roadmap.resources import rules
from roadmap.resources.service import AllocationData
from roadmap.staffing.rules import LARGEST_SHARE

FIELDS = ("role_id", "person_id", "first", "last", "percent", "note")
NEWCOMER = "new"
"""The choice of somebody from outside who is not in the list yet."""


class AllocationForm(Form):
    """A line of who works in which role when. With the last choice of people, a name and a company add somebody."""

    role_id = SelectField(lazy("Role"), validate_choice=False)
    person_id = SelectField(lazy("Person"), validate_choice=False)
    name = StringField(lazy("Name"), [Optional(), Length(max=NAME_LENGTH)])
    company = StringField(lazy("Company"), [Optional(), Length(max=NAME_LENGTH)])
    first = DateField(lazy("First day"), [InputRequired(lazy("Give the first day."))])
    last = DateField(lazy("Last day"), [InputRequired(lazy("Give the last day."))])
    percent = IntegerField(
        lazy("Share of a full day"),
        [
            InputRequired(lazy("Give 1 to 100 %.")),
            NumberRange(1, LARGEST_SHARE, lazy("More than 100 %% of a full day is not possible. Give 1 to 100 %%.")),
        ],
    )
    note = StringField(lazy("Note"), [Optional(), Length(max=rules.NOTE_LIMIT)])
    base = HiddenField()

    def chosen(self) -> AllocationData:
        """What was sent. Raises RuleBroken for a role or person that no list offered."""
        data = self.data
        return AllocationData(
            role_id=_number("role_id", self.role_id.data) or 0,
            person_id=None if self.person_id.data == NEWCOMER else _number("person_id", self.person_id.data),
            first=data["first"],
            last=data["last"],
            percent=data["percent"],
            note=" ".join((self.note.data or "").split()),
        )

    def newcomer(self) -> PersonData | None:
        """Who is to be added, if that was chosen."""
        if self.person_id.data != NEWCOMER:
            return None
        return PersonData(self.name.data or "", company=self.company.data or "")


class FillForm(Form):
    """Who fills a role from now on."""

    person_id = SelectField(lazy("Person"), validate_choice=False)
    with_tasks = BooleanField(lazy("Give them the role's open tasks too"), default=True)

    def chosen(self) -> int:
        """Who was chosen. Raises RuleBroken."""
        found = _number("person_id", self.person_id.data)
        if found is None:
            raise RuleBroken("allocation.person", "Choose who fills the role.", field="person_id")
        return found


def values_of(row: Any) -> dict[str, Any]:
    """The fields of a line as they are merged."""
    return {name: getattr(row, name) for name in FIELDS}


def _number(field: str, text: str | None) -> int | None:
    try:
        return number(text)
    except ValueError:
        raise RuleBroken(
            "allocation.choice", "That is none of the choices. Choose one of the list.", field=field
        ) from None
