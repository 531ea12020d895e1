"""What a browser may send about checklists."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from checklists.rules import Recurrence
from kernel.errors import RuleBroken

RECURRENCES = (
    (Recurrence.ONCE.value, _("Once")),
    (Recurrence.WEEKLY.value, _("Every week")),
    (Recurrence.MONTHLY.value, _("Every month")),
)


def _number(value: str | None) -> int | None:
    """A choice's value as an id; the empty choice is none."""
    return int(value) if value else None


class Absorbing(FlaskForm):  # type: ignore[misc]  # published without types
    """A form that shows a broken rule beside the field it is about."""

    def absorb(self, error: RuleBroken, message: str) -> None:
        """Put a rule's sentence beside its field, or at the first field when it names none."""
        field: Field = self._fields.get(error.field or "") or next(iter(self))
        field.errors = [*field.errors, message]


class ItemForm(Absorbing):
    """An item as its page shows it."""

    name = StringField(_("What is to be done"), validators=[DataRequired(_("Write what is to be done."))])
    help = TextAreaField(_("Help"), description=_("One sentence that says how, or where to look."))
    owner_id = SelectField(_("Owner"), coerce=_number)
    due = DateField(_("Due"), validators=[Optional()], description=_("Follows the plan until a day is set here."))
    required = BooleanField(_("The milestone waits for it"))
    note = TextAreaField(_("Note"))


class AddItemForm(Absorbing):
    """A new item, in one line."""

    name = StringField(_("New item"), validators=[DataRequired(_("Write what is to be done."))])


class SectionForm(Absorbing):
    """A new section."""

    section = StringField(_("New section"), validators=[DataRequired(_("Write the section's name."))])


class ListForm(Absorbing):
    """A list: its name, what it hangs on, what waits for it, how often it comes round."""

    name = StringField(_("Name"), validators=[DataRequired(_("Give the list a name."))])
    description = TextAreaField(_("What it is for"))
    task_id = SelectField(_("Belongs to"), coerce=_number)
    guards_id = SelectField(_("Milestone that waits for it"), coerce=_number)
    recurrence = SelectField(_("Comes round"), choices=RECURRENCES)
    due = DateField(_("Due"), validators=[Optional()], description=_("A list that comes round needs a day."))


class EvidenceForm(Absorbing):
    """What shows that an item is done: words or a link; a file goes to the attachments."""

    text = TextAreaField(_("In words"))
    url = StringField(_("Link"))


class UntickForm(Absorbing):
    """The second press, by somebody who is sure."""

    seen = HiddenField()
    sure = BooleanField()
