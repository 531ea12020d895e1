"""What a browser may send about action items; limits come from the rules."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form, number
from infra.forms import lazy as _l
from roadmap.actions.rules import TEXT_LIMIT, TITLE_LIMIT, ActionData

_LONG = Length(max=TEXT_LIMIT, message=_l("At most %(max)d characters fit."))


class ActionForm(Form):
    """An action item: what, who, by when; ``subject`` is what it comes from, ``back`` the page that one came from."""

    title = StringField(
        _l("What is to be done"), [InputRequired(_l("Say what is to be done.")), Length(max=TITLE_LIMIT)]
    )
    owner_id = SelectField(_l("Who does it"), coerce=number)
    due = DateField(_l("By when"), [Optional()])
    details = TextAreaField(_l("Details"), [_LONG])
    subject = HiddenField()
    back = HiddenField()
    base = HiddenField()

    def asked(self) -> ActionData:
        """What was sent, as the service takes it."""
        title, details = self.title.data or "", self.details.data or ""
        return ActionData(title, details, self.owner_id.data, self.due.data, self.subject.data or "")

    def changed(self) -> dict[str, Any]:
        """What was sent, without what only travels along."""
        return {
            "title": self.title.data or "",
            "details": self.details.data or "",
            "owner_id": self.owner_id.data,
            "due": self.due.data,
        }


class OutcomeForm(Form):
    """A word on what was done, or why it is not needed any more."""

    outcome = TextAreaField(_l("What was done, or why it is dropped"), [_LONG])
