"""When the weekly word goes out, as a browser sends it."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired

from infra.forms import Form
from infra.forms import lazy as _l
from reports.issuing.forms import WEEKDAYS


class TimeForm(Form):
    """A weekday and a time, and whether it goes out at all."""

    weekday = SelectField(_l("Every"), coerce=int)
    at = StringField(_l("At"), [InputRequired(_l("Write the time like 09:00."))])
    on = BooleanField(_l("Send it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the days of the week."""
        super().__init__(*args, **kwargs)
        self.weekday.choices = list(enumerate(WEEKDAYS))
