"""What a browser may send to a meeting."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional

from infra.forms import DayField, Form
from infra.forms import lazy as _l
from readiness.gates.rules.definitions import TEXT_LIMIT


class AskForm(Form):
    """By when sign-offs are asked for."""

    round_due = DayField(_l("To be signed by"), [Optional()])


class SignForm(Form):
    """A word for a seat."""

    seat = HiddenField()
    answer = RadioField(_l("Your answer"), validate_choice=False)
    words = TextAreaField(
        _l("Condition or reason"),
        [Length(max=TEXT_LIMIT)],
        description=_l("Needed for a condition and for a no."),
    )
    due = DayField(_l("Condition met by"), [Optional()])


class DecideForm(Form):
    """The decision; owners and days of its conditions travel beside it."""

    decision = RadioField(_l("The decision"), validate_choice=False)
    reasons = TextAreaField(
        _l("Reasons"),
        [Length(max=TEXT_LIMIT)],
        description=_l("Needed where it goes against the computed decision or against a no."),
    )
    superseding = TextAreaField(_l("Why it is decided anew"), [Length(max=TEXT_LIMIT)])
    key = HiddenField()


class SeatsForm(Form):
    """Who signs, who has to, who decides."""

    seats = SelectMultipleField(_l("Signs"), validate_choice=False)
    required = SelectMultipleField(_l("Has to sign"), validate_choice=False)
    deciding = SelectMultipleField(_l("Takes the decision"), validate_choice=False)
    quorum = IntegerField(
        _l("Quorum"),
        [Optional()],
        description=_l("How many have to sign in all. Empty: those who have to."),
    )
