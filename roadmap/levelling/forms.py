"""What is asked for when a plan is levelled."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from infra.forms import Form
from infra.forms import lazy as _l

AIMS = (
    SelectChoice("shortest", _l("Room for everybody, and the earliest finish")),
    SelectChoice("slack", _l("The go-live and the end of the plan stay; what does not fit is left")),
)
TIMES = (
    SelectChoice("0", _l("Take the first answer")),
    SelectChoice("5", _l("5 seconds")),
    SelectChoice("10", _l("10 seconds")),
    SelectChoice("30", _l("30 seconds")),
    SelectChoice("120", _l("2 minutes")),
)


class LevelForm(Form):
    """The aim, and how long to search for a better answer than the first."""

    aim = RadioField(_l("What counts"), [InputRequired()], choices=AIMS, default="shortest")
    seconds = SelectField(_l("Search for"), [InputRequired()], choices=TIMES, default="10")
