"""What the page of the policy may send."""

from __future__ import annotations

from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from accounts.policy.rules import Forced, Policy, Starters
from infra.forms import Form
from infra.forms import lazy as _l

_NUMBER = InputRequired(_l("Type a whole number."))


class PolicyForm(Form):
    """Who must have a second factor, how long sessions last, how long passwords are, who starts roll-outs."""

    forced = RadioField(
        _l("Who must have a second factor"),
        choices=[
            SelectChoice(Forced.NOBODY, _l("Nobody; everybody may")),
            SelectChoice(Forced.LEADERS, _l("Administrators and project managers")),
            SelectChoice(Forced.EVERYBODY, _l("Everybody who signs in")),
        ],
    )
    grace_days = IntegerField(_l("Time to set it up"), [_NUMBER])
    idle_minutes = IntegerField(_l("Signed out after a rest of"), [_NUMBER])
    session_days = IntegerField(_l("Signed out in any case after"), [_NUMBER])
    password_length = IntegerField(_l("Shortest password"), [_NUMBER])
    starters = RadioField(
        _l("Who may start a roll-out"),
        choices=[
            SelectChoice(Starters.EVERYBODY, _l("Everybody who signs in")),
            SelectChoice(Starters.LEADERS, _l("Administrators and project managers")),
        ],
    )

    def policy(self) -> Policy:
        """What was typed, once it is valid."""
        return Policy(
            forced=Forced(self.forced.data),
            grace_days=self.grace_days.data or 0,
            idle_minutes=self.idle_minutes.data or 0,
            session_days=self.session_days.data or 0,
            password_length=self.password_length.data or 0,
            starters=Starters(self.starters.data),
        )
