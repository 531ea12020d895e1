"""What the pages of signing in may send."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from accounts.people.rules import EMAIL_LENGTH


def _l(text: str) -> str:
    """A text that is translated when it is shown; WTForms takes it for a str, which it behaves like."""
    return cast("str", lazy_gettext(text))


_SANE = 1000
"""No password field takes more; the rules say the rest."""


class SignInForm(FlaskForm):  # type: ignore[misc]  # published without types
    """Address and password."""

    email = StringField(_l("E-mail"), [InputRequired(_l("Type your e-mail address.")), Length(max=EMAIL_LENGTH)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=_SANE)])
    stays = BooleanField(_l("Stay signed in on this device"))
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # published without types
    """A first or a new password, by a one-time link."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Type a new password.")), Length(max=_SANE)])


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # published without types
    """The present and a new password."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Type your present password.")), Length(max=_SANE)])
    password = PasswordField(_l("New password"), [InputRequired(_l("Type a new password.")), Length(max=_SANE)])
