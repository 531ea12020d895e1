"""What the pages of signing in may send."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from accounts.people.rules import EMAIL_LENGTH
from infra.forms import Form
from infra.forms import lazy as _l

_SANE = 1000
"""No password field takes more; the rules say the rest."""


class SignInForm(Form):
    """Address and password."""

    email = StringField(_l("E-mail"), [InputRequired(_l("Type your e-mail address.")), Length(max=EMAIL_LENGTH)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=_SANE)])
    stays = BooleanField(_l("Stay signed in on this device"))
    next = HiddenField()


class NewPasswordForm(Form):
    """A first or a new password, by a one-time link."""

    token = HiddenField()
    password = PasswordField(_l("New password"), [InputRequired(_l("Type a new password.")), Length(max=_SANE)])


class ChangePasswordForm(Form):
    """The present and a new password."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Type your present password.")), Length(max=_SANE)])
    password = PasswordField(_l("New password"), [InputRequired(_l("Type a new password.")), Length(max=_SANE)])


class CodeForm(Form):
    """The second factor: six digits of the app, or a recovery code."""

    code = StringField(_l("Code"), [InputRequired(_l("Type the code that your app shows.")), Length(max=40)])


class AgainForm(Form):
    """The password once more, before a sensitive act."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=_SANE)])
    next = HiddenField()
