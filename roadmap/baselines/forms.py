"""What a browser may send about baselines."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from infra.forms import Form
from infra.forms import lazy as _l
from roadmap.baselines.rules.frozen import NAME_LIMIT, NOTE_LIMIT


class BaselineForm(Form):
    """A new baseline: its name, why it is taken, and whether earned value is measured against it."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the baseline a name.")), Length(max=NAME_LIMIT)])
    note = TextAreaField(_l("Why now"), [Optional(), Length(max=NOTE_LIMIT)])
    reference = BooleanField(_l("Measure earned value against it from now on"), default=True)
