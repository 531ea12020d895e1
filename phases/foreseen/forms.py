"""What a browser may send about what is foreseen."""

from __future__ import annotations

from wtforms import DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from infra.forms import Form, number
from infra.forms import lazy as _l
from phases.foreseen.rules import NOTE_LIMIT


class ElementForm(Form):
    """What can be changed in place: the note, the day, the role."""

    note = TextAreaField(_l("Note"), [Length(max=NOTE_LIMIT)])
    due = DateField(_l("Day"), [Optional()], description=_l("Empty: it follows the plan."))
    role_id = SelectField(_l("Role"), coerce=number)
    base = HiddenField()

    def changed(self) -> dict[str, object]:
        """What was sent, without what only travels along."""
        return {"note": self.note.data or "", "due": self.due.data, "role_id": self.role_id.data}
