"""What a browser may send about time and blockers; amounts are read by the rules."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from infra import formats
from infra.forms import Form, number
from infra.forms import lazy as _l
from roadmap.timesheet.rules import amounts, limits
from roadmap.timesheet.rules.limits import Doubt, NeedsConfirmation
from roadmap.timesheet.service import EntryData


class EntryForm(Form):
    """Time on a task: whose, how much, when. ``usual`` is the amount of a button, sent instead of a typed one."""

    person_id = SelectField(_l("Whose time"), validate_choice=False)
    amount = StringField(_l("How long"), description=_l("1:30, 1.5h, 90m or half a day"))
    day = DateField(_l("On"), [Optional()])
    note = StringField(_l("Note"), [Length(max=limits.NOTE_LIMIT)])
    usual = StringField()
    confirmed = BooleanField(_l("Yes, it is so"))

    def entry(self, person_id: int, today: date) -> EntryData:
        """What was sent, today where no day was. Raises RuleBroken for an amount that can't be read."""
        minutes = amounts.parse(self.usual.data or self.amount.data or "")
        return EntryData(person_id, self.day.data or today, minutes, self.note.data or "")

    def whose(self, otherwise: int) -> int:
        """The person that was chosen, else the one given; 0, whom nobody is, for what no list offered."""
        try:
            return number(self.person_id.data) or otherwise
        except ValueError:
            return 0

    def question(self, problem: NeedsConfirmation) -> None:
        """Ask whether it is really so, beside the box that says yes; what was typed stays."""
        self.amount.data = self.amount.data or self.usual.data
        self.confirmed.errors = [said(each) for each in problem.doubts]


class BlockerForm(Form):
    """What blocks, and who could help."""

    text = TextAreaField(_l("What is in the way?"), description=_l("A sentence is enough."))
    helper_id = SelectField(_l("Who could help"), validate_choice=False)

    def helper(self) -> int | None:
        """Who was chosen; nobody for what no list offered."""
        try:
            return number(self.helper_id.data)
        except ValueError:
            return 0


class ResolveForm(Form):
    """How it was resolved."""

    how = TextAreaField(_l("How was it resolved?"), [Length(max=limits.TEXT_LIMIT)])


def said(doubt: Doubt) -> str:
    """A doubt as the page asks it."""
    amount, day = amounts.amount_text(doubt.minutes), formats.day(doubt.day)
    if doubt.week:
        return _("That would be %(amount)s in the week from %(day)s. Really?", amount=amount, day=day)
    return _("That would be %(amount)s on %(day)s. Really?", amount=amount, day=day)
