"""What the pages of the second factor may send."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from infra.forms import Form
from infra.forms import lazy as _l

_LONGEST_PASSWORD = 1000
_LONGEST_CODE = 40


class ConfirmForm(Form):
    """The first code of the app."""

    code = StringField(
        _l("Code"), [InputRequired(_l("Type the six digits that your app shows.")), Length(max=_LONGEST_CODE)]
    )


class NewCodesForm(Form):
    """The password, for other recovery codes."""

    password = PasswordField(
        _l("Password"), [InputRequired(_l("Type your password.")), Length(max=_LONGEST_PASSWORD)], id="codes-password"
    )


class SwitchOffForm(Form):
    """Password and code, to switch the second factor off."""

    password = PasswordField(
        _l("Password"), [InputRequired(_l("Type your password.")), Length(max=_LONGEST_PASSWORD)], id="off-password"
    )
    code = StringField(
        _l("Code of the app, or a recovery code"),
        [InputRequired(_l("Type a code.")), Length(max=_LONGEST_CODE)],
        id="off-code",
    )
