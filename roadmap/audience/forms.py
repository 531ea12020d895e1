"""What a browser may send about the audience of a roll-out."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.validators import Optional

from infra.forms import DayField, Form, number
from infra.forms import lazy as _l


class TeamsForm(Form):
    """The teams that a roll-out is for; the service says which there are."""

    teams = SelectMultipleField(_l("Teams"), coerce=number, validate_choice=False)

    def chosen(self) -> list[int]:
        """The teams that were ticked."""
        return [each for each in self.teams.data or [] if each is not None]


class LaunchForm(Form):
    """The day since which it is live."""

    day = DayField(
        _l("Live since"), [Optional()], description=_l("Empty: the day on which the go-live milestone is reached.")
    )
