"""What a browser may send about requests."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from desk.privacy.rules import CHANNELS, KINDS, RequestData
from infra.forms import DayField, Form
from infra.forms import lazy as _l

_KINDS = [SelectChoice(key, _l(label)) for key, label in KINDS.items()]
_CHANNELS = [SelectChoice(key, _l(label)) for key, label in CHANNELS.items()]


class RequestForm(Form):
    """A request: what is asked for, when and how it came."""

    subject = HiddenField()
    kind = SelectField(_l("They ask for"), choices=_KINDS)
    received = DayField(_l("It came on"), [InputRequired(_l("Choose a day."))])
    channel = SelectField(_l("By"), choices=_CHANNELS)
    note = TextAreaField(_l("In their words"))

    def typed(self) -> RequestData:
        """What was sent."""
        assert self.received.data is not None  # required above
        return RequestData(
            self.kind.data, self.subject.data or "", self.received.data, self.channel.data, self.note.data or ""
        )


class NoteForm(Form):
    """How it is known that it is them, and what else there is to say."""

    identity = TextAreaField(_l("How you know that it is them"))
    note = TextAreaField(_l("In their words, and what else matters"))


class ExtendForm(Form):
    """Why it takes longer."""

    extended = StringField(_l("Why it takes longer"))


class CloseForm(Form):
    """What they were told."""

    answer = TextAreaField(_l("What they were told"))


class EraseForm(Form):
    """Who takes over, and the word that is typed."""

    successor = SelectField(_l("Who takes over their open work"), choices=[], validate_choice=False)
    confirmation = StringField(_l("Type “erase”"))
