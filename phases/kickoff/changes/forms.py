"""What the pages of change requests may send; limits come from the rules."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from infra.forms import Form, number
from infra.forms import lazy as _l
from kernel.errors import RuleBroken
from phases.kickoff.changes.rules import (
    KINDS,
    NAME_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Act,
    ChangeData,
    Policy,
    ScopeAct,
    Urgency,
)
from phases.kickoff.scope.queries import ScopeLine

_LONG = Length(max=TEXT_LIMIT, message=_l("At most %(max)d characters fit."))
_URGENCIES = (
    SelectChoice(Urgency.LOW.value, _l("Low: within two weeks")),
    SelectChoice(Urgency.NORMAL.value, _l("Normal: within a week")),
    SelectChoice(Urgency.URGENT.value, _l("Urgent: within two days")),
)


class ChangeForm(Form):
    """What should change, why, who wants it, the branch that shows it, and what it does to the scope."""

    title = StringField(
        _l("What should change, in a few words"),
        [InputRequired(_l("Say in a few words what should change.")), Length(max=TITLE_LIMIT)],
    )
    what = TextAreaField(_l("What exactly"), [_LONG])
    why = TextAreaField(_l("Why"), [_LONG])
    asked_by = StringField(_l("Who asks for it"), [Length(max=NAME_LIMIT)])
    kind = SelectField(_l("It is about"), choices=[SelectChoice(key, _l(label)) for key, label in KINDS.items()])
    urgency = SelectField(_l("How urgent"), choices=list(_URGENCIES), default=Urgency.NORMAL.value)
    branch_id = SelectField(_l("The branch that shows it"), coerce=number)
    adds = TextAreaField(_l("Adds to the scope"), [Length(max=TEXT_LIMIT)])
    excludes = TextAreaField(_l("Rules out"), [Length(max=TEXT_LIMIT)])
    takes = SelectMultipleField(_l("Takes from the lists"), coerce=int)
    base = HiddenField()

    def data_for(self, lines: Iterable[ScopeLine]) -> ChangeData:
        """What was sent, as the service takes it; ``lines`` are those of the scope now."""
        taken = set(self.takes.data or ())
        acts = [
            *(ScopeAct(Act.ADD, name, inside=True) for name in _lines(self.adds.data)),
            *(ScopeAct(Act.ADD, name, inside=False) for name in _lines(self.excludes.data)),
            *(ScopeAct(Act.TAKE, line.name, line.inside, line.id) for line in lines if line.id in taken),
        ]
        return ChangeData(
            self.title.data or "",
            self.what.data or "",
            self.why.data or "",
            self.asked_by.data or "",
            self.kind.data,
            self.urgency.data,
            self.branch_id.data,
            tuple(acts),
        )


class DecideForm(Form):
    """A word on the decision; a rejection needs one."""

    reason = TextAreaField(_l("A word on it"), [_LONG])


class PolicyForm(Form):
    """Up to what size the manager decides alone."""

    days = IntegerField(_l("Go-live moves by at most"), [InputRequired(_l("Write a number of days from 0 to 365."))])
    amount = StringField(_l("It costs at most"), [InputRequired(_l("Write an amount from 0 to 10,000,000,000."))])

    def policy(self, unit: int) -> Policy:
        """What was sent; ``unit`` is how many cents make one of the currency. Raises RuleBroken."""
        try:
            amount = Decimal((self.amount.data or "").replace(",", "").strip())
            cents = int(amount * unit)
        except (InvalidOperation, ValueError, OverflowError):
            text = "Write an amount from 0 to 10,000,000,000."
            raise RuleBroken("change.money", text, field="amount") from None
        return Policy(self.days.data or 0, cents)


def _lines(text: str | None) -> list[str]:
    """What was typed, a line each, without empty ones."""
    return [line.strip()[:300] for line in (text or "").splitlines() if line.strip()]
