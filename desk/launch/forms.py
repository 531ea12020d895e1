"""What a browser may send to a launch day."""

from __future__ import annotations

from wtforms.validators import InputRequired

from infra.forms import DayField, Form
from infra.forms import lazy as _l


class LaunchForm(Form):
    """The day since which the audience works with it."""

    day = DayField(_l("Live since"), [InputRequired(_l("Choose a day."))])
