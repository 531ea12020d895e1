"""What a browser may send about checklists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Optional

from checklists.queries import ItemRow, ListRow
from checklists.rules import Recurrence
from infra import formats
from infra.forms import Form, number
from infra.forms import lazy as _l
from infra.merge import FieldConflict
from kernel.errors import RuleBroken
from roadmap.staffing.queries import PersonChoice
from roadmap.tasks.queries import TaskRow

ITEM_FIELDS = ("name", "help", "owner_id", "due", "required", "note")
RECURRENCES = (
    SelectChoice(Recurrence.ONCE.value, _l("Once")),
    SelectChoice(Recurrence.DAILY.value, _l("Every day")),
    SelectChoice(Recurrence.WEEKLY.value, _l("Every week")),
    SelectChoice(Recurrence.MONTHLY.value, _l("Every month")),
)


def _plain_lines(text: str | None) -> str:
    """Browsers send line breaks as two characters, which would look like a change."""
    return (text or "").replace("\r\n", "\n")


class Day(DateField):
    """A day that says how it is written when it can't be read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Look like any other date field."""
        super().__init__(*arguments, **options)
        self.type = "DateField"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write the day as year, month and day, such as 2026-03-03.")) from None


class ItemForm(Form):
    """An item as its page shows it."""

    name = StringField(_l("What is to be done"), validators=[DataRequired(_l("Write what is to be done."))])
    help = TextAreaField(
        _l("Help"), filters=[_plain_lines], description=_l("One sentence that says how, or where to look.")
    )
    owner_id = SelectField(_l("Owner"), coerce=number)
    due = Day(_l("Due"), validators=[Optional()])
    required = BooleanField(_l("The milestone waits for it"))
    note = TextAreaField(_l("Note"), filters=[_plain_lines])


class NoteForm(Form):
    """The note alone, for those who tick but don't edit."""

    note = TextAreaField(_l("Note"), filters=[_plain_lines])


class ListForm(Form):
    """A list: its name, what it hangs on, what waits for it, how often it comes round."""

    name = StringField(_l("Name"), validators=[DataRequired(_l("Give the list a name."))])
    description = TextAreaField(_l("What it is for"), filters=[_plain_lines])
    task_id = SelectField(_l("Belongs to"), coerce=number)
    guards_id = SelectField(_l("Milestone that waits for it"), coerce=number)
    recurrence = SelectField(_l("Comes round"), choices=RECURRENCES)
    due = Day(_l("Due"), validators=[Optional()], description=_l("A list that comes round needs a day."))


class EvidenceForm(Form):
    """What shows that an item is done: words, a link, or a file."""

    text = TextAreaField(_l("In words"), filters=[_plain_lines])
    url = StringField(_l("Link"))


class UntickForm(Form):
    """The second press, by somebody who is sure; ``version`` is the tick that the page showed."""

    version = HiddenField()
    sure = BooleanField()


class BulkForm(Form):
    """What several items get."""

    owner_id = SelectField(_l("Owner"), coerce=number)
    due = Day(_l("Day"), validators=[Optional()])

    def checked(self, field: Field) -> Any:
        """What one field holds. Raises RuleBroken when it can't be read."""
        if not field.validate(self):
            raise RuleBroken("checklist.bulk", " ".join(map(str, field.errors)), field=field.name)
        return field.data


def item_form(people: Sequence[PersonChoice], item: ItemRow | None = None) -> ItemForm:
    """The form of an item; whoever owns it now can stay its owner."""
    form = ItemForm(obj=item)
    form.owner_id.choices = [SelectChoice(*pair) for pair in owners(people, item)]
    return form


def bulk_form(people: Sequence[PersonChoice]) -> BulkForm:
    """The form of the bar below a list."""
    form = BulkForm()
    form.owner_id.choices = [SelectChoice(*pair) for pair in owners(people)]
    return form


def owners(people: Sequence[PersonChoice], item: ItemRow | None = None) -> list[tuple[str, str]]:
    """Who can be chosen, beginning with nobody."""
    found = {str(each.id): each.name for each in people}
    if item and item.owner_id:
        found.setdefault(str(item.owner_id), item.owner_name)
    return [("", _("Nobody")), *found.items()]


def list_form(tasks: Sequence[TaskRow], current: ListRow | None = None) -> ListForm:
    """The form of a list, with the project's tasks and milestones to choose from."""
    form = ListForm(obj=current)
    form.task_id.choices = [SelectChoice("", _("The whole project")), *(_choice(row) for row in tasks)]
    form.guards_id.choices = [SelectChoice("", _("None")), *(_choice(row) for row in tasks if row.type == "milestone")]
    return form


def differences(conflicts: Sequence[FieldConflict], people: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Fields that two people changed, in words: the field, what was sent, what is there."""
    labels, names = {field.name: field.label.text for field in item_form([])}, dict(people)
    return [
        (labels[each.name], *(_said(each.name, value, names) for value in (each.mine, each.theirs)))
        for each in conflicts
    ]


def _said(name: str, value: Any, people: Mapping[str, str]) -> str:
    if name == "owner_id":
        return people.get(str(value or ""), "")
    if name == "required":
        return _("yes") if value else _("no")
    return formats.day(value) if name == "due" else str(value or "")


def _choice(row: TaskRow) -> SelectChoice:
    return SelectChoice(str(row.id), f"{row.wbs} {row.name}")
