"""What a browser may send about the register."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from desk.processing.rules import TEXTS, ActivityData
from infra.forms import Form
from infra.forms import lazy as _l


class ActivityForm(Form):
    """An entry of the register."""

    name = StringField(_l("Name"), [InputRequired(_l("Write a name."))])
    purpose = TextAreaField(_l(TEXTS["purpose"]))
    basis = TextAreaField(_l(TEXTS["basis"]))
    people = TextAreaField(_l(TEXTS["people"]))
    data_ = TextAreaField(_l(TEXTS["data"]), name="data")
    recipients = TextAreaField(_l(TEXTS["recipients"]))
    kept = TextAreaField(_l(TEXTS["kept"]))
    safeguards = TextAreaField(_l(TEXTS["safeguards"]))

    def typed(self) -> ActivityData:
        """What was sent."""
        fields = (self.purpose, self.basis, self.people, self.data_, self.recipients, self.kept, self.safeguards)
        return ActivityData(self.name.data or "", *(each.data or "" for each in fields))
