"""What the pages of people may send."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from accounts.access.rules import INSTANCE_ROLES, PERSON
from accounts.directory.rules import Entry
from accounts.people.rules import EMAIL_LENGTH, NAME_LENGTH, TITLE_LENGTH, PersonData
from infra.forms import Form
from infra.forms import lazy as _l


class PersonForm(Form):
    """A person and their instance role."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the person a name.")), Length(max=NAME_LENGTH)])
    email = EmailField(_l("E-mail"), [Optional(), Length(max=EMAIL_LENGTH)])
    title = StringField(_l("Job title"), [Optional(), Length(max=TITLE_LENGTH)])
    company = StringField(_l("Company"), [Optional(), Length(max=NAME_LENGTH)])
    role = SelectField(
        _l("Role"),
        choices=[SelectChoice(role.key, _l(role.label)) for role in reversed(INSTANCE_ROLES)],
        default=PERSON,
    )
    invite = BooleanField(_l("Make a link with which they set a password"))

    def entry(self) -> Entry:
        """What was typed."""
        data = PersonData(self.name.data or "", self.email.data or None, self.title.data or "", self.company.data or "")
        return Entry(data, self.role.data or "", bool(self.invite.data))
