"""What the team page may send; limits come from the rules."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from infra.forms import Form, lazy, number
from roadmap.staffing import rules

_SHARE = NumberRange(0, rules.LARGEST_SHARE, lazy("Give 0 to 100 %%."))


class RoleForm(Form):
    """A role of the project and who fills it."""

    name = StringField(lazy("Role"), [InputRequired(lazy("Give the role a name.")), Length(max=rules.NAME_LIMIT)])
    person_id = SelectField(lazy("Filled by"), validate_choice=False)
    share = IntegerField(lazy("Share of time"), [InputRequired(lazy("Give 0 to 100 %.")), _SHARE])
    share_min = IntegerField(lazy("Range from"), [Optional(), _SHARE])
    share_max = IntegerField(lazy("Range to"), [Optional(), _SHARE])

    def chosen(self) -> dict[str, Any]:
        """The values as the service takes them. Raises ValueError for a person that no list offered."""
        return {**self.values(), "person_id": number(self.person_id.data)}
