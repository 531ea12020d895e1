"""What the page of a forgotten password may send."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from accounts.people.rules import EMAIL_LENGTH
from infra.forms import Form
from infra.forms import lazy as _l


class ForgottenForm(Form):
    """The address to which the link goes."""

    email = StringField(_l("E-mail"), [InputRequired(_l("Type your e-mail address.")), Length(max=EMAIL_LENGTH)])
