"""What a browser may send about the log of use."""

from __future__ import annotations

from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from crm.usage.rules import VISIBLE
from infra.forms import Form
from infra.forms import lazy as _l


class PolicyForm(Form):
    """How long use is kept, and whether people are shown by name."""

    days = IntegerField(_l("Days that use is kept"), [InputRequired(_l("Write a number of days."))])
    visible = RadioField(_l("Who is shown"), choices=[SelectChoice(key, _l(label)) for key, label in VISIBLE.items()])
