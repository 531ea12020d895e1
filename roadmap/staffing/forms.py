"""What the team page may send; limits come from the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import DecimalField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from infra.forms import Form, lazy, number
from roadmap.staffing import rules

_SHARE = NumberRange(0, rules.LARGEST_SHARE, lazy("Give 0 to 100 %%."))


_KINDS = [SelectChoice(kind, lazy(text)) for kind, text in rules.KINDS.items()]


class RoleForm(Form):
    """A role of the project and who fills it."""

    name = StringField(lazy("Role"), [InputRequired(lazy("Give the role a name.")), Length(max=rules.NAME_LIMIT)])
    person_id = SelectField(lazy("Filled by"), validate_choice=False)
    share = IntegerField(lazy("Share of time"), [InputRequired(lazy("Give 0 to 100 %.")), _SHARE])
    share_min = IntegerField(lazy("Range from"), [Optional(), _SHARE])
    share_max = IntegerField(lazy("Range to"), [Optional(), _SHARE])

    kind = SelectField(lazy("Stands for"), choices=_KINDS, default=rules.WORK, validate_choice=False)
    max_units = DecimalField(lazy("Gives at most"), [Optional()], default=Decimal(rules.LARGEST_SHARE))
    calendar_id = SelectField(lazy("Calendar"), validate_choice=False)

    def chosen(self) -> dict[str, Any]:
        """The values as the service takes them. Raises ValueError for a person or calendar that no list offered."""
        units = rules.LARGEST_SHARE if self.max_units.data is None else self.max_units.data
        return {
            **self.values(),
            "person_id": number(self.person_id.data),
            "calendar_id": number(self.calendar_id.data),
            "kind": self.kind.data or rules.WORK,
            "max_units": float(units),
        }
