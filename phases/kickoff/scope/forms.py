"""What the page of the scope may send; limits come from the rules."""

from __future__ import annotations

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from infra.forms import Form
from infra.forms import lazy as _l
from phases.kickoff.scope.rules import NAME_LIMIT, TEXT_LIMIT, LineData

SIDES = (SelectChoice("in", _l("In scope")), SelectChoice("out", _l("Out of scope")))


class LineForm(Form):
    """A line of the scope."""

    side = SelectField(_l("Side"), choices=list(SIDES))
    name = StringField(_l("What"), [InputRequired(_l("Say what is in scope, or out of it.")), Length(max=NAME_LIMIT)])
    description = TextAreaField(_l("More about it"), [Length(max=TEXT_LIMIT)])

    def line(self) -> LineData:
        """What was sent, as the service takes it."""
        return LineData(self.side.data == "in", self.name.data or "", self.description.data or "")
