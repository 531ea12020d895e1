"""What a browser may send about checklists."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from checklists.rules import Recurrence
from infra.forms import Form, number
from infra.forms import lazy as _l

RECURRENCES = (
    (Recurrence.ONCE.value, _l("Once")),
    (Recurrence.DAILY.value, _l("Every day")),
    (Recurrence.WEEKLY.value, _l("Every week")),
    (Recurrence.MONTHLY.value, _l("Every month")),
)


class ItemForm(Form):
    """An item as its page shows it."""

    name = StringField(_l("What is to be done"), validators=[DataRequired(_l("Write what is to be done."))])
    help = TextAreaField(_l("Help"), description=_l("One sentence that says how, or where to look."))
    owner_id = SelectField(_l("Owner"), coerce=number)
    due = DateField(_l("Due"), validators=[Optional()], description=_l("Follows the plan until a day is set here."))
    required = BooleanField(_l("The milestone waits for it"))
    note = TextAreaField(_l("Note"))


class AddItemForm(Form):
    """A new item, in one line."""

    name = StringField(_l("New item"), validators=[DataRequired(_l("Write what is to be done."))])


class SectionForm(Form):
    """A new section."""

    section = StringField(_l("New section"), validators=[DataRequired(_l("Write the section's name."))])


class ListForm(Form):
    """A list: its name, what it hangs on, what waits for it, how often it comes round."""

    name = StringField(_l("Name"), validators=[DataRequired(_l("Give the list a name."))])
    description = TextAreaField(_l("What it is for"))
    task_id = SelectField(_l("Belongs to"), coerce=number)
    guards_id = SelectField(_l("Milestone that waits for it"), coerce=number)
    recurrence = SelectField(_l("Comes round"), choices=RECURRENCES)
    due = DateField(_l("Due"), validators=[Optional()], description=_l("A list that comes round needs a day."))


class EvidenceForm(Form):
    """What shows that an item is done: words or a link; a file goes to the attachments."""

    text = TextAreaField(_l("In words"))
    url = StringField(_l("Link"))


class UntickForm(Form):
    """The second press, by somebody who is sure."""

    seen = HiddenField()
    sure = BooleanField()
