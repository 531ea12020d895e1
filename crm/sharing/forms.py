"""What the page of sharing may send."""

from __future__ import annotations

from datetime import date, tzinfo

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from crm.objects.rules.catalogue import ObjectType
from crm.records.queries import AnyRecord
from crm.sharing import queries, rules
from crm.sharing.service import ShareData
from infra.forms import DayField, Form
from infra.forms import lazy as _l

_SEE = SelectChoice("see", _l("read it"))


class ShareForm(Form):
    """With whom, how, until when."""

    with_whom = SelectField(_l("With"), choices=[], validators=[InputRequired(_l("Choose a person or a team."))])
    level = RadioField(_l("They may"), choices=[_SEE, SelectChoice("edit", _l("edit it"))], default="see")
    until = DayField(_l("Until"), [Optional()])

    @classmethod
    def of(cls, subject: ObjectType, record: AnyRecord, *, may_edit: bool) -> ShareForm:
        """The form for a record; only who may edit it can let others do so."""
        form = cls()
        whom = [SelectChoice(*pair) for pair in queries.targets(subject, record)]
        form.with_whom.choices = [SelectChoice("", _l("Choose…")), *whom]
        if not may_edit:
            form.level.choices = [_SEE]
        return form

    def data_typed(self, today: date, zone: tzinfo) -> ShareData:
        """What was chosen. Raises RuleBroken."""
        until = rules.end_of(self.until.data, today, zone)
        return ShareData(self.with_whom.data or "", self.level.data == "edit", until)
