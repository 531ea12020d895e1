"""What a browser may send about consent."""

from __future__ import annotations

from datetime import datetime, tzinfo

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from crm.consent import rules
from crm.consent.rules import BASES, CHANNELS, Basis, ConsentData, Purpose
from infra.forms import DayField, Form
from infra.forms import lazy as _l

_ANSWERS = [SelectChoice("yes", _l("agreed")), SelectChoice("no", _l("withdrew or refused"))]


class ConsentForm(Form):
    """An answer, when and how it came, and where it stands."""

    purpose = SelectField(_l("About"), choices=[], validators=[InputRequired(_l("Choose what it is about."))])
    given = RadioField(_l("They"), choices=_ANSWERS, default="yes")
    day = DayField(_l("On"), [InputRequired(_l("Choose a day."))])
    channel = SelectField(_l("How"), choices=[SelectChoice(key, _l(label)) for key, label in CHANNELS.items()])
    wording = TextAreaField(_l("What they read or heard"))
    proof = StringField(_l("Where it stands"))

    @classmethod
    def of(cls, purposes: list[Purpose]) -> ConsentForm:
        """The form with the purposes that people are asked for."""
        form = cls()
        form.purpose.choices = [
            SelectChoice("", _l("Choose…")),
            *(SelectChoice(each.key, each.name) for each in purposes),
        ]
        return form

    def data_typed(self, now: datetime, zone: tzinfo) -> ConsentData:
        """What was typed. Raises RuleBroken."""
        assert self.day.data is not None  # required above
        return ConsentData(
            self.purpose.data,
            self.given.data == "yes",
            rules.moment_of(self.day.data, now, zone),
            self.channel.data,
            self.wording.data or "",
            self.proof.data or "",
        )


class PurposeForm(Form):
    """A purpose."""

    name = StringField(_l("What for"), [InputRequired(_l("Write what personal data is used for."))])
    description = StringField(_l("In a sentence"))
    basis = SelectField(
        _l("Why that is allowed"), choices=[SelectChoice(key, _l(label)) for key, label in BASES.items()]
    )
    active = BooleanField(_l("In use"), default=True)

    def purpose(self, key: str) -> Purpose:
        """What was sent."""
        return Purpose(
            key, self.name.data or "", self.description.data or "", Basis(self.basis.data), bool(self.active.data)
        )
