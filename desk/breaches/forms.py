"""What a browser may send about breaches."""

from __future__ import annotations

from datetime import datetime, tzinfo

from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from desk.breaches.rules import RISKS, TEXTS, WHOM, BreachData
from desk.breaches.service import Told
from infra.forms import Form
from infra.forms import lazy as _l

_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_WHEN = InputRequired(_l("Write day and time as 2026-03-03 14:30."))


class BreachForm(Form):
    """A breach, as far as it is known."""

    title = StringField(_l("In a few words"), [InputRequired(_l("Say what it is."))])
    found_at = DateTimeLocalField(_l("Found at"), [_WHEN], format=_MOMENT)
    risk = SelectField(_l("Risk for people"), choices=[SelectChoice(key, _l(label)) for key, label in RISKS.items()])
    affected = IntegerField(_l("How many people"), [Optional()])
    what = TextAreaField(_l(TEXTS["what"]))
    people = TextAreaField(_l(TEXTS["people"]))
    data_ = TextAreaField(_l(TEXTS["data"]), name="data")
    consequences = TextAreaField(_l(TEXTS["consequences"]))
    measures = TextAreaField(_l(TEXTS["measures"]))

    def typed(self, zone: tzinfo) -> BreachData:
        """What was sent."""
        assert self.found_at.data is not None  # required above
        return BreachData(
            self.title.data or "",
            self.found_at.data.replace(tzinfo=zone),
            self.risk.data,
            self.affected.data,
            self.what.data or "",
            self.people.data or "",
            self.data_.data or "",
            self.consequences.data or "",
            self.measures.data or "",
        )


class ToldForm(Form):
    """That somebody was told."""

    whom = SelectField(_l("Who was told"), choices=[SelectChoice(key, _l(label)) for key, label in WHOM.items()])
    told_at = DateTimeLocalField(_l("Told at"), [_WHEN], format=_MOMENT)
    how = StringField(_l("How, or under which reference"))
    why_late = StringField(_l("Why later than 72 hours"))

    def told(self, zone: tzinfo) -> Told:
        """What was sent."""
        at: datetime | None = self.told_at.data
        assert at is not None  # required above
        return Told(self.whom.data, at.replace(tzinfo=zone), self.how.data or "", self.why_late.data or "")
