"""What a browser may send about queues and canned answers."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from crm.desk_setup.rules import AUDIENCES, AnswerData, QueueData
from infra.forms import Form, number
from infra.forms import lazy as _l


class QueueForm(Form):
    """A queue."""

    name = StringField(_l("Name"))
    description = TextAreaField(_l("What belongs here"))
    audience = SelectField(_l("For"), choices=[SelectChoice(value, _l(label)) for value, label in AUDIENCES])
    team_id = SelectField(_l("Team"), coerce=number)
    address = StringField(_l("Address for mail"))
    acknowledges = BooleanField(_l("Tell who writes by mail that it arrived"), default=True)
    acknowledgement = TextAreaField(_l("In these words"))

    def offer(self, teams: Sequence[tuple[int, str]]) -> None:
        """The teams to choose from."""
        self.team_id.choices = [SelectChoice("", _l("nobody yet")), *(SelectChoice(*each) for each in teams)]

    def queue(self) -> QueueData:
        """What was sent."""
        return QueueData(
            self.name.data or "",
            self.description.data or "",
            self.team_id.data,
            self.audience.data or "",
            self.address.data or "",
            bool(self.acknowledges.data),
            self.acknowledgement.data or "",
        )


class CannedForm(Form):
    """A canned answer."""

    name = StringField(_l("Name"))
    body = TextAreaField(_l("Answer"))
    queue_id = SelectField(_l("For the queue"), coerce=number)

    def offer(self, queues: Sequence[tuple[int, str]]) -> None:
        """The queues to choose from."""
        self.queue_id.choices = [SelectChoice("", _l("every queue")), *(SelectChoice(*each) for each in queues)]

    def answer(self) -> AnswerData:
        """What was sent."""
        return AnswerData(self.name.data or "", self.body.data or "", self.queue_id.data)
