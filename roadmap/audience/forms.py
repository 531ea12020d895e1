"""What a browser may send about the audience of a roll-out."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from accounts.people.queries import PersonRow
from infra.forms import DayField, Form, number
from infra.forms import lazy as _l


class TeamsForm(Form):
    """The teams that a roll-out is for; the service says which there are."""

    teams = SelectMultipleField(_l("Teams"), coerce=number, validate_choice=False)

    def chosen(self) -> list[int]:
        """The teams that were ticked."""
        return [each for each in self.teams.data or [] if each is not None]


class PersonForm(Form):
    """Somebody whom a roll-out is for besides its teams; the service says who may be named."""

    person_id = SelectField(_l("Person"), [InputRequired(_l("Choose somebody."))], coerce=number, validate_choice=False)

    def offer(self, people: Iterable[PersonRow]) -> None:
        """Who may be chosen."""
        named = [(each.id, f"{each.name}, {each.title}" if each.title else each.name) for each in people]
        self.person_id.choices = [("", _l("Choose somebody")), *named]


class LaunchForm(Form):
    """The day since which it is live."""

    day = DayField(
        _l("Live since"), [Optional()], description=_l("Empty: the day on which the go-live milestone is reached.")
    )
